"""How alike two messages are, and intents decided by likeness to every example.

Likeness is 0 to 1: shared words and pieces of words (TF-IDF) and shared meaning (the sentence
encoder), to the fourth power so that near examples count for more. Least squares on these
likenesses (kernel ridge regression) has a closed form, and so does what the model would have
said of each example had it not seen it: calibration needs no second training.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse._sparsetools import csc_matvec

from bot.nlu.adaptation import Labels, adapt, worth_adapting
from bot.nlu.encoder import SIZE, SentenceEncoder, sentence_encoder
from bot.nlu.features import Features

Matrix = NDArray[np.float32]
WORDS_SHARE = 0.25
"""How much shared words count beside shared meaning."""
SUMMED_SHARE = 1 / 3
"""Of the meaning, what the encoder's last but one vector counts beside its last."""
COMPONENTS_MAX = 192
_BATCH = 2000
_ONE_BY_ONE_MAX = 8
"""Few messages are compared one at a time: products of matrices first rearrange all examples in memory."""


@dataclass(frozen=True)
class Meaning:
    """Turns what the encoder says into vectors of length 1, centred on what customers say."""

    means: Matrix
    scales: Matrix
    axes: Matrix
    """The directions in which examples differ most (rows of `means`, `COMPONENTS_MAX` at most)."""

    @classmethod
    def fit(cls, encoded: Matrix) -> "Meaning":
        """Learn from the training texts as the encoder gives them."""
        means, scales = encoded.mean(axis=0), encoded.std(axis=0) + 1e-6
        made = cls(means, scales, np.eye(len(means), dtype=np.float32))
        spread = made._standardised(encoded)
        _, axes = np.linalg.eigh((spread.T @ spread).astype(np.float64))
        kept = np.ascontiguousarray(axes[:, ::-1][:, :COMPONENTS_MAX], dtype=np.float32)
        return cls(means, scales, kept)

    def _standardised(self, encoded: Matrix) -> Matrix:
        standard = ((encoded - self.means) / self.scales).reshape(len(encoded), 2, SIZE)
        standard = standard / np.maximum(np.linalg.norm(standard, axis=2, keepdims=True), 1e-9)
        standard *= np.sqrt(np.array([SUMMED_SHARE, 1 - SUMMED_SHARE], dtype=np.float32))[:, None]
        result: Matrix = standard.reshape(len(encoded), -1).astype(np.float32)
        return result

    def vectors(self, encoded: Matrix) -> Matrix:
        """One row for each row of `encoded`."""
        return self._standardised(encoded) @ self.axes


