"""What an account's meters counted, month by month, as the register's reads say. Callers have checked who is asking."""

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
class PeriodOfUse:
    """Use from one read to the next, both days included; `month` ("2026-11") is that of the read. Units are CCF."""

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
    """The periods, newest first, and the meters as they were read last. Nothing is known of later days."""

    periods: tuple[PeriodOfUse, ...]
    meters: tuple[MeterNow, ...]
    read_through: date | None
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Counted:
    """What a meter of a service of some class counted between two reads; `ends_with_meter`: it was taken out then."""

    service_class: str
    gap: Interval
    ends_with_meter: bool = False


async def usage_of(session: AsyncSession, account_id: UUID, months: int, *, now: datetime, today: date) -> Usage:
    """The account's use of the last `months` reads (at most `MONTHS_MAX`)."""
    since = today - A_MONTH * (min(max(months, 1), MONTHS_MAX) + 1)
    rows = await repository.reads(session, account_id, since, today)
    counted: list[Counted] = []
    meters = []
    for _, group in groupby(rows, key=lambda row: (row["agreement_id"], row["meter_id"])):
        reads = list(group)
        last = reads[-1]
        gaps = intervals_of(_register(last), _reads(reads))
        counted += [Counted(last["service_class"], gap, gap.end == last["removed_on"]) for gap in gaps]
        if last["removed_on"] is None:
            meters.append(_now(last))
    read_through = max((row["read_on"] for row in rows), default=None)
    return Usage(tuple(periods_of(counted)[:months]), tuple(meters), read_through, now)


def periods_of(counted: Sequence[Counted]) -> list[PeriodOfUse]:
    """What meters counted up to the same day together, newest first; a meter that was exchanged with its successor."""
    next_read = {(one.service_class, one.gap.start): one.gap.end for one in counted}
    together: defaultdict[date, list[Counted]] = defaultdict(list)
    for one in counted:
        end = one.gap.end
        together[next_read.get((one.service_class, end), end) if one.ends_with_meter else end].append(one)
    return [_period(end, together[end]) for end in sorted(together, reverse=True)]


def _period(last_day: date, counted: Sequence[Counted]) -> PeriodOfUse:
    by_class: defaultdict[str, Decimal] = defaultdict(Decimal)
    for one in counted:
        by_class[one.service_class] += one.gap.counts * one.gap.units_per_count
    first_day = min(one.gap.start for one in counted) + DAY
    days, units = (last_day - first_day).days + 1, sum(by_class.values(), Decimal(0))
    return PeriodOfUse(
        f"{last_day:%Y-%m}",
        first_day,
        last_day,
        days,
        units,
        dict(by_class),
        round(units * GALLONS_PER_UNIT / days),
        any(one.gap.is_estimated for one in counted),
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
