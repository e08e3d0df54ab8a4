"""An amount as the answer to a question: in figures, as a bare number, or as so many equal parts. Pure."""

import re
from typing import Any

from actions.intake_types import PARTS, Heard, Question

PARTS_MAX = 36
_BARE_AMOUNT = re.compile(
    r"\W*(?:(?:no|wait|sorry|ok|about|around|maybe|like|just|only|say|make it|i can (?:do|pay)|i could (?:do|pay)|como|"
    r"unos|unas|tal vez|s[oó]lo|nom[aá]s|mejor|puedo (?:pagar|dar)|podr[ií]a (?:pagar|dar))[\s,]+)*(\d{1,5})"
    r"(?:\s+(?:(?:a|per|each|every|al|por|cada)\s+(?:month|mes)|monthly|mensuales))?\W*",
    re.IGNORECASE,
)
_ENGLISH = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_SPANISH = ("dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce")
_NUMBERS = {word: number for words in (_ENGLISH, _SPANISH) for number, word in enumerate(words, 2)}
_PARTS = re.compile(
    rf"\b(\d{{1,2}}|{'|'.join(_NUMBERS)})\s+(?:(?:equal|monthly|small)\s+)?"
    r"(?:months?|payments?|parts?|installments?|instalments?|meses|pagos|partes|mensualidades|abonos)\b",
    re.IGNORECASE,
)


def read_amount(question: Question, heard: Heard) -> int | str | None:
    """Cents, or `parts:3` where the question takes parts; None when the message names neither."""
    for cents in heard.entities.get("amount_cents", ()):
        if int(cents) > 0:
            return int(cents)
    named = _PARTS.search(heard.text) if question.in_parts else None
    if named is None:
        return None
    parts = _NUMBERS.get(named[1].lower()) or int(named[1])
    return f"{PARTS}{parts}" if 2 <= parts <= PARTS_MAX else None


def read_bare_amount(heard: Heard) -> int | None:
    """Cents of a bare number, which is dollars where an amount was asked for: "50", "about 50 a month"."""
    bare = _BARE_AMOUNT.fullmatch(heard.text)
    return int(bare[1]) * 100 if bare and int(bare[1]) else None


def parts_of(value: Any) -> int | None:
    """How many parts an answer names; None for an amount."""
    return int(value.removeprefix(PARTS)) if isinstance(value, str) and value.startswith(PARTS) else None
