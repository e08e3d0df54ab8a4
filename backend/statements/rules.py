"""Why one bill differs from another: each cause in cents, and the causes add up to the difference exactly.

The earlier bill is turned into the later one step by step, one thing at a time, in the order in which a clerk
would look: length of the period, use, estimates, water budget, drought, prices, meter; then fees and what was
carried over. What each step changes is that cause's share, so nothing is counted twice and nothing is left.
Nothing here says what water was used for: a register cannot know.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from backend.rates.rules import Line, Rate, Service, UnknownMeterSizeError, bill_lines, split_units

YEAR = timedelta(days=365)
SAME_MONTH_DAYS = 20
"""How far the middle of a period may be from that of a year later to be the same month."""
HUNDREDTH = Decimal("0.01")
Terms = tuple[tuple[Rate, int], ...]
"""The rates of a period in order, each with the days it was in force."""


@dataclass(frozen=True, slots=True)
class Household:
    """What a water budget is made of, and the meters (sizes) that have a fixed charge."""

    meters: tuple[str, ...]
    persons: int = 3
    landscape_sqft: int = 0
    et_inches: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Estimates:
    """The run of estimated bills just before a bill: what they billed, over how many days."""

    units: Decimal
    days: int


@dataclass(frozen=True, slots=True)
class Billed:
    """A bill with all that made it: `carried_cents` was unpaid from before (negative: a credit), fees came since."""

    bill_id: UUID
    start: date
    end: date
    issued_on: date
    units: Decimal
    new_charges_cents: int
    carried_cents: int = 0
    fees_cents: int = 0
    is_estimated: bool = False
    lines: tuple[Line, ...] = ()
    terms: Terms = ()
    household: Household = Household(())
    estimates_before: Estimates | None = None

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def due_cents(self) -> int:
        """What the statement asks for."""
        return self.carried_cents + self.fees_cents + self.new_charges_cents

    @property
    def middle(self) -> date:
        return self.start + (self.end - self.start) / 2


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason with its share. `facts` fill its sentence; `parts` are shares by line code that make up `cents`."""

    code: str
    cents: int
    facts: Mapping[str, Any] = field(default_factory=dict)
    parts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A bill beside an earlier one: `difference_cents` is the sum of the causes."""

    later: Billed
    earlier: Billed
    causes: tuple[Cause, ...]

    @property
    def difference_cents(self) -> int:
        return self.later.due_cents - self.earlier.due_cents


def year_before(later: Billed, earlier: Iterable[Billed]) -> Billed | None:
    """Of `earlier` bills the one for the same time last year, if there is one."""
    wanted = later.middle - YEAR
    near = [bill for bill in earlier if abs((bill.middle - wanted).days) <= SAME_MONTH_DAYS]
    return min(near, key=lambda bill: abs((bill.middle - wanted).days), default=None)


def compare(later: Billed, earlier: Billed) -> Comparison:
    """Every cause that changed what is asked for, in the order of the steps; shares of nothing are left out."""
    causes = _charges(later, earlier)
    causes.append(Cause("fees", later.fees_cents - earlier.fees_cents))
    causes.append(Cause("previous_balance", later.carried_cents - earlier.carried_cents, _carried(later, earlier)))
    return Comparison(later, earlier, tuple(cause for cause in causes if cause.cents))


def _carried(later: Billed, earlier: Billed) -> dict[str, Any]:
    return {"carried_cents": later.carried_cents, "carried_before_cents": earlier.carried_cents}


def _charges(later: Billed, earlier: Billed) -> list[Cause]:
    if later.lines and earlier.lines and later.terms and earlier.terms:
        try:
            return _steps(later, earlier)
        except UnknownMeterSizeError:
            pass  # the rate of the one bill has no price for the meter of the other
    facts = _use_facts(later, earlier)
    return [Cause("charges", later.new_charges_cents - earlier.new_charges_cents, facts)]


def _steps(later: Billed, earlier: Billed) -> list[Cause]:
    then, now = earlier.household, later.household
    weather = (then.et_inches * later.days / earlier.days).quantize(Decimal("0.001"), rounding=ROUND_HALF_UP)
    same_use = (earlier.units * later.days / earlier.days).quantize(HUNDREDTH, rounding=ROUND_HALF_UP)
    terms = _stretched(earlier.terms, later.days)
    longer = replace(then, et_inches=weather)
    people = replace(now, meters=then.meters)
    start = reckon(earlier.terms, earlier.units, then)
    period = reckon(terms, same_use, longer)
    use = reckon(terms, _even_units(later), longer)
    caught_up = reckon(terms, later.units, longer)
    budget = reckon(terms, later.units, people)
    drought = reckon(_with_drought(terms, later.terms), later.units, people)
    prices = reckon(later.terms, later.units, people)
    meter = reckon(later.terms, later.units, now)
    unreckoned = (_total(start) - _sum(earlier.lines)) + (_sum(later.lines) - _total(meter))
    changed, crumbs = _price_causes(drought, prices, later, earlier)
    dry = _total(drought) - _total(budget) + changed.pop("drought", 0)
    return [
        Cause("period", _total(period) - _total(start), {"days": later.days, "days_before": earlier.days}),
        _use_cause(later, earlier, _changes(period, use)),
        Cause("catch_up_read", _total(caught_up) - _total(use)),
        Cause("water_budget", _total(budget) - _total(caught_up)),
        Cause("drought_surcharge", dry, {"stage": _stage(later, earlier)}),
        *(_price_cause(code, cents, later) for code, cents in changed.items()),
        Cause("meter_size", _total(meter) - _total(prices), {"size": _sizes(now), "size_before": _sizes(then)}),
        Cause("other", unreckoned + crumbs),
    ]


def _use_cause(later: Billed, earlier: Billed, parts: dict[str, int]) -> Cause:
    code = "estimated_read" if later.is_estimated else "usage"
    return Cause(code, sum(parts.values()), _use_facts(later, earlier), parts)


def _use_facts(later: Billed, earlier: Billed) -> dict[str, Any]:
    return {
        "units": later.units,
        "units_before": earlier.units,
        "units_a_day": _even_units(later) / later.days,
        "units_a_day_before": earlier.units / earlier.days,
    }


def _price_causes(
    before: Mapping[str, int], after: Mapping[str, int], later: Billed, earlier: Billed
) -> tuple[dict[str, int], int]:
    """Shares of the volume prices together, the fixed charge, each pass-through; and what only rounding changed.

    A bill that is cut in two, because one of its prices changed, rounds its other lines twice.
    """
    rates = [rate for rate, _ in (*earlier.terms, *later.terms)]
    changed = {
        "rate_change": any(rate.tiers != rates[0].tiers for rate in rates),
        "fixed_charge": any(rate.fixed_dollars != rates[0].fixed_dollars for rate in rates),
        "drought": any(rate.drought != rates[0].drought for rate in rates),
    }
    shares: Counter[str] = Counter()
    for line, cents in _changes(before, after).items():
        kind, _, name = line.partition(":")
        code = {"fixed": "fixed_charge", "volume": "rate_change", "drought": "drought"}.get(kind)
        shares[(code if changed[code] else "") if code else f"pass_through:{name}"] += cents
    crumbs = shares.pop("", 0)
    return {code: shares[code] for code in sorted(shares, key=lambda code: (code != "rate_change", code))}, crumbs


def _price_cause(code: str, cents: int, later: Billed) -> Cause:
    kind, _, name = code.partition(":")
    return Cause(kind, cents, {"since": later.terms[-1][0].effective_from, "name": name})


def _even_units(bill: Billed) -> Decimal:
    """The use of a bill that follows estimates, had all the days since the last actual read used alike."""
    before = bill.estimates_before
    if before is None or bill.is_estimated:
        return bill.units
    share = (before.units + bill.units) * bill.days / (before.days + bill.days)
    return share.quantize(HUNDREDTH, rounding=ROUND_HALF_UP)


def reckon(terms: Terms, units: Decimal, household: Household) -> dict[str, int]:
    """Line code → cents of a period under `terms`, as bills are reckoned.

    :raises UnknownMeterSizeError: a rate has no fixed charge for a meter.
    """
    days = [count for _, count in terms]
    sums: Counter[str] = Counter()
    for (rate, count), share in zip(terms, split_units(units, days), strict=True):
        part = Service(
            household.meters[0] if household.meters else "",
            count,
            share,
            household.persons,
            household.landscape_sqft,
            household.et_inches * count / sum(days),
            of_days=sum(days),
        )
        for line in bill_lines(rate, part):
            sums[line.code] += line.amount_cents
        for size in household.meters[1:]:
            sums["fixed"] += bill_lines(rate, replace(part, meter_size=size))[0].amount_cents
    return dict(sums)


def _stretched(terms: Terms, days: int) -> Terms:
    """The same rates over another number of days, each with its share of them; the last takes the rest."""
    total, given = sum(count for _, count in terms), 0
    parts: list[tuple[Rate, int]] = []
    for rate, count in terms[:-1]:
        share = count * days // total
        given += share
        parts.append((rate, share))
    return tuple(part for part in [*parts, (terms[-1][0], days - given)] if part[1])


def _with_drought(terms: Terms, later: Terms) -> Terms:
    """The same rates, with the drought stages of `later` on the days on which they held."""
    if {rate.drought for rate, _ in terms} == {rate.drought for rate, _ in later}:
        return terms
    stages = [rate.drought for rate, days in later for _ in range(days)]
    cut: list[tuple[Rate, int]] = []
    for rate, stage in zip((rate for rate, days in terms for _ in range(days)), stages, strict=True):
        dry = replace(rate, drought=stage)
        if cut and cut[-1][0] == dry:
            cut[-1] = (dry, cut[-1][1] + 1)
        else:
            cut.append((dry, 1))
    return tuple(cut)


def _stage(later: Billed, earlier: Billed) -> int:
    stage = later.terms[-1][0].drought or earlier.terms[-1][0].drought
    return stage.stage if stage else 0


def _sizes(household: Household) -> str:
    return ", ".join(household.meters)


def _changes(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    codes = dict.fromkeys([*before, *after])
    found = {code: after.get(code, 0) - before.get(code, 0) for code in codes}
    return {code: cents for code, cents in found.items() if cents}


def _total(shares: Mapping[str, int]) -> int:
    return sum(shares.values())


def _sum(lines: Iterable[Line]) -> int:
    return sum(line.amount_cents for line in lines)
