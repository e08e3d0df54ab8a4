"""The interface's words by language, and times, spans and amounts written in it."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

from backend.console import words_en, words_es

WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType({"en": words_en.WORDS, "es": words_es.WORDS})
LANGUAGES = tuple(WORDS)
_LOCALES = {"en": "en_US", "es": "es_US"}


class Wording:
    """One language, for times in one zone."""

    def __init__(self, language: str, zone: ZoneInfo) -> None:
        self.language = language if language in WORDS else LANGUAGES[0]
        self.zone = zone
        self._locale = _LOCALES[self.language]

    def __call__(self, key: str, **values: object) -> str:
        """The words of `key` with its `{values}` filled in.

        :raises KeyError: no such key; a programming error.
        """
        return WORDS[self.language][key].format(**values)

    def known(self, prefix: str, name: str, fallback: str) -> str:
        """The words of `prefix_name`, or of `fallback` for a name that a newer service made up."""
        return WORDS[self.language].get(f"{prefix}_{name}") or self(fallback)

    def clock_time(self, at: datetime, now: datetime) -> str:
        """`2:05 PM`, with the day in front when it is another day."""
        local, today = at.astimezone(self.zone), now.astimezone(self.zone).date()
        time = format_time(local.time(), "short", locale=self._locale).replace("\u202f", "\u00a0")
        return time if local.date() == today else f"{self.day(local.date())}, {time}"

    def day(self, day: date) -> str:
        """`Nov 23, 2026`."""
        return format_date(day, "medium", locale=self._locale)

    def money(self, cents: int) -> str:
        """`$1,234.50` of integer cents."""
        sign = "-" if cents < 0 else ""
        whole, rest = divmod(abs(cents), 100)
        return f"{sign}${whole:,}.{rest:02}"

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
