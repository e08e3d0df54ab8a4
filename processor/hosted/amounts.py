"""Reads an amount as people type it into a field."""

import re

_AMOUNT = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:[.,](\d{1,2}))?")


def cents_of(typed: str) -> int | None:
    """ "42.50", "$42,50", "1,234.5" in cents; None when it is no amount."""
    found = _AMOUNT.fullmatch(typed.replace("$", "").strip())
    if found is None:
        return None
    whole = found.group(1).replace(",", "")
    return int(whole) * 100 + int((found.group(2) or "0").ljust(2, "0")) if len(whole) <= 9 else None
