"""Numbers as people write and say them, read from left to right.

"forty-four twelve" is two chunks (44, 12), "four hundred twelve" one (412), "double oh" one
("00"). What chunks mean together (an account number, an amount) is for the callers to decide.
Pure: standard library only.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.nlu.words import NUMBER_WORDS, Language, NumberWords, Word, fold

_FIGURES = frozenset(
    word for each in NUMBER_WORDS.values() for of in (each.digits, each.teens, each.tens, each.hundreds) for word in of
)
_NUMERAL = re.compile(r"\d+")


@dataclass(frozen=True)
class Chunk:
    """One number: words `first` to `last` (excluded); `digits` as spoken, with leading zeros."""

    first: int
    last: int
    digits: str
    spoken: bool
    cardinal: bool = False
    """Said as a number ("fifty", "two hundred"), not digit by digit ("double five")."""
    pronoun: bool = False

    @property
    def value(self) -> int:
        return int(self.digits)

    @property
    def is_tens(self) -> bool:
        """Said as a number of two digits: "fifty", "doce"."""
        return self.cardinal and 10 <= self.value <= 99


def read_chunks(words: Sequence[Word], language: Language) -> list[Chunk]:
    """Every number in `words`, in order; they never overlap."""
    reader = _Reader(words, NUMBER_WORDS[language])
    chunks: list[Chunk] = []
    position = 0
    while position < len(words):
        follows = bool(chunks) and chunks[-1].last == position
        chunk = reader.chunk_at(position, follows)
        if chunk is None:
            position += 1
        else:
            chunks.append(chunk)
            position = chunk.last
    return chunks


def has_long_number(text: str, figures: int = 3) -> bool:
    """Whether `text` has so many figures, written or said in either language: an account, a PIN, a ZIP, an amount."""
    said = sum(word in _FIGURES for word in re.split(r"\W+", fold(text)))
    return said + sum(letter.isdigit() for letter in text) >= figures


class _Reader:
    """Reads one number at a position of a sentence in one language."""

    def __init__(self, words: Sequence[Word], vocabulary: NumberWords) -> None:
        self._folded = [word.folded for word in words]
        self._vocabulary = vocabulary

    def chunk_at(self, position: int, follows: bool) -> Chunk | None:
        """`follows`: the word before is a number, so that a sound-alike may be one as well."""
        word = self._folded[position]
        if _NUMERAL.fullmatch(word):
            return Chunk(position, position + 1, word, spoken=False)
        if word in self._vocabulary.repeats:
            return self._repeated(position)
        value, last = self._thousands(position)
        if value is not None:
            pronoun = last == position + 1 and word in self._vocabulary.pronouns
            return Chunk(position, last, str(value), spoken=True, cardinal=True, pronoun=pronoun)
        if follows and word in self._vocabulary.sounds_like and self._digit_follows(position):
            return Chunk(position, position + 1, str(self._vocabulary.sounds_like[word]), spoken=True)
        return None

    def _at(self, position: int) -> str:
        return self._folded[position] if position < len(self._folded) else ""

    def _digit(self, position: int) -> int | None:
        return self._vocabulary.digits.get(self._at(position))

    def _digit_follows(self, position: int) -> bool:
        after = self._at(position + 1)
        return after in self._vocabulary.digits or after in self._vocabulary.repeats or after.isdecimal()

    def _repeated(self, position: int) -> Chunk | None:
        """ "double oh", "triple 5"."""
        at = position + 2 if self._at(position + 1) == "-" else position + 1
        word = self._at(at)
        digit = 0 if word == "o" else self._digit(at)
        if digit is None and re.fullmatch(r"\d", word):
            digit = int(word)
        if digit is None:
            return None
        times = self._vocabulary.repeats[self._at(position)]
        return Chunk(position, at + 1, str(digit) * times, spoken=True)

    def _below_hundred(self, position: int) -> tuple[int | None, int]:
        word = self._at(position)
        if word in self._vocabulary.teens:
            return self._vocabulary.teens[word], position + 1
        if word not in self._vocabulary.tens:
            digit = self._digit(position)
            return (digit, position + 1) if digit is not None else (None, position)
        tens = self._vocabulary.tens[word]
        joined = self._at(position + 1) in self._vocabulary.joins_tens
        unit = self._digit(position + 2 if joined else position + 1)
        if unit and (joined or "-" in self._vocabulary.joins_tens):
            return tens + unit, position + (3 if joined else 2)
        return tens, position + 1

    def _hundreds(self, position: int) -> tuple[int | None, int]:
        word = self._at(position)
        if word in self._vocabulary.hundreds:
            hundreds, last = self._vocabulary.hundreds[word], position + 1
        elif self._at(position + 1) in self._vocabulary.hundred and (
            word == "a" or word in self._vocabulary.digits or word in self._vocabulary.teens
        ):
            counted = 1 if word == "a" else self._below_hundred(position)[0] or 0
            hundreds, last = counted * 100, position + 2
        else:
            return self._below_hundred(position)
        after = last + 1 if self._at(last) in self._vocabulary.joins_hundreds else last
        rest, end = self._below_hundred(after)
        if rest is None or self._at(end) in self._vocabulary.hundred:
            return hundreds, last
        return hundreds + rest, end

    def _thousands(self, position: int) -> tuple[int | None, int]:
        word = self._at(position)
        if word in self._vocabulary.thousand and "mil" in self._vocabulary.thousand:
            count, last = 1, position + 1
        else:
            value, after = self._hundreds(position)
            if value is None and word == "a" and self._at(position + 1) in self._vocabulary.thousand:
                value, after = 1, position + 1
            if value is None or self._at(after) not in self._vocabulary.thousand:
                return value, after
            count, last = value, after + 1
        joined = self._at(last) in self._vocabulary.joins_hundreds
        rest, end = self._hundreds(last + 1 if joined else last)
        return (count * 1000, last) if rest is None else (count * 1000 + rest, end)
