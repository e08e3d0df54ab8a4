"""Where a file's read belongs: it becomes a read, was one before, or waits for a person. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from backend.reads.parsing import NOT_READ, FileRead
from backend.reads.registers import REGULAR


@dataclass(frozen=True, slots=True)
class KnownMeter:
    """A meter with this serial number, the accounts that its place has had, and its reads of that day by kind."""

    meter_id: UUID
    digits: int
    installed_on: date
    removed_on: date | None
    account_numbers: Sequence[str]
    reads: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Placed:
    """A read of a file. `cause` None: it becomes a read, unless it `is_known`; else why it does not."""

    read: FileRead
    meter_id: UUID | None
    cause: str | None
    is_known: bool = False


def place(read: FileRead, meter: KnownMeter | None) -> Placed:
    """What becomes of a read whose line is sound."""
    if meter is None:
        return Placed(read, None, "unknown_meter")
    if read.kind == NOT_READ:
        return Placed(read, meter.meter_id, NOT_READ)
    if read.read_on < meter.installed_on or (meter.removed_on is not None and read.read_on > meter.removed_on):
        return Placed(read, meter.meter_id, "meter_not_there")
    if read.account_number is not None and read.account_number.lstrip("0") not in meter.account_numbers:
        return Placed(read, meter.meter_id, "other_account")
    return _beside(read, meter)


def _beside(read: FileRead, meter: KnownMeter) -> Placed:
    """Of two reads of a day the better counts; what is there is never overwritten."""
    rank = REGULAR[read.kind]
    as_good = {value for kind, value in meter.reads.items() if REGULAR.get(kind, 3) >= rank}
    if not as_good:
        return Placed(read, meter.meter_id, None)
    if as_good == {read.value}:
        return Placed(read, meter.meter_id, None, is_known=True)
    return Placed(read, meter.meter_id, "other_value")


def too_long_for(read: FileRead, meter: KnownMeter | None) -> bool:
    """Whether the value has more digits than the register: the line cannot be true."""
    return meter is not None and read.value is not None and read.value >= 10**meter.digits
