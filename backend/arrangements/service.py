"""A night's look at payment arrangements: which installments were kept, which arrangements are done or broken."""

from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.arrangements import repository, rules
from backend.district.service import District
from backend.parts import Part


@dataclass(slots=True)
class Checked:
    """What a look found: how many installments were kept, and which arrangements (with their accounts) ended."""

    installments_kept: int = 0
    completed: list[tuple[UUID, UUID]] = field(default_factory=list)
    broken: list[tuple[UUID, UUID]] = field(default_factory=list)


async def check_arrangements(session: AsyncSession, business_date: date, part: Part, *, district: District) -> Checked:
    """Look at the active arrangements of the part as of `business_date`. Again for the same date it finds nothing more.

    A broken arrangement protects from late fees and shut-off no longer (Gov. Code 60372), so a person should know.
    """
    checked = Checked()
    rows = await repository.active(session, part, business_date)
    for arrangement_id, group in groupby(rows, key=lambda row: row["id"]):
        listed = list(group)
        installments = [
            rules.Installment(row["number"], row["due_on"], row["amount_cents"], row["kept_on"]) for row in listed
        ]
        grace_days = district.policy.arrangements.grace_days
        found = rules.check(installments, listed[0]["toward_cents"], business_date, grace_days)
        if found.newly_kept:
            await repository.keep(session, arrangement_id, found.newly_kept, business_date)
            checked.installments_kept += len(found.newly_kept)
        if found.status != "active":
            await repository.set_status(session, arrangement_id, found.status)
            ended = checked.broken if found.status == "broken" else checked.completed
            ended.append((arrangement_id, listed[0]["account_id"]))
    return checked
