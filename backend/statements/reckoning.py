"""What a service of a bill costs under other conditions than it was billed under: pure, and as bills are reckoned.

A bill is explained by turning the one before it into it one condition at a time; each state on the way is reckoned
here, line by line, with the rounding that bills have.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from backend.billing.amounts import DAY, together
from backend.rates.rules import (
    DroughtStage,
    Line,
    Rate,
    Service,
    fixed_line,
    indoor_units,
    outdoor_units,
    pass_through_lines,
    periods,
    split_units,
    volume_lines,
)

HUNDREDTH = Decimal("0.01")
HUNDRED_MILLIONTH = Decimal("0.00000001")
"""As finely as shares of a period are kept."""
Terms = tuple[tuple[Rate, int], ...]
"""The rates of a period in order, each with the days it was in force."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a service is billed under beside rates and use.

    `meters`: size and how many of them; a meter that was there for a part of the days is a part of one.
    `et_inches`: evapotranspiration of each part of the terms, or of the whole period.
    """

    meters: tuple[tuple[str, Decimal], ...] = ()
    persons: int = 3
    landscape_sqft: int = 0
    et_inches: tuple[Decimal, ...] = ()

    def weather(self, days: Sequence[int]) -> list[Decimal]:
        """The inches of each part of a period."""
        if len(self.et_inches) == len(days):
            return list(self.et_inches)
        whole, total = sum(self.et_inches, Decimal(0)), sum(days)
        return [whole * count / total for count in days]


@dataclass(frozen=True, slots=True)
class Estimates:
    """The run of estimates just before: what they billed, over how many days."""

    units: Decimal
    days: int


@dataclass(frozen=True, slots=True)
class ServiceBilled:
    """One service of a bill with all that made it; `key` is its agreement, `rates` are its class's, in order."""

    key: UUID
    service_class: str
    place: str
    days: int
    units: Decimal
    lines: tuple[Line, ...]
    terms: Terms
    conditions: Conditions
    rates: tuple[Rate, ...] = field(default=(), repr=False)
    is_estimated: bool = False
    estimates_before: Estimates | None = None

    @property
    def cents(self) -> int:
        return total(self.lines)

    @property
    def even_units(self) -> Decimal:
        """The use of a bill that follows estimates, had all days since the last actual read used alike."""
        before = self.estimates_before
        if before is None or self.is_estimated:
            return self.units
        share = (before.units + self.units) * self.days / (before.days + self.days)
        return share.quantize(HUNDREDTH, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class State:
    """A service under some terms, with some use and conditions, and its lines."""

    terms: Terms
    units: Decimal
    conditions: Conditions

    @property
    def days(self) -> int:
        return sum(count for _, count in self.terms)

    def lines(self) -> tuple[Line, ...]:
        """As the bill's lines would be.

        :raises UnknownMeterSizeError: a rate has no fixed charge for a meter.
        """
        found: list[Line] = []
        for rate, part in self._parts():
            found += _fixed_lines(rate, part, self.conditions.meters)
            found += volume_lines(rate, part)
            found += pass_through_lines(rate, part)
        return tuple(together(found))

    @property
    def budget(self) -> Decimal:
        """The water budget in units; 0 under rates without one."""
        return sum((_budget(rate, part) for rate, part in self._parts()), Decimal(0))

    def _parts(self) -> Iterator[tuple[Rate, Service]]:
        days = [count for _, count in self.terms]
        shares, weather, given = split_units(self.units, days), self.conditions.weather(days), self.conditions
        for (rate, count), share, inches in zip(self.terms, shares, weather, strict=True):
            yield (
                rate,
                Service("", count, share, given.persons, given.landscape_sqft, inches, of_days=sum(days)),
            )


def _budget(rate: Rate, part: Service) -> Decimal:
    if rate.budget is None:
        return Decimal(0)
    return indoor_units(rate.budget, part.persons, part.days) + outdoor_units(rate.budget, part, rate.drought)


def _fixed_lines(rate: Rate, part: Service, meters: Iterable[tuple[str, Decimal]]) -> list[Line]:
    lines = []
    for size, number in meters:
        one = fixed_line(rate, replace(part, meter_size=size))
        if number != 1:
            quantity = (one.quantity * number).quantize(HUNDRED_MILLIONTH, rounding=ROUND_HALF_UP)
            one = replace(one, quantity=quantity)
        lines.append(one)
    return lines


def meters_of(lines: Iterable[Line], terms: Terms) -> tuple[tuple[str, Decimal], ...]:
    """The meters that a service's fixed charges are for; a part of one where it was there for a part of the days."""
    whole = sum(count for _, count in terms)
    share = sum((periods(rate, Service("", count, Decimal(0), of_days=whole)) for rate, count in terms), Decimal(0))
    counted: dict[str, Decimal] = {}
    for line in lines:
        if line.code == "fixed":
            counted[line.detail] = counted.get(line.detail, Decimal(0)) + line.quantity
    return tuple((size, quantity / share) for size, quantity in counted.items()) if share else ()


def total(lines: Iterable[Line]) -> int:
    """Cents of all lines."""
    return sum(line.amount_cents for line in lines)


def by_code(lines: Iterable[Line]) -> dict[str, int]:
    """Line code → cents."""
    sums: dict[str, int] = {}
    for line in lines:
        sums[line.code] = sums.get(line.code, 0) + line.amount_cents
    return sums


def units_by_code(lines: Iterable[Line]) -> dict[str, Decimal]:
    """Code of a volume line → units."""
    sums: dict[str, Decimal] = {}
    for line in lines:
        if line.code.startswith("volume:"):
            sums[line.code] = sums.get(line.code, Decimal(0)) + line.quantity
    return sums


def stretched(terms: Terms, days: int) -> Terms:
    """The same rates over another number of days, each with its share of them; the last takes the rest."""
    whole, given = sum(count for _, count in terms), 0
    parts: list[tuple[Rate, int]] = []
    for rate, count in terms[:-1]:
        share = count * days // whole
        given += share
        parts.append((rate, share))
    return tuple(part for part in [*parts, (terms[-1][0], days - given)] if part[1])


def with_drought(terms: Terms, later: Terms) -> Terms:
    """The same rates, with the drought stages of `later` on the days on which they held."""
    if {rate.drought for rate, _ in terms} == {rate.drought for rate, _ in later} and len(later) == 1:
        return terms
    cut: list[tuple[Rate, int]] = []
    for rate, stage, days in _days_in_common(terms, later):
        dry = rate if rate.drought == stage else replace(rate, drought=stage)
        if cut and cut[-1][0] == dry:
            cut[-1] = (dry, cut[-1][1] + days)
        else:
            cut.append((dry, days))
    return tuple(cut)


def _days_in_common(terms: Terms, later: Terms) -> Iterator[tuple[Rate, DroughtStage | None, int]]:
    """Rate, stage of `later`, and the days that both last; the two are of equally many days."""
    stages = iter(later)
    stage: DroughtStage | None = None
    left = 0
    for rate, rate_days in terms:
        count = rate_days
        while count:
            if not left:
                dry, left = next(stages)
                stage = dry.drought
            days = min(count, left)
            yield rate, stage, days
            count, left = count - days, left - days


def held_since(rates: Sequence[Rate], now: Rate, what: Callable[[Rate], object]) -> date:
    """The first day on which `what` of the rates has been as it is in `now`, without a break."""
    since = now.effective_from
    for rate in reversed([rate for rate in rates if rate.effective_from < now.effective_from]):
        if what(rate) != what(now):
            break
        since = rate.effective_from
    return since


def held_until(rates: Sequence[Rate], then: Rate, what: Callable[[Rate], object]) -> date | None:
    """The last day on which `what` of the rates was as it is in `then`, without a break; None: it still is."""
    for rate in (rate for rate in rates if rate.effective_from > then.effective_from):
        if what(rate) != what(then):
            return rate.effective_from - DAY
    return then.effective_to
