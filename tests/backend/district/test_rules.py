"""Opening hours over holidays, 9/80 Fridays and the nights the clock changes."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from backend.district.rules import Office, Week

ZONE = ZoneInfo("America/Los_Angeles")
DAY = (time(7, 30), time(17, 30))
FRIDAY = (time(7, 30), time(16, 30))
OFFICE = Office(
    ZONE,
    Week({0: DAY, 1: DAY, 2: DAY, 3: DAY, 4: FRIDAY}, closed_friday=date(2026, 11, 20)),
    {
        date(2026, 11, 26): ("Thanksgiving Day", "Día de Acción de Gracias"),
        date(2026, 11, 28): ("A Saturday", "Un sábado"),
    },
)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-23T07:29:59", False),
        ("2026-11-23T07:30:00", True),
        ("2026-11-23T17:29:59", True),
        ("2026-11-23T17:30:00", False),
        ("2026-11-22T12:00:00", False),
        ("2026-11-26T12:00:00", False),
        ("2026-11-20T12:00:00", False),
        ("2026-11-27T12:00:00", True),
        ("2026-12-04T12:00:00", False),
        ("2026-11-06T12:00:00", False),
    ],
)
def test_open_or_closed(moment: str, is_open: bool) -> None:
    assert OFFICE.is_open(local(moment)) is is_open


def test_the_next_opening_skips_holidays_and_weekends() -> None:
    assert OFFICE.opens_at(local("2026-11-25T18:00:00")) == local("2026-11-27T07:30:00")
    assert OFFICE.opens_at(local("2026-11-19T18:00:00")) == local("2026-11-23T07:30:00")
    assert OFFICE.opens_at(local("2026-11-23T05:00:00")) == local("2026-11-23T07:30:00")


def test_closing_is_told_while_open() -> None:
    assert OFFICE.closes_at(local("2026-11-27T12:00:00")) == local("2026-11-27T16:30:00")
    assert OFFICE.closes_at(local("2026-11-27T17:00:00")) is None


def test_the_office_opens_at_half_past_seven_before_and_after_the_clock_changes() -> None:
    before, after = OFFICE.hours_on(date(2026, 10, 30)), OFFICE.hours_on(date(2026, 11, 2))
    assert before is not None and before[0] == datetime(2026, 10, 30, 14, 30, tzinfo=UTC)
    assert after is not None and after[0] == datetime(2026, 11, 2, 15, 30, tzinfo=UTC)
    spring = OFFICE.hours_on(date(2027, 3, 15))
    assert spring is not None and spring[0] == datetime(2027, 3, 15, 14, 30, tzinfo=UTC)


def test_closures_that_cost_an_office_day_are_announced() -> None:
    assert OFFICE.next_closures(local("2026-11-23T12:00:00")) == [
        (date(2026, 11, 26), ("Thanksgiving Day", "Día de Acción de Gracias"))
    ]


def test_an_office_that_never_opens_says_so() -> None:
    assert Office(ZONE, Week({}), {}).opens_at(local("2026-11-23T12:00:00")) is None
