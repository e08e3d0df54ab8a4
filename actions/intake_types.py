"""What an intake asks: its questions, and a message as the readers of answers take it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

THIS_PHONE = "this phone"
"""The answer that means the phone somebody calls or texts from."""
Answers = Mapping[str, Any]
SKIPPED = "-"
"""The answer to a question that the customer left out."""
PARTS = "parts:"
"""Before the number of equal parts that were named in place of an amount."""


class Kind(StrEnum):
    """What an answer is: that decides how it is read and how it is said back."""

    TEXT = "text"
    NAME = "name"
    ADDRESS = "address"
    DATE = "date"
    PHONE = "phone"
    EMAIL = "email"
    AMOUNT = "amount"
    DIGITS = "digits"
    CHOICE = "choice"
    YES_NO = "yes_no"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose: its value, what it is called, and words that mean it in either language."""

    value: str
    title: Mapping[str, str]
    words: str
    """A regular expression, tried on the folded message."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `label` is what the answer is called when it is read back and in the case.

    `when` says from the answers so far whether it is asked; `days` is how far from today a date may be; `in_parts`
    takes "in three parts" for an amount.
    """

    name: str
    kind: Kind
    label: Mapping[str, str]
    options: tuple[Option, ...] = ()
    when: Callable[[Answers], bool] | None = None
    optional: bool = False
    days: tuple[int, int] = (0, 90)
    in_parts: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """What a message says, as the engine understood it."""

    text: str
    intent: str
    confidence: float
    entities: Mapping[str, Sequence[Any]]
    today: date
    has_calling_number: bool = False


class OutOfRangeError(ValueError):
    """A date that was understood and cannot be: too early or too far away."""
