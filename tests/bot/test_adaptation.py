"""Bending the encoder's last layers towards the intents at hand."""

import numpy as np
import pytest

from bot.nlu.adaptation import (
    EXAMPLES_EACH_MAX,
    Layers,
    Matrix,
    _backward,
    _forward,
    adapt,
    apply_layers,
    contrast,
    layers_of,
    worth_adapting,
)
from bot.nlu.encoder import SIZE, sentence_encoder

TEXTS = [
    "what is my balance", "how much do I owe", "cuánto debo", "cuál es mi saldo", "what do I have to pay",
    "when are you open", "office hours", "a qué hora abren", "cuál es el horario", "are you open today",
]  # fmt: skip
LABELS = np.repeat([0, 1], 5)


@pytest.fixture(scope="module")
def summed() -> Matrix:
    return sentence_encoder().encode(TEXTS)[:, :SIZE]


def test_before_any_step_the_layers_are_the_encoders(summed: Matrix) -> None:
    meant = apply_layers(layers_of(sentence_encoder().weights), summed)
    assert np.allclose(meant, sentence_encoder().encode(TEXTS), atol=1e-5)


def test_examples_of_one_intent_move_together(summed: Matrix) -> None:
    def loss(layers: Layers) -> float:
        meaning = apply_layers(layers, summed)[:, SIZE:]
        return contrast(meaning, meaning.mean(axis=0), LABELS)[0]

    before = layers_of(sentence_encoder().weights)
    assert loss(adapt(summed, LABELS, sentence_encoder().weights, steps=20)) < 0.8 * loss(before)


def test_the_same_examples_give_the_same_layers(summed: Matrix) -> None:
    first, second = (adapt(summed, LABELS, sentence_encoder().weights, steps=3) for _ in range(2))
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_slopes_are_those_of_the_loss() -> None:
    numbers = np.random.default_rng(3)
    sizes = {"turn": (6, 6), "p1": (6, 4), "d0": (6, 4), "d1": (4, 4), "p3": (4, 5), "d2": (4, 5), "d3": (5, 5)}
    layers = {name: numbers.normal(0, 0.5, size) for name, size in sizes.items()}
    given, labels = numbers.normal(size=(8, 6)), np.array([0, 0, 1, 1, 2, 2, 2, 3])
    kept = (np.ones((8, 6)), np.ones((8, 4)))
    centres = np.zeros(6), np.zeros(5)

    def loss(changed: Layers) -> float:
        passed = _forward(changed, given)
        return contrast(passed.summed, centres[0], labels)[0] + contrast(passed.meaning, centres[1], labels)[0]

    passed = _forward(layers, given, kept)
    slopes = contrast(passed.summed, centres[0], labels)[1], contrast(passed.meaning, centres[1], labels)[1]
    found = _backward(layers, given, passed, slopes, kept)
    for name, layer in layers.items():
        at = tuple(int(numbers.integers(size)) for size in layer.shape)
        step = np.zeros_like(layer)
        step[at] = 1e-5
        measured = (loss({**layers, name: layer + step}) - loss({**layers, name: layer - step})) / 2e-5
        assert found[name][at] == pytest.approx(measured, rel=1e-3, abs=1e-5), name


@pytest.mark.parametrize(
    ("counts", "worth"),
    [([10, 10], True), ([1, 1, 1], False), ([EXAMPLES_EACH_MAX + 1] * 3, False), ([EXAMPLES_EACH_MAX], True)],
)
def test_only_few_examples_are_worth_it(counts: list[int], worth: bool) -> None:
    assert worth_adapting(np.repeat(np.arange(len(counts)), counts)) is worth
