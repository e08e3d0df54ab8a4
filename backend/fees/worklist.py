"""The requests to take fees back, as the people who decide see them, and what each role may do alone."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Kind, Principal
from backend.district.service import District
from backend.errors import ForbiddenError
from backend.fees import reversal_repository, rules
from backend.fees.reversals import grants_of

DECIDED_SHOWN = 20
PENDING_SHOWN = 200


@dataclass(frozen=True, slots=True)
class ReversalRow:
    """One request. `asked_by` is None for the assistant; `reversed_lately` counts the account's other reversals."""

    id: UUID
    fee_id: UUID
    account_id: UUID
    account_number: str
    customer_name: str
    code: str
    amount_cents: int
    charged_on: date
    reason: str
    note: str
    asked_role: str
    asked_by: str | None
    asked_at: datetime
    status: str
    decided_by: str | None
    decided_at: datetime | None
    decision_note: str | None
    reversed_lately: int
    may_decide: bool


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a role may still take back alone for an account: these fees, up to so much, `count_left` times."""

    fees: tuple[str, ...]
    reasons: tuple[str, ...]
    cents_max: int
    count_left: int
    needs_note: bool
    second_person: bool


async def reversals(
    session: AsyncSession, principal: Principal, *, pending: bool, now: datetime, district: District
) -> list[ReversalRow]:
    """Pending requests, oldest first, or the last decided ones, newest first.

    :raises ForbiddenError: `staff_only`.
    """
    if principal.kind is not Kind.STAFF or principal.role is None:
        raise ForbiddenError("staff_only", "Only a signed-in member of the staff may see this.")
    since, zone = _since(now, district), district.zone.key
    limit = PENDING_SHOWN if pending else DECIDED_SHOWN
    rows = await reversal_repository.worklist(session, pending=pending, since=since, zone=zone, limit=limit)
    has_say = {fee for grant in grants_of(district) if grant.role == principal.role.value for fee in grant.fees}
    return [_row(row, principal, has_say) for row in rows]


def _row(row: RowMapping, principal: Principal, has_say: set[str]) -> ReversalRow:
    may = row["status"] == "pending" and row["code"] in has_say and row["requested_by"] != principal.staff_id
    return ReversalRow(
        id=row["id"],
        fee_id=row["fee_id"],
        account_id=row["account_id"],
        account_number=row["account_number"],
        customer_name=row["customer_name"],
        code=row["code"],
        amount_cents=row["amount_cents"],
        charged_on=row["charged_on"],
        reason=row["reason_code"],
        note=row["note"],
        asked_role=row["requested_role"],
        asked_by=row["requested_by_name"],
        asked_at=row["requested_at"],
        status=row["status"],
        decided_by=row["decided_by_name"],
        decided_at=row["decided_at"],
        decision_note=row["decision_note"],
        reversed_lately=row["reversed_lately"],
        may_decide=may,
    )


async def allowance(
    session: AsyncSession, role: str, account_id: UUID, *, now: datetime, district: District
) -> list[Allowance]:
    """What `role` (`assistant` or a role of the staff) may still take back for this account."""
    before = await reversal_repository.codes_reversed(session, account_id, _since(now, district), district.zone.key)
    return [
        Allowance(
            tuple(sorted(grant.fees)),
            tuple(sorted(grant.reasons)),
            grant.cents_max,
            max(0, grant.count_max - sum(code in grant.fees for code in before)),
            grant.needs_note,
            grant.second_person,
        )
        for grant in grants_of(district)
        if grant.role == role
    ]


def _since(now: datetime, district: District) -> date:
    return rules.months_before(district.today(now), district.policy.authority.rolling_months)
