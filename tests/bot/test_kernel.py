"""Likeness to examples, and least squares on it."""

import numpy as np
import pytest

from bot.nlu.kernel import Examples, Matrix, Ridge
from bot.understanding import read_said

TEXTS = ["what is my balance", "how much do I owe", "when are you open", "cuál es mi saldo", "a qué hora abren"]


@pytest.fixture(scope="module")
def examples() -> Examples:
    return Examples.of(TEXTS, np.array([0, 0, 1, 0, 1]))


def test_likeness_is_greatest_to_oneself_and_goes_both_ways(examples: Examples) -> None:
    among = examples.alike_among()
    assert np.allclose(among, among.T, atol=1e-5)
    assert np.allclose(np.diagonal(among), 1, atol=1e-4)
    assert (among.argmax(axis=1) == np.arange(len(TEXTS))).all()
    assert among.min() >= 0


def test_a_message_is_compared_as_an_example_is(examples: Examples) -> None:
    assert np.allclose(examples.alike(TEXTS), examples.alike_among(), atol=1e-5)


def test_one_message_alone_and_hundreds_at_once_are_compared_alike() -> None:
    rows = read_said("dev")
    texts = [row.text for row in rows][::5]
    _, labels = np.unique([row.intent for row in rows][::5], return_inverse=True)
    examples = Examples.of(texts, labels)
    asked = [row.text for row in rows][2::7]
    assert len(asked) > 300
    together = examples.alike(asked)
    for at, text in enumerate(asked):
        assert np.allclose(examples.alike([text])[0], together[at], atol=2e-5)


def test_the_nearest_example_of_an_intent_is_the_most_alike_of_its_own(examples: Examples) -> None:
    alike = examples.alike(["how much is my balance", "how much is my balance"])
    near = examples.nearest(alike, np.array([0, 1]))
    assert near.tolist() == [alike[0, [0, 1, 3]].max(), alike[1, [2, 4]].max()]


def test_an_example_is_not_near_to_itself(examples: Examples) -> None:
    among = examples.alike_among()
    others = examples.nearest_others(among)
    assert others.shape == (len(TEXTS), 2)
    assert others[0].tolist() == [among[0, [1, 3]].max(), among[0, [2, 4]].max()]
    assert others[4].tolist() == [among[4, [0, 1, 3]].max(), among[4, 2]]


def test_the_same_question_in_the_other_language_is_nearer_than_another_question(examples: Examples) -> None:
    alike = examples.alike(["cuánto debo"])[0]
    assert alike[TEXTS.index("how much do I owe")] > alike[TEXTS.index("when are you open")]


def test_what_was_left_out_is_what_a_fit_without_it_says() -> None:
    numbers = np.random.default_rng(7)
    rows = numbers.normal(size=(30, 8)).astype(np.float32)
    alike: Matrix = np.exp(-np.square(rows[:, None] - rows[None]).sum(axis=2) / 8).astype(np.float32)
    targets = numbers.normal(size=(30, 3)).astype(np.float32)
    left_out = Ridge.fit(alike.copy(), targets, 0.1).left_out(targets)
    for hidden in (0, 11, 29):
        others = np.delete(np.arange(30), hidden)
        weights = Ridge.fit(alike[np.ix_(others, others)].copy(), targets[others], 0.1).weights
        assert np.allclose(alike[hidden, others] @ weights, left_out[hidden], atol=1e-3)


def test_examples_that_cannot_be_told_apart_are_named_as_the_reason() -> None:
    with pytest.raises(ValueError, match="penalty"):
        Ridge.fit(np.full((3, 3), -1, dtype=np.float32), np.zeros((3, 1), dtype=np.float32), 0.0)
