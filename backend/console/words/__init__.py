"""The interface's words by language and topic, and times, spans and amounts written in it."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from importlib import import_module
from types import MappingProxyType
from zoneinfo import ZoneInfo

import phonenumbers
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal

TOPICS = (
    "shell",
    "entrance",
    "cases",
    "floor",
    "reception",
    "accounts",
    "account",
    "service",
    "bills",
    "ledger",
    "fees",
    "options",
    "papers",
    "billing",
    "money",
    "captures",
    "requests",
    "nightly",
    "campaigns",
    "emergency",
)
"""A topic's words are in `en/<topic>.py` and `es/<topic>.py`, with the same keys."""
LANGUAGES = ("en", "es")
_LOCALES = {"en": "en_US", "es": "es_US"}


def topic_words(language: str, topic: str) -> Mapping[str, str]:
    """The words of one topic in one language."""
    words: Mapping[str, str] = import_module(f"{__name__}.{language}.{topic}").WORDS
    return words


def _together(language: str) -> Mapping[str, str]:
    words: dict[str, str] = {}
    for topic in TOPICS:
        more = topic_words(language, topic)
        if twice := words.keys() & more.keys():
            raise ValueError(f"{topic} has words of another topic: {sorted(twice)}")
        words |= more
    return MappingProxyType(words)


WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType({language: _together(language) for language in LANGUAGES})


class Wording:
    """One language, for times in one zone."""

    def __init__(self, language: str, zone: ZoneInfo) -> None:
        self.language = language if language in WORDS else LANGUAGES[0]
        self.zone = zone
        self._words = WORDS[self.language]
        self._locale = _LOCALES[self.language]

    def __call__(self, key: str, **values: object) -> str:
        """The words of `key` with its `{values}` filled in.

        :raises KeyError: no such key; a programming error.
        """
        return self._words[key].format(**values)

    def known(self, prefix: str, name: str, fallback: str) -> str:
        """The words of `prefix_name`, or of `fallback` for a name that a newer service made up."""
        return self._words.get(f"{prefix}_{name}") or self(fallback)

    def said(self, key: str, **values: object) -> str:
        """The words of `key`, which need not be there ("" then), and of which not every value need be known."""
        return self._words.get(key, "").format_map(_Blanks(values))

    def refusal(self, error: str, values: Mapping[str, object]) -> str:
        """Why something was not done: the words of `refused_<error>`; amounts among `values` are written out."""
        written = {name: self._written(name, value) for name, value in values.items()}
        keys = (f"refused_{error}_{values.get('reason')}", f"refused_{error}", "refused_other")
        words = next(self._words[key] for key in keys if key in self._words)
        return words.format_map(_Blanks(written))

    def _written(self, name: str, value: object) -> object:
        if name.endswith("_cents") and isinstance(value, int):
            return self.money(value)
        return self.day(value) if isinstance(value, date) and not isinstance(value, datetime) else value

    def count(self, key: str, n: int, **values: object) -> str:
        """`key_one` for one thing, `key_many` for any other number, which is `{n}`."""
        return self(f"{key}_one" if n == 1 else f"{key}_many", n=self.number(n), **values)

    def clock_time(self, at: datetime, now: datetime) -> str:
        """`2:05 PM`, with the day in front when it is another day."""
        local, today = at.astimezone(self.zone), now.astimezone(self.zone).date()
        time = format_time(local.time(), "short", locale=self._locale).replace("\u202f", "\u00a0")
        return time if local.date() == today else f"{self.day(local.date())}, {time}"

    def day(self, day: date) -> str:
        """`Nov 23, 2026`."""
        return _day(day, "medium", self._locale)

    def day_of(self, written: str) -> str:
        """The same of a day that is written as `2026-11-23`."""
        return self.day(date.fromisoformat(written))

    def month(self, day: date) -> str:
        """`Nov`, for an axis."""
        return _day(day, "LLL", self._locale).rstrip(".")

    def month_and_year(self, day: date) -> str:
        """`November 2026`."""
        return _day(day, "LLLL y", self._locale)

    def weekday(self, day: date) -> str:
        """`Mon, Nov 23, 2026`."""
        return _day(day, "EEE", self._locale) + f" {self.day(day)}"

    def money(self, cents: int) -> str:
        """`$1,234.50` of integer cents."""
        return _money(cents, self._locale)

    @staticmethod
    def phone(number: str) -> str:
        """`(951) 555-0101` of an E.164 number; what it says itself when it is none."""
        try:
            parsed = phonenumbers.parse(number)
        except phonenumbers.NumberParseException:
            return number
        national, abroad = phonenumbers.PhoneNumberFormat.NATIONAL, phonenumbers.PhoneNumberFormat.INTERNATIONAL
        return phonenumbers.format_number(parsed, national if parsed.country_code == 1 else abroad)

    def number(self, value: int | Decimal) -> str:
        """`1,234` or `0.35`, as the language writes it."""
        return str(format_decimal(value, locale=self._locale))

    def span(self, span: timedelta) -> str:
        """`just now`, `4 min`, `2 h 10 min`, `3 d`: as coarse as is useful."""
        minutes = int(span.total_seconds()) // 60
        if minutes < 1:
            return self("unit_just_now")
        if minutes < 60:
            return self("unit_minutes", n=minutes)
        if minutes < 48 * 60:
            return self("unit_hours", n=minutes // 60, m=minutes % 60)
        return self("unit_days", n=minutes // (24 * 60))

    def pause(self, seconds: int) -> str:
        """`8 s`, or whole minutes rounded up."""
        if seconds < 60:
            return self("unit_seconds", n=seconds)
        return self("unit_minutes", n=-(-seconds // 60))


class _Blanks(dict[str, object]):
    """A refusal that came without one of its facts still reads as a sentence."""

    def __missing__(self, key: str) -> str:
        return "–"


@lru_cache(maxsize=4096)
def _money(cents: int, locale: str) -> str:
    return str(format_currency(Decimal(cents) / 100, "USD", locale=locale))


@lru_cache(maxsize=4096)
def _day(day: date, pattern: str, locale: str) -> str:
    return format_date(day, pattern, locale=locale)
