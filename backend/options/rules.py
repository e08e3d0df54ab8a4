"""When money is drawn, how much, and what a levelized bill comes to. Values in, values out."""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

LABEL_LENGTH_MAX = 60


def method_label_is_fit(label: str) -> bool:
    """Whether this may stand for a way to pay ("checking ending 4421"): never an account number itself."""
    plain = label.isprintable() and 0 < len(label.strip()) <= LABEL_LENGTH_MAX
    return plain and not re.search(r"(?:\d[ -]?){5,}", label)


def day_in_month(day_of_month: int, year: int, month: int) -> date:
    """The day a monthly payment falls on: the 31st is the last day of a shorter month."""
    return date(year, month, min(day_of_month, monthrange(year, month)[1]))


def next_day(day_of_month: int, after: date) -> date:
    """The first such day later than `after`."""
    this_month = day_in_month(day_of_month, after.year, after.month)
    if this_month > after:
        return this_month
    first = date(after.year + after.month // 12, after.month % 12 + 1, 1)
    return day_in_month(day_of_month, first.year, first.month)


def days_to_draw(business_date: date, catch_up_days: int) -> dict[int, date]:
    """For each day of the month that is due in this night, the date it fell on; a missed night is made up."""
    due: dict[int, date] = {}
    for back in range(catch_up_days, -1, -1):
        day = business_date - timedelta(days=back)
        is_last = (day + timedelta(days=1)).day == 1
        due |= dict.fromkeys(range(day.day, 32) if is_last else (day.day,), day)
    return due


def autopay_cents(left_cents: int, due_cents: int, on_its_way_cents: int) -> int:
    """What autopay draws: what is left of the bills due, never more than is due once what is on its way has come."""
    return max(0, min(left_cents, due_cents - on_its_way_cents))


def recurring_cents(fixed_cents: int, balance_cents: int, on_its_way_cents: int) -> int:
    """What a payment on a day draws: the fixed amount, never more than is owed and not on its way already."""
    return max(0, min(fixed_cents, balance_cents - on_its_way_cents))


def levelized_cents(bills_cents: Sequence[int], round_up_to_cents: int) -> int:
    """The monthly amount: the average of the bills, rounded up.

    :raises ValueError: no bills.
    """
    if not bills_cents:
        raise ValueError("an average needs bills")
    steps = -(-sum(bills_cents) // (len(bills_cents) * round_up_to_cents))
    return steps * round_up_to_cents


def year_after(day: date) -> date:
    """The same day next year; 28 February after a 29th."""
    return date(day.year + 1, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)


def year_before(day: date) -> date:
    """The same day last year; 28 February before a 29th."""
    return date(day.year - 1, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides whether an account may have a budget bill."""

    service_class: str
    is_active: bool
    bills: int
    past_due_cents: int
    has_arrangement: bool


def why_no_budget(standing: Standing, service_classes: Sequence[str], bills_needed: int) -> str | None:
    """The first reason against a budget bill, or None."""
    if not standing.is_active:
        return "account_closed"
    if standing.service_class not in service_classes:
        return "service_class"
    if standing.has_arrangement:
        return "on_arrangement"
    if standing.past_due_cents > 0:
        return "past_due"
    return "not_enough_history" if standing.bills < bills_needed else None
