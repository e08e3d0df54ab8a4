"""What a period of service costs: pure arithmetic on a rate schedule.

Units are billing units (1 unit = 1 CCF = 100 cubic feet). Rates are dollars as Decimal, results whole cents.
Each line is rounded half up to the cent by itself and the bill is the sum of its lines, never the reverse.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

# Inches of water on a square foot, in gallons: 7.4805 gallons a cubic foot / 12 inches a foot.
GALLONS_PER_SQFT_INCH = Decimal("0.62338")


class CustomerClass(StrEnum):
    """The classes that rates are adopted for."""

    RESIDENTIAL = "residential"
    MULTIFAMILY = "multifamily"
    COMMERCIAL = "commercial"
    IRRIGATION = "irrigation"
    FIRE_LINE = "fire_line"


class TierBase(StrEnum):
    """What a tier's width is counted in."""

    UNITS = "units"  # so many units in a standard period
    INDOOR = "indoor"  # a share of the indoor budget
    TOTAL = "total"  # a share of the whole budget, counted from zero
    REST = "rest"  # everything above


@dataclass(frozen=True, slots=True)
class Tier:
    """One step of the volume charge. `up_to` is cumulative from zero; None only with REST."""

    name: str
    base: TierBase
    up_to: Decimal | None
    dollars_per_unit: Decimal


@dataclass(frozen=True, slots=True)
class WaterBudget:
    """What an efficient customer needs: indoor from persons, outdoor from area, weather and plants."""

    gallons_per_person_day: Decimal
    plant_factor: Decimal
    gallons_per_unit: Decimal


@dataclass(frozen=True, slots=True)
class PassThrough:
    """A cost of others (a wholesaler, the State) that the bill shows by itself."""

    code: str
    dollars_per_unit: Decimal = Decimal(0)
    dollars_per_period: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class DroughtStage:
    """A declared stage: outdoor budgets shrink by `outdoor_factor`, each unit costs `surcharge` more."""

    stage: int
    outdoor_factor: Decimal = Decimal(1)
    surcharge_dollars_per_unit: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Rate:
    """A class's charges from `effective_from` until the next rate of the class takes effect.

    `effective_to`, when given, is the last day that this rate may be charged for.
    """

    customer_class: CustomerClass
    effective_from: date
    fixed_dollars: dict[str, Decimal]
    """Meter size as printed on the meter ("5/8", "3/4", "1", "1-1/2" …) → dollars a standard period."""
    period_days: int
    tiers: tuple[Tier, ...]
    tiers_scale_with_days: bool = True
    budget: WaterBudget | None = None
    pass_throughs: tuple[PassThrough, ...] = ()
    drought: DroughtStage | None = None
    regular_days: tuple[int, int] | None = None
    """A period of so many days (both included) counts as one standard period; others are prorated by days."""
    effective_to: date | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """What is billed: one meter (or a set of meters read as one) over some days."""

    meter_size: str
    days: int
    units: Decimal
    persons: int = 3
    landscape_sqft: int = 0
    et_inches: Decimal = Decimal(0)
    """Reference evapotranspiration over the period, inches."""
    of_days: int | None = None
    """The days of the whole bill, when this is a part of it (a rate changed, a meter was exchanged)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a bill. `quantity` × `dollars_each` rounded half up is `amount_cents`."""

    code: str
    quantity: Decimal
    dollars_each: Decimal
    amount_cents: int
    detail: str = ""


class UnknownMeterSizeError(ValueError):
    """The schedule has no fixed charge for this meter size."""


