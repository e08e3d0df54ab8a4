"""How old a debt is: buckets by the due date, credits applied as they were allocated, as of any day."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.ledger.aging import Aging, Allocation, Movement, aging, bucket, oldest_due_on

TODAY = date(2026, 11, 23)


def key(number: int) -> tuple[UUID, int]:
    return UUID(int=number), 1


def movement(
    number: int,
    cents: int,
    *,
    on: date = date(2026, 1, 1),
    due: date | None = None,
    undone: date | None = None,
    reversal: bool = False,
) -> Movement:
    return Movement(key(number), cents, on, due, reversal, undone)


@pytest.mark.parametrize(
    ("late", "name"),
    [
        (-30, "current_cents"),
        (0, "current_cents"),
        (1, "days_1_30_cents"),
        (30, "days_1_30_cents"),
        (31, "days_31_60_cents"),
        (60, "days_31_60_cents"),
        (61, "days_61_90_cents"),
        (90, "days_61_90_cents"),
        (91, "days_over_90_cents"),
        (4_000, "days_over_90_cents"),
    ],
)
def test_a_charge_is_as_old_as_its_due_date(late: int, name: str) -> None:
    assert bucket(TODAY - timedelta(days=late), TODAY) == name


def test_february_29_is_a_day_like_another() -> None:
    assert bucket(date(2028, 2, 29), date(2028, 3, 30)) == "days_1_30_cents"
    assert bucket(date(2028, 2, 29), date(2028, 3, 31)) == "days_31_60_cents"


def test_a_credit_lowers_what_it_was_allocated_to_and_nothing_else() -> None:
    old, new = movement(1, 5_000, due=date(2026, 9, 1)), movement(2, 3_000, due=date(2026, 12, 1))
    payment = movement(3, -4_000, on=date(2026, 10, 1))
    paid = [Allocation(payment.key, new.key, 3_000, None), Allocation(payment.key, old.key, 400, None)]
    found = aging([old, new, payment], paid, TODAY)
    assert found == Aging(days_61_90_cents=4_600, credit_cents=600)
    assert (found.past_due_cents, found.balance_cents) == (4_600, 4_000)


def test_a_charge_without_a_due_date_ages_from_its_day() -> None:
    assert aging([movement(1, 700, on=date(2026, 11, 1))], [], TODAY) == Aging(days_1_30_cents=700)


class TestAsOfAnEarlierDay:
    def test_what_came_later_is_not_there(self) -> None:
        bill, payment = movement(1, 5_000, due=date(2026, 9, 1)), movement(2, -5_000, on=date(2026, 10, 15))
        paid = [Allocation(payment.key, bill.key, 5_000, None)]
        assert aging([bill, payment], paid, date(2026, 10, 14)) == Aging(days_31_60_cents=5_000)
        assert aging([bill, payment], paid, date(2026, 10, 15)) == Aging()

    def test_what_was_taken_back_later_is_still_there(self) -> None:
        bill = movement(1, 5_000, due=date(2026, 11, 1), undone=date(2026, 11, 20))
        undone = movement(2, -5_000, due=date(2026, 11, 1), on=date(2026, 11, 20), reversal=True)
        assert aging([bill, undone], [], date(2026, 11, 19)) == Aging(days_1_30_cents=5_000)
        assert aging([bill, undone], [], date(2026, 11, 20)) == Aging()

    def test_a_credit_that_pays_another_charge_since_is_not_counted_twice(self) -> None:
        """A payment paid the wrong bill; when that was taken back it paid the right one."""
        wrong = movement(1, 4_000, due=date(2026, 10, 1), undone=date(2026, 11, 20))
        right = movement(2, 4_000, due=date(2026, 8, 1))
        payment = movement(3, -4_000, on=date(2026, 10, 1))
        undone = movement(4, -4_000, due=date(2026, 10, 1), on=date(2026, 11, 20), reversal=True)
        paid = [
            Allocation(payment.key, wrong.key, 4_000, date(2026, 11, 20)),
            Allocation(payment.key, right.key, 4_000, None),
        ]
        everything = [wrong, right, payment, undone]
        assert aging(everything, paid, date(2026, 11, 19)) == Aging(days_over_90_cents=4_000)
        assert aging(everything, paid, date(2026, 11, 20)) == Aging()


@st.composite
def accounts(draw: st.DrawFn) -> tuple[list[Movement], list[Allocation]]:
    days = st.dates(date(2025, 1, 1), date(2027, 1, 1))
    charges = [
        movement(n, cents, on=on, due=draw(st.none() | days))
        for n, (cents, on) in enumerate(draw(st.lists(st.tuples(st.integers(1, 9_999), days), max_size=6)))
    ]
    credits = [
        movement(100 + n, -cents, on=on)
        for n, (cents, on) in enumerate(draw(st.lists(st.tuples(st.integers(1, 9_999), days), max_size=6)))
    ]
    pairs = st.tuples(st.sampled_from(credits or [movement(0, -1)]), st.sampled_from(charges or [movement(0, 1)]))
    paid = [
        Allocation(credit.key, charge.key, cents, undone)
        for (credit, charge), cents, undone in draw(
            st.lists(st.tuples(pairs, st.integers(1, 9_999), st.none() | days), max_size=10)
        )
    ]
    return charges + credits, paid if charges and credits else []


@given(account=accounts(), as_of=st.dates(date(2024, 12, 1), date(2027, 2, 1)))
def test_whatever_was_allocated_the_ages_come_to_the_balance(
    account: tuple[list[Movement], list[Allocation]], as_of: date
) -> None:
    movements, paid = account
    found = aging(movements, paid, as_of)
    assert found.balance_cents == sum(one.amount_cents for one in movements if one.effective_on <= as_of)
    assert found.owed_cents >= 0 and found.credit_cents >= 0
    assert min(found.current_cents, found.days_1_30_cents, found.days_31_60_cents, found.days_over_90_cents) >= 0


def test_the_oldest_unpaid_charge_is_the_oldest_that_something_is_left_of() -> None:
    old, new = movement(1, 5_000, due=date(2026, 9, 1)), movement(2, 3_000, due=date(2026, 12, 1))
    payment = movement(3, -6_000, on=date(2026, 10, 1))
    part = [Allocation(payment.key, old.key, 4_999, None)]
    assert oldest_due_on([old, new, payment], part, TODAY) == date(2026, 9, 1)
    whole = [Allocation(payment.key, old.key, 5_000, None)]
    assert oldest_due_on([old, new, payment], whole, TODAY) == date(2026, 12, 1)
    both = [*whole, Allocation(payment.key, new.key, 3_000, None)]
    assert oldest_due_on([old, new, movement(3, -8_000)], both, TODAY) is None
