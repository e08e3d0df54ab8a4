"""What changed of one service from a bill to a later one, step by step. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from backend.rates.rules import Line, Rate, UnknownMeterSizeError
from backend.statements.reckoning import (
    HUNDREDTH,
    ServiceBilled,
    State,
    by_code,
    held_since,
    held_until,
    stretched,
    total,
    units_by_code,
    with_drought,
)


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason with its share. `facts` fill its sentence; `parts` are shares by line code that make up `cents`.

    `service` is (class, place) of the service it is of, where a bill has several and the cause is not of all.
    """

    code: str
    cents: int
    facts: Mapping[str, Any] = field(default_factory=dict)
    parts: Mapping[str, int] = field(default_factory=dict)
    service: tuple[str, str] | None = None


def of_service(now: ServiceBilled | None, then: ServiceBilled | None) -> list[Cause]:
    """What changed of one service; None where it was not on the bill."""
    if now is None or then is None:
        alone = now or then
        assert alone is not None
        code, sign = ("service_ended", -1) if now is None else ("service_started", 1)
        return [Cause(code, sign * alone.cents, service=(alone.service_class, alone.place))]
    if now.terms and then.terms and now.service_class == then.service_class:
        try:
            causes = _steps(now, then)
        except UnknownMeterSizeError:
            pass  # the rate of the one bill has no price for the meter of the other
        else:
            return [replace(cause, service=(now.service_class, now.place)) for cause in causes if cause.cents]
    return [Cause("charges", now.cents - then.cents, _use_facts(now, then), service=(now.service_class, now.place))]


def _steps(now: ServiceBilled, then: ServiceBilled) -> list[Cause]:
    """The states on the way from `then` to `now`, and what each step of it changes."""
    start = State(then.terms, then.units, then.conditions)
    longer = _over(start, now.days)
    drought = replace(longer, terms=with_drought(longer.terms, now.terms))
    prices = replace(drought, terms=now.terms)
    meter = replace(prices, conditions=replace(prices.conditions, meters=now.conditions.meters))
    people = replace(now.conditions, et_inches=meter.conditions.et_inches)
    household = replace(meter, conditions=people)
    sky = replace(household, conditions=now.conditions)
    use = replace(sky, units=now.even_units)
    end = replace(use, units=now.units)
    lines = _reckoned([start, longer, drought, prices, meter, household, sky, use, end])
    cents = [total(one) for one in lines]
    changed, crumbs = _price_changes(lines[2], lines[3], now, then)
    unreckoned = cents[0] - then.cents + now.cents - cents[8]
    return [
        Cause("period", cents[1] - cents[0], {"days": now.days, "days_before": then.days}),
        Cause("drought_surcharge", cents[2] - cents[1] + changed.pop("drought", 0), _drought_facts(now, then)),
        *(Cause(code.partition(":")[0], share, _price_facts(code, now)) for code, share in changed.items()),
        Cause("meter_size", cents[4] - cents[3], {"size": _sizes(now), "size_before": _sizes(then)}),
        Cause("household", cents[5] - cents[4], {"budget": household.budget, "budget_before": meter.budget}),
        Cause("weather", cents[6] - cents[5], {"budget": sky.budget, "budget_before": household.budget}),
        _use_cause(now, then, lines[6], lines[7]),
        Cause("catch_up_read", cents[8] - cents[7]),
        Cause("other", unreckoned + crumbs),
    ]


def _reckoned(walk: Sequence[State]) -> list[tuple[Line, ...]]:
    """The lines of each state; a step that changes nothing is not reckoned again."""
    lines: list[tuple[Line, ...]] = []
    for place, state in enumerate(walk):
        same = place > 0 and state == walk[place - 1]
        lines.append(lines[-1] if same else state.lines())
    return lines


def _over(state: State, days: int) -> State:
    """The same daily use in the same weather over another number of days."""
    if days == state.days:
        return state
    units = (state.units * days / state.days).quantize(HUNDREDTH, rounding=ROUND_HALF_UP)
    inches = sum(state.conditions.et_inches, Decimal(0)) * days / state.days
    return State(stretched(state.terms, days), units, replace(state.conditions, et_inches=(inches,)))


def _use_cause(now: ServiceBilled, then: ServiceBilled, before: Iterable[Line], after: Sequence[Line]) -> Cause:
    code = "estimated_read" if now.is_estimated else "usage"
    parts = _changes(by_code(before), by_code(after))
    facts = _use_facts(now, then) | _tier_facts(before, after)
    return Cause(code, sum(parts.values()), facts, parts)


