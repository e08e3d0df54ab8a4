"""What Redis keeps of digits that customers say."""

from typing import Any

import pytest

from bot.masking import MASK, cleared, masked
from bot.nlu.entities import find_entities
from bot.nlu.tokenizer import tokenize
from tests.bot.test_entities import TODAY


def said(text: str) -> dict[str, Any]:
    """A turn as it would be stored, with what the engine finds in it."""
    found = find_entities(text, tokenize(text, "en"), "en", TODAY)
    entities = [{"entity": name, "value": value, "start": at, "end": to} for name, value, at, to in found]
    return {"event": "user", "text": text, "parse_data": {"text": text, "entities": entities}}


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("my pin is 4471", "4471"),
        ("account 44124412 pin 4471", "4471"),
        ("four four seven one", "4471"),
        ("it's double four seven one", "4471"),
        ("44 71", "4471"),
        ("zip 92509", "92509"),
        ("the code is 1 2 3 4 5 6", "123456"),
        ("4242 4242 4242 4242", "4242424242424242"),
        ("my card is 4242-4242-4242-4242 thanks", "4242"),
        ("four two four two four two four two four two four two four two four two", "4242424242424242"),
    ],
)
def test_a_secret_is_kept_neither_as_written_nor_as_understood(text: str, secret: str) -> None:
    stored = masked(said(text))
    assert secret not in str(stored)
    assert MASK in stored["text"]
    for word in ("seven", "4471", "92509", "4242"):
        assert word not in stored["text"]
    assert all(entity["value"] != secret for entity in stored["parse_data"]["entities"])


@pytest.mark.parametrize(
    "text", ["my account is 44124412", "I paid $1250.00", "2 or 3 times", "no water since 10", "hello"]
)
def test_what_is_no_secret_stays(text: str) -> None:
    event = said(text)
    assert masked(event) == event


def test_words_around_it_stay() -> None:
    assert masked(said("account 44124412 pin 4471 please"))["text"] == f"account 44124412 pin {MASK} please"


def test_a_secret_slot_keeps_its_value_only_while_it_waits() -> None:
    event = {"event": "slot", "name": "identity_secret", "value": "4471"}
    assert masked(event, {"identity_secret"}) == event
    assert masked(event)["value"] == MASK
    assert masked({"event": "slot", "name": "identity_account", "value": "44124412"})["value"] == "44124412"


def test_no_slot_keeps_a_card_number() -> None:
    assert masked({"event": "slot", "name": "anything", "value": "4242424242424242"})["value"] == MASK


def test_a_secret_is_used_up_when_its_slot_is_cleared() -> None:
    assert cleared([{"event": "slot", "name": "identity_secret", "value": None}])
    assert not cleared([{"event": "slot", "name": "identity_secret", "value": "4471"}, {"event": "bot"}])
    assert not cleared([{"event": "slot", "name": "offer", "value": None}])
