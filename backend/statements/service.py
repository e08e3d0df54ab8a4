"""What a bill says, and why it differs from those before. Callers have checked who is asking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from backend.errors import NotFoundError
from backend.rates.rules import Line, split_by_rate
from backend.rates.service import RateBook
from backend.statements import repository, rules, wording
from backend.statements.rules import Billed, Comparison, Estimates, Household, Terms

LISTED_MAX = 60
"""Five years of monthly bills."""


class BillNotFoundError(NotFoundError):
    """404: the account has no such bill, or none yet."""

    def __init__(self) -> None:
        super().__init__("bill_not_found", "This account has no such bill. Ask for its list of bills.")


@dataclass(frozen=True, slots=True)
class ListedBill:
    """A bill in a list. A cancelled one is listed too, so that nobody wonders where it went."""

    id: UUID
    kind: str
    period_start: date
    period_end: date
    issued_on: date
    due_date: date
    usage_ccf: int
    amount_cents: int
    is_estimated: bool
    is_cancelled: bool
    replaced_by_id: UUID | None


@dataclass(frozen=True, slots=True)
class Explained:
    """A comparison with its words in both languages."""

    comparison: Comparison
    told: Mapping[str, wording.Told]


@dataclass(frozen=True, slots=True)
class Account:
    """A bill's account, as far as reckoning needs it."""

    service_class: str
    persons: int
    landscape_sqft: int


@dataclass(frozen=True, slots=True)
class BillHistory:
    """A bill with those before it, newest first; `rows` as `repository.bills_up_to` gives them."""

    account: Account
    rows: Sequence[RowMapping]
    billed: Mapping[UUID, Billed]
    payments_cents: Mapping[UUID, int]
    """For each bill in `billed` the money that came in between the bill before and it; negative lowers what is owed."""

    @property
    def wanted(self) -> RowMapping:
        return self.rows[0]

    @property
    def bill(self) -> Billed:
        return self.billed[self.rows[0]["id"]]

    @property
    def last(self) -> Billed | None:
        return self.billed[self.rows[1]["id"]] if len(self.rows) > 1 else None

    @property
    def last_year(self) -> Billed | None:
        before = [self.billed[row["id"]] for row in self.rows[1:] if row["id"] in self.billed]
        return rules.year_before(self.bill, before)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The bill, and what changed against the last one and the same month last year (None: no such bill)."""

    history: BillHistory
    against: Mapping[str, Explained | None]
    as_of: datetime


async def bills_of(session: AsyncSession, account_id: UUID, today: date, count: int = LISTED_MAX) -> list[ListedBill]:
    """The newest bills of the account, newest first; at most `LISTED_MAX`."""
    rows = await repository.listed_bills(session, account_id, today, min(count, LISTED_MAX))
    return [ListedBill(**row) for row in rows]


async def explain_bill(
    session: AsyncSession, book: RateBook, account_id: UUID, bill_id: UUID | None, *, now: datetime, today: date
) -> Explanation:
    """Why the bill (None: the newest) differs from the last and from the same month last year, to the cent.

    :raises BillNotFoundError: the account has no such bill.
    """
    history = await bill_history(session, book, account_id, bill_id, today)
    earlier = {"last": history.last, "last_year": history.last_year}
    return Explanation(
        history, {name: _explained(history.bill, bill, name, book) for name, bill in earlier.items()}, now
    )


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
    """The bill (None: the newest) with the two it may be compared with, reckoned from lines, rates and ledger.

    :raises BillNotFoundError: the account has no such bill.
    """
    rows = await repository.bills_up_to(session, account_id, bill_id, today)
    agreement = await repository.agreement(session, account_id)
    if not rows or agreement is None:
        raise BillNotFoundError
    account = Account(agreement["service_class"], agreement["persons"] or 3, agreement["landscape_sqft"] or 0)
    chosen = _chosen(rows)
    lines = await repository.lines_of(session, [row["id"] for row in chosen])
    spans = [(_issued_before(row, rows), row["issued_on"]) for row in chosen]
    sums = await repository.around(session, account_id, spans)
    billed = {
        row["id"]: _billed(row, rows, lines.get(row["id"], ()), found, account=account, book=book)
        for row, found in zip(chosen, sums, strict=True)
    }
    payments = {row["id"]: found["payments_cents"] for row, found in zip(chosen, sums, strict=True)}
    return BillHistory(account, rows, billed, payments)


def _chosen(rows: Sequence[RowMapping]) -> list[RowMapping]:
    """The wanted bill, the one before it, and those of about the same time last year."""
    wanted = rows[0]
    found = list(rows[:2])
    for row in rows[2:]:
        days_off = abs((wanted["period_end"] - row["period_end"]).days - rules.YEAR.days)
        if days_off <= 2 * rules.SAME_MONTH_DAYS:
            found.append(row)
    return found


def _issued_before(row: RowMapping, rows: Sequence[RowMapping]) -> date:
    """The day the bill before was issued; the dawn of time for the first one we know of."""
    place = [each["id"] for each in rows].index(row["id"]) + 1
    return rows[place]["issued_on"] if place < len(rows) else date.min


def _billed(
    row: RowMapping,
    rows: Sequence[RowMapping],
    lines: tuple[Line, ...],
    sums: RowMapping,
    *,
    account: Account,
    book: RateBook,
) -> Billed:
    metered = sum((line.quantity for line in lines if line.code.startswith("volume:")), Decimal(0))
    return Billed(
        bill_id=row["id"],
        start=row["period_start"],
        end=row["period_end"],
        issued_on=row["issued_on"],
        units=metered if lines else Decimal(row["usage_ccf"]),
        new_charges_cents=row["amount_cents"],
        carried_cents=sums["balance_cents"] - row["amount_cents"] - sums["fees_cents"],
        fees_cents=sums["fees_cents"],
        is_estimated=row["is_estimated"],
        lines=lines,
        terms=_terms(book, account.service_class, row["period_start"], row["period_end"]),
        household=_household(row["basis"], lines, account),
        estimates_before=_estimates(row, rows),
    )


def _terms(book: RateBook, service_class: str, start: date, end: date) -> Terms:
    try:
        return tuple(split_by_rate(book.rates_of(service_class), start, end))
    except LookupError:
        return ()  # billed under rates from before the book begins


def _household(basis: Mapping[str, Any] | None, lines: Sequence[Line], account: Account) -> Household:
    sizes = dict.fromkeys(line.detail for line in lines if line.code == "fixed")
    return Household(tuple(sizes), account.persons, account.landscape_sqft)


def _estimates(row: RowMapping, rows: Sequence[RowMapping]) -> Estimates | None:
    place = [each["id"] for each in rows].index(row["id"]) + 1
    units, days = Decimal(0), 0
    for before in rows[place:]:
        if not before["is_estimated"]:
            break
        units += Decimal(before["usage_ccf"])
        days += (before["period_end"] - before["period_start"]).days + 1
    return Estimates(units, days) if days else None
