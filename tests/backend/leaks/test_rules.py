"""Leak adjustments reckoned by hand; the published vectors of two utilities."""

from datetime import date
from decimal import Decimal

import pytest

from backend.leaks import rules
from backend.leaks.rules import Credit, WaterLine


def line(tier: int, units: str, price: str, service: str = "house") -> WaterLine:
    return WaterLine(service, f"volume:{tier}", Decimal(units), Decimal(price))


def test_san_luis_obispo_bills_what_is_above_the_first_tier_at_its_price() -> None:
    """32 units, the first tier up to 8: 24 × $1.81 = $43.44."""
    lines = [line(1, "8", "8.00"), line(2, "24", "9.81")]
    assert rules.at_base_price(lines) == Credit(Decimal(24), 4_344)


def test_north_perry_credits_half_of_what_is_above_three_years_average() -> None:
    """200 against the average of 20, 24 and 18: 179.33 above, and half of it 89.67."""
    excess = rules.excess_units(Decimal(200), [Decimal(20), Decimal(24), Decimal(18)])
    assert excess.quantize(Decimal("0.01")) == Decimal("179.33")
    assert rules.share(excess, 50) == Decimal("89.67")


def test_each_service_has_its_own_first_tier_and_prices_that_changed_count_for_the_district() -> None:
    lines = [
        line(1, "4", "3.30"),
        line(1, "5", "3.47"),
        line(2, "10", "3.96"),
        line(1, "6", "1.00", "garden"),
        line(3, "2", "2.00", "garden"),
    ]
    # 10 × (3.96 - 3.47) = 4.90, and 2 × 1.00 = 2.00.
    assert rules.at_base_price(lines) == Credit(Decimal(12), 690)
    assert rules.at_base_price([line(1, "9", "3.47")]) == Credit(Decimal(0), 0)


def test_a_share_is_taken_where_the_water_cost_most_and_never_more_than_there_was() -> None:
    lines = [line(1, "9", "3.47"), line(2, "20", "3.96"), line(3, "11", "9.52")]
    # 11 × 9.52 = 104.72, and 4.5 × 3.96 = 17.82.
    assert rules.from_the_dearest(lines, Decimal("15.5")) == Credit(Decimal("15.5"), 12_254)
    assert rules.from_the_dearest(lines, Decimal(99)).units == Decimal(40)


def test_nothing_is_above_the_average_and_nothing_to_compare_with() -> None:
    assert rules.excess_units(Decimal(10), [Decimal(12)]) == 0
    with pytest.raises(ValueError, match="no year"):
        rules.excess_units(Decimal(10), [])


def test_the_same_season_is_the_nearest_bill_of_each_year_before() -> None:
    ends = [date(2026, 1, 20), date(2025, 2, 20), date(2025, 3, 12), date(2024, 3, 5), date(2023, 7, 1)]
    assert rules.same_season(date(2026, 3, 1), 3, ends) == [date(2025, 2, 20), date(2024, 3, 5)]
    assert rules.same_season(date(2028, 2, 29), 1, [date(2027, 2, 28)]) == [date(2027, 2, 28)]
