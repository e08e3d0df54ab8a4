"""Several requests in one message: where it is cut, and what counts as a request."""

from typing import Any

import pytest

from bot.nlu.requests import parts_of, requests_in, second_request, without_introduction

MEANT = {
    "what's my balance": ("ask_balance", 0.95),
    "what are your hours": ("ask_hours", 0.9),
    "cuánto debo": ("ask_balance", 0.9),
    "a qué hora abren": ("ask_hours", 0.9),
    "thank you so much": ("thanks", 0.99),
    "i want to know why": ("ask_high_bill", 0.3),
}


def classify(part: str) -> dict[str, Any]:
    name, confidence = MEANT.get(part, ("nlu_fallback", 1.0))
    return {"name": name, "confidence": confidence}


def names(text: str) -> list[str]:
    parts = parts_of(text)
    found = requests_in(map(classify, parts), never={"thanks", "nlu_fallback"}) if len(parts) > 1 else []
    return [one["name"] for one in found]


@pytest.mark.parametrize(
    "text",
    [
        "what's my balance and what are your hours",
        "what's my balance? what are your hours?",
        "what's my balance, and also what are your hours",
        "what's my balance. oh and what are your hours",
    ],
)
def test_two_requests_are_found_in_their_order(text: str) -> None:
    assert names(text) == ["ask_balance", "ask_hours"]


def test_in_spanish_too() -> None:
    assert names("cuánto debo y también a qué hora abren") == ["ask_balance", "ask_hours"]
    assert names("¿A qué hora abren? ¿cuánto debo?".lower()) == ["ask_hours", "ask_balance"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("what's my balance and thank you so much", ["ask_balance"]),
        ("what's my balance and i want to know why", ["ask_balance"]),
        ("what's my balance and what's my balance", ["ask_balance"]),
        ("what's my balance", []),
        ("salt and pepper", []),
    ],
)
def test_what_is_no_second_request(text: str, found: list[str]) -> None:
    assert names(text) == found


def test_an_amount_or_an_account_number_is_not_cut() -> None:
    assert parts_of("i paid $80.50 on nov. 3") == ["i paid $80.50 on nov. 3"]
    assert parts_of("10002595 and 7754") == ["10002595 and 7754"]


def test_a_long_message_has_at_most_three_parts() -> None:
    assert len(parts_of(" and ".join(["my balance please"] * 9))) == 3


def test_the_second_is_an_entity_of_the_whole_message() -> None:
    assert second_request("ask_hours", "a and b") == {
        "entity": "next_request",
        "value": "ask_hours",
        "start": 0,
        "end": 7,
        "extractor": "IntentClassifier",
    }


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("This is Denise Carver, I have a question about my shutoff", "I have a question about my shutoff"),
        ("good morning this is mrs jenkins how much is my bill", "how much is my bill"),
        ("hi my name's Sean O'Neill-Ruiz and I'd like to pay", "I'd like to pay"),
        ("hello, I'm José calling about my bill", "calling about my bill"),
        ("buenas tardes habla luis pérez tengo una pregunta", "tengo una pregunta"),
        ("soy guadalupe fuentes rivera y quiero pagar", "quiero pagar"),
        ("me llamo la señora Ana Torres. ¿Cuánto debo?", None),
        ("what is my balance", None),
        ("this is Denise Carver", None),
    ],
)
def test_what_follows_who_somebody_says_they_are(text: str, rest: str | None) -> None:
    assert without_introduction(text) == rest
