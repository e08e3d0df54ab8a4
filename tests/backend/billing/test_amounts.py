"""One agreement's lines over the days of a bill, by hand: rates that change, meters that change, odd days."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.billing.amounts import Agreement, agreement_lines, budget_problems, points_of
from backend.billing.facts import Weather
from backend.rates.rules import (
    CustomerClass,
    DroughtStage,
    Line,
    PassThrough,
    Rate,
    Tier,
    TierBase,
    UnknownMeterSizeError,
    WaterBudget,
    cents,
)
from backend.reads.registers import Register

D = Decimal
DRY = Weather([])


def a_rate(since: date, until: date | None = None, **changes: object) -> Rate:
    values: dict[str, object] = {
        "customer_class": CustomerClass.RESIDENTIAL,
        "effective_from": since,
        "effective_to": until,
        "fixed_dollars": {"5/8": D("30.00"), "1": D("75.00")},
        "period_days": 30,
        "regular_days": (25, 35),
        "tiers": (Tier("1", TierBase.UNITS, D(10), D("3.00")), Tier("2", TierBase.REST, None, D("5.00"))),
    }
    return Rate(**{**values, **changes})  # type: ignore[arg-type]


def a_register(size: str = "5/8", installed_on: date = date(2020, 1, 1), removed_on: date | None = None) -> Register:
    return Register(uuid4(), 6, D(1), installed_on, removed_on, size)


def an_agreement(*registers: Register, persons: int = 3, landscape_sqft: int = 0) -> Agreement:
    points = points_of(registers or (a_register(),))
    return Agreement(uuid4(), "residential", date(2020, 1, 1), None, persons, landscape_sqft, "Valley", points)


def shown(lines: list[Line]) -> list[tuple[str, str, Decimal, int]]:
    return [(line.code, line.detail, line.quantity.normalize(), line.amount_cents) for line in lines]


ONE_RATE = [a_rate(date(2020, 1, 1))]


class TestRateChange:
    def test_days_and_water_are_shared_out(self) -> None:
        # June 16 to July 15: 15 days at each. 20 units: 10 at each, of which 5 in the narrowed first tier.
        rates = [
            a_rate(date(2020, 1, 1), date(2026, 6, 30)),
            a_rate(
                date(2026, 7, 1),
                fixed_dollars={"5/8": D("33.00")},
                tiers=(Tier("1", TierBase.UNITS, D(10), D("3.30")), Tier("2", TierBase.REST, None, D("5.50"))),
            ),
        ]
        lines = agreement_lines(rates, an_agreement(), 20, (date(2026, 6, 16), date(2026, 7, 15)), DRY)
        assert shown(lines) == [
            ("fixed", "5/8", D("0.5"), 1_500),
            ("volume:1", "1", D(5), 1_500),
            ("volume:2", "2", D(5), 2_500),
            ("fixed", "5/8", D("0.5"), 1_650),
            ("volume:1", "1", D(5), 1_650),
            ("volume:2", "2", D(5), 2_750),
        ]

    def test_what_did_not_change_stays_one_line(self) -> None:
        fee = (PassThrough("state", dollars_per_period=D("0.61")),)
        rates = [
            a_rate(date(2020, 1, 1), date(2026, 6, 30), pass_throughs=fee),
            a_rate(
                date(2026, 7, 1),
                tiers=(Tier("1", TierBase.UNITS, D(10), D("3.30")), Tier("2", TierBase.REST, None, D("5.50"))),
                pass_throughs=fee,
            ),
        ]
        lines = agreement_lines(rates, an_agreement(), 0, (date(2026, 6, 16), date(2026, 7, 15)), DRY)
        assert shown(lines) == [("fixed", "5/8", D(1), 3_000), ("pass_through_fixed:state", "state", D(1), 61)]

    def test_a_drought_stage_costs_on_its_days_only(self) -> None:
        stage = DroughtStage(2, D(1), D("0.35"))
        rates = [
            a_rate(date(2020, 1, 1), date(2026, 5, 31)),
            a_rate(date(2026, 6, 1), date(2026, 9, 30), drought=stage),
            a_rate(date(2026, 10, 1)),
        ]
        # May 22 to June 20: 10 days without, 20 days with. 9 units: 3 and 6.
        lines = agreement_lines(rates, an_agreement(), 9, (date(2026, 5, 22), date(2026, 6, 20)), DRY)
        assert shown(lines) == [
            ("fixed", "5/8", D(1), 3_000),
            ("volume:1", "1", D(9), 2_700),
            ("drought", "2", D(6), 210),
        ]

    def test_large_meter_charges_lose_no_cent_to_a_cut(self) -> None:
        tens = [date(2026, 7, 1), date(2026, 7, 11), date(2026, 7, 21), date(2026, 7, 31)]
        dear = {"5/8": D("6050.10")}
        rates = [
            a_rate(since, until - timedelta(days=1), fixed_dollars=dear, pass_throughs=(PassThrough(str(n), D("0.1")),))
            for n, (since, until) in enumerate(pairwise(tens))
        ]
        (fixed,) = agreement_lines(rates, an_agreement(), 0, (tens[0], tens[-1] - timedelta(days=1)), DRY)
        assert fixed.amount_cents == 605_010

    def test_a_day_without_a_rate_is_named(self) -> None:
        rates = [a_rate(date(2020, 1, 1), date(2026, 6, 30)), a_rate(date(2026, 7, 2))]
        with pytest.raises(LookupError, match="2026-06-16 to 2026-07-15"):
            agreement_lines(rates, an_agreement(), 5, (date(2026, 6, 16), date(2026, 7, 15)), DRY)


class TestMeters:
    PERIOD = (date(2026, 9, 1), date(2026, 9, 30))

    def test_each_meter_has_its_charge_and_they_share_the_tiers(self) -> None:
        agreement = an_agreement(a_register("5/8"), a_register("1", date(2021, 1, 1)))
        assert shown(agreement_lines(ONE_RATE, agreement, 12, self.PERIOD, DRY)) == [
            ("fixed", "5/8", D(1), 3_000),
            ("fixed", "1", D(1), 7_500),
            ("volume:1", "1", D(10), 3_000),
            ("volume:2", "2", D(2), 1_000),
        ]

    def test_two_meters_of_one_size_are_one_line_of_two(self) -> None:
        agreement = an_agreement(a_register(), a_register())
        assert shown(agreement_lines(ONE_RATE, agreement, 0, self.PERIOD, DRY)) == [("fixed", "5/8", D(2), 6_000)]

    def test_an_exchange_for_another_size_splits_the_charge_at_its_day(self) -> None:
        day = date(2026, 9, 12)
        agreement = an_agreement(a_register("5/8", removed_on=day), a_register("1", installed_on=day))
        # 12 of 30 days at $30, 18 at $75
        assert shown(agreement_lines(ONE_RATE, agreement, 0, self.PERIOD, DRY)) == [
            ("fixed", "5/8", D("0.4"), 1_200),
            ("fixed", "1", D("0.6"), 4_500),
        ]

    def test_an_exchange_for_the_same_size_changes_nothing(self) -> None:
        day = date(2026, 9, 12)
        agreement = an_agreement(a_register(removed_on=day), a_register(installed_on=day + timedelta(days=3)))
        assert shown(agreement_lines(ONE_RATE, agreement, 0, self.PERIOD, DRY)) == [("fixed", "5/8", D(1), 3_000)]

    def test_a_size_without_a_charge_is_named(self) -> None:
        with pytest.raises(UnknownMeterSizeError, match="no fixed charge for a 2 inch residential meter"):
            agreement_lines(ONE_RATE, an_agreement(a_register("2")), 0, self.PERIOD, DRY)

    def test_meters_that_followed_each_other_stand_together(self) -> None:
        day = date(2026, 9, 12)
        old, other = a_register(removed_on=day), a_register("1", removed_on=day)
        new = a_register("1", installed_on=day)
        unrelated = a_register(installed_on=day + timedelta(days=8))
        assert points_of([new, unrelated, old, other]) in (
            ((old,), (other, new), (unrelated,)),
            ((other, new), (old,), (unrelated,)),
        )


class TestOddDays:
    @pytest.mark.parametrize(
        ("start", "end", "days"),
        [
            (date(2028, 2, 10), date(2028, 3, 9), 29),  # February 29 is a day
            (date(2027, 2, 10), date(2027, 3, 9), 28),
            (date(2026, 3, 1), date(2026, 3, 31), 31),  # the night of March 8 has 23 hours
            (date(2026, 10, 21), date(2026, 11, 20), 31),  # the night of November 1 has 25
            (date(2026, 12, 15), date(2027, 1, 14), 31),  # across the year's end
        ],
    )
    def test_days_are_days(self, start: date, end: date, days: int) -> None:
        by_day = [a_rate(date(2020, 1, 1), period_days=1, regular_days=None, fixed_dollars={"5/8": D("1.42")})]
        (fixed,) = agreement_lines(by_day, an_agreement(), 0, (start, end), DRY)
        assert (fixed.quantity, fixed.amount_cents) == (days, 142 * days)

    def test_a_bill_of_one_day(self) -> None:
        day = date(2026, 9, 1)
        lines = agreement_lines(ONE_RATE, an_agreement(), 1, (day, day), DRY)
        # Tier 1 holds a thirtieth of 10 units.
        assert shown(lines) == [
            ("fixed", "5/8", D("0.03333333"), 100),
            ("volume:1", "1", D("0.33"), 99),
            ("volume:2", "2", D("0.67"), 335),
        ]


class TestBudgets:
    RATE = a_rate(
        date(2020, 1, 1),
        budget=WaterBudget(D(55), D("0.6"), D(748)),
        tiers=(
            Tier("1", TierBase.INDOOR, D(1), D(3)),
            Tier("2", TierBase.TOTAL, D(1), D(4)),
            Tier("3", TierBase.REST, None, D(9)),
        ),
    )
    PERIOD = (date(2026, 9, 1), date(2026, 9, 30))
    WEATHER = Weather(("Valley", date(2026, 9, day), D("0.20")) for day in range(1, 31))

    def test_weather_of_the_zone_on_these_days(self) -> None:
        agreement = an_agreement(landscape_sqft=1_000)
        lines = agreement_lines([self.RATE], agreement, 12, self.PERIOD, self.WEATHER)
        # indoor 6.6176; outdoor 6 × 1000 × 0.6 × 0.62338 / 748 = 3.0003
        assert shown(lines)[1:] == [
            ("volume:1", "1", D("6.62"), 1_986),
            ("volume:2", "2", D(3), 1_200),
            ("volume:3", "3", D("2.38"), 2_142),
        ]
        assert budget_problems([self.RATE], agreement, self.PERIOD, self.WEATHER) == {}

    def test_missing_days_of_weather_persons_or_area_are_found(self) -> None:
        late = (date(2026, 9, 25), date(2026, 10, 4))
        assert budget_problems([self.RATE], an_agreement(landscape_sqft=1_000), late, self.WEATHER) == {
            "weather_days": 4
        }
        assert budget_problems([self.RATE], an_agreement(persons=0), self.PERIOD, self.WEATHER) == {"persons": 0}
        assert budget_problems([self.RATE], an_agreement(), self.PERIOD, DRY) == {}


RATES = st.lists(
    st.tuples(st.decimals(0, 9_999, places=2), st.decimals(0, 20, places=4), st.integers(1, 40)), min_size=1, max_size=4
)


class TestAlways:
    @given(RATES, st.integers(0, 5_000), st.integers(0, 400))
    def test_each_line_is_rounded_half_up_by_itself_and_water_is_conserved(
        self, given_rates: list[tuple[Decimal, Decimal, int]], units: int, tail: int
    ) -> None:
        start = since = date(2026, 1, 1)
        rates = []
        for fixed, price, days in given_rates:
            rates.append(
                a_rate(
                    since,
                    since + timedelta(days=days - 1),
                    fixed_dollars={"5/8": fixed},
                    tiers=(Tier("1", TierBase.UNITS, D(10), price), Tier("2", TierBase.REST, None, price + 1)),
                )
            )
            since += timedelta(days=days)
        last = rates[-1]
        rates[-1] = a_rate(last.effective_from, None, fixed_dollars=last.fixed_dollars, tiers=last.tiers)
        end = since + timedelta(days=tail)
        lines = agreement_lines(rates, an_agreement(), units, (start, end), DRY)
        for line in lines:
            exact = line.quantity * line.dollars_each * 100
            assert line.amount_cents == cents(line.quantity * line.dollars_each)
            assert abs(line.amount_cents - exact) <= D("0.5")
        assert sum(line.quantity for line in lines if line.code.startswith("volume:")) == units
        whole = (end - start).days + 1
        periods = sum(line.quantity for line in lines if line.code == "fixed")
        expected = D(1) if 25 <= whole <= 35 else D(whole) / 30
        assert abs(periods - expected) <= D("0.00000001") * len(rates)

    @given(st.integers(1, 60), st.integers(0, 59), st.integers(0, 300))
    def test_a_cut_that_changes_no_price_changes_no_charge_by_more_than_its_tiers_hundredths(
        self, days: int, cut: int, units: int
    ) -> None:
        start = date(2026, 1, 1)
        end, at = start + timedelta(days=days - 1), start + timedelta(days=min(cut, days - 1) + 1)
        halves = [a_rate(date(2020, 1, 1), at - timedelta(days=1)), a_rate(at)]
        whole = agreement_lines(ONE_RATE, an_agreement(), units, (start, end), DRY)
        parts = agreement_lines(halves, an_agreement(), units, (start, end), DRY)
        difference = sum(line.amount_cents for line in whole) - sum(line.amount_cents for line in parts)
        # Two tiers that differ by $2, each cut in two and rounded to hundredths of a unit.
        assert abs(difference) <= 4
