"""Dates as people write and say them, relative to a given day.

A day without a year is the one nearest in time; a day of the month or of the week is the next
one, or the last one when the sentence speaks of the past. Pure: standard library only.
"""

import calendar
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.nlu.spoken_numbers import Chunk
from bot.nlu.words import MONTHS, NUMBER_WORDS, WEEKDAYS, Language, Word

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_SLASHED = re.compile(r"(\d{1,2})[/-](\d{1,2})(?:[/-](\d{4}|\d{2}))?")
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th|ro|º)")
_PAST = frozenset(
    {
        "last",
        "paid",
        "sent",
        "mailed",
        "received",
        "was",
        "were",
        "ago",
        "pague",
        "envie",
        "mande",
        "recibi",
        "pasado",
        "pasada",
        "fue",
        "hace",
    }
)
_WHEN_PAID = frozenset({"get", "gets", "be", "getting"})
""" "I get paid on Friday" speaks of what is to come."""
_RELATIVE: dict[Language, dict[tuple[str, ...], int]] = {
    "en": {
        ("day", "after", "tomorrow"): 2,
        ("day", "before", "yesterday"): -2,
        ("today",): 0,
        ("tonight",): 0,
        ("tomorrow",): 1,
        ("yesterday",): -1,
    },
    "es": {("pasado", "manana"): 2, ("hoy",): 0, ("manana",): 1, ("anteayer",): -2, ("ayer",): -1},
}
_RELATIVE_STARTS = {language: frozenset(phrase[0] for phrase in phrases) for language, phrases in _RELATIVE.items()}
_PERIODS = {"day": 1, "days": 1, "week": 7, "weeks": 7, "dia": 1, "dias": 1, "semana": 7, "semanas": 7}
_SUFFIXES = frozenset({"st", "nd", "rd", "th"})
_MORNING_BEFORE = frozenset({"la", "esta"})
_DAY_BEFORE = {"en": frozenset({"the"}), "es": frozenset({"el", "dia", "al", "del"})}


@dataclass(frozen=True)
class Day:
    """`day`, and the words (`first` to `last`, excluded) that said so."""

    day: date
    first: int
    last: int


def read_dates(words: Sequence[Word], chunks: Sequence[Chunk], language: Language, today: date) -> list[Day]:
    """Every date in `words`, in order, none overlapping."""
    reader = _Reader(words, chunks, language, today)
    found: list[Day] = []
    position = 0
    while position < len(words):
        read = next(reader.readings(position), None)
        if read is None:
            position += 1
        else:
            found.append(read)
            position = read.last
    return found


