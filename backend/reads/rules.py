"""From what registers showed to what was used: rollover, exchange, multipliers, estimates. Pure.

A register is read in counts. A count is `units_per_count` billing units (CCF); whole units are billed and the rest
stays in the register: what is billed between two reads is the difference of the whole units at each, so that over the
years nothing is lost and nothing is billed twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple
from uuid import UUID

from backend.reads.history import Expected, Interval, expected_per_day, intervals_of, trailing
from backend.reads.registers import REGULAR, Read, Register, counts_between, estimated_counts, whole_units


@dataclass(frozen=True, slots=True)
class Limits:
    """What is plausible; see `[billing]` in policy.toml."""

    class_units_per_day: Decimal
    window_days: int = 5
    estimates_max: int = 2
    high_percent: int = 200
    low_percent: int = 40
    difference_units_min: int = 6
    same_use_units_min: int = 2
    stopped_periods: int = 2
    rollover_percent: int = 400


class Finding(NamedTuple):
    """Something a person should look at: a code of the preliminary ledger and its facts."""

    code: str
    meter_id: UUID | None
    detail: dict[str, object]


@dataclass(frozen=True, slots=True)
class RegisterUse:
    """What one register counted in a period. `closing` of kind "estimated" may not be stored yet (`is_made_up`)."""

    register: Register
    opening: Read | None
    closing: Read
    counts: int
    units: int
    is_made_up: bool = False


@dataclass(slots=True)
class PointUse:
    """What one metering point used in a period, whichever meters it had in that time."""

    uses: list[RegisterUse] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def units(self) -> int:
        return sum(use.units for use in self.uses)

    @property
    def counts(self) -> int:
        return sum(use.counts for use in self.uses)

    @property
    def is_estimated(self) -> bool:
        return any(use.closing.kind == "estimated" for use in self.uses)


def closing_day(reads: Sequence[Read], latest: date, window_days: int) -> date | None:
    """The day of the read that closes a period about `latest`; None without one.

    The last ordinary read in the window that ends on `latest`; else the first in the window after it, for what was
    read late, or again because the first read was struck.
    """
    days = [read.read_on for read in reads if read.kind in REGULAR]
    early = [day for day in days if 0 <= (latest - day).days <= window_days]
    late = [day for day in days if 0 < (day - latest).days <= window_days]
    return max(early) if early else min(late, default=None)


def use_of_point(
    registers: Sequence[Register],
    reads: Mapping[UUID, Sequence[Read]],
    period: tuple[date, date],
    limits: Limits,
    billed_multipliers: Mapping[UUID, Decimal] | None = None,
    *,
    begins: bool = False,
) -> PointUse:
    """What the meters that followed each other at one point counted after `period[0]` up to and on `period[1]`.

    `period` is the day of the opening and of the closing read; `reads` are each meter's, in order. Where the service
    `begins` with the period, a read on its first day is the opening one, unless there was one the day before.
    """
    opening_on, closing_on = period
    used = PointUse()
    history = [gap for register in registers for gap in intervals_of(register, reads.get(register.meter_id, ()))]
    before = sorted((gap for gap in history if gap.end <= opening_on), key=lambda gap: gap.end)
    expected = expected_per_day(before, period, limits.class_units_per_day)
    present = [r for r in registers if r.installed_on <= closing_on and (not r.removed_on or r.removed_on > opening_on)]
    for register in present:
        _use_of_register(used, _Asked(register, reads.get(register.meter_id, ()), period, expected, limits, begins))
    _exchange(used, present, reads, period)
    _multipliers(used, present, billed_multipliers or {})
    if used.uses:
        _compare(used, before, expected, (closing_on - opening_on).days, limits)
    return used


@dataclass(frozen=True, slots=True)
class _Asked:
    """One register's part of the question."""

    register: Register
    reads: Sequence[Read]
    period: tuple[date, date]
    expected: Expected
    limits: Limits
    begins: bool

    @property
    def opening_on(self) -> date:
        return self.period[0]

    @property
    def closing_on(self) -> date:
        return self.period[1]

    @property
    def leaves(self) -> bool:
        """It was taken out within the period."""
        return self.register.removed_on is not None and self.register.removed_on <= self.closing_on

    @property
    def last_day(self) -> date:
        return min(self.register.removed_on or self.closing_on, self.closing_on)

    @property
    def inside(self) -> list[Read]:
        return [read for read in self.reads if self.opening_on < read.read_on <= self.closing_on]


