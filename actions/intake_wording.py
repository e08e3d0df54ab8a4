"""The answers that an intake gathered, in words: read back to the customer, and in the case."""

from collections.abc import Callable
from datetime import date
from typing import Any

from actions.intake_amounts import parts_of
from actions.intake_types import THIS_PHONE, Kind, Question
from actions.wording import Wording

_ONE_OF = {"en": "one of {parts} equal parts", "es": "una de {parts} partes iguales"}
_THIS_PHONE = {"en": "the phone you are using", "es": "el teléfono que está usando"}


def said_back(question: Question, value: Any, wording: Wording) -> str:
    """An answer as it is read back to the customer."""
    speak = _SPOKEN.get(question.kind)
    if speak is not None:
        return speak(str(value), wording)
    if question.kind is Kind.CHOICE:
        return next(option.title[wording.language] for option in question.options if option.value == value)
    return _YES_NO[wording.language][value] if question.kind is Kind.YES_NO else str(value)


def for_the_case(question: Question, value: Any) -> str:
    """An answer as whoever takes the case reads it, in English."""
    if value == THIS_PHONE:
        return "The phone they used"
    return _amount(value, Wording("en", spoken=False)) if question.kind is Kind.AMOUNT else str(value)


def _amount(value: Any, wording: Wording) -> str:
    parts = parts_of(value)
    return wording.money(int(value)) if parts is None else _ONE_OF[wording.language].format(parts=parts)


_YES_NO = {"en": {"yes": "yes", "no": "no"}, "es": {"yes": "sí", "no": "no"}}
_SPOKEN: dict[Kind, Callable[[str, Wording], str]] = {
    Kind.DATE: lambda value, wording: wording.day(date.fromisoformat(value)),
    Kind.AMOUNT: _amount,
    Kind.PHONE: lambda value, wording: _THIS_PHONE[wording.language] if value == THIS_PHONE else wording.phone(value),
    Kind.EMAIL: lambda value, wording: wording.email(value),
    Kind.DIGITS: lambda value, wording: wording.digits(value),
}
