"""The month a customer names: "my October bill", "la factura de octubre". Pure."""

import re
from datetime import date

_NAMES = (
    ("january", "enero"),
    ("february", "febrero"),
    ("march", "marzo"),
    ("april", "abril"),
    ("may", "mayo"),
    ("june", "junio"),
    ("july", "julio"),
    ("august", "agosto"),
    ("september", "septiembre", "setiembre"),
    ("october", "octubre"),
    ("november", "noviembre"),
    ("december", "diciembre"),
)
_NUMBER = {name: number for number, names in enumerate(_NAMES, start=1) for name in names}
# "May I have my bill" names no month: it needs a word before it that says so, or to stand before "bill".
_SURE = "|".join(name for name in _NUMBER if name != "may")
_NAMED = re.compile(
    rf"\b({_SURE})\b|\b(?:in|of|for|since|my|last) (may)\b|\b(may)(?:'s)? (?:bill|statement|usage)\b", re.IGNORECASE
)


def month_named(text: str, today: date) -> tuple[int, int] | None:
    """Year and month of the latest such month up to today; None when the text names none."""
    found = _NAMED.search(text)
    if found is None:
        return None
    number = _NUMBER[next(group for group in found.groups() if group).lower()]
    return (today.year if number <= today.month else today.year - 1), number
