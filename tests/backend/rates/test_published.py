"""Bills as districts publish them, each from a rate as it would stand in `rates.toml`."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from backend.rates.rules import (
    CustomerClass,
    Line,
    Rate,
    Service,
    Tier,
    TierBase,
    WaterBudget,
    bill_lines,
    indoor_units,
    outdoor_units,
    tier_limits,
    volume_lines,
)
from backend.rates.service import RateBook

FOLDER = Path(__file__).parents[3] / "district"
D = Decimal


def cents(lines: list[Line]) -> list[int]:
    return [line.amount_cents for line in lines]


class TestPhelanPinonHills:
    """From July 1, 2025: 3/4 inch $28.81, 1-1/2 inch $80.50, 3 inch $265.13; $3.47 to 9, $3.96 to 29, $9.52 above."""

    RATE = Rate(
        CustomerClass.RESIDENTIAL,
        date(2025, 7, 1),
        {"3/4": D("28.81"), "1-1/2": D("80.50"), "3": D("265.13")},
        30,
        (
            Tier("1", TierBase.UNITS, D(9), D("3.47")),
            Tier("2", TierBase.UNITS, D(29), D("3.96")),
            Tier("3", TierBase.REST, None, D("9.52")),
        ),
    )

    @pytest.mark.parametrize(
        ("size", "units", "expected"),
        [
            ("3/4", 0, [2_881]),
            ("3/4", 9, [2_881, 3_123]),
            ("3/4", 10, [2_881, 3_123, 396]),
            ("1-1/2", 29, [8_050, 3_123, 7_920]),
            ("3", 40, [26_513, 3_123, 7_920, 10_472]),
        ],
    )
    def test_a_month(self, size: str, units: int, expected: list[int]) -> None:
        assert cents(bill_lines(self.RATE, Service(size, 30, D(units)))) == expected

    def test_the_demonstration_district_charges_its_volume_rates(self) -> None:
        (rate,) = [
            one for one in RateBook.load(FOLDER).rates_of("residential") if one.effective_from == date(2026, 10, 1)
        ]
        assert [(tier.up_to, tier.dollars_per_unit) for tier in rate.tiers] == [
            (9, D("3.47")),
            (29, D("3.96")),
            (None, D("9.52")),
        ]


class TestSanJuan:
    def test_47_units_and_63_days_by_the_day(self) -> None:
        rate = Rate(
            CustomerClass.RESIDENTIAL,
            date(2017, 1, 1),
            {"1": D("1.42")},
            1,
            (Tier("u", TierBase.REST, None, D("0.92")),),
        )
        days = (date(2017, 5, 11) - date(2017, 3, 9)).days
        lines = bill_lines(rate, Service("1", days, D(47)))
        assert (days, cents(lines), sum(cents(lines))) == (63, [8_946, 4_324], 13_270)


class TestWesternMunicipal:
    """3 persons by default, 55 gallons; tiers at the indoor budget, the whole budget, 125 and 150 percent of it."""

    BUDGET = WaterBudget(D(55), D("0.6"), D(748))
    RATE = Rate(
        CustomerClass.RESIDENTIAL,
        date(2025, 1, 1),
        {"3/4": D(30)},
        30,
        (
            Tier("1", TierBase.INDOOR, D(1), D(1)),
            Tier("2", TierBase.TOTAL, D(1), D(2)),
            Tier("3", TierBase.TOTAL, D("1.25"), D(3)),
            Tier("4", TierBase.TOTAL, D("1.50"), D(4)),
            Tier("5", TierBase.REST, None, D(5)),
        ),
        budget=BUDGET,
    )

    def test_the_indoor_budget_of_its_page(self) -> None:
        assert indoor_units(self.BUDGET, 3, 30).quantize(D("0.1")) == D("6.6")
        assert indoor_units(WaterBudget(D(60), D("0.6"), D(748)), 3, 30).quantize(D("0.1")) == D("7.2")
        assert indoor_units(self.BUDGET, 2, 30).quantize(D("0.01")) == D("4.41")

    def test_its_five_tiers(self) -> None:
        # indoor 6.6176; outdoor 5.5 × 1300 × 0.6 × 0.62338 / 748 = 3.5753; together 10.1929
        house = Service("3/4", 30, D(20), landscape_sqft=1_300, et_inches=D("5.5"))
        assert tier_limits(self.RATE, house) == [D("6.62"), D("10.19"), D("12.74"), D("15.29"), None]
        quantities = [line.quantity for line in volume_lines(self.RATE, house)]
        assert quantities == [D("6.62"), D("3.57"), D("2.55"), D("2.55"), D("4.71")]

    def test_without_a_garden_the_second_tier_is_empty(self) -> None:
        flat = Service("3/4", 30, D(10), persons=2)
        assert [(line.detail, line.quantity) for line in volume_lines(self.RATE, flat)] == [
            ("1", D("4.41")),
            ("3", D("1.10")),
            ("4", D("1.11")),
            ("5", D("3.38")),
        ]

    def test_the_budget_follows_the_days_themselves(self) -> None:
        assert tier_limits(self.RATE, Service("3/4", 31, D(0)))[0] == D("6.84")
        assert tier_limits(self.RATE, Service("3/4", 29, D(0)))[0] == D("6.40")


class TestIrvineRanch:
    """Residents × 50 gallons a day, evapotranspiration × Kc × 1.25 × area; 1,300 and 435 square feet by default."""

    def test_indoor(self) -> None:
        budget = WaterBudget(D(50), D("0.8") * D("1.25"), D(748))
        assert indoor_units(budget, 4, 30).quantize(D("0.01")) == D("8.02")

    def test_outdoor(self) -> None:
        budget = WaterBudget(D(50), D("0.8") * D("1.25"), D(748))
        for area, units in ((1_300, "5.42"), (435, "1.81")):
            service = Service("3/4", 30, D(0), landscape_sqft=area, et_inches=D(5))
            assert outdoor_units(budget, service, None).quantize(D("0.01")) == D(units)


class TestOutdoorFormula:
    def test_the_worked_example(self) -> None:
        budget = WaterBudget(D(55), D("0.6"), D(748))
        service = Service("3/4", 30, D(0), landscape_sqft=1_300, et_inches=D("5.5"))
        units = outdoor_units(budget, service, None)
        assert ((units * 748).quantize(D("0.1")), units.quantize(D("0.01"))) == (D("2674.3"), D("3.58"))


class TestMeterSizes:
    def test_the_published_ratios_of_pleasanton_hold_in_the_district_s_rates(self) -> None:
        ratios = {
            "3/4": "1.5",
            "1": "2.5",
            "1-1/2": "5",
            "2": "8",
            "3": "17.5",
            "4": "31.5",
            "6": "65",
            "8": "140",
            "10": "210",
        }
        for rate in RateBook.load(FOLDER).rates_of("residential"):
            base = rate.fixed_dollars["5/8"]
            for size, ratio in ratios.items():
                assert abs(rate.fixed_dollars[size] - base * D(ratio)) <= D("0.01"), size


class TestBimonthly:
    def test_tiers_of_coastside_hold_for_its_two_months_and_scale_with_odd_ones(self) -> None:
        rate = Rate(
            CustomerClass.RESIDENTIAL,
            date(2025, 1, 1),
            {"5/8": D(60)},
            60,
            (
                Tier("1", TierBase.UNITS, D(4), D(1)),
                Tier("2", TierBase.UNITS, D(16), D(2)),
                Tier("3", TierBase.UNITS, D(30), D(3)),
                Tier("4", TierBase.REST, None, D(4)),
            ),
            regular_days=(55, 65),
        )
        assert tier_limits(rate, Service("5/8", 62, D(0))) == [4, 16, 30, None]
        assert tier_limits(rate, Service("5/8", 30, D(0))) == [2, 8, 15, None]
        assert cents(volume_lines(rate, Service("5/8", 62, D(31)))) == [400, 2_400, 4_200, 400]
