"""An account's entries, newest first, each with the balance after it and what one needs to say what it is."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.ledger import listing_repository as repository

LINES_MAX = 120


@dataclass(frozen=True, slots=True)
class ListedEntry:
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


async def entries_of(
    session: AsyncSession, account_id: UUID, *, skip: int = 0, count: int = LINES_MAX
) -> list[ListedEntry]:
    """The account's entries, newest first, without the first `skip`; at most `LINES_MAX`."""
    rows = await repository.lines(session, account_id, skip=skip, count=min(count, LINES_MAX))
    return [ListedEntry(**row) for row in rows]
