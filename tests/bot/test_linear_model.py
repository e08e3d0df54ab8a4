"""The intent classifier: what it learns, what it admits not to know, how it is kept."""

from pathlib import Path

import numpy as np
import pytest
from bot.nlu.linear_model import LinearModel, train_linear_model

from bot.nlu.features import Features, normalised_tokens

EXAMPLES = {
    "ask_balance": ["what is my balance", "how much do I owe", "cuánto debo", "cuál es mi saldo", "balance please"],
    "ask_hours": ["when are you open", "office hours", "a qué hora abren", "cuál es el horario", "are you open today"],
    "out_of_scope": ["order me a pizza", "tell me a joke", "quiero una pizza", "cuéntame un chiste", "sing a song"],
}


@pytest.fixture(scope="module")
def trained() -> LinearModel:
    pairs = [(text, intent) for intent, texts in EXAMPLES.items() for text in texts]
    return train_linear_model([text for text, _ in pairs], [intent for _, intent in pairs])


def likeliest(model: LinearModel, text: str) -> str:
    return model.classes[int(model.confidences(text).argmax())]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("what's the balance I owe", "ask_balance"),
        ("cuanto es mi saldo", "ask_balance"),
        ("what are your hours", "ask_hours"),
        ("qué horario tienen", "ask_hours"),
        ("tell me a pizza joke", "out_of_scope"),
    ],
)
def test_understands_other_words_for_the_same(trained: LinearModel, text: str, intent: str) -> None:
    assert likeliest(trained, text) == intent


def test_confidences_are_shares_of_certainty(trained: LinearModel) -> None:
    confidences = trained.confidences("what is my balance")
    assert confidences.sum() == pytest.approx(1)
    assert confidences.max() > trained.confidences("xyzzy balance plugh").max()


def test_nothing_known_is_known_to_be_nothing(trained: LinearModel) -> None:
    assert trained.knows_nothing_of("قطع الماء")
    assert trained.knows_nothing_of("zq xkcd vbnm")
    assert not trained.knows_nothing_of("balance")
    assert not trained.knows_nothing_of("ballance")


def test_is_kept_without_code_and_comes_back_the_same(trained: LinearModel, tmp_path: Path) -> None:
    trained.save(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["arrays.npz", "names.json"]
    loaded = LinearModel.load(tmp_path)
    for text in ("how much do I owe", "a qué hora abren"):
        assert np.allclose(loaded.confidences(text), trained.confidences(text))
    assert loaded.threshold == trained.threshold


def test_one_intent_is_not_enough() -> None:
    with pytest.raises(ValueError, match="two intents"):
        train_linear_model(["hello", "hi"], ["greet", "greet"])


def test_numbers_and_addresses_are_placeholders() -> None:
    assert normalised_tokens("Pay $42.50 on 44124412, ana@example.com, door 7") == [
        "pay", "moneyamount", "on", "longnumber", "mailaddress", "door", "smallnumber",
    ]  # fmt: skip


def test_a_sentence_of_unknown_words_weighs_less() -> None:
    features = Features.fit(["what is my balance", "how much do I owe"])
    known = np.linalg.norm(features.vector("my balance")[1])
    mostly_unknown = np.linalg.norm(features.vector("my zyxw vutsr qponm")[1])
    assert mostly_unknown < known
