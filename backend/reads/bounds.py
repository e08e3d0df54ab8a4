"""What a meter's next read should lie between, for the handheld to ask again where it does not. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from backend.reads.history import expected_per_day, intervals_of
from backend.reads.registers import Read, Register
from backend.reads.rules import Limits


@dataclass(frozen=True, slots=True)
class Bounds:
    """All in register counts, as the register shows them: past its end it begins at zero again."""

    previous: Read | None
    low: int
    high: int


def bounds(register: Register, reads: Sequence[Read], read_on: date, limits: Limits) -> Bounds:
    """The last read and what one on `read_on` should lie between; any value where nothing was read before."""
    shown = [read for read in reads if read.read_on <= read_on and read.kind != "exchange_out"]
    if not shown:
        return Bounds(None, 0, register.modulus - 1)
    previous = shown[-1]
    period = (previous.read_on, read_on)
    days = (read_on - previous.read_on).days
    likely = expected_per_day(intervals_of(register, shown), period, limits.class_units_per_day).units_per_day * days
    # As the preliminary ledger has it: a difference of a few units is not worth a look.
    least = min(likely * limits.low_percent / 100, max(likely - limits.difference_units_min, Decimal(0)))
    most = max(likely * limits.high_percent / 100, likely + limits.difference_units_min)
    each = register.units_per_count
    low = previous.value + int((least / each).to_integral_value(ROUND_FLOOR))
    high = previous.value + int((most / each).to_integral_value(ROUND_CEILING))
    return Bounds(previous, low % register.modulus, high % register.modulus)
