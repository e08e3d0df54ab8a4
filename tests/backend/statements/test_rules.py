"""Causes in cents, worked out by hand; and whatever the bills are, the causes add up."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from backend.statements.rules import Billed, Estimates, compare, year_before
from tests.backend.statements.bills import billed


def causes(later: Billed, earlier: Billed) -> dict[str, int]:
    found = compare(later, earlier)
    assert sum(cause.cents for cause in found.causes) == found.difference_cents
    return {cause.code: cause.cents for cause in found.causes}


def test_more_use_is_told_by_tier() -> None:
    earlier, later = billed(date(2026, 8, 1), 30, 8), billed(date(2026, 8, 31), 30, 33)
    # 8 x 3.47 = 27.76; 9 x 3.47 + 20 x 3.96 + 4 x 9.52 = 31.23 + 79.20 + 38.08 = 148.51
    assert causes(later, earlier) == {"usage": 12_075}
    (use,) = compare(later, earlier).causes
    assert use.parts == {"volume:1": 347, "volume:2": 7_920, "volume:3": 3_808}
    assert (use.facts["units"], use.facts["units_before"]) == (33, 8)


def test_a_longer_period_with_the_same_daily_use() -> None:
    earlier, later = billed(date(2026, 7, 1), 30, 6), billed(date(2026, 7, 31), 35, 7)
    # fixed 28.81 x 1.1667 = 33.61; water 7 x 3.47 = 24.29 against 20.82
    assert causes(later, earlier) == {"period": 480 + 347}


def test_a_rate_change_is_parted_from_the_use() -> None:
    earlier, later = billed(date(2026, 6, 1), 30, 10), billed(date(2026, 7, 1), 30, 12)
    # use at the old price: 2 x 3.77; then 9 x 0.17 + 3 x 0.19; the meter charge 28.81 - 27.44
    assert causes(later, earlier) == {"usage": 754, "rate_change": 153 + 57, "fixed_charge": 137}


def test_drought_and_pass_through_have_shares_of_their_own() -> None:
    earlier, later = billed(date(2026, 8, 2), 30, 10), billed(date(2026, 10, 1), 30, 10)
    assert causes(later, earlier) == {"drought_surcharge": 500, "pass_through": 210}


def test_a_bill_across_a_rate_change_adds_up() -> None:
    earlier, later = billed(date(2026, 5, 20), 30, 14), billed(date(2026, 6, 19), 32, 15)
    found = causes(later, earlier)
    assert {"period", "rate_change", "fixed_charge"} <= set(found)
    assert "other" not in found


def test_another_meter() -> None:
    earlier, later = billed(date(2026, 7, 2), 30, 9), billed(date(2026, 8, 1), 30, 9, meter="3/4")
    assert causes(later, earlier) == {"meter_size": 4_322 - 2_881}


def test_an_estimate_is_called_one() -> None:
    earlier, later = billed(date(2026, 7, 2), 30, 9), billed(date(2026, 8, 1), 30, 12, is_estimated=True)
    assert causes(later, earlier) == {"estimated_read": 3 * 396}


def test_what_an_estimate_missed_is_parted_from_the_use() -> None:
    earlier = billed(date(2026, 7, 2), 30, 4, is_estimated=True)
    later = billed(date(2026, 8, 1), 30, 8, estimates_before=Estimates(Decimal(4), 30))
    # Twelve units over sixty days are six a bill: two more than billed before, and two that were missed.
    assert causes(later, earlier) == {"usage": 2 * 347, "catch_up_read": 2 * 347}


def test_fees_and_what_was_carried_over() -> None:
    earlier = billed(date(2026, 7, 2), 30, 9)
    later = billed(date(2026, 8, 1), 30, 9, fees_cents=1_000, carried_cents=6_004)
    assert causes(later, earlier) == {"fees": 1_000, "previous_balance": 6_004}


def test_a_credit_lowers_the_bill() -> None:
    earlier, later = billed(date(2026, 7, 2), 30, 9), billed(date(2026, 8, 1), 30, 9, carried_cents=-2_000)
    assert causes(later, earlier) == {"previous_balance": -2_000}


def test_equal_bills_have_no_causes() -> None:
    assert causes(billed(date(2026, 8, 1), 30, 9), billed(date(2026, 7, 2), 30, 9)) == {}


def test_a_bill_from_before_the_rates_is_compared_as_a_whole() -> None:
    earlier = replace(billed(date(2026, 7, 2), 30, 9), lines=(), terms=(), new_charges_cents=5_000)
    later = billed(date(2026, 8, 1), 30, 9)
    assert causes(later, earlier) == {"charges": later.new_charges_cents - 5_000}


def test_lines_that_the_rates_do_not_give_are_named_apart() -> None:
    earlier, later = billed(date(2026, 7, 2), 30, 9), billed(date(2026, 8, 1), 30, 9)
    first = replace(later.lines[0], amount_cents=later.lines[0].amount_cents + 77)
    odd = replace(later, lines=(first, *later.lines[1:]), new_charges_cents=later.new_charges_cents + 77)
    assert causes(odd, earlier) == {"other": 77}


def test_the_same_month_last_year() -> None:
    later = billed(date(2026, 8, 1), 30, 9)
    near, far = billed(date(2025, 8, 4), 29, 9), billed(date(2025, 9, 4), 30, 9)
    assert year_before(later, [far, near]) is near
    assert year_before(later, [far]) is None


units = st.integers(0, 4_000).map(lambda hundredths: Decimal(hundredths) / 100)
bills = st.builds(
    billed,
    st.integers(0, 1_000).map(lambda days: date(2024, 6, 1) + timedelta(days=days)),
    st.integers(1, 70),
    units,
    meter=st.sampled_from(["5/8", "3/4"]),
    fees_cents=st.integers(-2_000, 5_000),
    carried_cents=st.integers(-50_000, 90_000),
    is_estimated=st.booleans(),
    estimates_before=st.none() | st.builds(Estimates, units, st.integers(1, 90)),
)


@given(bills, bills)
def test_causes_add_up_to_the_cent_and_nothing_is_left_over(later: Billed, earlier: Billed) -> None:
    found = causes(later, earlier)
    # A bill across a price change is cut there, and each of its lines is rounded on both sides.
    assert abs(found.get("other", 0)) <= 6
    assert all(found.values())
    if later.days == earlier.days:
        assert "period" not in found
