"""The classifier in the pipeline: a second request beside the first, what is urgent, and what it is too unsure of."""

from typing import Any

import numpy as np
import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.intents import IntentClassifier

MEANT = {
    "my balance please": ("ask_balance", 0.9),
    "your hours please": ("ask_hours", 0.9),
    "gas everywhere here": ("report_gas_smell", 0.9),
    "my balance please and your hours please": ("ask_balance", 0.8),
    "my balance please and gas everywhere here": ("ask_balance", 0.8),
    "stop it here and start it there": ("transfer_service", 0.9),
    "stop it here": ("stop_service", 0.9),
    "start it there": ("start_service", 0.9),
    "stop it at the old house and start it at the new one": ("transfer_service", 0.9),
    "stop it at the old house": ("stop_service", 0.9),
    "start it at the new one": ("transfer_service", 0.9),
    "my balance please? it is 4412 4412": ("give_details", 0.8),
    "my pin is 0417, my balance please": ("verify_identity", 0.8),
    "it is 4412 4412": ("give_details", 0.9),
    "my pin is 0417": ("verify_identity", 0.9),
}


class Judging:
    """Stands where the trained model stands, and is as sure as `MEANT` says."""

    threshold = 0.3

    def __init__(self, meant: dict[str, tuple[str, float]] | None = None) -> None:
        self.meant = {**MEANT, **(meant or {})}
        self.classes = sorted({name for name, _ in self.meant.values()} | {"out_of_scope"})
        self.asked: list[str] = []

    def knows_nothing_of(self, text: str) -> bool:
        return False

    def confidences(self, texts: list[str]) -> Any:
        self.asked += texts
        rows = np.zeros((len(texts), len(self.classes)))
        for row, text in zip(rows, texts, strict=True):
            name, confidence = self.meant.get(text, ("out_of_scope", 0.45))
            row[self.classes.index(name)] = confidence
        return rows


def classify(text: str, meant: dict[str, tuple[str, float]] | None = None, **config: Any) -> dict[str, Any]:
    settings = {**IntentClassifier.get_default_config(), "no_requests": [], **config}
    classifier = IntentClassifier(settings, None, None, Judging(meant))  # type: ignore[arg-type]
    message = Message(data={"text": text})
    classifier.process([message])
    return dict(message.data)


def second(found: dict[str, Any]) -> list[str]:
    return [one["value"] for one in found.get("entities", []) if one["entity"] == "next_request"]


def test_a_second_request_is_named_beside_the_first() -> None:
    found = classify("my balance please and your hours please")
    assert (found["intent"]["name"], second(found)) == ("ask_balance", ["ask_hours"])


def test_without_a_list_of_what_is_none_nothing_is_cut() -> None:
    found = classify("my balance please and your hours please", no_requests=None)
    assert (found["intent"]["name"], second(found)) == ("ask_balance", [])


@pytest.mark.parametrize("text", ["my balance please? it is 4412 4412", "my pin is 0417, my balance please"])
def test_details_beside_a_request_do_not_hide_it(text: str) -> None:
    found = classify(text, no_requests=["give_details", "verify_identity"])
    assert (found["intent"]["name"], second(found)) == ("ask_balance", [])


def test_what_is_urgent_comes_first_and_alone() -> None:
    found = classify("my balance please and gas everywhere here", urgent=["report_gas_smell"])
    assert (found["intent"]["name"], second(found)) == ("report_gas_smell", [])


def test_a_whole_that_means_neither_of_its_halves_stays_whole() -> None:
    found = classify("stop it here and start it there")
    assert (found["intent"]["name"], second(found)) == ("transfer_service", [])


def test_a_whole_whose_second_half_alone_means_the_whole_stays_whole() -> None:
    text, made_of = "stop it at the old house and start it at the new one", {"transfer_service": ["stop_service"]}
    assert second(classify(text)) == ["transfer_service"]
    found = classify(text, made_of=made_of)
    assert (found["intent"]["name"], second(found)) == ("transfer_service", [])


@pytest.mark.parametrize("text", ["this is ana torres, my balance please", "soy ana torres my balance please"])
def test_who_says_their_name_first_is_understood_by_what_follows(text: str) -> None:
    assert classify(text)["intent"]["name"] == "ask_balance"
    assert classify(text, no_requests=None)["intent"]["name"] == "nlu_fallback"


def test_what_is_understood_as_a_whole_is_not_taken_for_a_name() -> None:
    """ "This is an emergency" names nobody; nor does it help to leave a name out of what nobody understands."""
    whole = "i am smelling gas my balance please"
    meant = {whole: ("report_gas_smell", 0.9)}
    assert classify(whole, meant)["intent"]["name"] == "report_gas_smell"
    found = classify("this is ana torres, my fnord wug")
    assert found["intent"]["name"] == "nlu_fallback"


@pytest.mark.parametrize("text", ["mrrp wug fnord"])
def test_hardly_sure_that_it_is_not_ours_is_not_having_understood(text: str) -> None:
    assert classify(text)["intent"]["name"] == "nlu_fallback"


def asked_twice(text: str) -> tuple[list[str], list[dict[str, Any]]]:
    """What the model was asked when a message came twice, and what was found each time."""
    settings = {**IntentClassifier.get_default_config(), "no_requests": []}
    judging = Judging()
    classifier = IntentClassifier(settings, None, None, judging)  # type: ignore[arg-type]
    messages = [Message(data={"text": text}) for _ in range(2)]
    for message in messages:
        classifier.process([message])
    return judging.asked, [dict(message.data) for message in messages]


@pytest.mark.parametrize("text", ["my balance please", "your hours please", "1"])
def test_what_many_say_is_classified_once(text: str) -> None:
    asked, found = asked_twice(text)
    assert asked == [text]
    assert found[0] == found[1] and found[0]["intent"] is not found[1]["intent"]


@pytest.mark.parametrize(
    "text", ["my pin is 0417", "it's oh four one seven", "es cero cuatro uno siete", "please " * 9 + "my balance"]
)
def test_a_number_or_somebodys_own_words_are_not_remembered(text: str) -> None:
    asked, found = asked_twice(text)
    assert len(asked) >= 2 and asked[: len(asked) // 2] == asked[len(asked) // 2 :]
    assert found[0] == found[1]


def test_the_other_requests_of_a_message_are_remembered_with_it() -> None:
    asked, found = asked_twice("my balance please and your hours please")
    assert second(found[0]) == second(found[1]) == ["ask_hours"]
    assert len(asked) == 3
