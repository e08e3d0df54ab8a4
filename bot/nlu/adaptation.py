"""Bends the sentence encoder towards the intents at hand, when each has few examples.

Supervised contrastive learning (Khosla et al. 2020) on pairs of examples, in numpy: examples of one intent
move together, those of others apart. With many examples of each intent, or few altogether, it only learns them by
heart, so `worth_adapting` says when to. All of the network is bent, its table of pieces excepted (`bot.nlu.network`).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.nlu.network import LEARNED, Batch, Dropout, Matrix, Weights, backward, forward

Labels = NDArray[np.int64]
EXAMPLES_EACH_MAX = 80
"""More examples of an intent than this, on average, and the encoder stays as it is."""
STEPS_MAX, ROUNDS = 90, 15
"""Every example is seen `ROUNDS` times, or as often as `STEPS_MAX` batches allow."""
BATCH = 128
_RATE, _DROPPED, _SHARPNESS = 2e-4, 0.1, 10.0
_WARM_UP = 5
"""Steps until the full rate is reached."""
_FIRST, _SECOND = 0.9, 0.999


def worth_adapting(labels: Labels) -> bool:
    """Whether each intent has few enough examples for it, some has two, and together they are enough to tell apart."""
    counts = np.bincount(labels)
    counts = counts[counts > 0]
    return bool(len(labels) >= BATCH and counts.mean() <= EXAMPLES_EACH_MAX and counts.max() > 1)


def contrast(vectors: Matrix, centre: Matrix, labels: Labels) -> tuple[float, Matrix]:
    """The loss (how little examples of one intent stand out among all) and its slope along `vectors`."""
    moved = vectors - centre
    lengths = np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-6)
    directions = moved / lengths
    alike = _SHARPNESS * (directions @ directions.T)
    np.fill_diagonal(alike, -1e9)
    powers = np.exp(alike - alike.max(axis=1, keepdims=True))
    shares = powers / powers.sum(axis=1, keepdims=True)
    same = (labels[:, None] == labels[None]).astype(vectors.dtype)
    np.fill_diagonal(same, 0)
    friends = same.sum(axis=1, keepdims=True)
    wanted = same / np.maximum(friends, 1)
    counted = max(int((friends > 0).sum()), 1)
    loss = float(-(wanted * np.log(shares + 1e-12)).sum() / counted)
    slope = np.where(friends > 0, shares - wanted, 0) / counted
    along = _SHARPNESS * ((slope + slope.T) @ directions)
    across = (along - directions * (directions * along).sum(axis=1, keepdims=True)) / lengths
    return loss, across.astype(vectors.dtype)


def _batches(labels: Labels, numbers: np.random.Generator) -> Iterator[Labels]:
    """Positions of examples, in pairs of one intent each, for ever."""
    waiting: Labels = np.zeros(0, dtype=np.int64)
    while True:
        pairs = []
        for intent in np.unique(labels):
            shuffled = numbers.permutation(np.flatnonzero(labels == intent))
            pairs.append(shuffled[: len(shuffled) // 2 * 2].reshape(-1, 2))
        waiting = np.concatenate([waiting, numbers.permutation(np.concatenate(pairs)).ravel()])
        size = min(BATCH, len(waiting))
        while len(waiting) >= size:
            yield waiting[:size]
            waiting = waiting[size:]


def adapt(sentences: Sequence[Matrix], labels: Labels, weights: Mapping[str, Any], steps: int | None = None) -> Weights:
    """Weights that tell `labels` apart better than the encoder's `weights` do; the same each time.

    `sentences`: for each example the vectors of its tokens.
    """
    steps = steps or min(STEPS_MAX, ROUNDS * -(-len(labels) // BATCH))
    bent: dict[str, Any] = {**weights, **{name: np.array(weights[name], dtype=np.float32) for name in LEARNED}}
    slow = {name: np.zeros_like(bent[name]) for name in LEARNED}
    fast = {name: np.zeros_like(bent[name]) for name in LEARNED}
    centres = _centres(weights, sentences)
    numbers = np.random.default_rng(0)
    sizes = len(bent["p1"]), bent["p1"].shape[1]
    for step, chosen in zip(range(1, steps + 1), _batches(labels, numbers), strict=False):
        batch, meant = Batch.of([sentences[at] for at in chosen]), labels[chosen]
        passed = forward(bent, batch, Dropout.drawn(numbers, batch, sizes, _DROPPED))
        along = contrast(passed.summed, centres[0], meant)[1], contrast(passed.meaning, centres[1], meant)[1]
        rate = _RATE * min(1.0, step / _WARM_UP) * min(1.0, 2.05 - 2 * step / steps)
        rate *= np.sqrt(1 - _SECOND**step) / (1 - _FIRST**step)
        for name, slope in backward(bent, passed, along).items():
            _move(bent[name], slope, slow[name], fast[name], np.float32(rate))
    return {name: bent[name] for name in LEARNED}


def _move(weight: Matrix, slope: Matrix, slow: Matrix, fast: Matrix, rate: np.float32) -> None:
    """One step of Adam (Kingma and Ba 2015), in place; `slope` is used up."""
    slow *= np.float32(_FIRST)
    slow += np.float32(1 - _FIRST) * slope
    fast *= np.float32(_SECOND)
    slope *= slope
    slope *= np.float32(1 - _SECOND)
    fast += slope
    np.sqrt(fast, out=slope)
    slope += np.float32(1e-8)
    np.divide(slow, slope, out=slope)
    slope *= rate
    weight -= slope


def _centres(weights: Mapping[str, Any], sentences: Sequence[Matrix]) -> tuple[Matrix, Matrix]:
    """The mean of what the encoder gives of all examples, before any step."""
    summed, meaning = [], []
    for start in range(0, len(sentences), BATCH):
        passed = forward(weights, Batch.of(sentences[start : start + BATCH]))
        summed.append(passed.summed.sum(axis=0))
        meaning.append(passed.meaning.sum(axis=0))
    return np.sum(summed, axis=0) / len(sentences), np.sum(meaning, axis=0) / len(sentences)
