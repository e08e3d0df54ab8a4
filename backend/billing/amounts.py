"""The lines of one account's bill: each agreement's meters and water under every rate in force. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from backend.rates.rules import (
    Line,
    Rate,
    Service,
    TierBase,
    cents,
    fixed_line,
    pass_through_lines,
    split_by_rate,
    split_units,
    volume_lines,
)
from backend.reads.registers import Register

DAY = timedelta(days=1)
EXCHANGE_DAYS_MAX = 7
"""A meter that is put in so many days after another was taken out takes its place."""
Weather = Callable[[str, date, date], tuple[Decimal, int]]
"""(zone, first day, last day) → inches of evapotranspiration, and how many of the days are missing."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Water of one class for one premise. A point is the meters that followed each other at one place."""

    agreement_id: UUID
    service_class: str
    started_on: date
    ended_on: date | None
    persons: int
    landscape_sqft: int
    zone: str
    points: tuple[tuple[Register, ...], ...]


def agreement_lines(
    rates: list[Rate], agreement: Agreement, units: int, period: tuple[date, date], weather: Weather
) -> list[Line]:
    """What one agreement costs for its days of `period` (both included).

    :raises LookupError: a day has no rate.
    :raises UnknownMeterSizeError: a rate has no charge for a meter's size.
    """
    start, end = period
    whole = (end - start).days + 1
    parts = split_by_rate(rates, start, end)
    shares = split_units(Decimal(units), [days for _, days in parts])
    weathers = weather_of_parts(rates, agreement, period, weather) or [Decimal(0)] * len(parts)
    lines: list[Line] = []
    first = start
    for (rate, days), share, inches in zip(parts, shares, weathers, strict=True):
        last = first + timedelta(days=days - 1)
        for size, size_days in _meters(agreement, first, last):
            lines.append(fixed_line(rate, Service(size, size_days, Decimal(0), of_days=whole)))
        water = Service(
            "",
            days,
            share,
            persons=agreement.persons,
            landscape_sqft=agreement.landscape_sqft,
            et_inches=inches,
            of_days=whole,
        )
        lines += volume_lines(rate, water)
        lines += pass_through_lines(rate, water)
        first = last + DAY
    return together(lines)


def weather_of_parts(
    rates: list[Rate], agreement: Agreement, period: tuple[date, date], weather: Weather
) -> list[Decimal]:
    """Inches of evapotranspiration under each rate of the period, where they make a water budget; else none.

    :raises LookupError: a day has no rate.
    """
    if not agreement.landscape_sqft:
        return []
    parts = split_by_rate(rates, *period)
    if not any(rate.budget for rate, _ in parts):
        return []
    found, first = [], period[0]
    for rate, days in parts:
        last = first + timedelta(days=days - 1)
        found.append(weather(agreement.zone, first, last)[0] if rate.budget else Decimal(0))
        first = last + DAY
    return found


def together(lines: Iterable[Line]) -> list[Line]:
    """What a change of rates has cut but not changed is one line again: equal code, detail and price."""
    merged: dict[tuple[str, str, Decimal], Decimal] = {}
    for line in lines:
        key = (line.code, line.detail, line.dollars_each)
        merged[key] = merged.get(key, Decimal(0)) + line.quantity
    return [
        Line(code, quantity, each, cents(quantity * each), detail) for (code, detail, each), quantity in merged.items()
    ]


def budget_problems(
    rates: list[Rate], agreement: Agreement, period: tuple[date, date], weather: Weather
) -> dict[str, object]:
    """What a water budget needs and is not there: persons, area, or days of weather."""
    budgets = [rate for rate, _ in split_by_rate(rates, *period) if rate.budget is not None]
    bases = {tier.base for rate in budgets for tier in rate.tiers}
    missing: dict[str, object] = {}
    if TierBase.INDOOR in bases and agreement.persons <= 0:
        missing["persons"] = agreement.persons
    if TierBase.TOTAL in bases and TierBase.INDOOR not in bases and agreement.landscape_sqft <= 0:
        missing["landscape_sqft"] = agreement.landscape_sqft
    if TierBase.TOTAL in bases and agreement.landscape_sqft > 0:
        _, days = weather(agreement.zone, *period)
        if days:
            missing["weather_days"] = days
    return missing


def _meters(agreement: Agreement, first: date, last: date) -> Iterator[tuple[str, int]]:
    """(size, days) of every meter charge; meters of one size that followed each other are one."""
    for point in agreement.points:
        sizes: dict[str, int] = {}
        covered = first
        for place, register in enumerate(point):
            until = last
            if place + 1 < len(point) and register.removed_on is not None:
                until = min(register.removed_on, last)
            if until >= covered:
                sizes[register.size_inches] = sizes.get(register.size_inches, 0) + (until - covered).days + 1
                covered = until + DAY
        yield from sizes.items()


def points_of(registers: Sequence[Register]) -> tuple[tuple[Register, ...], ...]:
    """Meters that were exchanged for one another stand together: one was put in when another had been taken out.

    It may have taken some days; of several that were taken out, the one that went last, of the same size, comes first.
    """
    chains: list[list[Register]] = []
    for register in sorted(registers, key=lambda r: (r.installed_on, str(r.meter_id))):
        fitting = [chain for chain in chains if _follows(register, chain[-1])]
        if fitting:
            max(fitting, key=lambda chain: _nearness(register, chain[-1])).append(register)
        else:
            chains.append([register])
    return tuple(tuple(chain) for chain in chains)


def _follows(register: Register, before: Register) -> bool:
    removed_on = before.removed_on
    return removed_on is not None and 0 <= (register.installed_on - removed_on).days <= EXCHANGE_DAYS_MAX


def _nearness(register: Register, before: Register) -> tuple[date, bool]:
    return before.removed_on or date.min, before.size_inches == register.size_inches