@dataclass(frozen=True)
class Examples:
    """The examples as a message is compared with them: words (terms by examples) and meaning (numbers by examples)."""

    features: Features
    encoder: SentenceEncoder
    """The encoder of this process, or one that was bent towards these examples."""
    meaning: Meaning
    words: csr_matrix
    vectors: Matrix
    labels: Labels
    """The number of the class of each."""

    @classmethod
    def of(cls, texts: Sequence[str], labels: Labels) -> "Examples":
        """Learn vocabulary and directions from `texts` and their intents, and keep them to compare with."""
        features, encoder = Features.fit(texts), sentence_encoder()
        if worth_adapting(labels):
            encoder = encoder.bent(adapt([encoder.token_vectors(text) for text in texts], labels, encoder.weights))
        encoded = encoder.encode(texts)
        meaning = Meaning.fit(encoded)
        vectors = np.ascontiguousarray(meaning.vectors(encoded).T)
        return cls(features, encoder, meaning, features.matrix(texts).T.tocsr(), vectors, labels)

    @property
    def is_adapted(self) -> bool:
        """Whether the encoder has seen the examples, and so finds those of one intent more alike than new ones are."""
        return self.encoder is not sentence_encoder()

    def alike(self, texts: Sequence[str]) -> Matrix:
        """Likeness of each text (rows) to each example (columns), 0 to 1."""
        vectors = self.meaning.vectors(self.encoder.encode(texts))
        if len(texts) > _ONE_BY_ONE_MAX:
            shared = (self.features.matrix(texts) @ self.words).toarray()
            return _likeness(shared / 2, vectors @ self.vectors)
        shared = np.stack([self._shared_words(text) for text in texts])
        return _likeness(shared / 2, np.stack([vector @ self.vectors for vector in vectors]))

    def _shared_words(self, text: str) -> Matrix:
        """The row that `text` has in the product of matrices, without making one of it."""
        positions, values = self.features.vector(text)
        row: Matrix = np.zeros(self.words.shape[1], dtype=np.float32)
        starts, columns, data = self.words.indptr, self.words.indices, self.words.data
        for at, term in enumerate(positions.tolist()):  # SciPy's own loop, on the rows where they are: no copies
            csc_matvec(len(row), 1, starts[term : term + 2], columns, data, values[at : at + 1], row)
        return row

    def alike_among(self) -> Matrix:
        """Likeness of each example to each."""
        rows = self.words.T.tocsr()
        result = self.vectors.T @ self.vectors
        for start in range(0, len(result), _BATCH):
            part = slice(start, start + _BATCH)
            result[part] = _likeness((rows[part] @ self.words).toarray() / 2, result[part])
        return result

    def nearest(self, alike: Matrix, classes: Labels) -> Matrix:
        """For each row of what `alike` gives the greatest likeness to an example of its class in `classes`."""
        result: Matrix = np.where(self.labels == classes[:, None], alike, np.float32(0)).max(axis=1)
        return result

    def nearest_others(self, alike: Matrix) -> Matrix:
        """Of `alike_among()`, for each example (rows) and class that has any the greatest likeness to another of it."""
        order = np.argsort(self.labels, kind="stable")
        starts = np.flatnonzero(np.diff(self.labels[order], prepend=-1))
        result: Matrix = np.empty((len(alike), len(starts)), dtype=np.float32)
        for start in range(0, len(alike), _BATCH):
            part = alike[start : start + _BATCH].copy()
            own = np.arange(len(part))
            part[own, start + own] = 0
            result[start : start + _BATCH] = np.maximum.reduceat(part[:, order], starts, axis=1)
        return result


def _likeness(words: Matrix, meaning: Matrix) -> Matrix:
    """`words` and `meaning` are cosines."""
    near = np.float32((1 - WORDS_SHARE) / 2) * meaning
    near += np.float32(WORDS_SHARE / 2) * words
    near += np.float32(0.5)
    near *= near  # a general power takes ten times as long
    near *= near
    return near


@dataclass(frozen=True)
class Ridge:
    """A fit: `weights` (examples by classes), and what it takes to leave examples out again."""

    weights: Matrix
    _factor: Matrix

    @classmethod
    def fit(cls, alike: Matrix, targets: Matrix, penalty: float) -> "Ridge":
        """`alike`: likeness among the examples; it is used up.

        :raises ValueError: `penalty` is too small for examples that are this much alike.
        """
        alike[np.diag_indices(len(alike))] += np.float32(penalty)
        factor, failed = _lapack().spotrf(alike.T, lower=1, overwrite_a=1)  # transposed: LAPACK's order, so no copy
        if failed:
            raise ValueError("the examples cannot be told apart numerically; raise the penalty")
        return cls(_lapack().spotrs(factor, np.asfortranarray(targets), lower=1)[0], factor)

    def left_out(self, targets: Matrix) -> Matrix:
        """The scores of each example by a fit without it; the last thing that can be asked."""
        half, _ = _lapack().strtri(self._factor, lower=1, overwrite_c=1)  # the inverse itself would take twice as long
        scores: Matrix = targets - self.weights / np.einsum("ij,ij->j", half, half)[:, None]
        return scores


def _lapack() -> Any:
    """Training alone needs it."""
    from scipy.linalg import lapack

    return lapack
