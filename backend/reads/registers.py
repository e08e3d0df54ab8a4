"""A meter's register: what a read says, how counts become billing units, and where it starts from zero again. Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple
from uuid import UUID

REGULAR = {"estimated": 0, "customer": 1, "actual": 2}
"""Kinds of ordinary reads; of two on one day the higher counts."""


class Read(NamedTuple):
    """What a register showed at the end of a day, in counts."""

    read_on: date
    kind: str
    value: int


@dataclass(frozen=True, slots=True)
class Register:
    """A meter's register; `removed_on` is the day it was exchanged or taken out."""

    meter_id: UUID
    digits: int
    units_per_count: Decimal
    installed_on: date
    removed_on: date | None = None
    size_inches: str = "5/8"

    @property
    def modulus(self) -> int:
        """The count at which it shows zero again."""
        return int(10**self.digits)


def counts_between(register: Register, opening: int, closing: int) -> tuple[int, bool]:
    """Counts from one value to the next, and whether the register rolled over to get there."""
    if closing >= opening:
        return closing - opening, False
    return register.modulus - opening + closing, True


def whole_units(register: Register, opening: int, counts: int) -> int:
    """Billing units of `counts` after a read of `opening`; fractions stay for the next bill."""
    each = register.units_per_count
    return int((opening + counts) * each) - int(opening * each)


def estimated_counts(register: Register, units: Decimal) -> int:
    """The counts of an estimate, half up."""
    return int((units / register.units_per_count).quantize(Decimal(1), rounding=ROUND_HALF_UP))
