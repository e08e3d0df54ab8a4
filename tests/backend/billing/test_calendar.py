"""When a cycle is read, by hand: the policy's day, a month after the last, and reads that come early or late."""

from datetime import date

import pytest

from backend.billing.calendar import ReadSoFar, Rhythm, month_after, next_read_day, period_end

RHYTHM = Rhythm(read_day=19, window_days=5, reads_percent_min=90)
DAY = date(2026, 11, 19)


@pytest.mark.parametrize(
    ("last", "today", "expected"),
    [
        (None, date(2026, 11, 23), date(2026, 11, 19)),
        (None, date(2026, 11, 3), date(2026, 10, 19)),
        (None, date(2027, 1, 3), date(2026, 12, 19)),
        (date(2026, 10, 19), date(2026, 11, 23), date(2026, 11, 19)),
        (date(2026, 10, 22), date(2026, 11, 23), date(2026, 11, 19)),  # had slipped by three days
        (date(2026, 10, 30), date(2026, 11, 23), date(2026, 11, 28)),  # keeps a rhythm of its own
        (date(2026, 12, 19), date(2027, 1, 2), date(2027, 1, 19)),
    ],
)
def test_the_next_read_day(last: date | None, today: date, expected: date) -> None:
    assert next_read_day(RHYTHM, last, today) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2028, 1, 29), date(2028, 2, 28)),
        (date(2026, 12, 5), date(2027, 1, 5)),
        (date(2027, 11, 28), date(2027, 12, 28)),
    ],
)
def test_a_month_after(day: date, expected: date) -> None:
    assert month_after(day) == expected


@pytest.mark.parametrize(
    ("today", "so_far", "expected"),
    [
        (date(2026, 11, 18), ReadSoFar(10, 10, date(2026, 11, 18)), None),  # its day has not come
        (DAY, ReadSoFar(10, 8, DAY), None),
        (DAY, ReadSoFar(10, 9, DAY), DAY),
        (DAY, ReadSoFar(10, 9, date(2026, 11, 17)), DAY),  # read early: the period still ends on its day
        (date(2026, 11, 21), ReadSoFar(10, 9, date(2026, 11, 21)), date(2026, 11, 21)),  # read late
        (date(2026, 11, 23), ReadSoFar(10, 0, None), None),
        (date(2026, 11, 24), ReadSoFar(10, 0, None), DAY),  # waited long enough: it is estimated
        (DAY, ReadSoFar(0, 0, None), DAY),
    ],
)
def test_a_cycle_waits_for_its_reads_but_not_for_ever(today: date, so_far: ReadSoFar, expected: date | None) -> None:
    assert period_end(RHYTHM, DAY, so_far, today) == expected
