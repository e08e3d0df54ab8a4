"""When an installment is kept, and when an arrangement is broken or done."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.arrangements.rules import Check, Installment, check

DUE = date(2026, 11, 10)
GRACE = 10


def plan(*kept: date | None, cents: int = 3_000) -> list[Installment]:
    """Monthly installments, the first due on `DUE`."""
    return [Installment(n, DUE + timedelta(days=30 * (n - 1)), cents, on) for n, on in enumerate(kept, 1)]


@pytest.mark.parametrize(
    ("installments", "toward", "today", "expected"),
    [
        (plan(None, None), 0, DUE, Check((), "active")),
        (plan(None, None), 2_999, DUE, Check((), "active")),
        (plan(None, None), 3_000, DUE, Check((1,), "active")),
        (plan(None, None), 6_000, DUE, Check((1, 2), "completed")),
        (plan(DUE, None), 6_000, DUE, Check((2,), "completed")),
        # The grace is ten days: on the tenth it is not broken, on the eleventh it is.
        (plan(None, None), 0, DUE + timedelta(days=GRACE), Check((), "active")),
        (plan(None, None), 0, DUE + timedelta(days=GRACE + 1), Check((), "broken")),
        (plan(None, None), 3_000, DUE + timedelta(days=GRACE + 1), Check((1,), "active")),
        # What was kept stays kept, also when a payment has come back since.
        (plan(DUE, None), 0, DUE + timedelta(days=GRACE + 1), Check((), "active")),
        (plan(DUE, DUE), 0, DUE, Check((), "completed")),
        (plan(None, None), -500, DUE, Check((), "active")),
    ],
)
def test_money_goes_to_the_earliest_installment(
    installments: list[Installment], toward: int, today: date, expected: Check
) -> None:
    assert check(installments, toward, today, GRACE) == expected


@given(
    cents=st.lists(st.integers(1, 500_000), min_size=1, max_size=12),
    toward=st.integers(-1_000, 6_000_000),
    more=st.integers(0, 100_000),
    days=st.integers(-40, 500),
)
def test_more_money_never_makes_it_worse(cents: list[int], toward: int, more: int, days: int) -> None:
    installments = [Installment(n, DUE + timedelta(days=30 * n), one, None) for n, one in enumerate(cents, 1)]
    today = DUE + timedelta(days=days)
    less, better = check(installments, toward, today, GRACE), check(installments, toward + more, today, GRACE)
    worth = {"broken": 0, "active": 1, "completed": 2}
    assert set(less.newly_kept) <= set(better.newly_kept)
    assert worth[less.status] <= worth[better.status]
    assert (check(installments, sum(cents), today, GRACE)).status == "completed"
