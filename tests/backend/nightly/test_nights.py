"""Which nights are due: by the wall clock, in order, each once; through both nights of daylight saving time."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.nightly.nights import DAY, newest_night, nights_due

CALIFORNIA = ZoneInfo("America/Los_Angeles")
STARTS = time(1, 15)


def local(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=CALIFORNIA, fold=fold).astimezone(UTC)  # type: ignore[arg-type, misc]


def due(newest: date, since: date, known: set[date] | None = None, back_max: int = 31) -> list[date]:
    return nights_due(newest, since, known=known or set(), back_max=back_max, is_wanted=lambda day: True)


class TestTheNewestNight:
    @pytest.mark.parametrize(
        ("now", "starts", "expected"),
        [
            (local(2026, 11, 24, 1, 14), STARTS, date(2026, 11, 22)),
            (local(2026, 11, 24, 1, 15), STARTS, date(2026, 11, 23)),
            (local(2026, 11, 23, 23, 59), STARTS, date(2026, 11, 22)),
            # Midnight itself begins the night of the day that has just ended.
            (local(2026, 11, 24, 0, 0), time(0, 0), date(2026, 11, 23)),
            # The year ends, and February has 29 days in 2028 but not in 2027.
            (local(2027, 1, 1, 1, 15), STARTS, date(2026, 12, 31)),
            (local(2028, 3, 1, 1, 15), STARTS, date(2028, 2, 29)),
            (local(2028, 2, 29, 1, 15), STARTS, date(2028, 2, 28)),
            (local(2027, 3, 1, 1, 15), STARTS, date(2027, 2, 28)),
        ],
    )
    def test_begins_the_morning_after(self, now: datetime, starts: time, expected: date) -> None:
        assert newest_night(now, CALIFORNIA, starts) == expected

    def test_begins_although_a_spring_morning_skips_its_time(self) -> None:
        """On 14 March 2027 the clock goes from 01:59 to 03:00: half past two never comes."""
        half_past_two = time(2, 30)
        before = local(2027, 3, 14, 1, 59)
        assert newest_night(before, CALIFORNIA, half_past_two) == date(2027, 3, 12)
        assert newest_night(before + timedelta(minutes=1), CALIFORNIA, half_past_two) == date(2027, 3, 13)

    def test_that_an_autumn_morning_brings_twice_is_one_night(self) -> None:
        """On 7 November 2027 the hour from one o'clock comes twice."""
        first, again = local(2027, 11, 7, 1, 20), local(2027, 11, 7, 1, 20, fold=1)
        assert again - first == timedelta(hours=1)
        assert newest_night(first, CALIFORNIA, STARTS) == newest_night(again, CALIFORNIA, STARTS) == date(2027, 11, 6)
        # Between the two turns the clock is before the time once more: nothing new is due then.
        between = local(2027, 11, 7, 1, 5, fold=1)
        newest = newest_night(between, CALIFORNIA, STARTS)
        assert due(newest, date(2027, 11, 1), known={date(2027, 11, day) for day in range(1, 7)}) == []


class TestNightsDue:
    def test_before_the_first_day_there_are_none(self) -> None:
        assert due(date(2026, 11, 22), since=date(2026, 11, 23)) == []

    def test_those_missed_come_in_order_over_the_leap_day(self) -> None:
        assert due(date(2028, 3, 1), since=date(2028, 2, 27), known={date(2028, 2, 27)}) == [
            date(2028, 2, 28),
            date(2028, 2, 29),
            date(2028, 3, 1),
        ]

    def test_one_in_the_middle_is_made_up_for(self) -> None:
        known = {date(2026, 12, 30), date(2027, 1, 1)}
        assert due(date(2027, 1, 1), since=date(2026, 12, 30), known=known) == [date(2026, 12, 31)]

    def test_a_clock_that_jumps_far_ahead_makes_up_for_so_many_only(self) -> None:
        found = due(date(2027, 11, 23), since=date(2026, 11, 23), back_max=31)
        assert (found[0], found[-1], len(found)) == (date(2027, 10, 24), date(2027, 11, 23), 31)

    def test_days_that_nobody_wants_are_left_out(self) -> None:
        weekdays = nights_due(
            date(2026, 11, 23), date(2026, 11, 20), known=set(), back_max=31, is_wanted=lambda day: day.weekday() < 5
        )
        assert weekdays == [date(2026, 11, 20), date(2026, 11, 23)]


@given(
    start=st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1)),
    hours=st.lists(st.integers(-400, 400), min_size=1, max_size=25),
    starts=st.times(time(0, 0), time(11, 59)),
)
def test_wherever_the_clock_jumps_each_night_is_due_once(start: datetime, hours: list[int], starts: time) -> None:
    now = start.replace(tzinfo=UTC)
    since = now.astimezone(CALIFORNIA).date()
    known: list[date] = []
    for jump in hours:
        now += timedelta(hours=jump)
        newest = newest_night(now, CALIFORNIA, starts)
        fresh = due(newest, since, set(known))
        assert fresh == sorted(fresh)
        assert all(since <= day <= newest < now.astimezone(CALIFORNIA).date() for day in fresh)
        known += fresh
        # Nothing of the last month is forgotten.
        expected = {newest - DAY * back for back in range(31) if newest - DAY * back >= since}
        assert expected <= set(known)
    assert len(known) == len(set(known))
