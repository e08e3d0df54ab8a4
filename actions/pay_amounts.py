"""What a message says to pay: an amount, or a part of what is owed, in the words that people have for it."""

import re
from typing import Any

from actions.turn import Turn

_PAST_DUE = re.compile(r"\b(?:past[- ]due|overdue|late part|atrasad[oa]s?|vencid[oa]s?)\b", re.IGNORECASE)
_INSTALLMENT = re.compile(r"\b(?:installments?|instalments?|plan payment|cuotas?|abono del plan)\b", re.IGNORECASE)
_NO_AMOUNT = re.compile(r"(?<![\w.])(?:-\$\s*|-)\d|\$\s*-\s*\d|\b\d+(?:\.\d+)?e\d+\b", re.IGNORECASE)
"""Numbers that are no amount: "-5", "1e9". A dash with a space after it is one between words: "pay - 50 dollars"."""


def read_wanted(turn: Turn) -> dict[str, Any] | None:
    """What the message says to pay: `amount_cents` or `purpose`; None when it says nothing of an amount."""
    if _NO_AMOUNT.search(turn.text):
        return {"amount_cents": 0}
    if amounts := turn.entities("amount_cents"):
        return {"amount_cents": int(amounts[0])}
    part = _part(turn)
    return None if part is None else {"purpose": part}


def _part(turn: Turn) -> str | None:
    """The part of what is owed that the message names."""
    parts = turn.entities("amount_part")
    named = {
        "past_due": "past_due" in parts or _PAST_DUE.search(turn.text),
        "installment": "installment" in parts or _INSTALLMENT.search(turn.text),
        "half": "half" in parts,
        "bill": "all" in parts or "bill" in parts,
    }
    return next((part for part, is_named in named.items() if is_named), None)


def named_in_form(turn: Turn) -> dict[str, Any] | None:
    """Where an amount was asked for, a bare number is dollars."""
    wanted = read_wanted(turn)
    if wanted is not None:
        return wanted
    numbers = [group for group in turn.entities("digits") if 0 < len(group) <= 5]
    bare = numbers and re.fullmatch(r"\W*\d+\W*", turn.text) is not None
    return {"amount_cents": int(numbers[0]) * 100} if bare else None
