"""What a leak adjustment comes to. Values in, values out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class WaterLine:
    """A volume line of a bill, those of the first tier first; `service` tells the agreements of the bill apart."""

    service: str
    tier: str
    units: Decimal
    dollars_each: Decimal


@dataclass(frozen=True, slots=True)
class Credit:
    """Units that are credited, to the hundredth, and their cents."""

    units: Decimal
    cents: int


def excess_units(used: Decimal, before: Sequence[Decimal]) -> Decimal:
    """What was used above the average of the same season in years before; not rounded.

    :raises ValueError: there is nothing to compare with.
    """
    if not before:
        raise ValueError("no year to compare with")
    return max(Decimal(0), used - sum(before, Decimal(0)) / len(before))


def share(units: Decimal, percent: int) -> Decimal:
    """So many percent of the units, to the hundredth, half up."""
    return (units * percent / 100).quantize(HUNDREDTH, ROUND_HALF_UP)


def at_base_price(lines: Sequence[WaterLine]) -> Credit:
    """The water above the first tier at the first tier's price: what the other tiers cost more.

    The first tier is that of each service's first line; had it two prices in the period, the dearer one counts.
    """
    units, cents = Decimal(0), 0
    for service in dict.fromkeys(line.service for line in lines):
        mine = [line for line in lines if line.service == service]
        base = max(line.dollars_each for line in mine if line.tier == mine[0].tier)
        dearer = [line for line in mine if line.tier != mine[0].tier and line.dollars_each > base]
        units += sum((line.units for line in dearer), Decimal(0))
        cents += sum(_cents(line.units * (line.dollars_each - base)) for line in dearer)
    return Credit(units.quantize(HUNDREDTH, ROUND_HALF_UP), cents)


def from_the_dearest(lines: Sequence[WaterLine], units: Decimal) -> Credit:
    """What `units` cost, taken off where the bill's water cost most; no more than the bill has."""
    left, cents = units, 0
    for line in sorted(lines, key=lambda line: line.dollars_each, reverse=True):
        taken = min(left, line.units)
        cents += _cents(taken * line.dollars_each)
        left -= taken
    return Credit(units - left, cents)


def same_season(day: date, years: int, ends: Sequence[date], days_apart: int = 20) -> list[date]:
    """Of the days on which other bills' periods ended, the nearest to the same day of each of the years before."""
    found = []
    for back in range(1, years + 1):
        then = _years_before(day, back)
        near = [end for end in ends if abs((end - then).days) <= days_apart]
        if near:
            found.append(min(near, key=lambda end: abs((end - then).days)))
    return found


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # the 29th of February
        return date(day.year - years, 2, 28)


def _cents(dollars: Decimal) -> int:
    return int((dollars * 100).quantize(Decimal(1), ROUND_HALF_UP))
