"""Every exception is said in a sentence of either language, with its figures."""

from zoneinfo import ZoneInfo

import pytest

from backend.billing.rules import EXCEPTION_CODES, FINAL_PENDING
from backend.console.billing.words import finding_words
from backend.console.words import LANGUAGES, WORDS, Wording

EN, ES = (Wording(language, ZoneInfo("America/Los_Angeles")) for language in LANGUAGES)


@pytest.mark.parametrize("code", EXCEPTION_CODES)
def test_an_exception_has_a_name_a_sentence_and_advice(code: str) -> None:
    for words in WORDS.values():
        assert {f"exception_{code}", f"finding_{code}", f"exception_help_{code}"} <= words.keys()


@pytest.mark.parametrize(
    ("code", "detail", "words"),
    [
        (
            "HIGH",
            {"units": 48, "units_per_day": 1.548, "expected_per_day": 0.155, "basis": "last_year"},
            "48 CCF, 1.548 a day; expected 0.155 (same season last year).",
        ),
        ("NO_READ", {"expected_on": "2026-11-23"}, "No reading came for Nov 23, 2026; the use is estimated."),
        ("BILL_HIGH", {"amount_cents": 51_234, "limit_cents": 40_000}, "$512.34; more than $400.00 is looked at."),
        ("HOLD", {"hold": FINAL_PENDING}, "Its final bill is still to be made."),
        ("HOLD", {"hold": "Owner disputes it"}, "Billing is on hold: Owner disputes it."),
        ("EXCHANGE", {"on": "2026-11-11", "missing": []}, "The meter was exchanged on Nov 11, 2026."),
        (
            "EXCHANGE",
            {"on": "2026-11-11", "missing": ["exchange_out"]},
            "The meter was exchanged on Nov 11, 2026; missing: meter taken out.",
        ),
        ("DUP_READ", {"reads": 2, "days": ["2026-11-21", "2026-11-23"]}, "2 readings: Nov 21, 2026, Nov 23, 2026."),
        ("FEE_DUP", {"fees": ["late", "tag"]}, "Charged twice in this period: Late fee, Notice tag fee."),
        ("NO_PREV", {"closing": None}, "There is no reading to count from; no use is billed."),
        ("BUDGET", {"weather_days": 3, "persons": 0}, "Weather is missing for 3 days. No people in the household."),
        ("NEGATIVE", {"opening": 158_850, "closing": 152_450, "opening_kind": "actual"}, "From 158,850 to 152,450:"),
    ],
)
def test_a_finding_in_words(code: str, detail: dict[str, object], words: str) -> None:
    assert finding_words(EN, code, detail).startswith(words)
    spanish = finding_words(ES, code, detail)
    assert spanish and spanish != finding_words(EN, code, detail) and "{" not in spanish


def test_what_a_newer_service_finds_is_left_to_its_name() -> None:
    assert finding_words(EN, "BRAND_NEW", {"x": 1}) == ""
