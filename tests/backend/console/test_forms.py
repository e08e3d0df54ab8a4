"""What people type into forms: amounts, days and words, or a refusal that names the field."""

from datetime import date

import pytest

from backend.console.forms import WORDS_LENGTH_MAX, cents_in, day_in, words_in
from backend.console.seat import Refusal


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("45", 4_500),
        ("45.5", 4_550),
        (" $1,234.50 ", 123_450),
        ("0.01", 1),
        ("1,234,567", 123_456_700),
        ("007.00", 700),
        ("$ 12", 1_200),
    ],
)
def test_amounts(typed: str, cents: int) -> None:
    assert cents_in({"amount": typed}, "amount") == cents


@pytest.mark.parametrize(
    "typed",
    ["45,50", "1,23", "-5", "+5", "5.005", "five", "1e3", "0", "0.00", "$", "12.", ".5", "1.2.3", "9" * 20, "٤٥"],
)
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        cents_in({"amount": typed}, "amount")
    assert (refused.value.error, refused.value.field) == ("amount_unreadable", "amount")


def test_an_amount_that_is_missing_is_asked_for() -> None:
    with pytest.raises(Refusal) as refused:
        cents_in({}, "amount")
    assert refused.value.error == "amount_needed"


def test_nothing_is_an_amount_where_nothing_may_be() -> None:
    assert cents_in({"float": "0"}, "float", least=0) == 0


def test_days() -> None:
    assert day_in({"until": "2028-02-29"}, "until") == date(2028, 2, 29)
    assert day_in({"until": " "}, "until") is None
    for typed in ("2027-02-29", "soon", "12/31/2026"):
        with pytest.raises(Refusal, match="day_unreadable"):
            day_in({"until": typed}, "until")


def test_words() -> None:
    assert words_in({"why": "  As agreed.\x00 "}, "why") == "As agreed."
    assert len(words_in({"why": "a" * 5_000}, "why")) == WORDS_LENGTH_MAX
    assert words_in({}, "why", needed=False) == ""
    with pytest.raises(Refusal, match="words_needed"):
        words_in({"why": " "}, "why")
