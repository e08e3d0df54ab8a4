"""How old what an account owes is: pure, from its postings and from what was paid with what.

Buckets are counted from the due date: a charge that falls due on the day itself, or later, is current.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

Key = tuple[UUID, int]
"""A posting: its entry and its line."""


@dataclass(frozen=True, slots=True)
class Movement:
    """A posting to a receivable: a charge (positive) or a credit. `undone_on` is when its entry was reversed."""

    key: Key
    amount_cents: int
    effective_on: date
    due_on: date | None
    is_reversal: bool
    undone_on: date | None


@dataclass(frozen=True, slots=True)
class Allocation:
    """So much of a credit paid so much of a charge; `undone_on` is when that was taken back."""

    credit: Key
    charge: Key
    amount_cents: int
    undone_on: date | None


@dataclass(frozen=True, slots=True)
class Aging:
    """What is unpaid by the days it is late, and credits that pay nothing yet; the balance is their difference."""

    current_cents: int = 0
    days_1_30_cents: int = 0
    days_31_60_cents: int = 0
    days_61_90_cents: int = 0
    days_over_90_cents: int = 0
    credit_cents: int = 0

    @property
    def owed_cents(self) -> int:
        """Everything that is unpaid, due or not."""
        return self.current_cents + self.past_due_cents

    @property
    def past_due_cents(self) -> int:
        late = self.days_1_30_cents + self.days_31_60_cents
        return late + self.days_61_90_cents + self.days_over_90_cents

    @property
    def balance_cents(self) -> int:
        return self.owed_cents - self.credit_cents


def bucket(due_on: date, as_of: date) -> str:
    """The field of `Aging` that a charge which falls due on `due_on` belongs to."""
    late = (as_of - due_on).days
    limits = ((0, "current_cents"), (30, "days_1_30_cents"), (60, "days_31_60_cents"), (90, "days_61_90_cents"))
    return next((name for most, name in limits if late <= most), "days_over_90_cents")


def aging(movements: Sequence[Movement], allocations: Iterable[Allocation], as_of: date) -> Aging:
    """The account as it stood at the end of `as_of`; `allocations` in the order in which they were made."""
    found: defaultdict[str, int] = defaultdict(int)
    for one, cents in _left(movements, allocations, as_of):
        name = "credit_cents" if one.amount_cents < 0 else bucket(one.due_on or one.effective_on, as_of)
        found[name] += cents
    return Aging(**found)


def oldest_due_on(movements: Sequence[Movement], allocations: Iterable[Allocation], as_of: date) -> date | None:
    """The due date of the oldest charge that was not paid in full at the end of `as_of`; None when all were."""
    unpaid = [
        one.due_on or one.effective_on
        for one, cents in _left(movements, allocations, as_of)
        if one.amount_cents > 0 and cents > 0
    ]
    return min(unpaid, default=None)


def _left(movements: Sequence[Movement], allocations: Iterable[Allocation], as_of: date) -> list[tuple[Movement, int]]:
    """What is left of each movement that stands.

    A credit that was freed later and has paid something else since counts for what it paid then: an earlier allocation
    goes first, and none takes more than its credit has or its charge needs.
    """
    standing = {
        one.key: one
        for one in movements
        if one.effective_on <= as_of and not one.is_reversal and (one.undone_on is None or one.undone_on > as_of)
    }
    left = {key: abs(one.amount_cents) for key, one in standing.items()}
    for made in allocations:
        if made.undone_on is not None and made.undone_on <= as_of:
            continue
        cents = min(made.amount_cents, left.get(made.credit, 0), left.get(made.charge, 0))
        if cents:
            left[made.credit] -= cents
            left[made.charge] -= cents
    return [(one, left[key]) for key, one in standing.items()]
