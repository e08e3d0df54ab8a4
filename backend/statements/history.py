"""From rows of the database to bills with all that made them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from backend.rates.rules import Line, split_by_rate
from backend.rates.service import RateBook
from backend.statements.reckoning import Conditions, Estimates, ServiceBilled, Terms, meters_of
from backend.statements.rules import Billed

Row = Mapping[str, Any]
FEES, PAYMENTS, ADJUSTMENTS = frozenset({"fee"}), frozenset({"payment"}), frozenset({"adjustment", "write_off"})
UNNAMED_FEE = "other"


@dataclass(frozen=True, slots=True)
class BillRow:
    """A bill as the database has it."""

    id: UUID
    entry_id: UUID
    kind: str
    period_start: date
    period_end: date
    issued_on: date
    due_date: date
    usage_ccf: int
    amount_cents: int
    is_estimated: bool
    is_cancelled: bool

    @property
    def days(self) -> int:
        return (self.period_end - self.period_start).days + 1

    @property
    def middle(self) -> date:
        return self.period_start + (self.period_end - self.period_start) / 2


@dataclass(frozen=True, slots=True)
class Moved:
    """A fee, payment or adjustment between two bills; `code` names a fee. Taken back, its cents are turned round."""

    kind: str
    code: str | None
    day: date
    cents: int
    is_reversal: bool


@dataclass(frozen=True, slots=True)
class Around:
    """What the ledger says of a bill: the balance when it was posted, its leveling, and what came since the last.

    `planned_cents` is what of the balance a payment plan put off to later installments.
    """

    balance_cents: int
    not_yet_due_cents: int
    levelled_cents: int
    planned_cents: int
    moved: tuple[Moved, ...]

    @classmethod
    def of(cls, rows: Iterable[Row]) -> "Around":
        """From the rows of one bill, as `history_repository.Told` has them."""
        balance = not_yet_due = level = plan = 0
        moved = []
        for row in rows:
            if row["what"] == "balance":
                balance, not_yet_due = row["cents"], row["not_yet_due_cents"]
            elif row["what"] == "level":
                level = row["cents"]
            elif row["what"] == "plan":
                plan = row["cents"]
            else:
                is_reversal = bool(row["not_yet_due_cents"])
                moved.append(Moved(row["what"], row["code"], row["day"], row["cents"], is_reversal))
        # A plan puts off what was due before, and no more of it than is left.
        return cls(balance, not_yet_due, level, min(plan, max(0, balance - not_yet_due)), tuple(moved))

    @property
    def fees(self) -> dict[str, int]:
        """Fee code → cents, what was taken back included."""
        sums: dict[str, int] = {}
        for one in self.moved:
            if one.kind in FEES:
                code = one.code or UNNAMED_FEE
                sums[code] = sums.get(code, 0) + one.cents
        return {code: cents for code, cents in sums.items() if cents}

    @property
    def payments_cents(self) -> int:
        """Money that came in (negative: it lowers what is owed), less what came back."""
        return sum(one.cents for one in self.moved if one.kind in PAYMENTS)

    @property
    def adjustments_cents(self) -> int:
        return sum(one.cents for one in self.moved if one.kind in ADJUSTMENTS)

    @property
    def settled_cents(self) -> int:
        """What fell due of a budget bill's difference; negative: a credit."""
        return sum(one.cents for one in self.moved if one.code == "settle")


def billed(row: BillRow, around: Around, services: tuple[ServiceBilled, ...]) -> Billed:
    """The bill with its amount due taken apart; what nothing else explains was carried over."""
    since = sum(around.fees.values()) + around.adjustments_cents + around.settled_cents
    return Billed(
        bill_id=row.id,
        start=row.period_start,
        end=row.period_end,
        issued_on=row.issued_on,
        services=services,
        new_charges_cents=row.amount_cents,
        units=sum((one.units for one in services), Decimal(0)) if services else Decimal(row.usage_ccf),
        carried_cents=around.balance_cents - since - row.amount_cents,
        fees=around.fees,
        adjustments_cents=around.adjustments_cents,
        levelled_cents=around.levelled_cents,
        settled_cents=around.settled_cents,
        planned_cents=around.planned_cents,
    )


def services(kept: Iterable[Row], book: RateBook) -> tuple[ServiceBilled, ...]:
    """The services of a bill, from its rows in `history_repository.Told`."""
    return tuple(_service(one, book) for one in kept)


def _service(one: Row, book: RateBook) -> ServiceBilled:
    lines: tuple[Line, ...] = one["lines"]
    terms = _terms(book, one["service_class"], one["first_day"], one["last_day"])
    metered = sum((line.quantity for line in lines if line.code.startswith("volume:")), Decimal(0))
    weather = tuple(one["et_inches"])
    return ServiceBilled(
        key=one["agreement_id"],
        service_class=one["service_class"],
        place=one["place"],
        days=(one["last_day"] - one["first_day"]).days + 1,
        units=metered if one["units"] is None else one["units"],
        lines=lines,
        terms=terms,
        conditions=Conditions(meters_of(lines, terms), one["persons"], one["landscape_sqft"], weather),
        rates=tuple(book.rates_of(one["service_class"])),
        is_estimated=one["is_estimated"],
    )


def _terms(book: RateBook, service_class: str, start: date, end: date) -> Terms:
    try:
        return tuple(split_by_rate(book.rates_of(service_class), start, end))
    except LookupError:
        return ()  # billed under rates from before the book begins


def estimated_run(rows: Sequence[BillRow]) -> list[BillRow]:
    """The estimated bills just before the first of `rows`, newest first."""
    found = []
    for row in rows[1:]:
        if not row.is_estimated:
            break
        found.append(row)
    return found


def estimates(run: Iterable[BillRow], services: Mapping[UUID, Sequence[Row]]) -> dict[UUID, Estimates]:
    """What the run of estimates billed, by service; a service that was read in between has what came after."""
    sums: dict[UUID, Estimates] = {}
    read: set[UUID] = set()
    for row in run:
        for one in services[row.id]:
            key, units = one["agreement_id"], one["units"]
            if not one["is_estimated"] or units is None:
                read.add(key)
            elif key not in read:
                before = sums.get(key, Estimates(Decimal(0), 0))
                days = (one["last_day"] - one["first_day"]).days + 1
                sums[key] = Estimates(before.units + units, before.days + days)
    return sums


def after_estimates(service: ServiceBilled, found: Mapping[UUID, Estimates]) -> ServiceBilled:
    """The service with the run of estimates before it."""
    return replace(service, estimates_before=found.get(service.key))
