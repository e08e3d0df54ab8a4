"""What people write and say for numbers, amounts, dates and addresses, in both languages."""

from datetime import date
from typing import Any

import pytest

from bot.nlu.entities import find_entities
from bot.nlu.tokenizer import tokenize
from bot.nlu.words import Language

TODAY = date(2026, 11, 23)
"""A Monday."""


def found(text: str, language: Language, entity: str) -> list[Any]:
    """The values of `entity` in `text`, in order."""
    pieces = find_entities(text, tokenize(text, language), language, TODAY)
    return [value for name, value, _, _ in pieces if name == entity]


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("44124412", ["44124412"]),
        ("my account is four four one two four four one two", ["44124412"]),
        ("double oh seven", ["007"]),
        ("double-oh-seven", ["007"]),
        ("triple five one", ["5551"]),
        ("forty-four twelve", ["4412"]),
        ("forty four twelve", ["4412"]),
        ("4412-4412", ["44124412"]),
        ("44 12 44 12", ["44124412"]),
        ("4412, 4412.", ["44124412"]),
        ("44124412 and my pin is 1234", ["44124412", "1234"]),
        ("44124412 1234", ["44124412", "1234"]),
        ("44124412, 1234", ["44124412", "1234"]),
        ("1234 92501", ["1234", "92501"]),
        ("my zip is nine two five oh one", ["92501"]),
        ("nine two five o one", ["92501"]),
        ("the code is 1 2 3 4 5 6", ["123456"]),
        ("twelve thirty four", ["1234"]),
        ("four for one two", ["4412"]),
        ("four four um one two", ["4412"]),
        ("option two", ["2"]),
        ("one", ["1"]),
        ("call me at (555) 123-4567", ["5551234567"]),
        ("two hundred five", ["205"]),
        ("one thousand two hundred thirty four", ["1234"]),
        ("the other one please", []),
        ("no, this one", []),
        ("what's my balance", []),
        ("I paid $42.50", []),
        ("on march 17", []),
    ],
)
def test_digits_in_english(text: str, groups: list[str]) -> None:
    assert found(text, "en", "digits") == groups


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("cuatro cuatro uno dos", ["4412"]),
        ("cuarenta y cuatro doce", ["4412"]),
        ("mi cuenta es cuatro cuatro uno dos cuatro cuatro uno dos", ["44124412"]),
        ("doble cero siete", ["007"]),
        ("mil doscientos treinta y cuatro", ["1234"]),
        ("el código postal es nueve dos cinco cero uno", ["92501"]),
        ("veintitrés cuarenta y cinco", ["2345"]),
        ("44124412 y mi pin es 1234", ["44124412", "1234"]),
        ("dieciséis doce", ["1612"]),
        ("uno", ["1"]),
        ("tengo una pregunta", []),
        ("quiero pagar uno o el otro", []),
        ("cuánto debo", []),
    ],
)
def test_digits_in_spanish(text: str, groups: list[str]) -> None:
    assert found(text, "es", "digits") == groups


@pytest.mark.parametrize(
    ("text", "language", "cents"),
    [
        ("$42.50", "en", [4250]),
        ("$42", "en", [4200]),
        ("$1,200", "en", [120000]),
        ("42.50", "en", [4250]),
        ("forty two fifty", "en", [4250]),
        ("forty two dollars", "en", [4200]),
        ("forty two dollars and fifty cents", "en", [4250]),
        ("42 dollars and 50 cents", "en", [4250]),
        ("20 bucks", "en", [2000]),
        ("fifty cents", "en", [50]),
        ("a hundred and twenty dollars", "en", [12000]),
        ("I can pay 200", "en", [20000]),
        ("my account is 44124412", "en", []),
        ("four four one two", "en", []),
        ("cuarenta y dos con cincuenta", "es", [4250]),
        ("cuarenta y dos dólares con cincuenta centavos", "es", [4250]),
        ("quiero pagar doscientos cincuenta dólares", "es", [25000]),
        ("42.50 dólares", "es", [4250]),
        ("puedo pagar 80", "es", [8000]),
        ("cuatro cuatro uno dos", "es", []),
    ],
)
def test_amounts_in_cents(text: str, language: Language, cents: list[int]) -> None:
    assert found(text, language, "amount_cents") == cents


