"""Causes in cents, worked out by hand; and whatever the bills are, the causes add up."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from backend.statements.reckoning import Estimates
from backend.statements.rules import Billed, compare, year_before
from backend.statements.steps import Cause
from tests.backend.statements.bills import HOUSE, YARD, bill_of, billed, service


def found(later: Billed, earlier: Billed) -> dict[str, Cause]:
    comparison = compare(later, earlier)
    assert sum(cause.cents for cause in comparison.causes) == comparison.difference_cents
    return {cause.code: cause for cause in comparison.causes}


def causes(later: Billed, earlier: Billed) -> dict[str, int]:
    return {code: cause.cents for code, cause in found(later, earlier).items()}


class TestUse:
    def test_is_told_by_tier_and_names_the_dearest_that_it_reached(self) -> None:
        earlier, later = billed(date(2026, 8, 1), 30, 8), billed(date(2026, 8, 31), 30, 33)
        # 8 x 3.47 = 27.76; 9 x 3.47 + 20 x 3.96 + 4 x 9.52 = 31.23 + 79.20 + 38.08 = 148.51
        assert causes(later, earlier) == {"usage": 12_075}
        use = found(later, earlier)["usage"]
        assert use.parts == {"volume:1": 347, "volume:2": 7_920, "volume:3": 3_808}
        assert (use.facts["units"], use.facts["units_before"]) == (33, 8)
        assert (use.facts["tier"], use.facts["tier_units"], use.facts["tier_dollars"]) == (
            "volume:3",
            4,
            Decimal("9.52"),
        )

    def test_in_the_cheapest_tier_alone_names_none(self) -> None:
        earlier, later = billed(date(2026, 8, 1), 30, 4), billed(date(2026, 8, 31), 30, 8)
        assert "tier" not in found(later, earlier)["usage"].facts

    def test_costs_what_it_costs_at_the_prices_of_the_later_bill(self) -> None:
        earlier, later = billed(date(2026, 6, 1), 30, 10), billed(date(2026, 7, 1), 30, 12)
        # Prices at the old use: 9 x 0.17 + 1 x 0.19, the meter 28.81 - 27.44; then two units more at 3.96.
        assert causes(later, earlier) == {"rate_change": 153 + 19, "fixed_charge": 137, "usage": 792}

    def test_after_a_surcharge_has_ended_carries_none_of_it(self) -> None:
        earlier, later = billed(date(2026, 11, 1), 30, 10), billed(date(2026, 12, 1), 30, 14)
        # Ten units were 0.50 dearer; the four units more cost 3.96 + 0.21 each.
        assert causes(later, earlier) == {"drought_surcharge": -500, "usage": 4 * 417}

    def test_of_a_longer_period_is_told_apart_from_the_days(self) -> None:
        earlier, later = billed(date(2026, 7, 1), 30, 6), billed(date(2026, 7, 31), 35, 7)
        # fixed 28.81 x 1.1667 = 33.61; water 7 x 3.47 = 24.29 against 20.82
        assert causes(later, earlier) == {"period": 480 + 347}

    def test_that_is_estimated_is_called_so_on_either_side(self) -> None:
        earlier, later = billed(date(2026, 7, 2), 30, 9), billed(date(2026, 8, 1), 30, 12, is_estimated=True)
        assert causes(later, earlier) == {"estimated_read": 3 * 396}
        after = billed(date(2026, 8, 31), 30, 12)
        assert found(after, billed(date(2026, 8, 1), 30, 9, is_estimated=True))["usage"].facts["before_is_estimated"]

    def test_that_an_estimate_missed_is_parted_from_the_use(self) -> None:
        earlier = billed(date(2026, 7, 2), 30, 4, is_estimated=True)
        later = billed(date(2026, 8, 1), 30, 8, estimates_before=Estimates(Decimal(4), 30))
        # Twelve units over sixty days are six a bill: two more than billed before, and two that were missed.
        assert causes(later, earlier) == {"usage": 2 * 347, "catch_up_read": 2 * 347}


class TestPrices:
    def test_of_drought_and_others_have_shares_of_their_own_and_say_since_when(self) -> None:
        earlier, later = billed(date(2026, 8, 2), 30, 10), billed(date(2026, 10, 1), 30, 10)
        assert causes(later, earlier) == {"drought_surcharge": 500, "pass_through": 210}
        told = found(later, earlier)
        assert told["drought_surcharge"].facts["how"] == "began"
        assert told["drought_surcharge"].facts["since"] == date(2026, 10, 1)
        assert told["pass_through"].facts == {"name": "wholesale", "since": date(2026, 10, 1)}

    def test_that_ended_say_which_stage_and_when(self) -> None:
        facts = found(billed(date(2026, 12, 1), 30, 10), billed(date(2026, 11, 1), 30, 10))["drought_surcharge"].facts
        assert (facts["how"], facts["stage_before"], facts["until"]) == ("ended", 2, date(2026, 11, 30))

    def test_that_ended_in_mid_bill_say_for_how_many_days_they_still_count(self) -> None:
        later = billed(date(2026, 11, 16), 30, 10)
        facts = found(later, billed(date(2026, 10, 17), 30, 10))["drought_surcharge"].facts
        assert (facts["how"], facts["stage"], facts["dry_days"], facts["dry_days_before"]) == ("days", 2, 15, 30)

    def test_changed_on_the_day_they_changed_and_not_on_a_later_cut(self) -> None:
        """The surcharge began on October 1; the price of water has been the same since July 1."""
        told = found(billed(date(2026, 10, 5), 30, 10), billed(date(2026, 6, 1), 30, 10))
        assert told["rate_change"].facts["since"] == date(2026, 7, 1)
        assert told["fixed_charge"].facts["since"] == date(2026, 7, 1)

    def test_that_change_in_mid_bill_add_up(self) -> None:
        earlier, later = billed(date(2026, 5, 20), 30, 14), billed(date(2026, 6, 19), 32, 15)
        assert set(causes(later, earlier)) == {"period", "rate_change", "fixed_charge", "usage"}


class TestConditions:
    def test_another_meter(self) -> None:
        earlier, later = billed(date(2026, 7, 2), 30, 9), billed(date(2026, 8, 1), 30, 9, meter="3/4")
        assert causes(later, earlier) == {"meter_size": 4_322 - 2_881}

    def test_weather_and_landscape_move_a_water_budget_each_by_itself(self) -> None:
        def garden(start: date, sqft: int, inches: str) -> Billed:
            yard = {"key": YARD, "service_class": "irrigation", "persons": 0}
            one = service(start, 30, 20, landscape_sqft=sqft, et_inches=Decimal(inches), **yard)  # type: ignore[arg-type]
            return bill_of(start, 30, one)

        # 5 in x 6,000 sq ft x 0.6 x 0.62338 / 748 = 15.00 units; 5,000 sq ft: 12.50; 4 in: 10.00. Of twenty units
        # 5.00 x 9.33 = 46.65, then 7.50 x 9.33 = 69.98, then 10.00 x 9.33 = 93.30 are above it.
        later, earlier = garden(date(2026, 8, 1), 5_000, "4"), garden(date(2026, 7, 2), 6_000, "5")
        assert causes(later, earlier) == {"household": 6_998 - 4_665 - 825, "weather": 9_330 - 6_998 - 825}
        weather = found(later, earlier)["weather"].facts
        assert (round(weather["budget_before"], 2), round(weather["budget"], 2)) == (Decimal("12.50"), Decimal("10.00"))


class TestSeveralServices:
    def two(self, start: date, house: int, yard: int) -> Billed:
        garden = service(start, 30, yard, key=YARD, service_class="irrigation", persons=0)
        return bill_of(start, 30, service(start, 30, house), garden)

    def test_have_each_their_use_and_share_what_is_common(self) -> None:
        later, earlier = self.two(date(2026, 7, 1), 9, 6), self.two(date(2026, 6, 1), 9, 4)
        comparison = compare(later, earlier)
        told = {(cause.code, cause.service and cause.service[0]): cause.cents for cause in comparison.causes}
        assert told == {
            ("rate_change", "residential"): 153,
            ("fixed_charge", "residential"): 137,
            ("usage", "irrigation"): 2 * 933,
        }

    def test_of_which_one_is_new_or_gone(self) -> None:
        both, house = self.two(date(2026, 7, 1), 9, 4), billed(date(2026, 8, 1), 30, 9)
        assert causes(both, house) == {"service_started": 2_744 + 4 * 933}
        assert causes(house, both) == {"service_ended": -(2_744 + 4 * 933)}

    def test_with_equal_causes_are_told_once(self) -> None:
        def houses(start: date) -> Billed:
            return bill_of(start, 30, service(start, 30, 9), service(start, 30, 5, key=YARD))

        comparison = compare(houses(date(2026, 7, 1)), houses(date(2026, 6, 1)))
        assert [(cause.code, cause.cents) for cause in comparison.causes] == [
            ("rate_change", 153 + 85),
            ("fixed_charge", 2 * 137),
        ]


class TestWhatIsOwedBesides:
    def test_fees_and_what_was_carried_over(self) -> None:
        earlier = billed(date(2026, 7, 2), 30, 9)
        later = billed(date(2026, 8, 1), 30, 9, fees={"late": 1_000}, carried_cents=6_004)
        assert causes(later, earlier) == {"fees": 1_000, "previous_balance": 6_004}
        assert found(later, earlier)["fees"].facts["names"] == ("late",)

    def test_a_credit_and_a_balance_are_two_causes(self) -> None:
        earlier, later = (billed(date(2026, 7, 2), 30, 9, carried_cents=cents) for cents in (3_000, -2_000))
        assert causes(later, earlier) == {"previous_balance": -3_000, "credit": -2_000}

    def test_a_budget_bill_takes_up_what_the_water_costs_more(self) -> None:
        earlier = billed(date(2026, 7, 2), 30, 9, levelled_cents=7_200 - 6_004)
        later = billed(date(2026, 8, 1), 30, 20, levelled_cents=7_200 - 10_360)
        assert (later.due_cents, earlier.due_cents) == (7_200, 7_200)
        assert causes(later, earlier) == {"usage": 11 * 396, "budget_bill": -11 * 396}

    def test_what_a_budget_bill_settled_is_named(self) -> None:
        later = billed(date(2026, 8, 1), 30, 9, settled_cents=2_750, adjustments_cents=-500)
        assert causes(later, billed(date(2026, 7, 2), 30, 9)) == {"budget_settled": 2_750, "adjustments": -500}

    def test_causes_come_in_the_order_in_which_a_clerk_looks(self) -> None:
        earlier = billed(date(2026, 6, 1), 30, 10)
        later = billed(date(2026, 7, 1), 33, 20, fees={"late": 1_000}, carried_cents=500)
        order = [cause.code for cause in compare(later, earlier).causes]
        assert order == ["period", "rate_change", "fixed_charge", "previous_balance", "fees", "usage"]


def test_equal_bills_have_no_causes() -> None:
    assert causes(billed(date(2026, 8, 1), 30, 9), billed(date(2026, 7, 2), 30, 9)) == {}


def test_a_bill_from_before_the_rates_is_compared_as_a_whole() -> None:
    later = billed(date(2026, 8, 1), 30, 9)
    bare = replace(billed(date(2026, 7, 2), 30, 9), services=(), new_charges_cents=5_000)
    assert causes(later, bare) == {"charges": later.new_charges_cents - 5_000}
    without_rates = replace(later, services=(replace(later.services[0], terms=()),))
    assert causes(billed(date(2026, 8, 1), 30, 12), without_rates) == {"charges": 3 * 396}


def test_lines_that_the_rates_do_not_give_are_named_apart() -> None:
    earlier, later = billed(date(2026, 7, 2), 30, 9), billed(date(2026, 8, 1), 30, 9)
    (house,) = later.services
    first = replace(house.lines[0], amount_cents=house.lines[0].amount_cents + 77)
    odd = replace(house, lines=(first, *house.lines[1:]))
    assert causes(replace(later, services=(odd,), new_charges_cents=odd.cents), earlier) == {"other": 77}


def test_the_same_month_last_year() -> None:
    later = billed(date(2026, 8, 1), 30, 9)
    near, far = billed(date(2025, 8, 4), 29, 9), billed(date(2025, 9, 4), 30, 9)
    assert year_before(later, [far, near]) is near
    assert year_before(later, [far]) is None


units = st.integers(0, 4_000).map(lambda hundredths: Decimal(hundredths) / 100)
starts = st.integers(0, 1_200).map(lambda days: date(2024, 6, 1) + timedelta(days=days))
cents = st.integers(-50_000, 90_000)


@st.composite
def bills(draw: st.DrawFn) -> Billed:
    """Any bill: a house, a yard or both, with anything owed besides."""
    start, days = draw(starts), draw(st.integers(1, 70))
    services = []
    for key, service_class in draw(
        st.lists(st.sampled_from([(HOUSE, "residential"), (YARD, "irrigation")]), min_size=1, max_size=2, unique=True)
    ):
        services.append(
            service(
                start,
                days,
                draw(units),
                key=key,
                service_class=service_class,
                meter=draw(st.sampled_from(["5/8", "3/4"])),
                persons=draw(st.integers(0, 5)),
                landscape_sqft=draw(st.integers(0, 9_000)),
                et_inches=draw(units) / 4,
                is_estimated=draw(st.booleans()),
                estimates_before=draw(st.none() | st.builds(Estimates, units, st.integers(1, 90))),
            )
        )
    money = {name: draw(cents) for name in ("carried_cents", "adjustments_cents", "levelled_cents", "settled_cents")}
    fees = draw(st.dictionaries(st.sampled_from(["late", "tag"]), st.integers(-2_000, 5_000)))
    return bill_of(start, days, *services, fees=fees, **money)


@given(bills(), bills())
def test_causes_add_up_to_the_cent_and_nothing_is_left_over(later: Billed, earlier: Billed) -> None:
    told = compare(later, earlier)
    assert sum(cause.cents for cause in told.causes) == later.due_cents - earlier.due_cents
    assert all(cause.cents for cause in told.causes)
    assert all(sum(cause.parts.values()) == cause.cents for cause in told.causes if cause.parts)
    # Each state is reckoned as bills are, so that nothing but the share of a meter that is cut is left to rounding.
    assert sum(abs(cause.cents) for cause in told.causes if cause.code == "other") <= 2
    if later.days == earlier.days:
        assert "period" not in {cause.code for cause in told.causes}


@given(starts, starts, st.integers(1, 70), units, units)
def test_use_is_what_the_water_costs_at_todays_prices(
    now: date, then: date, days: int, used: Decimal, used_before: Decimal
) -> None:
    """As if the customer had used today what they used before: the later bill is smaller by exactly that cause."""
    later, earlier = billed(now, days, used), billed(then, days, used_before)
    same_use = billed(now, days, used_before)
    assert causes(later, earlier).get("usage", 0) == later.new_charges_cents - same_use.new_charges_cents
