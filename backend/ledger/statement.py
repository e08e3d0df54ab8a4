"""An account's statement: every entry with the balance after it; and its balance by age."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.ledger import statement_repository as repository
from backend.ledger.aging import Aging, age

LINES_MAX = 120


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One entry: a charge is positive, what lowers the balance negative; `balance_cents` is what was owed after it.

    Of a reversal, `reversed_kind` says what it takes back, and the facts below are those of what it takes back.
    """

    entry_id: UUID
    effective_on: date
    due_on: date | None
    amount_cents: int
    balance_cents: int
    kind: str
    description: str
    reverses_id: UUID | None
    reversed_kind: str | None
    reversed_on: date | None
    is_reversed: bool
    bill_id: UUID | None
    period_start: date | None
    period_end: date | None
    fee_code: str | None
    method: str | None
    confirmation_number: int | None
    return_reason: str | None


async def statement(
    session: AsyncSession, account_id: UUID, *, skip: int = 0, count: int = LINES_MAX
) -> list[StatementLine]:
    """The account's entries, newest first, without the first `skip`; at most `LINES_MAX`."""
    rows = await repository.lines(session, account_id, skip=skip, count=min(count, LINES_MAX))
    return [StatementLine(**row) for row in rows]


async def aging(session: AsyncSession, account_id: UUID, today: date) -> Aging:
    """What the account owes as of `today`, by how long it has been due."""
    sums = await repository.by_due_date(session, account_id, today)
    credits = -sums.pop(None, 0)
    return age({due_on: cents for due_on, cents in sums.items() if due_on is not None}, credits, today)