@pytest.mark.parametrize(
    ("text", "language", "part"),
    [
        ("half of it", "en", ["half"]),
        ("the full amount", "en", ["all"]),
        ("la mitad", "es", ["half"]),
        ("todo", "es", ["all"]),
        ("my bill", "en", []),
    ],
)
def test_parts_of_an_amount(text: str, language: Language, part: list[str]) -> None:
    assert found(text, language, "amount_part") == part


@pytest.mark.parametrize(
    ("text", "language", "days"),
    [
        ("2026-12-05", "en", ["2026-12-05"]),
        ("3/17", "en", ["2027-03-17"]),
        ("3/17/2026", "en", ["2026-03-17"]),
        ("17/3", "es", ["2027-03-17"]),
        ("march 17", "en", ["2027-03-17"]),
        ("March 17th, 2026", "en", ["2026-03-17"]),
        ("march seventeenth", "en", ["2027-03-17"]),
        ("the 17th of march", "en", ["2027-03-17"]),
        ("the twenty-first of december", "en", ["2026-12-21"]),
        ("october 30", "en", ["2026-10-30"]),
        ("the 17th", "en", ["2026-12-17"]),
        ("I'll pay on the fifteenth", "en", ["2026-12-15"]),
        ("I paid on the 17th", "en", ["2026-11-17"]),
        ("I get paid on friday", "en", ["2026-11-27"]),
        ("next friday", "en", ["2026-11-27"]),
        ("last friday", "en", ["2026-11-20"]),
        ("tomorrow", "en", ["2026-11-24"]),
        ("the day after tomorrow", "en", ["2026-11-25"]),
        ("in 3 days", "en", ["2026-11-26"]),
        ("two weeks ago", "en", ["2026-11-09"]),
        ("february 31", "en", []),
        ("el diecisiete de marzo", "es", ["2027-03-17"]),
        ("el 17 de marzo de 2026", "es", ["2026-03-17"]),
        ("el primero de diciembre", "es", ["2026-12-01"]),
        ("el próximo viernes", "es", ["2026-11-27"]),
        ("mañana", "es", ["2026-11-24"]),
        ("pasado mañana", "es", ["2026-11-25"]),
        ("mañana por la mañana", "es", ["2026-11-24"]),
        ("dentro de dos semanas", "es", ["2026-12-07"]),
        ("hoy", "es", ["2026-11-23"]),
        ("en la mañana", "es", []),
    ],
)
def test_dates(text: str, language: Language, days: list[str]) -> None:
    assert found(text, language, "date") == days


@pytest.mark.parametrize(
    ("text", "language", "mails"),
    [
        ("Ana.Lopez@Example.com", "en", ["ana.lopez@example.com"]),
        ("my email is ana@example.com.", "en", ["ana@example.com"]),
        ("ana at example dot com", "en", ["ana@example.com"]),
        ("ana dot lopez at example dot com", "en", ["ana.lopez@example.com"]),
        ("ana punto lopez arroba ejemplo punto com", "es", ["ana.lopez@ejemplo.com"]),
        ("ana underscore lopez at example dot com", "en", ["ana_lopez@example.com"]),
        ("ana guion bajo lopez arroba ejemplo punto com", "es", ["ana_lopez@ejemplo.com"]),
        ("ana guión lopez arroba ejemplo punto com", "es", ["ana-lopez@ejemplo.com"]),
        ("look at the bill", "en", []),
    ],
)
def test_addresses_of_mail(text: str, language: Language, mails: list[str]) -> None:
    assert found(text, language, "email") == mails


@pytest.mark.parametrize(
    ("text", "language", "named"),
    [("Spanish please", "en", ["es"]), ("in English", "en", ["en"]), ("en inglés", "es", ["en"]), ("hi", "en", [])],
)
def test_languages_by_name(text: str, language: Language, named: list[str]) -> None:
    assert found(text, language, "requested_language") == named


def test_a_very_long_text_is_read_to_a_limit_only() -> None:
    text = "water " * 1600 + "44124412"
    assert len(tokenize(text, "en").text) <= 1000


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    "text",
    ["951-555-3030", "(951) 555-3030", "951.555.3030", "+1 951 555 3030", "call 951-555-3030 please", "1-951-555-3030"],
)
def test_telephone_numbers_as_they_are_written(text: str, language: Language) -> None:
    assert found(text, language, "digits") == ["9515553030"]
