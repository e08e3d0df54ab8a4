"""When water may be shut off: old enough a debt, nothing that protects, an office day."""

from datetime import date

import pytest

from backend.shutoff.rules import Standing, earliest_day, status

TODAY = date(2026, 11, 23)
WEEKDAYS = {0, 1, 2, 3, 4}


def standing(**changes: object) -> Standing:
    values: dict[str, object] = {
        "is_active": True,
        "past_due_cents": 15_073,
        "oldest_due_on": date(2026, 9, 24),
        "protections": (),
    }
    return Standing(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "possible"),
        ({"oldest_due_on": date(2026, 9, 25)}, "not_yet"),
        ({"past_due_cents": 0}, "nothing_due"),
        ({"oldest_due_on": None}, "nothing_due"),
        ({"protections": ("dispute",)}, "protected"),
        ({"protections": ("dispute",), "past_due_cents": 0}, "nothing_due"),
        ({"is_active": False}, "closed"),
    ],
)
def test_sixty_days_past_due_and_nothing_that_protects(changes: dict[str, object], expected: str) -> None:
    assert status(standing(**changes), TODAY, 60) == expected


def test_the_earliest_day_is_an_office_day() -> None:
    saturday = date(2026, 11, 28)
    due = date(2026, 9, 29)
    assert earliest_day(due, 60, lambda day: True) == saturday
    assert earliest_day(due, 60, lambda day: day.weekday() in WEEKDAYS) == date(2026, 11, 30)


def test_an_office_that_never_opens_leaves_the_day_of_the_law() -> None:
    assert earliest_day(date(2026, 9, 29), 60, lambda day: False) == date(2026, 11, 28)