class _Reader:
    """Reads one date at a position of a sentence."""

    def __init__(self, words: Sequence[Word], chunks: Sequence[Chunk], language: Language, today: date) -> None:
        self._words = words
        self._folded = [word.folded for word in words]
        self._chunks = {chunk.first: chunk for chunk in chunks}
        self._language = language
        self._today = today
        self._past = any(
            word in _PAST and not (at and self._folded[at - 1] in _WHEN_PAID) for at, word in enumerate(self._folded)
        )

    def readings(self, position: int) -> Iterator[Day]:
        for read in (self._written, self._relative, self._in_days, self._named, self._day_only):
            found = read(position)
            if found is not None:
                yield found

    def _at(self, position: int) -> str:
        return self._folded[position] if 0 <= position < len(self._folded) else ""

    def _written(self, position: int) -> Day | None:
        text = self._words[position].text
        if not text[0].isdigit():
            return None
        iso = _ISO.fullmatch(text)
        if iso:
            return _day(int(iso[1]), int(iso[2]), int(iso[3]), position, position + 1)
        slashed = _SLASHED.fullmatch(text)
        if slashed is None:
            return None
        month, day = int(slashed[1]), int(slashed[2])
        if month > 12:
            month, day = day, month
        return self._with_year(month, day, slashed[3], position, position + 1)

    def _relative(self, position: int) -> Day | None:
        if self._folded[position] not in _RELATIVE_STARTS[self._language]:
            return None
        for phrase, days in _RELATIVE[self._language].items():
            last = position + len(phrase)
            if tuple(self._folded[position:last]) == phrase:
                if phrase == ("manana",) and self._at(position - 1) in _MORNING_BEFORE:
                    return None
                return Day(self._today + timedelta(days=days), position, last)
        return None

    def _in_days(self, position: int) -> Day | None:
        """ "in 3 days", "dentro de dos semanas", "3 days ago"."""
        first = position
        if self._at(position) in {"in", "en"}:
            first = position + 1
        elif self._at(position) == "dentro" and self._at(position + 1) == "de":
            first = position + 2
        chunk = self._chunks.get(first)
        period = _PERIODS.get(self._at(chunk.last)) if chunk else None
        if chunk is None or period is None or chunk.value > 366:
            return None
        ago = self._at(chunk.last + 1) == "ago" or self._at(position - 1) == "hace"
        if first == position and not ago:
            return None
        days = chunk.value * period * (-1 if ago else 1)
        return Day(self._today + timedelta(days=days), position, chunk.last + (2 if ago else 1))

    def _number(self, position: int) -> tuple[int, int] | None:
        """A day of a month at `position`: its number and the position after it."""
        word = self._at(position)
        ordinal = _ORDINAL.fullmatch(word) if word[:1].isdigit() else None
        if ordinal:
            return int(ordinal[1]), position + 1
        ordinals = NUMBER_WORDS[self._language].ordinals
        if word in {"twenty", "thirty"}:
            at = position + 2 if self._at(position + 1) == "-" else position + 1
            unit = ordinals.get(self._at(at))
            if unit is not None and unit < 10:
                return (20 if word == "twenty" else 30) + unit, at + 1
        if word in ordinals:
            return ordinals[word], position + 1
        chunk = self._chunks.get(position)
        if chunk and chunk.value <= 31 and len(chunk.digits) <= 2:
            if self._at(chunk.last) in _SUFFIXES:
                return chunk.value, chunk.last + 1
            return chunk.value, chunk.last
        return None

    def _named(self, position: int) -> Day | None:
        """ "march 17", "17 de marzo", "the 17th of march"; and days of the week."""
        month = MONTHS[self._language].get(self._at(position))
        if month is not None:
            number = self._number(position + (2 if self._at(position + 1) in {"the", "el", "."} else 1))
            return self._month_day(month, number[0], position, number[1]) if number else None
        if self._at(position) in WEEKDAYS[self._language]:
            return self._weekday(position)
        number = self._number(position)
        if number is None:
            return None
        after = number[1] + (1 if self._at(number[1]) in {"of", "de"} else 0)
        month = MONTHS[self._language].get(self._at(after))
        return self._month_day(month, number[0], position, after + 1) if month else None

    def _month_day(self, month: int, day: int, first: int, last: int) -> Day | None:
        after = last + (1 if self._at(last) in {",", "of", "de", "del"} else 0)
        if re.fullmatch(r"20\d\d", self._at(after)):
            return self._with_year(month, day, self._at(after), first, after + 1)
        return self._with_year(month, day, None, first, last)

    def _weekday(self, position: int) -> Day:
        weekday = WEEKDAYS[self._language][self._at(position)]
        past = self._at(position - 1) == "last" or self._at(position + 1) == "pasado"
        away = (weekday - self._today.weekday()) % 7 or 7
        days = away - (7 if past or self._past else 0)
        day = self._today + timedelta(days=days if days else -7)
        return Day(day, position, position + 1)

    def _day_only(self, position: int) -> Day | None:
        """ "the 17th", "el diecisiete", "el día 17"."""
        number = self._number(position)
        if number is None or not 1 <= number[0] <= 31:
            return None
        written = _ORDINAL.fullmatch(self._at(position)) or self._at(number[1] - 1) in _SUFFIXES
        if self._at(position - 1) not in _DAY_BEFORE[self._language] and not written:
            return None
        chunk = self._chunks.get(position)
        named = self._language == "es" or chunk is None or number[1] > chunk.last
        ordinary = not written and self._language == "en" and number[0] <= 3
        if not named or (ordinary and self._at(position - 2) not in {"on", "by", "before", "until", ""}):
            return None
        return self._next_month_day(number[0], position, number[1])

    def _next_month_day(self, day: int, first: int, last: int) -> Day | None:
        month, year = self._today.month, self._today.year
        step = -1 if self._past else 1
        for _ in range(13):
            if day <= calendar.monthrange(year, month)[1]:
                candidate = date(year, month, day)
                if (candidate - self._today).days * step >= 0:
                    return Day(candidate, first, last)
            month += step
            year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
        return None

    def _with_year(self, month: int, day: int, year: str | None, first: int, last: int) -> Day | None:
        if year is not None:
            return _day(int(year) + (2000 if len(year) == 2 else 0), month, day, first, last)
        near = (_day(self._today.year + step, month, day, first, last) for step in (-1, 0, 1))
        known = [candidate for candidate in near if candidate is not None]
        if not known:
            return None
        return min(known, key=lambda candidate: abs((candidate.day - self._today).days))


def _day(year: int, month: int, day: int, first: int, last: int) -> Day | None:
    try:
        return Day(date(year, month, day), first, last)
    except ValueError:
        return None
