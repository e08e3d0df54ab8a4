"""The sentence encoder's network with a way back: what its weights would have to be for another result.

`bot.nlu.encoder` has the same network for answering; this one keeps what went through it, for training alone.
The tokens of all sentences lie in one array (`Batch`): nothing is reckoned for sentences shorter than others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
Positions = NDArray[np.int64]
Weights = dict[str, Matrix]
BRANCHES = ((2, 0), (3, 1), (5, 2))
"""Neighbours that each branch of the network sees, and how many of them are to the left."""
REACH = 2
"""How far to either side the widest branch sees."""
CONVOLUTIONS = tuple(f"{kind}{step}_{size}" for size, _ in BRANCHES for step in (1, 2) for kind in "wb")
LEARNED = (
    *("proj", "proj_b", "ln_g_all", "ln_b_all", *CONVOLUTIONS, "ln_g", "ln_b"),
    *("cnn_W", "cnn_b", "p1", "d0", "d1", "p3", "d2", "d3"),
)
"""The weights that training may change, as the encoder names them."""


def neighbours(starts: Positions, lengths: Positions, count: int) -> Positions:
    """For each token the positions around it, `REACH` to either side; `count` where its sentence has ended."""
    around = np.arange(count)[:, None] + np.arange(-REACH, REACH + 1)
    first, last = np.repeat(starts, lengths)[:, None], np.repeat(starts + lengths, lengths)[:, None]
    return np.where((around >= first) & (around < last), around, count)


@dataclass(frozen=True)
class Batch:
    """Sentences, one after the other: `vectors` has a row of 512 numbers for each token."""

    vectors: Matrix
    starts: Positions
    lengths: Positions
    near: Positions

    @classmethod
    def of(cls, sentences: Sequence[Matrix]) -> "Batch":
        """From the tokens' vectors of each sentence (at least one token)."""
        lengths = np.array([len(one) for one in sentences])
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        return cls(np.concatenate(sentences), starts, lengths, neighbours(starts, lengths, int(lengths.sum())))

    def of_sentence(self, rows: Matrix) -> Matrix:
        """For each token the row of its sentence."""
        repeated: Matrix = np.repeat(rows, self.lengths, axis=0)
        return repeated


@dataclass(frozen=True)
class Dropout:
    """What to multiply with, so that nothing relies on one part: 0, or 1 for a token and 1 / (1 - share) in a layer.

    Tokens are not made up for: the network normalises what it makes of them.
    """

    tokens: Matrix
    summed: Matrix
    hidden: Matrix

    @classmethod
    def drawn(cls, numbers: np.random.Generator, batch: Batch, sizes: tuple[int, int], share: float) -> "Dropout":
        """`sizes`: how many numbers are summed up of a sentence, and are in the hidden layer."""
        shapes = [(len(batch.vectors), 1), *((len(batch.lengths), size) for size in sizes)]
        drawn = [(numbers.random(shape, dtype=np.float32) > share).astype(np.float32) for shape in shapes]
        scale = np.float32(1 / (1 - share))
        return cls(drawn[0], drawn[1] * scale, drawn[2] * scale)


@dataclass(frozen=True)
class _Normalised:
    """A layer normalisation: rows of mean 0 and variance 1, and what they were divided by."""

    rows: Matrix
    spread: Matrix

    @classmethod
    def of(cls, rows: Matrix, eps: float) -> "_Normalised":
        centred = rows - rows.mean(axis=1, keepdims=True)
        spread = np.sqrt(np.einsum("ij,ij->i", centred, centred)[:, None] / rows.shape[1] + np.float32(eps))
        centred /= spread
        return cls(centred, spread)

    def back(self, slope: Matrix) -> Matrix:
        """From the slope along the rows to the slope along what was normalised."""
        along = np.einsum("ij,ij->i", slope, self.rows)[:, None] / self.rows.shape[1]
        found: Matrix = (slope - slope.mean(axis=1, keepdims=True) - self.rows * along) / self.spread
        return found


@dataclass(frozen=True)
class _Mixed:
    """One layer of a branch: what each token and its neighbours were (`seen`), and what came of it."""

    seen: Matrix
    out: Matrix

    @classmethod
    def of(cls, given: Matrix, near: Positions, weight: Matrix, offset: Matrix) -> "_Mixed":
        padded = np.concatenate([given, np.zeros((1, given.shape[1]), dtype=given.dtype)])
        seen = padded[near].reshape(len(given), -1)
        return cls(seen, np.maximum(seen @ weight + offset, 0))

    def back(self, slope: Matrix, weight: Matrix, mirrored: Positions) -> tuple[Matrix, Matrix, Matrix]:
        """Slopes along what was given, weight and offset; `mirrored`: who sees each token, in the order of `seen`."""
        slope = slope * (self.out > 0)
        width = self.seen.shape[1] // mirrored.shape[1]
        onto = np.concatenate([slope @ weight.T, np.zeros((1, self.seen.shape[1]), dtype=slope.dtype)])
        given = np.zeros((len(slope), width), dtype=slope.dtype)
        for step in range(mirrored.shape[1]):
            given += onto[mirrored[:, step], step * width : (step + 1) * width]
        return given, self.seen.T @ slope, slope.sum(axis=0)


@dataclass(frozen=True)
class Pass:
    """What went through the network, kept for the way back. `summed` and `meaning` are its result."""

    batch: Batch
    dropout: Dropout | None
    tokens: Matrix
    projected: _Normalised
    mixed: list[tuple[_Mixed, _Mixed]]
    seen: _Normalised
    added: Matrix
    summed: Matrix
    dropped: Matrix
    first: Matrix
    hidden: Matrix
    carried: Matrix
    second: Matrix
    meaning: Matrix


