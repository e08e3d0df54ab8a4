"""What a message says about a payment on a day of each month: how much, and which day."""

import re
from typing import Any

from actions import names
from actions.turn import Turn

AMOUNT, DAY = "amount_cents", "day_of_month"
_LAST_DAY = re.compile(r"\b(?:last day|end of (?:the|each|every) month|[uú]ltimo d[ií]a|fin(?:al)? de mes)\b", re.I)
_FIRST_DAY = re.compile(r"\b(?:first of (?:the|each|every) month|primero)\b", re.I)
_DAY_NAMED = re.compile(r"\bd(?:ay|[ií]a)\b", re.I)
_WHOLE_BILL = re.compile(
    r"\b(?:whole|entire|full|all of it|everything|todo|toda|complet[oa]|what(?:ever)? i owe|lo que debo?)\b", re.I
)
DAY_MAX, DAY_OF_EVERY_MONTH_MAX = 31, 28
_DOLLARS_DIGITS_MAX = 5


def read_terms(turn: Turn, asked: str | None = None) -> dict[str, int]:
    """The terms that the message names: `amount_cents`, `day_of_month`, or none of them.

    A bare number is what was `asked` for; beside a day it is dollars, and beside the word "day" it is that.
    """
    found: dict[str, int] = {}
    numbers = [int(one) for one in turn.entities("digits") if one.isdigit() and len(one) <= _DOLLARS_DIGITS_MAX]
    if amounts := turn.entities("amount_cents"):
        found[AMOUNT] = int(amounts[0])
        numbers = []
    day = _named_day(turn)
    if day is None and numbers and (asked == DAY or _DAY_NAMED.search(turn.text)) and 1 <= numbers[0] <= DAY_MAX:
        day = numbers.pop(0)
    if day is not None:
        found[DAY] = day
    if AMOUNT not in found and numbers and (asked == AMOUNT or day is not None or numbers[0] > DAY_MAX):
        found[AMOUNT] = numbers[0] * 100
    return found


def _named_day(turn: Turn) -> int | None:
    if _LAST_DAY.search(turn.text):
        return DAY_MAX
    if days := turn.entities("date"):
        return int(str(days[0])[-2:])
    return 1 if _FIRST_DAY.search(turn.text) else None


def means_whole_bill(turn: Turn) -> bool:
    """Whether the message wants no fixed amount but each whole bill, which is autopay."""
    return _WHOLE_BILL.search(turn.text) is not None


def wanted_terms(turn: Turn) -> dict[str, Any]:
    """What was named so far in this conversation."""
    return dict(turn.slot(names.RECURRING_WANTED) or {})


def keep_terms(turn: Turn, terms: dict[str, Any]) -> None:
    """Remember the terms, and how the question for a yes says them."""
    turn.set(names.RECURRING_WANTED, terms)
    if AMOUNT in terms:
        turn.set("recurring_amount", turn.wording.money(terms[AMOUNT]))
    if DAY in terms:
        turn.set("recurring_day", turn.wording.day_of_month(terms[DAY]))
