"""Whether and when water may be shut off for non-payment. Values in, values out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)
LOOK_AHEAD_DAYS = 60
NOTHING_DUE, PROTECTED, NOT_YET, POSSIBLE, CLOSED = "nothing_due", "protected", "not_yet", "possible", "closed"


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides: the account's state, what is past due and since when, and what protects it today."""

    is_active: bool
    past_due_cents: int
    oldest_due_on: date | None
    protections: Sequence[str]


def status(standing: Standing, today: date, past_due_days: int) -> str:
    """`closed`, `nothing_due`, `protected`, `not_yet` (past due, not for long enough) or `possible` after notice."""
    if not standing.is_active:
        return CLOSED
    if standing.past_due_cents <= 0 or standing.oldest_due_on is None:
        return NOTHING_DUE
    if standing.protections:
        return PROTECTED
    return POSSIBLE if (today - standing.oldest_due_on).days >= past_due_days else NOT_YET


def earliest_day(oldest_due_on: date, past_due_days: int, is_office_day: Callable[[date], bool]) -> date:
    """The first day on which the debt is old enough and the office is open (Gov. Code 60374: never on another)."""
    first = oldest_due_on + DAY * past_due_days
    days = (first + DAY * ahead for ahead in range(LOOK_AHEAD_DAYS))
    return next((day for day in days if is_office_day(day)), first)
