"""Thirteen months of use beside the year before, from the bills that stand."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

from backend.console.account.use import MONTHS, months_of_use
from backend.statements.service import ListedBill

NEWEST = date(2026, 11, 13)


def bill(months_ago: int, ccf: int) -> ListedBill:
    end = NEWEST - timedelta(days=round(months_ago * 30.44))
    return ListedBill(
        id=uuid4(),
        kind="regular",
        period_start=end - timedelta(days=29),
        period_end=end,
        issued_on=end,
        due_date=end + timedelta(days=21),
        usage_ccf=ccf,
        amount_cents=1,
        asked_cents=1,
        is_estimated=False,
        is_cancelled=False,
        replaced_by_id=None,
    )


def test_each_month_stands_beside_the_same_month_a_year_before() -> None:
    months = months_of_use([bill(ago, 100 + ago) for ago in range(26)])
    assert [one.ccf for one in months] == list(range(112, 99, -1))
    assert [one.before_ccf for one in months] == list(range(124, 111, -1))


def test_what_is_not_known_of_the_year_before_is_not_made_up() -> None:
    months = months_of_use([bill(ago, 10) for ago in range(14)])
    assert len(months) == MONTHS
    assert [one.before_ccf for one in months] == [None] * 11 + [10, 10]


def test_a_cancelled_bill_counts_for_nothing() -> None:
    cancelled = replace(bill(1, 999), is_cancelled=True)
    months = months_of_use([bill(0, 5), cancelled, bill(1, 6)])
    assert [one.ccf for one in months] == [6, 5]


def test_a_day_of_use_in_gallons() -> None:
    # 9 CCF of 748 gallons over 30 days.
    assert months_of_use([bill(0, 9)])[0].gallons_a_day == 224


def test_no_bills_are_no_months() -> None:
    assert months_of_use([]) == ()
