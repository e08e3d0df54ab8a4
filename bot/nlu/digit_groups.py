"""Groups of digits in a message: account numbers, ZIP codes, PINs, one-time codes, phone numbers.

Pure: standard library only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.nlu.spoken_numbers import Chunk
from bot.nlu.words import Word

ACCOUNT_NUMBER_DIGITS = 8
MEANINGFUL_LENGTHS = (8, 6, 5, 4)
"""Account number, one-time code, ZIP code, PIN, in the order in which a long run is cut."""
PHONE_LENGTHS = (10, 11)

_SEPARATORS = frozenset({",", ".", "-", "–", "(", ")", "um", "uh", "eh", "em", "este", "dash", "guion"})


@dataclass(frozen=True)
class DigitGroup:
    """`digits` as one string, and the words (`first` to `last`, excluded) it came from."""

    digits: str
    first: int
    last: int


def digit_groups(words: Sequence[Word], chunks: Sequence[Chunk]) -> list[DigitGroup]:
    """The chunks that stand for digits, joined into the numbers that were meant."""
    groups: list[DigitGroup] = []
    for run in _runs(words, chunks):
        alone = len(run) == 1 and len(run[0].digits) == 1
        if alone and run[0].spoken and run[0].pronoun and len(words) > 1:
            continue
        groups += [_joined(part) for part in _split(run)]
    return groups


def _runs(words: Sequence[Word], chunks: Sequence[Chunk]) -> list[list[Chunk]]:
    """Chunks with nothing but separators between them."""
    runs: list[list[Chunk]] = []
    for chunk in chunks:
        between = words[runs[-1][-1].last : chunk.first] if runs else ()
        if runs and all(word.folded in _SEPARATORS for word in between):
            runs[-1].append(chunk)
        else:
            runs.append([chunk])
    return runs


def _split(run: list[Chunk]) -> list[list[Chunk]]:
    """Cut a run where it holds several numbers; else it is one number."""
    length = sum(len(chunk.digits) for chunk in run)
    if len(run) == 1 or length in MEANINGFUL_LENGTHS or length in PHONE_LENGTHS:
        return [run]
    parts = _meaningful_parts(run)
    if parts is not None:
        return parts
    if any(len(chunk.digits) >= 4 for chunk in run):
        return [[chunk] for chunk in run]
    return [run]


def _meaningful_parts(run: list[Chunk]) -> list[list[Chunk]] | None:
    """`run` as consecutive numbers of meaningful lengths, the longest first, or None."""
    if not run:
        return []
    for wanted in MEANINGFUL_LENGTHS:
        length = 0
        for count, chunk in enumerate(run, start=1):
            length += len(chunk.digits)
            if length == wanted:
                rest = _meaningful_parts(run[count:])
                if rest is not None:
                    return [run[:count], *rest]
            if length >= wanted:
                break
    return None


def _joined(chunks: list[Chunk]) -> DigitGroup:
    digits = "".join(chunk.digits for chunk in chunks)
    return DigitGroup(digits, chunks[0].first, chunks[-1].last)
