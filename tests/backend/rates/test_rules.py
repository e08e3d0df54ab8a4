"""Bill arithmetic by hand, and what must always hold."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.rates.rules import (
    CustomerClass,
    DroughtStage,
    PassThrough,
    Rate,
    Service,
    Tier,
    TierBase,
    UnknownMeterSizeError,
    WaterBudget,
    bill_lines,
    cents,
    fixed_line,
    split_by_rate,
    split_units,
    tier_limits,
    units_by_tier,
)

BUDGET = WaterBudget(Decimal(55), Decimal("0.6"), Decimal(748))


def a_rate(**changes: object) -> Rate:
    given_rate: dict[str, object] = {
        "customer_class": CustomerClass.RESIDENTIAL,
        "effective_from": date(2026, 1, 1),
        "fixed_dollars": {"3/4": Decimal("28.81"), "1": Decimal("48.02")},
        "period_days": 30,
        "tiers": (
            Tier("1", TierBase.UNITS, Decimal(9), Decimal("3.47")),
            Tier("2", TierBase.UNITS, Decimal(29), Decimal("3.96")),
            Tier("3", TierBase.REST, None, Decimal("9.52")),
        ),
    }
    return Rate(**{**given_rate, **changes})  # type: ignore[arg-type]


class TestProration:
    def test_fixed_charge_follows_the_days(self) -> None:
        assert fixed_line(a_rate(), Service("3/4", 30, Decimal(0))).amount_cents == 2881
        assert fixed_line(a_rate(), Service("3/4", 10, Decimal(0))).amount_cents == 960

    def test_tiers_widen_with_the_days_when_the_rate_says_so(self) -> None:
        assert tier_limits(a_rate(), Service("3/4", 60, Decimal(0)))[0] == Decimal(18)
        assert tier_limits(a_rate(tiers_scale_with_days=False), Service("3/4", 60, Decimal(0)))[0] == Decimal(9)

    def test_a_rate_change_in_mid_period_splits_the_days(self) -> None:
        old, new = a_rate(), a_rate(effective_from=date(2026, 7, 1))
        assert split_by_rate([new, old], date(2026, 6, 16), date(2026, 7, 15)) == [(old, 15), (new, 15)]

    def test_february_29_is_a_day(self) -> None:
        assert split_by_rate([a_rate()], date(2028, 2, 1), date(2028, 2, 29))[0][1] == 29

    def test_days_before_the_first_rate_are_refused(self) -> None:
        with pytest.raises(LookupError, match="2025-12-31"):
            split_by_rate([a_rate()], date(2025, 12, 31), date(2026, 1, 30))


class TestBudgetTiers:
    RATE = a_rate(
        budget=BUDGET,
        tiers=(
            Tier("indoor", TierBase.INDOOR, Decimal(1), Decimal("2.50")),
            Tier("outdoor", TierBase.TOTAL, Decimal(1), Decimal("3.40")),
            Tier("inefficient", TierBase.TOTAL, Decimal("1.25"), Decimal("5.10")),
            Tier("excessive", TierBase.REST, None, Decimal("9.80")),
        ),
        drought=DroughtStage(2, Decimal("0.8"), Decimal("0.35")),
        pass_throughs=(PassThrough("mwd", Decimal("0.21")),),
    )

    def test_water_falls_into_indoor_outdoor_and_over_budget(self) -> None:
        service = Service("3/4", 30, Decimal(15), landscape_sqft=1300, et_inches=Decimal("5.5"))
        lines = {line.code: line for line in bill_lines(self.RATE, service)}
        # indoor 6.62; outdoor 3.5754 × 0.8 = 2.86 → total 9.48; 125 % = 11.85
        assert lines["volume:indoor"].quantity == Decimal("6.62")
        assert lines["volume:outdoor"].quantity == Decimal("2.86")
        assert lines["volume:inefficient"].quantity == Decimal("2.37")
        assert lines["volume:excessive"].quantity == Decimal("3.15")
        assert lines["drought"].amount_cents == 525
        assert lines["pass_through:mwd"].amount_cents == 315


class TestAlways:
    @given(st.decimals(0, 100_000, places=2), st.lists(st.decimals(0, 1000, places=2), max_size=5))
    def test_no_unit_is_lost_between_tiers(self, units: Decimal, limits: list[Decimal]) -> None:
        assert sum(units_by_tier([*limits, None], units)) == units

    @given(st.decimals(0, 10_000, places=2), st.lists(st.integers(1, 60), min_size=1, max_size=4))
    def test_no_unit_is_lost_between_rates(self, units: Decimal, days: list[int]) -> None:
        assert sum(split_units(units, days)) == units

    @given(st.integers(-10_000_000, 10_000_000))
    def test_half_a_cent_rounds_away_from_zero(self, tenths: int) -> None:
        rounded = cents(Decimal(tenths) / 1000)
        assert abs(rounded * 10 - tenths) <= 5
        if abs(tenths) % 10 == 5:
            assert abs(rounded) * 10 > abs(tenths)

    def test_an_unknown_meter_size_is_named(self) -> None:
        with pytest.raises(UnknownMeterSizeError, match="2 inch residential"):
            fixed_line(a_rate(), Service("2", 30, Decimal(1)))
