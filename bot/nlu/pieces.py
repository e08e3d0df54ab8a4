"""Cuts text into the pieces of words that the sentence encoder knows (unigram model, Viterbi).

The pieces are a sorted array of hashes, so that a process needs no table of 128,000 strings:
the array is mapped from a file and shared by every engine.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
from numpy.typing import NDArray

UNKNOWN, BEGIN, END = 0, 1, 2
"""Identifiers of an unknown character, and of both ends of a sentence."""
_BLANK = "▁"
_BASE = 1_000_003
_MASK = (1 << 64) - 1
_UNKNOWN_PENALTY = 10.0
_CUTS_MAX = 10_000
_DIGIT = re.compile(r"\d")


def _powers(count: int) -> NDArray[np.uint64]:
    powers = [1]
    for _ in range(count - 1):
        powers.append(powers[-1] * _BASE & _MASK)
    return np.array(powers, dtype=np.uint64)


def _prefix_hashes(text: str) -> NDArray[np.uint64]:
    """The hash of each beginning of `text`, the empty one included."""
    value, hashes = 0, [0]
    for letter in text:
        value = (value * _BASE + ord(letter)) & _MASK
        hashes.append(value)
    return np.array(hashes, dtype=np.uint64)


def pieces_as_arrays(pieces: list[str], scores: NDArray[np.float32]) -> dict[str, NDArray[np.generic]]:
    """What `Pieces` needs of the vocabulary.

    :raises ValueError: two pieces have one hash, or one goes beyond a word.
    """
    if any(_BLANK in piece[1:] for piece in pieces):
        raise ValueError("a piece of the vocabulary goes beyond a word")
    hashes = np.array([_prefix_hashes(piece)[-1] for piece in pieces], dtype=np.uint64)
    order = np.argsort(hashes, kind="stable")
    if len(np.unique(hashes)) < len(set(pieces)):
        raise ValueError("two pieces of the vocabulary have the same hash")
    longest = max(len(piece) for piece in pieces)
    return {
        "hashes": hashes[order],
        "identifiers": order.astype(np.int32),
        "scores": scores[order],
        "longest": np.array(longest, dtype=np.int32),
    }


@dataclass(frozen=True)
class Pieces:
    """The vocabulary: `scores` (log probabilities) and `identifiers` in the order of `hashes`."""

    hashes: NDArray[np.uint64]
    identifiers: NDArray[np.int32]
    scores: NDArray[np.float32]
    powers: NDArray[np.uint64]
    unknown_score: float
    cuts: dict[str, list[int]] = field(default_factory=dict)
    """The latest words and their pieces."""

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[np.generic]]) -> "Pieces":
        """From what `pieces_as_arrays` made."""
        scores = np.asarray(arrays["scores"], dtype=np.float32)
        return cls(
            np.asarray(arrays["hashes"], dtype=np.uint64),
            np.asarray(arrays["identifiers"], dtype=np.int32),
            scores,
            _powers(int(arrays["longest"]) + 1),
            float(scores.min()) - _UNKNOWN_PENALTY,
        )

    def cut(self, text: str) -> list[int]:
        """Identifiers of the likeliest pieces of `text`, between those of both ends."""
        words = unicodedata.normalize("NFKC", text).split()
        if not words:
            return [BEGIN, UNKNOWN, END]
        return [BEGIN, *chain.from_iterable(map(self._pieces_of, words)), END]

    def _pieces_of(self, word: str) -> list[int]:
        """No piece goes beyond a blank (`pieces_as_arrays` sees to it), so each word is cut by itself, and once."""
        known = self.cuts.get(word)
        if known is None:
            known = self._likeliest(_BLANK + word)
            if _DIGIT.search(word) is None:  # a customer's numbers are not kept, and hardly ever come again
                if len(self.cuts) >= _CUTS_MAX:
                    self.cuts.clear()
                self.cuts[word] = known
        return known

    def _found(self, text: str) -> list[list[tuple[int, int, float]]]:
        """For each position the pieces that begin there: where they end, which they are, their score."""
        prefixes = _prefix_hashes(text)
        found: list[list[tuple[int, int, float]]] = [[] for _ in text]
        longest = min(len(self.powers) - 1, len(text))
        spans = [
            prefixes[length:] - prefixes[: len(text) - length + 1] * self.powers[length]
            for length in range(1, longest + 1)
        ]
        starts = np.concatenate([np.arange(len(span)) for span in spans])
        ends = np.concatenate([np.arange(len(span)) + length for length, span in enumerate(spans, start=1)])
        wanted = np.concatenate(spans)
        at = np.minimum(np.searchsorted(self.hashes, wanted), len(self.hashes) - 1)
        hits = np.flatnonzero(self.hashes[at] == wanted)
        pieces = zip(
            starts[hits].tolist(),
            ends[hits].tolist(),
            self.identifiers[at[hits]].tolist(),
            self.scores[at[hits]].tolist(),
            strict=True,
        )
        for start, end, identifier, score in pieces:
            found[start].append((end, identifier, score))
        return found

    def _likeliest(self, text: str) -> list[int]:
        found = self._found(text)
        best = [0.0] + [float("-inf")] * len(text)
        came: list[tuple[int, int]] = [(0, UNKNOWN)] * (len(text) + 1)
        for start, known in enumerate(found):
            single = bool(known) and known[0][0] == start + 1
            pieces = known if single else [(start + 1, UNKNOWN, self.unknown_score), *known]
            for end, identifier, score in pieces:
                if best[start] + score > best[end]:
                    best[end] = best[start] + score
                    came[end] = (start, identifier)
        identifiers, position = [], len(text)
        while position > 0:
            position, identifier = came[position]
            identifiers.append(identifier)
        return identifiers[::-1]