def _use_facts(now: ServiceBilled, then: ServiceBilled) -> dict[str, Any]:
    return {
        "units": now.units,
        "units_before": then.units,
        "units_a_day": now.even_units / now.days,
        "units_a_day_before": then.units / then.days,
        "before_is_estimated": then.is_estimated,
    }


def _tier_facts(before: Iterable[Line], after: Sequence[Line]) -> dict[str, Any]:
    """The dearest tier that more water has reached: `tier` (a line code), `tier_units`, `tier_dollars` each."""
    old, new = units_by_code(before), units_by_code(after)
    reached = [code for code in new if new[code] > old.get(code, Decimal(0))]
    if not reached or len(new) < 2:
        return {}
    price = {line.code: line.dollars_each for line in after if line.code in reached}
    code = max(reached, key=lambda one: price[one])
    if price[code] <= min(line.dollars_each for line in after if line.code.startswith("volume:")):
        return {}
    return {"tier": code, "tier_units": new[code] - old.get(code, Decimal(0)), "tier_dollars": price[code]}


_PRICES: dict[str, tuple[str, Callable[[Rate], object]]] = {
    "fixed": ("fixed_charge", lambda rate: rate.fixed_dollars),
    "volume": ("rate_change", lambda rate: rate.tiers),
    "drought": ("drought", lambda rate: rate.drought),
}


def _price_changes(
    before: Iterable[Line], after: Iterable[Line], now: ServiceBilled, then: ServiceBilled
) -> tuple[dict[str, int], int]:
    """Shares of the volume prices together, the fixed charge, each pass-through; and what only rounding changed."""
    rates = [rate for rate, _ in (*then.terms, *now.terms)]
    shares: Counter[str] = Counter()
    crumbs = 0
    for line, cents in _changes(by_code(before), by_code(after)).items():
        kind, _, name = line.partition(":")
        if kind not in _PRICES:
            shares[f"pass_through:{name}"] += cents
            continue
        code, price = _PRICES[kind]
        if any(price(rate) != price(rates[0]) for rate in rates):
            shares[code] += cents
        else:
            crumbs += cents
    return dict(shares), crumbs


def _price_facts(code: str, now: ServiceBilled) -> dict[str, Any]:
    kind, _, name = code.partition(":")
    last = now.terms[-1][0]
    if kind == "pass_through":
        return {"name": name, "since": held_since(now.rates, last, lambda rate: _pass_through(rate, name))}
    price = next(price for found, price in _PRICES.values() if found == kind)
    return {"since": held_since(now.rates, last, price)}


def _pass_through(rate: Rate, name: str) -> object:
    return next((item for item in rate.pass_throughs if item.code == name), None)


def _drought_facts(now: ServiceBilled, then: ServiceBilled) -> dict[str, Any]:
    """`how`: the surcharge began, ended, went to another stage, or counts for another number of days."""
    dry_now = [(rate, days) for rate, days in now.terms if rate.drought]
    dry_then = [(rate, days) for rate, days in then.terms if rate.drought]
    facts: dict[str, Any] = {
        "dry_days": sum(days for _, days in dry_now),
        "dry_days_before": sum(days for _, days in dry_then),
        "stage": _stage(dry_now[-1][0]) if dry_now else None,
        "stage_before": _stage(dry_then[-1][0]) if dry_then else None,
    }
    if dry_now and not dry_then:
        return facts | {"how": "began", "since": held_since(now.rates, dry_now[-1][0], _stage)}
    if dry_then and not dry_now:
        known = now.rates or tuple(rate for rate, _ in (*then.terms, *now.terms))
        return facts | {"how": "ended", "until": held_until(known, dry_then[-1][0], _stage)}
    return facts | {"how": "days" if facts["stage"] == facts["stage_before"] else "stage"}


def _stage(rate: Rate) -> int | None:
    return rate.drought.stage if rate.drought else None


def _sizes(service: ServiceBilled) -> str:
    return ", ".join(dict.fromkeys(size for size, _ in service.conditions.meters))


def _changes(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    codes = dict.fromkeys([*before, *after])
    found = {code: after.get(code, 0) - before.get(code, 0) for code in codes}
    return {code: cents for code, cents in found.items() if cents}
