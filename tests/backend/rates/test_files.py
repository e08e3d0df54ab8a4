"""`rates.toml`: what it becomes, and every mistake named by its line."""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from backend.district.files import DistrictFileError
from backend.rates.rules import CustomerClass, DroughtStage, PassThrough, TierBase, WaterBudget
from backend.rates.service import RateBook

FOLDER = Path(__file__).parents[3] / "district"
GOOD = """\
adopted_by = "Resolution 2026-11"

[budget]
gallons_per_unit = 748
gallons_per_person_day = 55
plant_factor = 0.6

[[rates]]
service_class = "residential"
effective_from = 2025-01-01
effective_to = 2026-06-30
period_days = 30
regular_days = [25, 35]
fixed_dollars = { "5/8" = 20.00, "1" = 50.00 }
tiers = [
    { name = "1", up_to = 9, dollars_per_unit = 3.00 },
    { name = "2", up_to = 29, dollars_per_unit = 4.00 },
    { name = "3", dollars_per_unit = 9.00 },
]

[[rates]]
service_class = "residential"
effective_from = 2026-07-01
period_days = 30
regular_days = [25, 35]
budget = true
fixed_dollars = { "5/8" = 22.00, "1" = 55.00 }
tiers = [
    { name = "1", of = "indoor", up_to = 1, dollars_per_unit = 3.00 },
    { name = "2", of = "budget", up_to = 1, dollars_per_unit = 4.00 },
    { name = "3", dollars_per_unit = 9.00 },
]

[[pass_throughs]]
code = "wholesale"
name = { en = "Wholesale water", es = "Agua al mayoreo" }
classes = ["residential"]
effective_from = 2025-01-01
dollars_per_unit = 0.21

[[droughts]]
stage = 1
classes = ["residential"]
effective_from = 2026-06-01
effective_to = 2026-08-31
outdoor_factor = 0.8
surcharge_dollars_per_unit = 0.35

[words]
fixed = { en = "Meter charge, {size} inch", es = "Cargo por medidor de {size} pulgadas" }
drought = { en = "Drought stage {stage}", es = "Sequía, etapa {stage}" }

[words.tiers]
1 = { en = "Water, tier 1", es = "Agua, nivel 1" }
2 = { en = "Water, tier 2", es = "Agua, nivel 2" }
3 = { en = "Water, tier 3", es = "Agua, nivel 3" }
"""


def load(folder: Path, text: str) -> RateBook:
    (folder / "rates.toml").write_text(text)
    return RateBook.load(folder)


def line_of(text: str) -> int:
    """The line of the example that begins like this."""
    return next(number for number, line in enumerate(GOOD.splitlines(), 1) if line.strip().startswith(text))


class TestSoundBook:
    def test_a_class_s_rates_are_cut_at_every_day_something_changes(self, tmp_path: Path) -> None:
        rates = load(tmp_path, GOOD).rates_of("residential")
        assert [(rate.effective_from, rate.effective_to) for rate in rates] == [
            (date(2025, 1, 1), date(2026, 5, 31)),
            (date(2026, 6, 1), date(2026, 6, 30)),
            (date(2026, 7, 1), date(2026, 8, 31)),
            (date(2026, 9, 1), None),
        ]
        stage = DroughtStage(1, Decimal("0.8"), Decimal("0.35"))
        assert [rate.drought for rate in rates] == [None, stage, stage, None]
        assert {rate.pass_throughs for rate in rates} == {(PassThrough("wholesale", Decimal("0.21")),)}
        assert [tier.base for tier in rates[-1].tiers] == [TierBase.INDOOR, TierBase.TOTAL, TierBase.REST]
        assert (rates[0].budget, rates[-1].budget) == (None, WaterBudget(Decimal(55), Decimal("0.6"), Decimal(748)))

    def test_a_rate_may_have_a_budget_of_its_own(self, tmp_path: Path) -> None:
        own = "budget = { gallons_per_unit = 748, gallons_per_person_day = 47, plant_factor = 1.25 }"
        rates = load(tmp_path, GOOD.replace("budget = true", own)).rates_of("residential")
        assert rates[-1].budget == WaterBudget(Decimal(47), Decimal("1.25"), Decimal(748))

    def test_prices_are_exact(self, tmp_path: Path) -> None:
        rates = load(tmp_path, GOOD.replace("0.21", "0.1234")).rates_of("residential")
        assert rates[0].pass_throughs[0].dollars_per_unit == Decimal("0.1234")

    def test_lines_have_names_in_two_languages(self, tmp_path: Path) -> None:
        book = load(tmp_path, GOOD)
        assert book.line_name("fixed", "5/8", "en") == "Meter charge, 5/8 inch"
        assert book.line_name("volume:2", "2", "es") == "Agua, nivel 2"
        assert book.line_name("pass_through:wholesale", "wholesale", "es") == "Agua al mayoreo"
        assert book.line_name("drought", "1", "en") == "Drought stage 1"
        assert book.line_name("unheard_of", "", "en") == "unheard_of"

    def test_what_it_says_of_days_and_classes(self, tmp_path: Path) -> None:
        book = load(tmp_path, GOOD)
        changes = book.changes_between("residential", date(2026, 5, 20), date(2026, 7, 20))
        assert changes == [date(2026, 6, 1), date(2026, 7, 1)]
        assert book.rates_of("commercial") == book.rates_of("agricultural") == []
        assert book.gallons_per_unit() == 748

    def test_the_district_s_own_book_has_every_class_without_a_gap(self) -> None:
        book = RateBook.load(FOLDER)
        for name in CustomerClass:
            rates = book.rates_of(name)
            assert rates[0].effective_from <= date(2023, 7, 1)
            assert rates[-1].effective_to is None
            for before, after in pairwise(rates):
                assert before.effective_to is not None
                assert (after.effective_from - before.effective_to).days == 1


