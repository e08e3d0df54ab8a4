"""Bending the encoder towards the intents at hand."""

from pathlib import Path

import numpy as np
import pytest

from bot.nlu.adaptation import BATCH, EXAMPLES_EACH_MAX, adapt, contrast, worth_adapting
from bot.nlu.encoder import SIZE, sentence_encoder
from bot.nlu.intent_model import IntentModel, train_intent_model
from bot.nlu.network import LEARNED, Matrix, Weights

TEXTS = [
    "what is my balance", "how much do I owe", "cuánto debo", "cuál es mi saldo", "what do I have to pay",
    "when are you open", "office hours", "a qué hora abren", "cuál es el horario", "are you open today",
]  # fmt: skip
LABELS = np.repeat([0, 1], 5)
ENDINGS = (
    "",
    "please",
    "now",
    "today",
    "then",
    "again",
    "quickly",
    "tell me",
    "by mail",
    "my friend",
    "if I may",
    "I ask",
    "sir",
)


@pytest.fixture(scope="module")
def sentences() -> list[Matrix]:
    return [sentence_encoder().token_vectors(text) for text in TEXTS]


def test_examples_of_one_intent_move_together(sentences: list[Matrix]) -> None:
    def loss(weights: Weights) -> float:
        meaning = sentence_encoder().bent(weights).encode(TEXTS)[:, SIZE:]
        return contrast(meaning, meaning.mean(axis=0), LABELS)[0]

    assert loss(adapt(sentences, LABELS, sentence_encoder().weights, steps=20)) < 0.8 * loss({})


def test_the_same_examples_give_the_same_weights(sentences: list[Matrix]) -> None:
    first, second = (adapt(sentences, LABELS, sentence_encoder().weights, steps=3) for _ in range(2))
    assert first.keys() == set(LEARNED)
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_the_encoder_of_the_process_stays_as_it_is(sentences: list[Matrix]) -> None:
    before = sentence_encoder().encode(TEXTS)
    weights = adapt(sentences, LABELS, sentence_encoder().weights, steps=3)
    assert not np.allclose(sentence_encoder().bent(weights).encode(TEXTS), before, atol=1e-3)
    assert np.array_equal(sentence_encoder().encode(TEXTS), before)


def test_a_bent_encoder_is_kept_with_its_model(tmp_path: Path) -> None:
    texts = [f"{text} {ending}" for ending in ENDINGS for text in TEXTS]
    model = train_intent_model(texts, [("balance", "hours")[label] for label in LABELS] * len(ENDINGS))
    assert model.examples.is_adapted
    model.save(tmp_path)
    assert np.allclose(IntentModel.load(tmp_path).confidences(TEXTS), model.confidences(TEXTS), atol=1e-6)


def test_slopes_of_the_contrast_are_those_of_the_loss() -> None:
    numbers = np.random.default_rng(3)
    vectors, centre, labels = numbers.normal(size=(8, 6)), np.zeros(6), np.array([0, 0, 1, 1, 2, 2, 2, 3])
    _, found = contrast(vectors, centre, labels)  # type: ignore[arg-type]
    for _ in range(12):
        step = np.zeros_like(vectors)
        at = tuple(int(numbers.integers(size)) for size in vectors.shape)
        step[at] = 1e-5
        up, down = (contrast(moved, centre, labels)[0] for moved in (vectors + step, vectors - step))  # type: ignore[arg-type]
        assert found[at] == pytest.approx((up - down) / 2e-5, rel=1e-3, abs=1e-6)


@pytest.mark.parametrize(
    ("counts", "worth"),
    [
        ([BATCH // 2] * 2, True),
        ([BATCH // 2, BATCH // 2 - 1], False),
        ([1] * BATCH, False),
        ([EXAMPLES_EACH_MAX + 1] * 3, False),
        ([EXAMPLES_EACH_MAX] * 3, True),
    ],
)
def test_few_examples_of_each_intent_are_worth_it_when_they_are_many_together(counts: list[int], worth: bool) -> None:
    assert worth_adapting(np.repeat(np.arange(len(counts)), counts)) is worth
