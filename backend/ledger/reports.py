"""What the ledger tells: the aging and the statement of an account, the district's books of a day. All of it by query.

Callers have checked who is asking; nothing here does.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.errors import HeadgateError
from backend.ledger import aging as ages
from backend.ledger import report_repository as repository
from backend.ledger import service as ledger
from backend.ledger.aging import Aging
from backend.ledger.repository import has_receivable
from backend.parts import Part

STATEMENT_DAYS_MAX = 5 * 366


class PeriodRefusedError(HeadgateError):
    """422 `period_refused`: the last day is before the first, or too long a time is asked for."""

    def __init__(self) -> None:
        years = STATEMENT_DAYS_MAX // 366
        super().__init__(
            422, "period_refused", f"Ask for a period that ends after it begins, of at most {years} years."
        )


@dataclass(frozen=True, slots=True)
class StatementEntry:
    """One line of an account statement; `balance_cents` is what is owed after it."""

    entry_id: UUID
    effective_on: date
    kind: str
    description: str
    due_on: date | None
    amount_cents: int
    balance_cents: int
    reverses_id: UUID | None


@dataclass(frozen=True, slots=True)
class AccountStatement:
    """An account from `first` to `last` (both included): what was owed before, what happened, what is owed after."""

    account_id: UUID
    first: date
    last: date
    opening_cents: int
    entries: tuple[StatementEntry, ...]
    closing_cents: int


@dataclass(frozen=True, slots=True)
class DayLine:
    """One ledger account on a day, debit positive; customers' receivables are one line."""

    code: str
    kind: str
    opening_cents: int
    debits_cents: int
    credits_cents: int

    @property
    def closing_cents(self) -> int:
        return self.opening_cents + self.debits_cents - self.credits_cents


async def aging(session: AsyncSession, account_id: UUID, as_of: date) -> Aging:
    """What the account owed at the end of `as_of`, by days past due, with credits applied as they were allocated.

    :raises ledger.ReceivableNotFoundError: no such account.
    """
    await _require(session, account_id)
    movements = await repository.movements(session, account_id)
    return ages.aging(movements, await repository.allocations(session, account_id), as_of)


async def oldest_due_on(session: AsyncSession, account_id: UUID, as_of: date) -> date | None:
    """When the oldest charge that is still unpaid at the end of `as_of` fell due; None when nothing is unpaid.

    :raises ledger.ReceivableNotFoundError: no such account.
    """
    await _require(session, account_id)
    movements = await repository.movements(session, account_id)
    return ages.oldest_due_on(movements, await repository.allocations(session, account_id), as_of)


async def aging_of_part(session: AsyncSession, part: Part, as_of: date) -> Aging:
    """The same for many accounts together, as they are now; postings after `as_of` are left out."""
    return await repository.ages(session, part, as_of)


async def statement(session: AsyncSession, account_id: UUID, first: date, last: date) -> AccountStatement:
    """Everything that was posted to the account in a period, with a running balance.

    :raises PeriodRefusedError: not a period. :raises ledger.ReceivableNotFoundError: no such account.
    """
    if not timedelta() <= last - first <= timedelta(days=STATEMENT_DAYS_MAX) or first == date.min:
        raise PeriodRefusedError
    await _require(session, account_id)
    opening = balance = await ledger.balance_cents(session, account_id, first - timedelta(days=1))
    listed = []
    for row in await repository.entries(session, account_id, first, last):
        balance += row["amount_cents"]
        listed.append(StatementEntry(**row, balance_cents=balance))
    return AccountStatement(account_id, first, last, opening, tuple(listed), balance)


async def day_of_books(session: AsyncSession, day: date) -> list[DayLine]:
    """Every ledger account's balance before `day`, and what was posted on it; openings and closings sum to zero."""
    return [DayLine(**row) for row in await repository.day_of_books(session, day)]


async def _require(session: AsyncSession, account_id: UUID) -> None:
    if not await has_receivable(session, account_id):
        raise ledger.ReceivableNotFoundError
