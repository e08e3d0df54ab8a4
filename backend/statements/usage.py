"""What an account's meters counted, month by month, as its register reads say. Callers have checked who is asking."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from backend.reads.history import Interval, intervals_of
from backend.reads.registers import Read, Register
from backend.statements import usage_repository as repository
from backend.statements.amounts import GALLONS_PER_UNIT

DAY = timedelta(days=1)
MONTHS_MAX = 60
A_MONTH = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class MeterNow:
    """A meter with its last read: the day, how it was read, and what the register showed."""

    serial_number: str
    service_class: str
    size_inches: str
    read_on: date
    read_kind: str
    register_value: int


@dataclass(frozen=True, slots=True)
class MonthOfUse:
    """Use between reads, put into the month that its middle falls in ("2026-11"); units are CCF, by service class."""

    month: str
    first_day: date
    last_day: date
    days: int
    units: Decimal
    by_class: dict[str, Decimal]
    gallons_a_day: int
    is_estimated: bool


@dataclass(frozen=True, slots=True)
class Usage:
    """The months, newest first, and the meters as they were read last. Nothing is known of later days."""

    months: tuple[MonthOfUse, ...]
    meters: tuple[MeterNow, ...]
    read_through: date | None
    as_of: datetime


async def usage_of(session: AsyncSession, account_id: UUID, months: int, *, now: datetime, today: date) -> Usage:
    """The account's use of the last `months` (at most `MONTHS_MAX`), from the reads there are."""
    since = today - A_MONTH * (min(max(months, 1), MONTHS_MAX) + 1)
    rows = await repository.reads(session, account_id, since, today)
    counted: list[tuple[str, Interval]] = []
    meters = []
    for _, group in groupby(rows, key=lambda row: (row["agreement_id"], row["meter_id"])):
        reads = list(group)
        last = reads[-1]
        counted += [(last["service_class"], gap) for gap in intervals_of(_register(last), _reads(reads))]
        if last["removed_on"] is None:
            meters.append(_now(last))
    found = months_of(counted)[:months]
    read_through = max((row["read_on"] for row in rows), default=None)
    return Usage(tuple(found), tuple(meters), read_through, now)


def months_of(counted: Iterable[tuple[str, Interval]]) -> list[MonthOfUse]:
    """Intervals between reads (with the class of their service) by the month of their middle, newest first."""
    together: defaultdict[str, list[tuple[str, Interval]]] = defaultdict(list)
    for service_class, gap in counted:
        middle = gap.start + (gap.end - gap.start) / 2
        together[f"{middle:%Y-%m}"].append((service_class, gap))
    return [_month(month, together[month]) for month in sorted(together, reverse=True)]


def _month(month: str, counted: Sequence[tuple[str, Interval]]) -> MonthOfUse:
    by_class: defaultdict[str, Decimal] = defaultdict(Decimal)
    for service_class, gap in counted:
        by_class[service_class] += gap.counts * gap.units_per_count
    first, last = min(gap.start for _, gap in counted) + DAY, max(gap.end for _, gap in counted)
    days, units = (last - first).days + 1, sum(by_class.values(), Decimal(0))
    return MonthOfUse(
        month,
        first,
        last,
        days,
        units.normalize() + 0,
        {name: value.normalize() + 0 for name, value in by_class.items()},
        round(units * GALLONS_PER_UNIT / days),
        any(gap.is_estimated for _, gap in counted),
    )


def _register(row: RowMapping) -> Register:
    return Register(row["meter_id"], row["digits"], row["units_per_count"], row["installed_on"], row["removed_on"])


def _reads(rows: Iterable[RowMapping]) -> list[Read]:
    return [Read(row["read_on"], row["kind"], row["register_value"]) for row in rows]


def _now(row: RowMapping) -> MeterNow:
    return MeterNow(
        row["serial_number"],
        row["service_class"],
        row["size_inches"],
        row["read_on"],
        row["kind"],
        row["register_value"],
    )
