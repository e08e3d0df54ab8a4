"""Households of a low income: what they declared, and until when it counts.

A household under 200 percent of the federal poverty level pays a capped reconnection fee and is let off interest on
late bills once every twelve months (HSC 116914). It counts as one when anybody in it receives a program of
`INCOME_PROGRAMS`, or when the customer says so. Nothing is kept of what people earn.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Kind, Principal
from backend.accounts import hold_repository as repository
from backend.accounts.rules import months_after
from backend.accounts.service import AccountNotFoundError
from backend.database import announce
from backend.district.service import District
from backend.models.account_hold import INCOME_PROGRAMS, LowIncomeDeclaration
from backend.staff.permissions import Permission, require

LISTED_MAX = 20


@dataclass(frozen=True, slots=True)
class Declaration:
    """A declaration. `program` is None for the customer's word, `recorded_by` for one made to the assistant."""

    id: UUID
    basis: str
    program: str | None
    declared_on: date
    expires_on: date
    recorded_by: str | None
    recorded_at: datetime
    is_live: bool


async def declarations_of(session: AsyncSession, account_id: UUID, today: date) -> list[Declaration]:
    """The account's declarations, newest first; `is_live` as of `today`."""
    rows = await repository.declarations(session, account_id, LISTED_MAX)
    return [Declaration(**row, is_live=row["declared_on"] <= today < row["expires_on"]) for row in rows]


async def declare_low_income(
    session: AsyncSession,
    principal: Principal,
    account_id: UUID,
    *,
    program: str | None,
    now: datetime,
    district: District,
) -> Declaration:
    """Record that the household is in `program` (one of `INCOME_PROGRAMS`), or (None) that the customer says so.

    It counts for the policy's months from today. The same again on the same day answers with the one there is.

    :raises ValueError: no such program. :raises AccountNotFoundError: no such account.
    :raises ForbiddenError: neither the customer through the assistant nor a role that may.
    """
    _require_may(principal)
    if program is not None and program not in INCOME_PROGRAMS:
        raise ValueError(f"no program is called {program}")
    if not await repository.lock_account(session, account_id):
        raise AccountNotFoundError
    today = district.today(now)
    live = await repository.live_declarations(session, account_id, today)
    known = next((one for one in live if (one.program, one.declared_on) == (program, today)), None)
    if known is None:
        known = LowIncomeDeclaration(
            account_id=account_id,
            basis="declaration" if program is None else "program",
            program=program,
            declared_on=today,
            expires_on=months_after(today, district.policy.low_income.months),
            recorded_by=principal.staff_id,
            recorded_at=now,
        )
        await repository.add(session, known)
        announce(session, "account", account_id=account_id)
    return next(one for one in await declarations_of(session, account_id, today) if one.id == known.id)


async def withdraw_low_income(
    session: AsyncSession, principal: Principal, account_id: UUID, *, now: datetime, district: District
) -> int:
    """End what was declared, from today on; how many declarations that ended.

    :raises ForbiddenError: neither the customer through the assistant nor a role that may.
    """
    _require_may(principal)
    await repository.lock_account(session, account_id)
    today = district.today(now)
    live = await repository.live_declarations(session, account_id, today)
    for one in live:
        one.expires_on = today
    await session.flush()
    if live:
        announce(session, "account", account_id=account_id)
    return len(live)


def _require_may(principal: Principal) -> None:
    if principal.kind is not Kind.ACTIONS:
        require(principal, Permission.RECORD_LOW_INCOME)
