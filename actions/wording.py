"""Money, days, times and numbers as people write and say them, in English and Spanish.

Sentences live in the domain's responses; what is made here fills their variables. For speech,
digits are spoken one by one, and amounts and times are words that a voice reads well.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

import phonenumbers
from babel import dates, numbers

_LOCALES: Final = {"en": "en_US", "es": "es_US"}
_DAY_FORMATS: Final = {
    ("en", False): "EEEE, MMMM d",
    ("en", True): "MMMM d, y",
    ("es", False): "EEEE d 'de' MMMM",
    ("es", True): "d 'de' MMMM 'de' y",
}
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FEES = {
    "en": {"card": "plus a {fee} card fee", "bank_account": "plus a {fee} bank payment fee"},
    "es": {"card": "más {fee} por pagar con tarjeta", "bank_account": "más {fee} por pagar con cuenta bancaria"},
}
_IN_ALL = {"en": "{total} in all", "es": "{total} en total"}
_AND: Final = {"en": "and", "es": "y"}
_CLOSED: Final = {"en": "closed", "es": "cerrado"}
_FAR_DAYS: Final = 180
_EMAIL_SIGNS: Final = {
    "en": {"@": "at", ".": "dot", "_": "underscore", "-": "dash", "+": "plus"},
    "es": {"@": "arroba", ".": "punto", "_": "guion bajo", "-": "guion", "+": "más"},
}
_METHODS_ES: Final = (
    ("bank account", "cuenta de banco"),
    ("checking", "cuenta de cheques"),
    ("savings", "cuenta de ahorros"),
    ("card", "tarjeta"),
    ("ending in", "que termina en"),
    ("ending", "que termina en"),
)
_SPOKEN_INCHES: Final = {
    "en": {"5/8": "five eighths", "3/4": "three quarters", "1-1/2": "one and a half"},
    "es": {"5/8": "cinco octavos", "3/4": "tres cuartos", "1-1/2": "una y media"},
}


@dataclass(frozen=True, slots=True)
class Wording:
    """How to word values for one turn: `language` en or es, `spoken` on a call."""

    language: str
    spoken: bool

    def money(self, cents: int) -> str:
        """`$1,234.05`, or `1234 dollars and 5 cents` when spoken. The sign is the sentence's."""
        cents = abs(cents)
        if not self.spoken:
            return numbers.format_currency(Decimal(cents) / 100, "USD", "$#,##0.00", _LOCALES["en"])
        return self._spoken_money(*divmod(cents, 100))

    def _spoken_money(self, dollars: int, cents: int) -> str:
        one_dollar, many_dollars, joint, one_cent, many_cents = (
            ("dollar", "dollars", "and", "cent", "cents")
            if self.language == "en"
            else ("dólar", "dólares", "con", "centavo", "centavos")
        )
        dollar_part = f"{dollars} {one_dollar if dollars == 1 else many_dollars}"
        cent_part = f"{cents} {one_cent if cents == 1 else many_cents}"
        if dollars and cents:
            return f"{dollar_part} {joint} {cent_part}"
        return cent_part if cents else dollar_part

    def money_with_fee(self, cents: int, fee_cents: int, kind: str) -> str:
        """`$70.00`, or with the fee for paying by that kind `$70.00 plus a $2.50 card fee, $72.50 in all,`."""
        if not fee_cents:
            return self.money(cents)
        fee = _FEES[self.language][kind].format(fee=self.money(fee_cents))
        total = _IN_ALL[self.language].format(total=self.money(cents + fee_cents))
        return f"{self.money(cents)} {fee}, {total},"

    def dollars(self, dollars: Decimal) -> str:
        """A price, as `money` says it; to the tenth of a cent where it has one."""
        cents = dollars * 100
        if cents == cents.to_integral_value():
            return self.money(int(cents))
        if not self.spoken:
            return f"${dollars.normalize()}"
        return f"{cents.normalize()} {'cents' if self.language == 'en' else 'centavos'}"

    def count(self, value: int) -> str:
        """`24,600`; a voice reads that well."""
        return f"{value:,}"

    def inches(self, size: str) -> str:
        """A meter's size, `5/8`; words when spoken: `five eighths`."""
        return _SPOKEN_INCHES[self.language].get(size, size) if self.spoken else size

    def day(self, value: date, today: date | None = None) -> str:
        """`Tuesday, December 1`; with the year instead of the weekday when it is far from `today`."""
        far = today is not None and abs((value - today).days) > _FAR_DAYS
        return dates.format_date(value, _DAY_FORMATS[self.language, far], _LOCALES[self.language])

    def day_of_month(self, number: int) -> str:
        """`the 15th`, `el día 15`."""
        if self.language == "es":
            return f"el día {number}"
        ending = "th" if number in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
        return f"the {number}{ending}"

    def clock(self, value: time) -> str:
        """`8 AM`, `4:30 PM`, `noon`; the minutes only when there are any."""
        if value.hour == 12 and value.minute == 0:
            return "noon" if self.language == "en" else "mediodía"
        hour = value.hour % 12 or 12
        half = "AM" if value.hour < 12 else "PM"
        minutes = f":{value.minute:02d}" if value.minute else ""
        return f"{hour}{minutes} {half}"

    def time_of(self, value: datetime) -> str:
        """`5:30 PM`, in Spanish with its article: `las 5:30 PM`."""
        return self._at(value.time())

    def opening(self, value: datetime, now: datetime | None = None) -> str:
        """`today at 8 AM`, or `Tuesday, November 24 at 8 AM`; in the zone of `value`."""
        today = now is not None and now.astimezone(value.tzinfo).date() == value.date()
        at = self._at(value.time())
        if self.language == "en":
            return f"{'today' if today else self.day(value.date())} at {at}"
        return f"{'hoy' if today else 'el ' + self.day(value.date())} a {at}".replace(" a el ", " al ")

    def _at(self, value: time) -> str:
        clock = self.clock(value)
        if self.language == "en" or clock == "mediodía":
            return clock if self.language == "en" else "el mediodía"
        return f"la {clock}" if value.hour % 12 == 1 else f"las {clock}"

    def phone(self, number: str) -> str:
        """`(951) 555-0100`, or `9 5 1, 5 5 5, 0 1 0 0` when spoken; short numbers such as 911 too."""
        try:
            parsed = phonenumbers.parse(number, "US")
        except phonenumbers.NumberParseException:
            return self.digits(number)
        national = str(parsed.national_number)
        if len(national) != 10:
            return self.digits(national)
        if self.spoken:
            return ", ".join(" ".join(part) for part in (national[:3], national[3:6], national[6:]))
        return f"({national[:3]}) {national[3:6]}-{national[6:]}"

    def digits(self, value: str) -> str:
        """Digits and their mask: `…1234`, or `1 2 3 4` when spoken (what is hidden is not spoken)."""
        if not self.spoken:
            return value
        return " ".join(character for character in value if character.isdigit())

    def reference(self, value: str) -> str:
        """`H-1042`, or `H 1 0 4 2` when spoken."""
        return " ".join(value.replace("-", "")) if self.spoken else value

    def method(self, label: str) -> str:
        """A way to pay, kept as `checking ending 4421`, in the customer's language; digits one by one when spoken."""
        if self.language == "es":
            for english, spanish in _METHODS_ES:
                label = re.sub(rf"\b{english}\b", spanish, label, flags=re.IGNORECASE)
        return re.sub(r"\d+", lambda digits: " ".join(digits[0]), label) if self.spoken else label

    def email(self, value: str) -> str:
        """`ana@example.com`, or `ana at example dot com` when spoken."""
        if not self.spoken:
            return value
        signs = _EMAIL_SIGNS[self.language]
        return "".join(f" {signs[one]} " if one in signs else one for one in value)

    def website(self, value: str) -> str:
        """The address as it is; `rioseco dot example` when spoken."""
        if not self.spoken:
            return value
        dot = " dot " if self.language == "en" else " punto "
        return value.partition("://")[2].removeprefix("www.").rstrip("/").replace(".", dot)

    def listing(self, items: Sequence[str]) -> str:
        """`a, b and c` in the language's own way."""
        if len(items) < 2:
            return "".join(items)
        joint = _AND[self.language]
        if self.language == "es" and items[-1][:1].lower() in {"i", "í"}:
            joint = "e"
        return f"{', '.join(items[:-1])} {joint} {items[-1]}"

    def hours(self, hours: Sequence[dict[str, Any]]) -> str:
        """`Monday to Friday, 8 AM to 5 PM` for `[{"days": ["monday", …], "opens": "08:00", "closes": "17:00"}]`.

        A span with `every_other_week` is worked every second week (a 9/80 schedule).
        """
        spans = []
        for span in hours:
            days = self._days([str(day)[:3].lower() for day in span["days"]])
            if span.get("every_other_week"):
                days = f"every other {days}" if self.language == "en" else f"un {days} sí y otro no"
            spans.append(f"{days}, {self._open_span(span)}")
        return "; ".join(spans)

    def _open_span(self, span: dict[str, Any]) -> str:
        if not span.get("opens") or not span.get("closes"):
            return _CLOSED[self.language]
        opens, closes = (time.fromisoformat(span[edge]) for edge in ("opens", "closes"))
        if self.language == "en":
            return f"{self.clock(opens)} to {self.clock(closes)}"
        until = self._at(closes)
        return (
            f"de {self._at(opens).removeprefix('el ')} a{'l ' + until[3:] if until.startswith('el ') else ' ' + until}"
        )

    def _days(self, days: list[str]) -> str:
        names = dates.get_day_names("wide", locale=_LOCALES[self.language])
        indexes = [_DAYS.index(day) for day in days]
        words = [names[index] for index in indexes]
        consecutive = indexes == list(range(indexes[0], indexes[0] + len(indexes)))
        if len(words) < 3 or not consecutive:
            return self.listing(words)
        joint = "to" if self.language == "en" else "a"
        return f"{words[0]} {joint} {words[-1]}"
