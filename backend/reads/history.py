"""What a metering point used before, as intervals between reads; and what is to be expected of it. Pure."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from backend.reads.registers import Read, Register

A_YEAR = timedelta(days=365)
RECENT = 3
"""So many intervals are "the recent months"."""


class Interval(NamedTuple):
    """Counts between two reads that follow each other: after `start` up to and on `end`."""

    start: date
    end: date
    counts: int
    units_per_count: Decimal
    is_estimated: bool


class Expected(NamedTuple):
    """Billing units a day, and what they are taken from: "last_year", "recent" or "class"."""

    units_per_day: Decimal
    basis: str


def intervals_of(register: Register, reads: Sequence[Read]) -> list[Interval]:
    """The intervals between a register's reads (in order; of one day an estimate last).

    One that ran backwards is left out unless it rolled over. Where an estimate was billed in place of a read that
    cannot be true, the interval is the estimate's.
    """
    found: list[Interval] = []
    before: Read | None = None
    for after, follower in zip(reads, [*reads[1:], None], strict=False):
        if before is None or before.read_on == after.read_on or after.kind == "exchange_in":
            before = after
            continue
        counts = after.value - before.value
        if counts < 0:
            counts += register.modulus
        if counts <= register.modulus // 2:
            estimated = after.kind == "estimated"
            found.append(Interval(before.read_on, after.read_on, counts, register.units_per_count, estimated))
        elif follower is not None and follower.read_on == after.read_on and follower.kind == "estimated":
            continue
        before = after
    return found


def expected_per_day(before: Sequence[Interval], period: tuple[date, date], class_units_per_day: Decimal) -> Expected:
    """The same season last year, else the average of the recent intervals, else what the class uses."""
    middle = period[0] + (period[1] - period[0]) / 2 - A_YEAR
    for gap in before:
        if gap.start < middle <= gap.end:
            return Expected(_per_day([gap]), "last_year")
    recent = before[-RECENT:]
    if recent:
        return Expected(_per_day(recent), "recent")
    return Expected(class_units_per_day, "class")


def trailing(before: Sequence[Interval], holds: Callable[[Interval], bool]) -> int:
    """How many of the last intervals in a row `holds` is true of."""
    count = 0
    for gap in reversed(before):
        if not holds(gap):
            break
        count += 1
    return count


def _per_day(gaps: Sequence[Interval]) -> Decimal:
    units = sum((gap.counts * gap.units_per_count for gap in gaps), Decimal(0))
    return units / sum((gap.end - gap.start).days for gap in gaps)
