"""Features of a sentence for the intent classifier: TF-IDF of words and of pieces of words.

Numbers, amounts, dates and addresses of mail become placeholders, so that the classifier learns
that there is one, not which. Serving needs numpy alone. Arrays and a word list are all there is
to save: loading a model never runs code.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from bot.nlu.words import fold

_TOKEN = re.compile(r"\w+|[$?]")
_MAIL = re.compile(r"\S+@\S+\.\w+")
_AMOUNT = re.compile(r"\$ ?\d[\d,]*(?:\.\d+)?")
_NUMBER = re.compile(r"\d[\d,.]*\d|\d")
PIECE_LENGTHS = (2, 3, 4, 5)
TEXT_MAX = 1000
UNKNOWN_SHARE = 0.5
_TOKENS_MAX = 10_000


def normalised_tokens(text: str) -> list[str]:
    """Folded tokens with placeholders; punctuation goes, "?" and "$" stay."""
    masked = _MAIL.sub(" mailaddress ", fold(text[:TEXT_MAX]))
    masked = _AMOUNT.sub(" moneyamount ", masked)
    masked = _NUMBER.sub(_number_placeholder, masked).replace("'", "")
    return _TOKEN.findall(masked)


def _number_placeholder(match: re.Match[str]) -> str:
    """Numbers of account length differ from small ones in what they say about the intent."""
    return " longnumber " if len(match.group()) >= 4 else " smallnumber "


def word_terms(tokens: Sequence[str]) -> Iterable[str]:
    """Words, and pairs of neighbours."""
    pairs = (f"{left} {right}" for left, right in pairwise(tokens))
    return chain((f"w {token}" for token in tokens), (f"w {pair}" for pair in pairs))


def piece_terms(tokens: Sequence[str]) -> Iterable[str]:
    """Pieces of 2 to 5 characters within words, blanks at the ends included."""
    for token in tokens:
        padded = f" {token} "
        for length in PIECE_LENGTHS:
            if length >= len(padded):
                yield padded
                break
            for start in range(len(padded) - length + 1):
                yield padded[start : start + length]


@dataclass
class Features:
    """A fitted vocabulary: the position and weight (inverse document frequency) of each term."""

    positions: dict[str, int]
    weights: NDArray[np.float32]
    _known_pieces: dict[str, list[int | None]] = field(default_factory=dict, repr=False)

    @cached_property
    def unknown_weight(self) -> float:
        """How much a term nobody trained takes from the rest: a sentence of such terms is little known."""
        return UNKNOWN_SHARE * float(self.weights.max(initial=0.0))

    @classmethod
    def fit(cls, texts: Iterable[str], terms_min: int = 1) -> "Features":
        """Learn the terms of `texts`; those in fewer than `terms_min` texts are left out."""
        documents = Counter[str]()
        total = 0
        for text in texts:
            tokens = normalised_tokens(text)
            documents.update({*word_terms(tokens), *piece_terms(tokens)})
            total += 1
        kept = sorted(term for term, count in documents.items() if count >= terms_min)
        counts = np.array([documents[term] for term in kept], dtype=np.float64)
        weights = np.log((1 + total) / (1 + counts)) + 1
        return cls({term: at for at, term in enumerate(kept)}, weights.astype(np.float32))

    def vector(self, text: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Positions and values of the known terms of `text`; each half has length 1 when all terms are known."""
        tokens = normalised_tokens(text)
        halves = [self._half(map(self.positions.get, word_terms(tokens))), self._half(self._pieces(tokens))]
        positions = np.concatenate([half[0] for half in halves])
        return positions, np.concatenate([half[1] for half in halves])

    def familiarity(self, text: str) -> float:
        """0 to 1: how much of `text` is known; 1 as soon as one whole word is."""
        tokens = normalised_tokens(text)
        if any(f"w {token}" in self.positions for token in tokens):
            return 1.0
        _, values = self._half(self._pieces(tokens))
        return float((values**2).sum())

    def _pieces(self, tokens: Sequence[str]) -> Iterable[int | None]:
        """Positions of the pieces of `tokens` (None: unknown), looked up once for each token."""
        for token in tokens:
            known = self._known_pieces.get(token)
            if known is None:
                if len(self._known_pieces) >= _TOKENS_MAX:
                    self._known_pieces.clear()
                known = self._known_pieces[token] = list(map(self.positions.get, piece_terms([token])))
            yield from known

    def _half(self, terms: Iterable[int | None]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Of the positions of terms."""
        counts = Counter(terms)
        unknown = counts.pop(None, 0)
        positions = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
        values = 1 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))
        values *= self.weights[positions]
        length = float(np.sqrt((values**2).sum() + unknown * self.unknown_weight**2))
        return positions, (values / length if length else values).astype(np.float32)

    def matrix(self, texts: Sequence[str]) -> csr_matrix:
        """One row for each text."""
        vectors = [self.vector(text) for text in texts]
        ends = np.cumsum([0, *(len(positions) for positions, _ in vectors)])
        positions = np.concatenate([positions for positions, _ in vectors])
        values = np.concatenate([values for _, values in vectors])
        return csr_matrix((values, positions, ends), shape=(len(texts), len(self.positions)))
