"""What a rate book must not have, beyond what one value by itself can show: gaps, overlaps, tiers out of order."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from backend.rates.schemas import DroughtFile as Drought
from backend.rates.schemas import PassThroughFile, RateFile, RatesFile

Place = tuple[str | int, ...]
Mistake = tuple[Place, str]
DAY = timedelta(days=1)


def mistakes(file: RatesFile) -> list[Mistake]:
    """Each as the place in the file and what is wrong there; none for a sound book."""
    return [
        *_dates_in_order(file),
        *_rate_dates(file.rates),
        *_other_dates(file),
        *(found for number, rate in enumerate(file.rates) for found in _tiers(file, number, rate)),
        *_regular_days(file.rates),
        *_pass_through_prices(file.pass_throughs),
    ]


def _dates_in_order(file: RatesFile) -> Iterator[Mistake]:
    for table, items in (("rates", file.rates), ("pass_throughs", file.pass_throughs), ("droughts", file.droughts)):
        for number, item in enumerate(items):
            if item.effective_to is not None and item.effective_to < item.effective_from:
                yield (table, number, "effective_to"), f"ends on {item.effective_to}, before it begins"


def _rate_dates(rates: Sequence[RateFile]) -> Iterator[Mistake]:
    """A class's rates must follow each other day by day."""
    for name in sorted({rate.service_class for rate in rates}):
        mine = sorted(
            ((number, rate) for number, rate in enumerate(rates) if rate.service_class == name),
            key=lambda item: item[1].effective_from,
        )
        for (_, before), (number, after) in pairwise(mine):
            place: Place = ("rates", number, "effective_from")
            if before.effective_to is None:
                if before.effective_from == after.effective_from:
                    yield place, f"two rates of {name} begin on {after.effective_from}"
                continue
            expected = before.effective_to + DAY
            if after.effective_from > expected:
                last = after.effective_from - DAY
                yield place, f"no rate of {name} from {expected} to {last}; let the rates follow day by day"
            elif after.effective_from < expected:
                yield place, f"two rates of {name} from {after.effective_from} to {before.effective_to}"


def _other_dates(file: RatesFile) -> Iterator[Mistake]:
    """One drought stage a class at a time, and one price of a pass-through a class at a time."""
    for number, later in enumerate(file.droughts):
        for earlier in file.droughts[:number]:
            if _overlap(earlier, later):
                yield ("droughts", number, "effective_from"), f"overlaps stage {earlier.stage}, declared above"
    for number, price in enumerate(file.pass_throughs):
        for other in file.pass_throughs[:number]:
            if price.code == other.code and _overlap(other, price):
                yield ("pass_throughs", number, "effective_from"), f"{price.code} has another price on these days"


def _overlap(one: Drought | PassThroughFile, other: Drought | PassThroughFile) -> bool:
    shared = set(one.classes) & set(other.classes)
    return bool(shared) and one.effective_from <= _end(other) and other.effective_from <= _end(one)


def _end(item: Drought | PassThroughFile) -> date:
    return item.effective_to or date.max


def _tiers(file: RatesFile, number: int, rate: RateFile) -> Iterator[Mistake]:
    """Names once, limits rising within a base, the rest at the end, budgets only where there is a budget."""
    seen: set[str] = set()
    reached: dict[str, Decimal] = {}
    for place, tier in enumerate(rate.tiers):
        where: Place = ("rates", number, "tiers", place)
        if tier.name in seen:
            yield where, f"a second tier called {tier.name}"
        seen.add(tier.name)
        if tier.name not in file.words.tiers:
            yield where, f"add what tier {tier.name} is called to [words.tiers]"
        if tier.of != "units" and not rate.budget:
            yield where, f"a tier of the {tier.of} needs `budget = true`"
        is_last = place == len(rate.tiers) - 1
        if tier.up_to is None and not is_last:
            yield where, "only the last tier may be without `up_to`"
        elif tier.up_to is not None:
            before = reached.get(tier.of)
            if before is not None and tier.up_to <= before:
                yield where, f"ends at {tier.up_to}, where the one before ends at {before}: put the tiers in order"
            reached[tier.of] = tier.up_to
            if is_last:
                yield where, "add a last tier without `up_to`, for all the water above"


def _regular_days(rates: Sequence[RateFile]) -> Iterator[Mistake]:
    for number, rate in enumerate(rates):
        low, high = rate.regular_days
        if not low <= rate.period_days <= high:
            yield ("rates", number, "regular_days"), f"{low} to {high} days do not hold the {rate.period_days} days"


def _pass_through_prices(items: Sequence[PassThroughFile]) -> Iterator[Mistake]:
    for number, item in enumerate(items):
        if bool(item.dollars_per_unit) == bool(item.dollars_per_period):
            yield ("pass_throughs", number, "code"), "give either dollars_per_unit or dollars_per_period"