def _use_of_register(used: PointUse, asked: _Asked) -> None:
    """Add what one register counted, estimated where there is no read or none that can be true."""
    register, meter_id = asked.register, asked.register.meter_id
    opening = _opening(asked)
    closing = _closing(asked, opening)
    ordinary = [read for read in asked.inside if read.kind in REGULAR and read is not opening]
    if len(ordinary) > 1:
        days = sorted({str(read.read_on) for read in ordinary})
        used.findings.append(Finding("DUP_READ", meter_id, {"reads": len(ordinary), "days": days}))
    if closing is None and not asked.leaves:
        used.findings.append(Finding("NO_READ", meter_id, {"expected_on": str(asked.closing_on)}))
    if opening is None:
        _without_opening(used, register, closing)
        return
    last_day = closing.read_on if closing else asked.last_day
    likely_units = asked.expected.units_per_day * max((last_day - max(opening.read_on, asked.opening_on)).days, 0)
    if closing is not None:
        opening = _moved_in(used, asked, opening, closing)
        if _measured(used, asked, opening, closing, likely_units):
            return
    counts = estimated_counts(register, likely_units)
    made_up = Read(last_day, "estimated", (opening.value + counts) % register.modulus)
    units = whole_units(register, opening.value, counts)
    used.uses.append(RegisterUse(register, opening, made_up, counts, units, is_made_up=True))


def _measured(used: PointUse, asked: _Asked, opening: Read, closing: Read, likely_units: Decimal) -> bool:
    """Add the use between two reads; False when the register ran backwards and cannot have rolled over."""
    register = asked.register
    counts, rolled = counts_between(register, opening.value, closing.value)
    detail: dict[str, object] = {"opening": opening.value, "closing": closing.value, "opening_kind": opening.kind}
    if rolled:
        plausible = _plausible(register, counts, likely_units, asked.limits)
        used.findings.append(Finding("ROLLOVER" if plausible else "NEGATIVE", register.meter_id, detail))
        if not plausible:
            return False
    units = whole_units(register, opening.value, counts)
    used.uses.append(RegisterUse(register, opening, closing, counts, units))
    return True


def _opening(asked: _Asked) -> Read | None:
    earlier = [read for read in asked.reads if read.read_on <= asked.opening_on and read.kind != "exchange_out"]
    last = max(earlier, key=_billed_rank, default=None)
    if asked.begins and (last is None or last.read_on < asked.opening_on):
        first_day = asked.opening_on + timedelta(days=1)
        at_the_door = [read for read in asked.inside if read.read_on == first_day and read.kind in REGULAR]
        last = max(at_the_door, key=_rank, default=last)
    if last is not None:
        return last
    return next((read for read in asked.inside if read.kind == "exchange_in"), None)


def _closing(asked: _Asked, opening: Read | None) -> Read | None:
    if asked.leaves:
        return next((read for read in asked.inside if read.kind == "exchange_out"), None)
    latest = asked.closing_on - timedelta(days=asked.limits.window_days)
    usual = [read for read in asked.inside if read.kind in REGULAR and read is not opening]
    near = [read for read in usual if read.read_on >= latest]
    return max(near, key=_rank, default=None)


def _rank(read: Read) -> tuple[date, int]:
    return read.read_on, REGULAR.get(read.kind, 3)


def _billed_rank(read: Read) -> tuple[date, bool]:
    """The next bill begins where the last one ended: at an estimate, if one was billed, whatever else came that day."""
    return read.read_on, read.kind == "estimated"


def _without_opening(used: PointUse, register: Register, closing: Read | None) -> None:
    """Nothing to count from: no use is billed, and the read, if there is one, is where the next bill begins."""
    used.findings.append(Finding("NO_PREV", register.meter_id, {"closing": closing.value if closing else None}))
    if closing is not None:
        used.uses.append(RegisterUse(register, None, closing, 0, 0))