def cents(dollars: Decimal) -> int:
    """Dollars to whole cents, half up (0.005 → 1 cent; -0.005 → -1 cent)."""
    return int((dollars * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def periods(rate: Rate, service: Service) -> Decimal:
    """How many standard periods the service is, to eight places, half up: exact to the cent for any meter charge.

    A bill of a regular length is one, and a part of it its share of the days; any other goes by the days alone.
    """
    whole = service.of_days or service.days
    if rate.regular_days is not None and rate.regular_days[0] <= whole <= rate.regular_days[1]:
        share = Decimal(service.days) / whole
    else:
        share = Decimal(service.days) / rate.period_days
    return share.quantize(Decimal("0.00000001"), rounding=ROUND_HALF_UP)


def indoor_units(budget: WaterBudget, persons: int, days: int) -> Decimal:
    """Persons × gallons a day × days, in units (not rounded)."""
    return persons * budget.gallons_per_person_day * days / budget.gallons_per_unit


def outdoor_units(budget: WaterBudget, service: Service, drought: DroughtStage | None) -> Decimal:
    """Evapotranspiration × area × plant factor × drought factor, in units (not rounded)."""
    gallons = service.et_inches * service.landscape_sqft * budget.plant_factor * GALLONS_PER_SQFT_INCH
    factor = drought.outdoor_factor if drought else Decimal(1)
    return gallons * factor / budget.gallons_per_unit


def tier_limits(rate: Rate, service: Service) -> list[Decimal | None]:
    """The cumulative upper limit of each tier in units for this service; None has no limit.

    Limits of budget tiers are rounded half up to whole hundredths of a unit, so that quantities print as billed.
    """
    scale = periods(rate, service) if rate.tiers_scale_with_days else _share_of_bill(service)
    indoor = total = Decimal(0)
    if rate.budget is not None:
        indoor = indoor_units(rate.budget, service.persons, service.days)
        total = indoor + outdoor_units(rate.budget, service, rate.drought)
    widths = {TierBase.UNITS: scale, TierBase.INDOOR: indoor, TierBase.TOTAL: total}
    limits: list[Decimal | None] = []
    for tier in rate.tiers:
        if tier.base is TierBase.REST or tier.up_to is None:
            limits.append(None)
        else:
            limits.append((tier.up_to * widths[tier.base]).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))
    return limits


def _share_of_bill(service: Service) -> Decimal:
    return Decimal(service.days) / (service.of_days or service.days)


def units_by_tier(limits: list[Decimal | None], units: Decimal) -> list[Decimal]:
    """How many of `units` fall into each tier. A tier whose limit lies below the one before takes none."""
    taken, reached = [], Decimal(0)
    for limit in limits:
        upper = units if limit is None else min(units, limit)
        share = max(Decimal(0), upper - reached)
        taken.append(share)
        reached += share
    return taken


def volume_lines(rate: Rate, service: Service) -> list[Line]:
    """The volume charge, a line for each tier that has water in it."""
    quantities = units_by_tier(tier_limits(rate, service), service.units)
    return [
        _line(f"volume:{tier.name}", quantity, tier.dollars_per_unit, tier.name)
        for tier, quantity in zip(rate.tiers, quantities, strict=True)
        if quantity
    ]


def fixed_line(rate: Rate, service: Service) -> Line:
    """The meter charge: its quantity is standard periods, so that a short or long bill is prorated by days.

    :raises UnknownMeterSizeError: the rate has no such size.
    """
    if service.meter_size not in rate.fixed_dollars:
        sizes = ", ".join(rate.fixed_dollars)
        raise UnknownMeterSizeError(
            f"no fixed charge for a {service.meter_size} inch {rate.customer_class} meter; the rate has {sizes}"
        )
    return _line("fixed", periods(rate, service), rate.fixed_dollars[service.meter_size], service.meter_size)


def pass_through_lines(rate: Rate, service: Service) -> list[Line]:
    """One line for each pass-through charge and for a drought surcharge that comes to something."""
    lines = []
    for item in rate.pass_throughs:
        if item.dollars_per_unit and service.units:
            lines.append(_line(f"pass_through:{item.code}", service.units, item.dollars_per_unit, item.code))
        if item.dollars_per_period:
            share = periods(rate, service)
            lines.append(_line(f"pass_through_fixed:{item.code}", share, item.dollars_per_period, item.code))
    if rate.drought and rate.drought.surcharge_dollars_per_unit and service.units:
        stage = str(rate.drought.stage)
        lines.append(_line("drought", service.units, rate.drought.surcharge_dollars_per_unit, stage))
    return lines


def bill_lines(rate: Rate, service: Service) -> list[Line]:
    """Every line of one service under one rate: fixed charge, volume, pass-throughs."""
    return [fixed_line(rate, service), *volume_lines(rate, service), *pass_through_lines(rate, service)]


def _line(code: str, quantity: Decimal, dollars_each: Decimal, detail: str) -> Line:
    return Line(code, quantity, dollars_each, cents(quantity * dollars_each), detail)


def split_by_rate(rates: list[Rate], start: date, end: date) -> list[tuple[Rate, int]]:
    """The rates in force from `start` to `end` (both billed days included) and the days under each, in order.

    :raises LookupError: a day has no rate.
    """
    ordered = sorted(rates, key=lambda rate: rate.effective_from)
    parts: list[tuple[Rate, int]] = []
    for number, rate in enumerate(ordered):
        following = ordered[number + 1].effective_from if number + 1 < len(ordered) else date.max
        last_day = min(following - timedelta(days=1), rate.effective_to or date.max)
        first, last = max(start, rate.effective_from), min(end, last_day)
        if first <= last:
            parts.append((rate, (last - first).days + 1))
    if sum(days for _, days in parts) != (end - start).days + 1:
        raise LookupError(f"no rate is in force on every day from {start.isoformat()} to {end.isoformat()}")
    return parts


def split_units(units: Decimal, days: list[int]) -> list[Decimal]:
    """`units` shared out by days in whole hundredths; the last part takes what rounding leaves."""
    total, parts = sum(days), []
    for count in days[:-1]:
        parts.append((units * count / total).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))
    return [*parts, units - sum(parts, Decimal(0))]
