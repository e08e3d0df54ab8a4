"""Days, amounts and averages, worked out by hand."""

from datetime import date, timedelta

import pytest

from backend.options import rules
from backend.options.rules import Standing


@pytest.mark.parametrize(
    ("day_of_month", "year", "month", "expected"),
    [
        (31, 2026, 11, date(2026, 11, 30)),
        (31, 2026, 12, date(2026, 12, 31)),
        (30, 2026, 2, date(2026, 2, 28)),
        (29, 2028, 2, date(2028, 2, 29)),
        (5, 2026, 11, date(2026, 11, 5)),
    ],
)
def test_the_31st_is_the_last_day_of_a_short_month(day_of_month: int, year: int, month: int, expected: date) -> None:
    assert rules.day_in_month(day_of_month, year, month) == expected


@pytest.mark.parametrize(
    ("day_of_month", "after", "expected"),
    [
        (31, date(2026, 11, 29), date(2026, 11, 30)),
        (31, date(2026, 11, 30), date(2026, 12, 31)),
        (31, date(2027, 1, 31), date(2027, 2, 28)),
        (1, date(2026, 12, 31), date(2027, 1, 1)),
        (15, date(2026, 12, 20), date(2027, 1, 15)),
    ],
)
def test_the_next_day(day_of_month: int, after: date, expected: date) -> None:
    assert rules.next_day(day_of_month, after) == expected


class TestDaysToDraw:
    def test_an_ordinary_night(self) -> None:
        assert rules.days_to_draw(date(2026, 11, 23), 0) == {23: date(2026, 11, 23)}

    def test_the_last_night_of_a_short_month_is_also_the_29th_to_31st(self) -> None:
        last = date(2027, 2, 28)
        assert rules.days_to_draw(last, 0) == dict.fromkeys((28, 29, 30, 31), last)

    def test_missed_nights_are_made_up_across_the_end_of_a_month(self) -> None:
        end = date(2026, 11, 30)
        assert rules.days_to_draw(date(2026, 12, 2), 2) == {
            30: end,
            31: end,
            1: date(2026, 12, 1),
            2: date(2026, 12, 2),
        }

    def test_each_day_of_each_month_comes_once_in_nights_without_a_gap(self) -> None:
        day, drawn = date(2027, 1, 1), []
        while day < date(2029, 1, 1):
            drawn += list(rules.days_to_draw(day, 0))
            day += timedelta(days=1)
        assert {drawn.count(number) for number in range(1, 32)} == {24}


@pytest.mark.parametrize(
    ("left", "due", "on_its_way", "cents"),
    [
        (8_250, 8_250, 0, 8_250),
        (8_250, 5_250, 0, 5_250),  # paid ahead with money that has paid nothing yet
        (8_250, 20_000, 0, 8_250),  # older debts are not autopay's
        (8_250, 8_250, 5_000, 3_250),
        (8_250, 20_000, 5_000, 8_250),  # what is on its way pays the older debts first
        (8_250, 8_250, 8_250, 0),
        (8_250, -500, 0, 0),
    ],
)
def test_autopay_draws_what_is_left_of_the_bills_due_and_never_more_than_is_owed(
    left: int, due: int, on_its_way: int, cents: int
) -> None:
    assert rules.autopay_cents(left, due, on_its_way) == cents


@pytest.mark.parametrize(
    ("fixed", "balance", "on_its_way", "cents"),
    [(5_000, 9_000, 0, 5_000), (5_000, 1_200, 0, 1_200), (5_000, -9, 0, 0), (5_000, 9_000, 6_000, 3_000)],
)
def test_a_payment_on_a_day_is_at_most_what_is_owed(fixed: int, balance: int, on_its_way: int, cents: int) -> None:
    assert rules.recurring_cents(fixed, balance, on_its_way) == cents


class TestLevelized:
    def test_the_average_of_a_year_rounded_up_to_a_dollar(self) -> None:
        year = [5_420, 5_110, 5_110, 6_020, 7_350, 8_890, 9_780, 9_990, 9_020, 7_410, 6_200, 5_640]
        assert sum(year) == 85_940  # 7,161.67 a month
        assert rules.levelized_cents(year, 100) == 7_200
        assert rules.levelized_cents(year, 1) == 7_162

    def test_an_even_average_is_not_raised(self) -> None:
        assert rules.levelized_cents([7_000, 7_200], 100) == 7_100

    def test_there_is_no_average_of_nothing(self) -> None:
        with pytest.raises(ValueError, match="needs bills"):
            rules.levelized_cents([], 100)


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        (Standing("residential", True, 12, 0, False), None),
        (Standing("residential", True, 11, 0, False), "not_enough_history"),
        (Standing("residential", True, 12, 1, False), "past_due"),
        (Standing("residential", True, 12, 0, True), "on_arrangement"),
        (Standing("commercial", True, 12, 0, False), "service_class"),
        (Standing("residential", False, 12, 0, False), "account_closed"),
    ],
)
def test_who_may_have_a_budget_bill(standing: Standing, reason: str | None) -> None:
    assert rules.why_no_budget(standing, ("residential",), 12) == reason


@pytest.mark.parametrize("label", ["checking ending 4421", "Visa •4242", "ahorros que termina en 0099"])
def test_labels(label: str) -> None:
    assert rules.method_label_is_fit(label)


@pytest.mark.parametrize("label", ["", "  ", "checking 123456789", "4111 1111 1111 1111", "x" * 61, "a\nb", "12-34-56"])
def test_a_number_is_no_label(label: str) -> None:
    assert not rules.method_label_is_fit(label)


def test_a_year_from_a_leap_day() -> None:
    assert rules.year_after(date(2028, 2, 29)) == date(2029, 2, 28)
    assert rules.year_before(date(2028, 2, 29)) == date(2027, 2, 28)
