"""The intent model: what it learns, what it admits not to know, how it is kept."""

from pathlib import Path

import numpy as np
import pytest

from bot.nlu import intent_model
from bot.nlu.intent_model import IntentModel, train_intent_model, words_of_names

EXAMPLES = {
    "ask_balance": ["what is my balance", "how much do I owe", "cuánto debo", "cuál es mi saldo", "balance please"],
    "ask_hours": ["when are you open", "office hours", "a qué hora abren", "cuál es el horario", "are you open today"],
    "out_of_scope": ["order me a pizza", "tell me a joke", "quiero una pizza", "cuéntame un chiste", "sing a song"],
}
PAIRS = [(text, intent) for intent, texts in EXAMPLES.items() for text in texts]


@pytest.fixture(scope="module")
def trained() -> IntentModel:
    return train_intent_model(*map(list, zip(*PAIRS, strict=True)))


def likeliest(model: IntentModel, text: str) -> str:
    return model.classes[int(model.confidences([text])[0].argmax())]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("what's the balance I owe", "ask_balance"),
        ("CUANTO ES MI SALDO", "ask_balance"),
        ("what are your hours", "ask_hours"),
        ("qué horario tienen", "ask_hours"),
        ("until what time can I come to the counter", "ask_hours"),
        ("tell me a pizza joke", "out_of_scope"),
    ],
)
def test_understands_other_words_for_the_same(trained: IntentModel, text: str, intent: str) -> None:
    assert likeliest(trained, text) == intent


def test_confidences_are_shares_of_certainty(trained: IntentModel) -> None:
    sure, unsure = trained.confidences(["what is my balance", "xyzzy balance plugh joke"])
    assert sure.sum() == pytest.approx(1)
    assert unsure.sum() == pytest.approx(1)
    assert sure.max() > unsure.max()


def test_nothing_known_is_known_to_be_nothing(trained: IntentModel) -> None:
    assert trained.knows_nothing_of("قطع الماء")
    assert trained.knows_nothing_of("zq xkcd vbnm")
    assert not trained.knows_nothing_of("balance")
    assert not trained.knows_nothing_of("ballance")


def test_is_kept_without_code_and_comes_back_the_same(trained: IntentModel, tmp_path: Path) -> None:
    trained.save(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["arrays.npz", "names.json"]
    loaded = IntentModel.load(tmp_path)
    texts = ["how much do I owe", "a qué hora abren"]
    assert np.allclose(loaded.confidences(texts), trained.confidences(texts))
    assert loaded.threshold == trained.threshold
    assert loaded.classes == trained.classes


def test_one_intent_is_not_enough() -> None:
    with pytest.raises(ValueError, match="two intents"):
        train_intent_model(["hello", "hi"], ["greet", "greet"])


def test_too_many_examples_are_cut_where_there_are_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intent_model, "EXAMPLES_MAX", 8)
    many = [f"pizza number {count}" for count in range(20)]
    model = train_intent_model([*many, "hello", "hi", "hey"], ["pizza"] * 20 + ["greet"] * 3)
    assert len(model.weights) == 8 + len(model.classes)  # and the name of each
    assert model.offsets[model.classes.index("greet")] == pytest.approx((3 + 1) / (8 + 2))


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["card_arrival", "lostCard", "FAQ-Refunds"], ["card arrival", "lost card", "faq refunds"]),
        (["ask_knowledge/meter_test", "out_of_scope"], ["meter test"]),
        (["intent_1", "intent_2"], []),
        (["17", "18"], []),
        (["ask_balance", "AskBalance"], []),
    ],
)
def test_names_of_intents_are_words_when_they_tell_them_apart(names: list[str], words: list[str]) -> None:
    assert list(words_of_names(names).values()) == words


def test_what_an_intent_is_called_is_understood_of_few_examples() -> None:
    texts = ["it came after the date", "you took ten dollars more", "my backyard in summer", "we like to swim"]
    model = train_intent_model(texts, ["late_fee", "late_fee", "pool_rebate", "pool_rebate"])
    assert likeliest(model, "rebate for a pool") == "pool_rebate"
    assert likeliest(model, "a fee for being late") == "late_fee"