def forward(weights: Mapping[str, Any], batch: Batch, dropout: Dropout | None = None) -> Pass:
    """`weights` with the names of `LEARNED` and `eps`; `dropout` in training alone."""
    tokens = batch.vectors * dropout.tokens if dropout else batch.vectors
    projected = _Normalised.of(tokens @ weights["proj"] + weights["proj_b"], weights["eps"])
    own = projected.rows * weights["ln_g_all"] + weights["ln_b_all"]
    parts, mixed = [tokens], []
    width = own.shape[1] // len(BRANCHES)
    for branch, (size, left) in enumerate(BRANCHES):
        near = batch.near[:, REACH - left : REACH - left + size]
        carried = own[:, branch * width : (branch + 1) * width]
        first = _Mixed.of(carried, near, weights[f"w1_{size}"], weights[f"b1_{size}"])
        carried = carried + first.out
        second = _Mixed.of(carried, near, weights[f"w2_{size}"], weights[f"b2_{size}"])
        parts.append(carried + second.out)
        mixed.append((first, second))
    seen = _Normalised.of(np.concatenate(parts, axis=1), weights["eps"])
    lengths = batch.lengths[:, None].astype(tokens.dtype)
    added = np.add.reduceat(seen.rows * weights["ln_g"] + weights["ln_b"], batch.starts, axis=0)
    summed = (added @ weights["cnn_W"] + lengths * weights["cnn_b"]) / np.sqrt(lengths)
    dropped = summed * dropout.summed if dropout else summed
    return Pass(
        batch, dropout, tokens, projected, mixed, seen, added, summed, dropped, *_upper(weights, dropped, dropout)
    )


def _upper(weights: Mapping[str, Any], dropped: Matrix, dropout: Dropout | None) -> tuple[Matrix, ...]:
    first = np.maximum(dropped @ weights["d0"], 0)
    hidden = np.maximum(dropped @ weights["p1"] + first @ weights["d1"], 0)
    carried = hidden * dropout.hidden if dropout else hidden
    second = np.maximum(carried @ weights["d2"], 0)
    return first, hidden, carried, second, np.tanh(carried @ weights["p3"] + second @ weights["d3"])


def backward(weights: Mapping[str, Any], passed: Pass, along: tuple[Matrix, Matrix]) -> Weights:
    """The slope of a loss along each of `LEARNED`, from its slopes along (summed, meaning)."""
    found, summed = _upper_back(weights, passed, along[1])
    lengths = passed.batch.lengths[:, None].astype(summed.dtype)
    summed = (summed + along[0]) / np.sqrt(lengths)
    found |= {"cnn_W": passed.added.T @ summed, "cnn_b": (summed * lengths).sum(axis=0)}
    tokens = passed.batch.of_sentence(summed @ weights["cnn_W"].T)
    found |= {"ln_g": np.einsum("ij,ij->j", tokens, passed.seen.rows), "ln_b": tokens.sum(axis=0)}
    return found | _lower_back(weights, passed, passed.seen.back(tokens * weights["ln_g"]))


def _upper_back(weights: Mapping[str, Any], passed: Pass, meaning: Matrix) -> tuple[Weights, Matrix]:
    end = meaning * (1 - passed.meaning**2)
    second = (end @ weights["d3"].T) * (passed.second > 0)
    hidden = (end @ weights["p3"].T + second @ weights["d2"].T) * (passed.hidden > 0)
    if passed.dropout:
        hidden *= passed.dropout.hidden
    first = (hidden @ weights["d1"].T) * (passed.first > 0)
    summed = hidden @ weights["p1"].T + first @ weights["d0"].T
    if passed.dropout:
        summed *= passed.dropout.summed
    given = {"p1": passed.dropped, "d0": passed.dropped, "d1": passed.first}
    given |= {"p3": passed.carried, "d2": passed.carried, "d3": passed.second}
    slopes = {"p1": hidden, "d0": first, "d1": hidden, "p3": end, "d2": second, "d3": end}
    return {name: given[name].T @ slope for name, slope in slopes.items()}, summed


def _lower_back(weights: Mapping[str, Any], passed: Pass, seen: Matrix) -> Weights:
    """`seen`: the slope along each token's own vector and what each branch made of it."""
    found: Weights = {}
    own = []
    width = passed.projected.rows.shape[1] // len(BRANCHES)
    column = passed.tokens.shape[1]
    for branch, ((size, left), (first, second)) in enumerate(zip(BRANCHES, passed.mixed, strict=True)):
        right = size - 1 - left
        mirrored = passed.batch.near[:, REACH - right : REACH - right + size][:, ::-1]
        slope = seen[:, column + branch * width : column + (branch + 1) * width]
        for step, mixed in ((2, second), (1, first)):
            given, weight, offset = mixed.back(slope, weights[f"w{step}_{size}"], mirrored)
            found |= {f"w{step}_{size}": weight, f"b{step}_{size}": offset}
            slope = slope + given
        own.append(slope)
    normalised = np.concatenate(own, axis=1)
    found["ln_g_all"] = np.einsum("ij,ij->j", normalised, passed.projected.rows)
    found["ln_b_all"] = normalised.sum(axis=0)
    projected = passed.projected.back(normalised * weights["ln_g_all"])
    return found | {"proj": passed.tokens.T @ projected, "proj_b": projected.sum(axis=0)}
