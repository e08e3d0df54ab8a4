"""The meters of the demonstration: what they have counted, and when they were read last. Values only."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID


@dataclass(slots=True)
class Metered:
    """A meter's register: what it has counted, and its last read."""

    meter_id: UUID
    size: str
    digits: int
    units_per_count: Decimal
    value: int = 0
    read_on: date | None = None
    read_value: int = 0
    read_kind: str = "actual"

    @property
    def shown(self) -> int:
        """What the register shows: it has only so many digits."""
        return int(self.value % 10**self.digits)

    def near_the_end(self, units: int) -> None:
        """Set the register so that it stands just before its end when `units` more have been counted."""
        a_unit = int(1 / self.units_per_count)
        self.value = int(10**self.digits) - (units + 1) * a_unit

    def use(self, units: int) -> None:
        """Count `units` whole units on, and a part of a unit that differs from time to time; nothing of nothing."""
        if units == 0:
            return
        a_unit = int(1 / self.units_per_count)
        part = (self.value * 31 + units * 17 + 7) % a_unit
        self.value = (self.value // a_unit + units) * a_unit + part
