"""Amounts, days and water as statements write them and as a voice says them; pure."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel import dates

GALLONS_PER_UNIT = Decimal(748)
LANGUAGES = ("en", "es")
_LOCALES = {"en": "en_US", "es": "es_US"}
_LONG = {"en": "MMMM d, y", "es": "d 'de' MMMM 'de' y"}
_SHORT = {"en": "MMM d", "es": "d MMM"}
_SPOKEN = {
    "en": ("dollar", "dollars", "and", "cent", "cents"),
    "es": ("dólar", "dólares", "con", "centavo", "centavos"),
}


@dataclass(frozen=True, slots=True)
class Wording:
    """How values are worded: `language` en or es; `spoken` for a voice."""

    language: str
    spoken: bool = False

    def money(self, cents: int) -> str:
        """`$1,234.05`, or `1234 dollars and 5 cents`; without the sign, which is the sentence's to say."""
        dollars, rest = divmod(abs(cents), 100)
        if not self.spoken:
            return f"${dollars:,}.{rest:02d}"
        one_dollar, many_dollars, joint, one_cent, many_cents = _SPOKEN[self.language]
        dollar_part = f"{dollars} {one_dollar if dollars == 1 else many_dollars}"
        cent_part = f"{rest} {one_cent if rest == 1 else many_cents}"
        if dollars and rest:
            return f"{dollar_part} {joint} {cent_part}"
        return cent_part if rest else dollar_part

    def price(self, dollars: Decimal) -> str:
        """`$9.52`, or `9 dollars and 52 cents`; a fraction of a cent is written and spoken as decimals."""
        cents = dollars * 100
        if cents == cents.to_integral_value():
            return self.money(int(cents))
        many = _SPOKEN[self.language][1]
        return f"{self.number(dollars, 4)} {many}" if self.spoken else f"${self.number(dollars, 4)}"

    def day(self, value: date) -> str:
        """`December 14, 2026`, `14 de diciembre de 2026`."""
        return _dated(value, _LONG[self.language], self.language)

    def short_day(self, value: date) -> str:
        """`Dec 14`, `14 dic`."""
        return _dated(value, _SHORT[self.language], self.language)

    def month(self, value: date) -> str:
        """`Dec`, `dic`: a label of the usage picture."""
        return _dated(value, "LLL", self.language).rstrip(".")

    def number(self, value: Decimal, places: int = 2) -> str:
        """`12`, `1,234.5`: at most `places` decimals, and none that say nothing."""
        text = f"{value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP):,f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    def units(self, value: Decimal) -> str:
        """`1 unit`, `12 units`, `12 unidades`."""
        one, many = ("unit", "units") if self.language == "en" else ("unidad", "unidades")
        return f"{self.number(value)} {one if value == 1 else many}"

    def days(self, count: int) -> str:
        """`1 day`, `33 días`."""
        one, many = ("day", "days") if self.language == "en" else ("día", "días")
        return f"{count} {one if count == 1 else many}"

    def gallons(self, units: Decimal) -> str:
        """`8,976`: whole gallons of so many units, for people to picture; never billed."""
        return self.number(units * GALLONS_PER_UNIT, 0)


@lru_cache(maxsize=4_096)
def _dated(value: date, pattern: str, language: str) -> str:
    """Kept, because the days of a district's bills and rates are few and babel reads the pattern anew each time."""
    return dates.format_date(value, pattern, _LOCALES[language])
