"""Bends the encoder's last layers towards the intents at hand, when each has few examples.

Supervised contrastive learning (Khosla et al. 2020) on pairs of examples, in numpy: examples of one intent
move together, those of others apart. With many examples of each intent it only learns them by heart, so
`worth_adapting` says when to. The layers are those of `bot.nlu.encoder` from the summed tokens upwards.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
Labels = NDArray[np.int64]
Layers = dict[str, Matrix]
LAYERS = ("turn", "p1", "d0", "d1", "p3", "d2", "d3")
EXAMPLES_EACH_MAX = 80
"""More examples of an intent than this, on average, and the encoder stays as it is."""
STEPS_MAX, ROUNDS = 90, 15
"""Every example is seen `ROUNDS` times, or as often as `STEPS_MAX` batches allow."""
BATCH = 128
_RATE, _DROPPED, _SHARPNESS = 2e-4, 0.1, 10.0
_FIRST, _SECOND = 0.9, 0.999


def worth_adapting(labels: Labels) -> bool:
    """Whether these examples are few enough for it, and some intent has two."""
    counts = np.bincount(labels)
    counts = counts[counts > 0]
    return bool(counts.mean() <= EXAMPLES_EACH_MAX and counts.max() > 1)


def layers_of(weights: Mapping[str, Any]) -> Layers:
    """The encoder's own layers, before any step: `turn` changes nothing."""
    size = len(weights["p1"])
    layers = {name: np.array(weights[name], dtype=np.float32) for name in LAYERS if name != "turn"}
    return {"turn": np.eye(size, dtype=np.float32), **layers}


@dataclass(frozen=True)
class _Pass:
    """What went through the layers, kept for the way back."""

    summed: Matrix
    kept: Matrix
    first: Matrix
    hidden: Matrix
    carried: Matrix
    second: Matrix
    meaning: Matrix


def _forward(layers: Layers, given: Matrix, kept: tuple[Matrix, Matrix] | None = None) -> _Pass:
    summed = given @ layers["turn"]
    dropped = summed * kept[0] if kept else summed
    first = np.maximum(dropped @ layers["d0"], 0)
    hidden = np.maximum(dropped @ layers["p1"] + first @ layers["d1"], 0)
    carried = hidden * kept[1] if kept else hidden
    second = np.maximum(carried @ layers["d2"], 0)
    meaning = np.tanh(carried @ layers["p3"] + second @ layers["d3"])
    return _Pass(summed, dropped, first, hidden, carried, second, meaning)


def _backward(
    layers: Layers, given: Matrix, passed: _Pass, slopes: tuple[Matrix, Matrix], kept: tuple[Matrix, Matrix]
) -> Layers:
    """The slope of the loss along each layer, from its slopes along (summed, meaning)."""
    end = slopes[1] * (1 - passed.meaning**2)
    second = (end @ layers["d3"].T) * (passed.second > 0)
    hidden = (end @ layers["p3"].T + second @ layers["d2"].T) * kept[1] * (passed.hidden > 0)
    first = (hidden @ layers["d1"].T) * (passed.first > 0)
    summed = (hidden @ layers["p1"].T + first @ layers["d0"].T) * kept[0] + slopes[0]
    return {
        "turn": given.T @ summed,
        "p1": passed.kept.T @ hidden,
        "d0": passed.kept.T @ first,
        "d1": passed.first.T @ hidden,
        "p3": passed.carried.T @ end,
        "d2": passed.carried.T @ second,
        "d3": passed.second.T @ end,
    }


def apply_layers(layers: Layers, summed: Matrix) -> Matrix:
    """One row for each row of `summed`: what the adapted layers make of it, then its meaning."""
    passed = _forward(layers, summed)
    return np.concatenate([passed.summed, passed.meaning], axis=1)


def contrast(vectors: Matrix, centre: Matrix, labels: Labels) -> tuple[float, Matrix]:
    """The loss (how little examples of one intent stand out among all) and its slope along `vectors`."""
    moved = vectors - centre
    lengths = np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-6)
    directions = moved / lengths
    alike = _SHARPNESS * (directions @ directions.T)
    np.fill_diagonal(alike, -1e9)
    powers = np.exp(alike - alike.max(axis=1, keepdims=True))
    shares = powers / powers.sum(axis=1, keepdims=True)
    same = (labels[:, None] == labels[None]).astype(np.float32)
    np.fill_diagonal(same, 0)
    friends = same.sum(axis=1, keepdims=True)
    wanted = same / np.maximum(friends, 1)
    counted = max(int((friends > 0).sum()), 1)
    loss = float(-(wanted * np.log(shares + 1e-12)).sum() / counted)
    slope = np.where(friends > 0, shares - wanted, 0) / counted
    along = _SHARPNESS * ((slope + slope.T) @ directions)
    across = (along - directions * (directions * along).sum(axis=1, keepdims=True)) / lengths
    return loss, across.astype(np.float32)


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


def adapt(summed: Matrix, labels: Labels, weights: Mapping[str, Any], steps: int | None = None) -> Layers:
    """Layers that tell `labels` apart better than the encoder's `weights` do; the same each time.

    `summed`: one row (512 numbers) for each example.
    """
    steps = steps or min(STEPS_MAX, ROUNDS * -(-len(labels) // BATCH))
    layers = layers_of(weights)
    start = _forward(layers, summed)
    centres = start.summed.mean(axis=0), start.meaning.mean(axis=0)
    slow = {name: np.zeros_like(layer) for name, layer in layers.items()}
    fast = {name: np.zeros_like(layer) for name, layer in layers.items()}
    numbers = np.random.default_rng(0)
    for step, chosen in zip(range(1, steps + 1), _batches(labels, numbers), strict=False):
        given, meant = summed[chosen], labels[chosen]
        kept = (_kept(numbers, len(chosen), len(layers["p1"])), _kept(numbers, len(chosen), layers["p1"].shape[1]))
        passed = _forward(layers, given, kept)
        slopes = contrast(passed.summed, centres[0], meant)[1], contrast(passed.meaning, centres[1], meant)[1]
        rate = _RATE * np.sqrt(1 - _SECOND**step) / (1 - _FIRST**step) * min(1.0, 2.05 - 2 * step / steps)
        for name, slope in _backward(layers, given, passed, slopes, kept).items():
            slow[name] += (1 - _FIRST) * (slope - slow[name])
            fast[name] += (1 - _SECOND) * (slope * slope - fast[name])
            layers[name] -= (rate * slow[name] / (np.sqrt(fast[name]) + 1e-8)).astype(np.float32)
    return layers


def _kept(numbers: np.random.Generator, rows: int, columns: int) -> Matrix:
    """1 / (1 - share dropped) or 0 for each number: dropout."""
    drawn = numbers.random((rows, columns), dtype=np.float32)
    return (drawn > _DROPPED).astype(np.float32) / np.float32(1 - _DROPPED)
