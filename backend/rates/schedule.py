"""From the dated entries of `rates.toml` to one list of rates a class, cut at every day something changes."""

from dataclasses import replace
from datetime import date, timedelta

from backend.rates.rules import CustomerClass, DroughtStage, PassThrough, Rate, Tier, TierBase, WaterBudget
from backend.rates.schemas import BudgetFile, DroughtFile, PassThroughFile, RateFile, RatesFile, TierFile

_BASES = {"units": TierBase.UNITS, "indoor": TierBase.INDOOR, "budget": TierBase.TOTAL}
DAY = timedelta(days=1)


def rates_of(file: RatesFile, customer_class: CustomerClass) -> tuple[Rate, ...]:
    """Every rate of a class, in order; each holds for one drought stage and one set of pass-throughs."""
    cut: list[Rate] = []
    adopted = sorted((r for r in file.rates if r.service_class == customer_class), key=lambda r: r.effective_from)
    for number, item in enumerate(adopted):
        last = item.effective_to or (adopted[number + 1].effective_from - DAY if number + 1 < len(adopted) else None)
        basic = _rate(file, item)
        days = [day for day in _change_days(file, customer_class) if day > item.effective_from]
        starts = [item.effective_from, *(day for day in days if last is None or day <= last)]
        for place, start in enumerate(starts):
            ends = starts[place + 1] - DAY if place + 1 < len(starts) else last
            cut.append(_on_day(file, basic, start, ends))
    return tuple(cut)


def _change_days(file: RatesFile, customer_class: CustomerClass) -> list[date]:
    days: set[date] = set()
    dated: tuple[PassThroughFile | DroughtFile, ...] = (*file.pass_throughs, *file.droughts)
    for item in dated:
        if customer_class in item.classes:
            days.add(item.effective_from)
            if item.effective_to is not None:
                days.add(item.effective_to + DAY)
    return sorted(days)


def _on_day(file: RatesFile, basic: Rate, start: date, end: date | None) -> Rate:
    name = basic.customer_class
    droughts = [item for item in file.droughts if name in item.classes and _holds(item, start)]
    stage = droughts[0] if droughts else None
    return replace(
        basic,
        effective_from=start,
        effective_to=end,
        pass_throughs=tuple(
            _pass_through(item) for item in file.pass_throughs if name in item.classes and _holds(item, start)
        ),
        drought=DroughtStage(stage.stage, stage.outdoor_factor, stage.surcharge_dollars_per_unit) if stage else None,
    )


def _holds(item: PassThroughFile | DroughtFile, day: date) -> bool:
    return item.effective_from <= day and (item.effective_to is None or day <= item.effective_to)


def _rate(file: RatesFile, item: RateFile) -> Rate:
    budget = item.budget if isinstance(item.budget, BudgetFile) else file.budget
    return Rate(
        customer_class=CustomerClass(item.service_class),
        effective_from=item.effective_from,
        fixed_dollars={str(size): dollars for size, dollars in item.fixed_dollars.items()},
        period_days=item.period_days,
        tiers=tuple(_tier(tier) for tier in item.tiers),
        tiers_scale_with_days=item.tiers_scale_with_days,
        budget=WaterBudget(budget.gallons_per_person_day, budget.plant_factor, budget.gallons_per_unit)
        if item.budget
        else None,
        regular_days=item.regular_days,
    )


def _tier(tier: TierFile) -> Tier:
    base = TierBase.REST if tier.up_to is None else _BASES[tier.of]
    return Tier(tier.name, base, tier.up_to, tier.dollars_per_unit)


def _pass_through(item: PassThroughFile) -> PassThrough:
    return PassThrough(item.code, item.dollars_per_unit, item.dollars_per_period)
