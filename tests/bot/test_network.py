"""The network that can be bent: the encoder's own numbers, and slopes that are those of the loss."""

from typing import Any

import numpy as np
import pytest

from bot.nlu.encoder import sentence_encoder
from bot.nlu.network import BRANCHES, LEARNED, Batch, Dropout, Matrix, forward
from bot.nlu.network import backward as slopes_of

TEXTS = ["what is my balance", "a", "¿cuándo me cortan el agua?", "no water in the whole street since this morning"]
LENGTHS = (1, 2, 3, 7)
"""Sentences shorter and longer than the widest branch sees."""
VECTOR, BRANCH, SUMMED, HIDDEN, MEANING = 6, 4, 5, 3, 4


@pytest.fixture
def weights() -> dict[str, Any]:
    """A network with the shapes of the encoder's, small enough to be measured; twice as exact."""
    numbers, seen = np.random.default_rng(5), VECTOR + BRANCH * len(BRANCHES)
    shapes: dict[str, tuple[int, ...]] = {"proj": (VECTOR, BRANCH * 3), "cnn_W": (seen, SUMMED), "cnn_b": (SUMMED,)}
    shapes |= dict.fromkeys(("proj_b", "ln_g_all", "ln_b_all"), (BRANCH * 3,))
    shapes |= dict.fromkeys(("ln_g", "ln_b"), (seen,))
    for size, _ in BRANCHES:
        shapes |= {f"w{step}_{size}": (size * BRANCH, BRANCH) for step in (1, 2)}
        shapes |= {f"b{step}_{size}": (BRANCH,) for step in (1, 2)}
    shapes |= {"p1": (SUMMED, HIDDEN), "d0": (SUMMED, HIDDEN), "d1": (HIDDEN, HIDDEN)}
    shapes |= {"p3": (HIDDEN, MEANING), "d2": (HIDDEN, MEANING), "d3": (MEANING, MEANING)}
    assert shapes.keys() == set(LEARNED)
    return {"eps": 1e-6, **{name: numbers.normal(0.1, 0.6, shape) for name, shape in shapes.items()}}


def test_what_it_makes_of_sentences_is_what_the_encoder_makes_of_them() -> None:
    encoder = sentence_encoder()
    passed = forward(encoder.weights, Batch.of([encoder.token_vectors(text) for text in TEXTS]))
    assert np.allclose(np.hstack([passed.summed, passed.meaning]), encoder.encode(TEXTS), atol=2e-5)


@pytest.mark.parametrize("dropped", [0.0, 0.3])
def test_slopes_are_those_of_the_loss(weights: dict[str, Any], dropped: float) -> None:
    numbers = np.random.default_rng(3)
    sentences: list[Matrix] = [numbers.normal(size=(length, VECTOR)) for length in LENGTHS]  # type: ignore[misc]
    batch = Batch.of(sentences)
    dropout = Dropout.drawn(numbers, batch, (SUMMED, HIDDEN), dropped) if dropped else None
    along: Any = numbers.normal(size=(len(LENGTHS), SUMMED)), numbers.normal(size=(len(LENGTHS), MEANING))

    def loss(changed: dict[str, Any]) -> float:
        passed = forward(changed, batch, dropout)
        return float((passed.summed * along[0]).sum() + (passed.meaning * along[1]).sum())

    found = slopes_of(weights, forward(weights, batch, dropout), along)
    assert found.keys() == set(LEARNED)
    for name in LEARNED:
        for _ in range(4):
            at = tuple(int(numbers.integers(size)) for size in weights[name].shape)
            step = np.zeros_like(weights[name])
            step[at] = 1e-6
            up, down = loss({**weights, name: weights[name] + step}), loss({**weights, name: weights[name] - step})
            assert found[name][at] == pytest.approx((up - down) / 2e-6, rel=1e-4, abs=1e-6), name


def test_what_is_dropped_of_a_layer_is_made_up_for_by_the_rest() -> None:
    numbers, batch = np.random.default_rng(1), Batch.of([np.ones((3, VECTOR), dtype=np.float32)] * 400)
    drawn = Dropout.drawn(numbers, batch, (50, 20), 0.1)
    assert set(np.unique(drawn.tokens)) == {0.0, 1.0}
    for kept in (drawn.summed, drawn.hidden):
        assert kept.mean() == pytest.approx(1, abs=0.02)
        assert (kept == 0).mean() == pytest.approx(0.1, abs=0.02)
