"""What a bill says, and why it differs from those before. Callers have checked who is asking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.errors import NotFoundError
from backend.rates.service import RateBook
from backend.statements import history, history_repository, repository, rules, wording
from backend.statements.history import Around, BillRow
from backend.statements.rules import Billed, Comparison

LISTED_MAX = 60
"""Five years of monthly bills."""


class BillNotFoundError(NotFoundError):
    """404: the account has no such bill, or none yet."""

    def __init__(self) -> None:
        super().__init__("bill_not_found", "This account has no such bill. Ask for its list of bills.")


@dataclass(frozen=True, slots=True)
class ListedBill:
    """A bill in a list. A cancelled one is listed too, so that nobody wonders where it went.

    `amount_cents` is the period's charges, `asked_cents` what a budget bill asked for instead.
    """

    id: UUID
    kind: str
    period_start: date
    period_end: date
    issued_on: date
    due_date: date
    usage_ccf: int
    amount_cents: int
    asked_cents: int
    is_estimated: bool
    is_cancelled: bool
    replaced_by_id: UUID | None


@dataclass(frozen=True, slots=True)
class Explained:
    """A comparison with its words in both languages."""

    comparison: Comparison
    told: Mapping[str, wording.Told]


@dataclass(frozen=True, slots=True)
class BillHistory:
    """A bill, the one before it and last year's, with all that made them; `rows` are its fourteen months, newest first.

    `around` is what the ledger says of the bill itself.
    """

    rows: Sequence[BillRow]
    bill: Billed
    last: Billed | None
    last_year: Billed | None
    around: Around
    meters: tuple[Sequence[dict[str, Any]], ...]
    """What the meters of each of the bill's services counted, as it was kept (`BillService.meters`)."""

    @property
    def wanted(self) -> BillRow:
        return self.rows[0]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The bill, and what changed against the last one and the same month last year (None: no such bill)."""

    history: BillHistory
    against: Mapping[str, Explained | None]
    as_of: datetime


async def bills_of(session: AsyncSession, account_id: UUID, today: date, count: int = LISTED_MAX) -> list[ListedBill]:
    """The newest bills of the account, newest first; at most `LISTED_MAX`."""
    rows = await repository.listed_bills(session, account_id, today, min(max(count, 1), LISTED_MAX))
    return [ListedBill(**row) for row in rows]


async def explain_bill(
    session: AsyncSession, book: RateBook, account_id: UUID, bill_id: UUID | None, *, now: datetime, today: date
) -> Explanation:
    """Why the bill (None: the newest) differs from the last and from the same month last year, to the cent.

    :raises BillNotFoundError: the account has no such bill.
    """
    found = await bill_history(session, book, account_id, bill_id, today)
    earlier = {"last": found.last, "last_year": found.last_year}
    return Explanation(found, {name: _explained(found.bill, bill, name, book) for name, bill in earlier.items()}, now)


def _explained(later: Billed, earlier: Billed | None, against: str, book: RateBook) -> Explained | None:
    if earlier is None:
        return None
    comparison = rules.compare(later, earlier)
    return Explained(comparison, wording.tell(comparison, against, name_in(book)))


def name_in(book: RateBook) -> wording.NameOf:
    """What a line of this code is called, by language."""
    return lambda code, language: book.line_name(code, "", language)


async def bill_history(
    session: AsyncSession, book: RateBook, account_id: UUID, bill_id: UUID | None, today: date
) -> BillHistory:
    """The bill (None: the newest) with the two it may be compared with, reckoned from lines, services and ledger.

    :raises BillNotFoundError: the account has no such bill.
    """
    told = await history_repository.bills_up_to(session, account_id, bill_id, today)
    if not told:
        raise BillNotFoundError
    rows = [BillRow(**one.bill) for one in told]
    by_id = {one.id: found for one, found in zip(rows, told, strict=True)}

    def billed(row: BillRow | None) -> Billed | None:
        if row is None:
            return None
        one = by_id[row.id]
        return history.billed(row, Around.of(one.around), history.services(one.services, book))

    wanted = rows[0]
    bill = billed(wanted)
    assert bill is not None
    estimates = history.estimates(history.estimated_run(rows), {key: one.services for key, one in by_id.items()})
    return BillHistory(
        rows=rows,
        bill=replace(bill, services=tuple(history.after_estimates(one, estimates) for one in bill.services)),
        last=billed(rows[1] if len(rows) > 1 else None),
        last_year=billed(rules.year_before(wanted, rows[1:])),
        around=Around.of(told[0].around),
        meters=tuple(one["meters"] for one in told[0].services),
    )