@pytest.mark.parametrize(
    ("wrong", "right", "at", "says"),
    [
        # dates
        ("to = 2026-06-30", "to = 2026-06-29", "effective_from = 2026-07-01", "no rate of residential from 2026-06-30"),
        (
            "to = 2026-06-30",
            "to = 2026-07-02",
            "effective_from = 2026-07-01",
            "two rates of residential from 2026-07-01",
        ),
        ("to = 2026-06-30", "to = 2024-12-31", "effective_to = 2026-06-30", "before it begins"),
        ("from = 2025-01-01", "from = 2025-02-29", "effective_from = 2025-01-01", ""),
        ("effective_to = 2026-08-31\n", "", "[[droughts]]", "droughts.0.effective_to: Field required"),
        ("to = 2026-08-31", "to = 2026-05-31", "effective_to = 2026-08-31", "before it begins"),
        # tiers
        ('"2", up_to = 29', '"2", up_to = 9', '{ name = "2", up_to = 29', "put the tiers in order"),
        ('"1", up_to = 9', '"1"', '{ name = "1", up_to = 9', "only the last tier may be without"),
        ('"3", dollars', '"3", up_to = 99, dollars', '{ name = "3"', "add a last tier without"),
        ('"2", up_to = 29', '"1", up_to = 29', '{ name = "2", up_to = 29', "a second tier called 1"),
        ('"2", up_to = 29', '"outdoor", up_to = 29', '{ name = "2", up_to = 29', "to [words.tiers]"),
        ("budget = true\n", "", "", "needs `budget = true`"),
        ('"1", up_to = 9', '"1", up_to = 0', '{ name = "1", up_to = 9', "greater than 0"),
        # money
        ("dollars_per_unit = 4.00", "dollars_per_unit = -4", '{ name = "2", up_to = 29', "greater than or equal to 0"),
        ('"5/8" = 20.00', '"5/8" = 20000000000000000000', "fixed_dollars", "less than or equal to 1000000"),
        ('"5/8" = 20.00', '"5/8" = "twenty"', "fixed_dollars", "valid decimal"),
        ("dollars_per_unit = 0.21", "dollars_per_unit = 0.2100001", "dollars_per_unit = 0.21", "decimal places"),
        ("dollars_per_unit = 0.21\n", "", 'code = "wholesale"', "give either dollars_per_unit or dollars_per_period"),
        # names
        ('"1" = 50.00', '"7" = 50.00', "fixed_dollars", "fixed_dollars.7"),
        ('class = "residential"', 'class = "agricultural"', 'service_class = "residential"', "Input should be"),
        ("period_days = 30", "period_days = 60", "regular_days", "do not hold the 60 days"),
        ("plant_factor = 0.6", "plant_factor = 0.6\nlawn_factor = 1", "plant_factor", "Extra inputs"),
        (', es = "Agua al mayoreo" }', " }", "name = { en", "es: Field required"),
        # the file itself
        ("[words]", "[words", "[words]", ""),
    ],
)
def test_a_mistake_is_named_by_its_line(tmp_path: Path, wrong: str, right: str, at: str, says: str) -> None:
    assert wrong in GOOD
    with pytest.raises(DistrictFileError) as refused:
        load(tmp_path, GOOD.replace(wrong, right, 1))
    told = str(refused.value)
    assert says in told
    if at:
        lines = [line_of(at)] if at != "plant_factor" else [line_of(at) + 1]
        assert any(f"rates.toml:{line}: " in told for line in lines), told


def test_a_second_price_of_a_pass_through_on_the_same_days(tmp_path: Path) -> None:
    again = GOOD.split("[[pass_throughs]]")[1].split("[[droughts]]", maxsplit=1)[0]
    text = GOOD.replace("[[droughts]]", f"[[pass_throughs]]{again}[[droughts]]", 1)
    with pytest.raises(DistrictFileError, match="wholesale has another price on these days"):
        load(tmp_path, text)


def test_two_drought_stages_at_once(tmp_path: Path) -> None:
    again = GOOD.split("[[droughts]]")[1].split("[words]", maxsplit=1)[0].replace("stage = 1", "stage = 2")
    with pytest.raises(DistrictFileError, match="overlaps stage 1, declared above"):
        load(tmp_path, GOOD.replace("[words]", f"[[droughts]]{again}[words]", 1))


def test_two_rates_that_begin_on_one_day(tmp_path: Path) -> None:
    text = GOOD.replace("effective_to = 2026-06-30\n", "").replace("2025-01-01\nperiod", "2026-07-01\nperiod")
    with pytest.raises(DistrictFileError, match="two rates of residential begin on 2026-07-01"):
        load(tmp_path, text)


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("effective_to = 2026-06-30", "effective_to = 2026-06-01").replace(
        '"2", up_to = 29', '"2", up_to = 1'
    )
    with pytest.raises(DistrictFileError) as refused:
        load(tmp_path, text)
    assert len(str(refused.value).splitlines()) == 2


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DistrictFileError, match=r"rates.toml:1: this file is missing"):
        RateBook.load(tmp_path)