def _moved_in(used: PointUse, asked: _Asked, opening: Read, closing: Read) -> Read:
    """A service that began long after the last read begins where the register must have been on that day."""
    early = (asked.opening_on - opening.read_on).days
    if early <= asked.limits.window_days:
        return opening
    counts, _ = counts_between(asked.register, opening.value, closing.value)
    passed = Decimal(counts) * early / (closing.read_on - opening.read_on).days
    value = (opening.value + int(passed.quantize(Decimal(1), rounding=ROUND_HALF_UP))) % asked.register.modulus
    detail: dict[str, object] = {"last_read_on": str(opening.read_on), "taken": value}
    used.findings.append(Finding("NO_PREV", asked.register.meter_id, detail))
    return Read(asked.opening_on, "estimated", value)


def _plausible(register: Register, counts: int, likely_units: Decimal, limits: Limits) -> bool:
    """A rollover is believed when what it says was used is not far more than what was to be expected."""
    most = max(likely_units * limits.rollover_percent / 100, Decimal(limits.difference_units_min * 2))
    return counts * register.units_per_count <= most


def _exchange(
    used: PointUse, present: Sequence[Register], reads: Mapping[UUID, Sequence[Read]], period: tuple[date, date]
) -> None:
    """A meter that was taken out needs its last read, and the one in its place its first."""
    for register, follower in zip(present, [*present[1:], None], strict=True):
        removed_on = register.removed_on
        if removed_on is None or removed_on > period[1]:
            continue
        needed = {"exchange_out": register, "exchange_in": follower}
        missing = [
            kind
            for kind, meter in needed.items()
            if meter is not None
            and all(read.kind != kind or read.read_on <= period[0] for read in reads.get(meter.meter_id, ()))
        ]
        used.findings.append(Finding("EXCHANGE", register.meter_id, {"on": str(removed_on), "missing": missing}))


def _multipliers(used: PointUse, present: Sequence[Register], billed: Mapping[UUID, Decimal]) -> None:
    for place, register in enumerate(present):
        before = billed.get(register.meter_id, present[place - 1].units_per_count if place else None)
        if before is not None and before != register.units_per_count:
            detail: dict[str, object] = {"was": str(before), "is": str(register.units_per_count)}
            used.findings.append(Finding("MULT_CHANGED", register.meter_id, detail))


def _compare(used: PointUse, before: Sequence[Interval], expected: Expected, days: int, limits: Limits) -> None:
    """Hold the use against the point's own history, by the day."""
    meter_id = used.uses[-1].register.meter_id
    if used.is_estimated:
        run = trailing(before, lambda gap: gap.is_estimated) + 1
        if run > limits.estimates_max:
            used.findings.append(Finding("EST_RUN", meter_id, {"in_a_row": run, "allowed": limits.estimates_max}))
        return
    if used.counts == 0:
        run = trailing(before, lambda gap: gap.counts == 0) + 1
        if limits.class_units_per_day and all(use.opening for use in used.uses):
            code = "STOPPED" if run >= limits.stopped_periods else "ZERO_USE"
            used.findings.append(Finding(code, meter_id, {"periods": run}))
        return
    if before and before[-1].counts == used.counts and used.units >= limits.same_use_units_min:
        used.findings.append(Finding("SAME_USE", meter_id, {"counts": used.counts}))
    likely = expected.units_per_day * days
    if expected.basis == "class" or abs(used.units - likely) < limits.difference_units_min:
        return
    detail: dict[str, object] = {
        "units": used.units,
        "units_per_day": round(used.units / days, 3),
        "expected_per_day": round(float(expected.units_per_day), 3),
        "basis": expected.basis,
    }
    if used.units * 100 > likely * limits.high_percent:
        used.findings.append(Finding("HIGH", meter_id, detail))
    elif used.units * 100 < likely * limits.low_percent:
        used.findings.append(Finding("LOW", meter_id, detail))
