"""Responses: each defined once, and the same in English and Spanish for every channel."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
LANGUAGES = {"en", "es"}
DOMAIN_FILES = sorted((ROOT / "bot/domain").glob("*.yml"))


def _responses() -> list[tuple[str, str, list[dict[str, Any]]]]:
    found = []
    for path in DOMAIN_FILES:
        domain = yaml.safe_load(path.read_text()) or {}
        for name, variations in (domain.get("responses") or {}).items():
            found.append((path.name, name, variations))
    return found


RESPONSES = _responses()


def _language(variation: dict[str, Any]) -> str | None:
    for condition in variation.get("condition") or []:
        if condition["name"] == "language":
            return str(condition["value"])
    return None


def _other_conditions(variation: dict[str, Any]) -> str:
    others = [c for c in variation.get("condition") or [] if c["name"] != "language"]
    return repr(sorted((c["name"], str(c["value"])) for c in others))


def test_no_response_is_defined_twice() -> None:
    # Rasa only warns, and the copy that wins depends on the order of files on disk.
    assert len(RESPONSES) > 20
    counted = Counter(name for _, name, _ in RESPONSES)
    for path in DOMAIN_FILES:
        keys = re.findall(r"^  (utter_\w+):", path.read_text(), re.MULTILINE)
        assert len(keys) == len(set(keys)), f"{path.name} repeats a response"
    assert [name for name, count in counted.items() if count > 1] == []


@pytest.mark.parametrize(("file", "name", "variations"), RESPONSES, ids=lambda value: str(value)[:60])
def test_both_languages_say_the_same(file: str, name: str, variations: list[dict[str, Any]]) -> None:
    said: dict[tuple[str | None, str], dict[str, list[dict[str, Any]]]] = {}
    for variation in variations:
        language = _language(variation)
        assert language in LANGUAGES, f"{file}: {name} has a wording without a language"
        key = (variation.get("channel"), _other_conditions(variation))
        said.setdefault(key, {}).setdefault(language, []).append(variation)
    for key, by_language in said.items():
        assert set(by_language) == LANGUAGES, f"{file}: {name} {key} is not in both languages"
        english, spanish = by_language["en"], by_language["es"]
        assert len(english) == len(spanish), f"{file}: {name} {key}"
        assert _facts(english) == _facts(spanish), f"{file}: {name} {key} names other facts or choices"


def _facts(variations: list[dict[str, Any]]) -> list[Any]:
    facts = []
    for variation in variations:
        text = variation.get("text") or ""
        variables = sorted(set(re.findall(r"{(\w+)}", text)))
        payloads = [button["payload"] for button in variation.get("buttons") or []]
        facts.append((variables, [re.sub(r'"language":\s*"\w\w"', "", p) for p in payloads]))
    return sorted(facts, key=repr)


@pytest.mark.parametrize(("file", "name", "variations"), RESPONSES, ids=lambda value: str(value)[:60])
def test_a_sentence_on_the_phone_has_at_most_twenty_words(
    file: str, name: str, variations: list[dict[str, Any]]
) -> None:
    for variation in variations:
        if variation.get("channel") != "voice":
            continue
        for sentence in re.split(r"(?<=[.!?])\s+", variation.get("text") or ""):
            assert len(sentence.split()) <= 20, f"{file}: {name}: {sentence}"
