"""The preliminary billing ledger in sums: by class, against the cycle before, and whether everything agrees. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

PARTS = ("fixed", "volume", "pass_through", "drought")
_PART_OF = {"fixed": "fixed", "volume": "volume", "drought": "drought"}


@dataclass(frozen=True, slots=True)
class ClassSums:
    """What a class of service is billed: units are CCF. A bill with services of two classes counts in both."""

    service_class: str
    bills: int
    units: Decimal
    fixed_cents: int
    volume_cents: int
    pass_through_cents: int
    drought_cents: int

    @property
    def amount_cents(self) -> int:
        return self.fixed_cents + self.volume_cents + self.pass_through_cents + self.drought_cents


@dataclass(frozen=True, slots=True)
class Counts:
    """Accounts of the cycle: bills = active − not due − held − without charges, if nobody was forgotten."""

    accounts_active: int
    not_due: int
    """Billed through their last day before, by a final bill or in another cycle."""
    held: int
    without_charges: int
    bills: int
    estimated: int


@dataclass(frozen=True, slots=True)
class Receivable:
    """What the cycle's accounts owe: after `since`, the day its last bills went out, through `until`.

    Payments are what they paid (positive lowers what is owed); adjustments have the sign of their effect.
    """

    since: date
    until: date
    beginning_cents: int
    billed_cents: int
    """This run's bills, those that have gone out or will."""
    other_bills_cents: int
    """Final bills, rebills and cancelled bills."""
    fees_cents: int
    payments_cents: int
    adjustments_cents: int
    refunds_cents: int
    ending_cents: int

    @property
    def rolled_cents(self) -> int:
        """What the parts come to; the ending balance, if the books agree."""
        charged = self.beginning_cents + self.billed_cents + self.other_bills_cents + self.fees_cents
        return charged - self.payments_cents + self.adjustments_cents + self.refunds_cents


@dataclass(frozen=True, slots=True)
class Variance:
    """A class beside the cycle before; `percent` of the amount, None where there was nothing before."""

    service_class: str
    bills: int
    bills_before: int
    units: Decimal
    units_before: Decimal
    amount_cents: int
    amount_before_cents: int

    @property
    def percent(self) -> float | None:
        if not self.amount_before_cents:
            return None
        return round((self.amount_cents - self.amount_before_cents) * 100 / self.amount_before_cents, 1)


@dataclass(frozen=True, slots=True)
class Check:
    """Two ways to the same number."""

    name: str
    expected: int
    found: int

    @property
    def ties(self) -> bool:
        return self.expected == self.found


@dataclass(frozen=True, slots=True)
class LineSum:
    """The lines of one class and one sort (the code before its colon)."""

    service_class: str
    sort: str
    quantity: Decimal
    amount_cents: int


def register(lines: Iterable[LineSum], bills: Mapping[str, int]) -> list[ClassSums]:
    """The sums by class in the order of their names; `bills` counts the bills that have lines of a class."""
    units: dict[str, Decimal] = {}
    cents: dict[str, dict[str, int]] = {name: dict.fromkeys(PARTS, 0) for name in sorted(bills)}
    for line in lines:
        part = _PART_OF.get(line.sort, "pass_through")
        cents[line.service_class][part] += line.amount_cents
        if part == "volume":
            units[line.service_class] = units.get(line.service_class, Decimal(0)) + line.quantity
    return [
        ClassSums(name, bills[name], units.get(name, Decimal(0)), *(sums[part] for part in PARTS))
        for name, sums in cents.items()
    ]


def variances(now: Iterable[ClassSums], before: Iterable[ClassSums]) -> list[Variance]:
    """Every class of either cycle."""
    here, there = {one.service_class: one for one in now}, {one.service_class: one for one in before}
    nothing = ClassSums("", 0, Decimal(0), 0, 0, 0, 0)
    found = []
    for name in sorted(here | there):
        one, other = here.get(name, nothing), there.get(name, nothing)
        amounts = (one.amount_cents, other.amount_cents)
        found.append(Variance(name, one.bills, other.bills, one.units, other.units, *amounts))
    return found


def checks(
    counts: Counts, classes: Iterable[ClassSums], receivable: Receivable, *, bills_cents: int, posted_cents: int | None
) -> list[Check]:
    """What must agree before bills go out, and after. `posted_cents` is what the ledger was charged; None before."""
    expected = counts.accounts_active - counts.not_due - counts.held - counts.without_charges
    found = [
        Check("register", bills_cents, sum(one.amount_cents for one in classes)),
        Check("bills", expected, counts.bills),
        Check("receivable", receivable.rolled_cents, receivable.ending_cents),
    ]
    return found if posted_cents is None else [*found, Check("ledger", bills_cents, posted_cents)]
