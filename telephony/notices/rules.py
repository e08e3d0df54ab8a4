"""What became of a notice call, and what somebody wants who heard it. Pure."""

import re
from dataclasses import dataclass
from typing import Literal

from telephony.choices import plain_words
from telephony.people.spoken import wants_person

Wish = Literal["again", "talk", "stop", "done"]
KEYS: dict[str, Wish] = {"1": "again", "2": "talk", "9": "stop"}
_FAILED = {"busy": "busy", "no-answer": "no_answer", "failed": "call_failed", "canceled": "call_failed"}
_AGAIN = re.compile(r"\b(again|repeat|what|pardon|sorry|otra vez|de nuevo|repit\w*|como|perdon|mande)\b")
_STOP = re.compile(
    r"\b(stop|unsubscribe|remove me|opt out|no more|(?:do not|dont|don t|never|quit) call\w*|take me off"
    r"|no (?:me )?llame\w*|deje\w* de llamar\w*|quite\w*|no mas|no quiero (?:mas )?llamadas)\b"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`delivered` or `failed`, as the backend keeps it; why, when it failed."""

    status: Literal["delivered", "failed"]
    error_code: str | None = None


def outcome_of(call_status: str, answered_by: str, *, was_said: bool) -> Outcome | None:
    """What became of a call with Twilio's `CallStatus` and `AnsweredBy`; None while it goes on.

    Words left on an answering machine have arrived; a fax hears nothing.
    """
    if call_status in _FAILED:
        return Outcome("failed", _FAILED[call_status])
    if call_status != "completed":
        return None
    if answered_by == "fax":
        return Outcome("failed", "fax")
    return Outcome("delivered") if was_said else Outcome("failed", "not_heard")


def is_machine(answered_by: str) -> bool:
    """Whether nobody is there who could press a key."""
    return answered_by.startswith("machine")


def wish_of(digits: str, speech: str) -> Wish:
    """What the key or the words ask for; anything else is goodbye."""
    if digits:
        return KEYS.get(digits, "done")
    words = plain_words(speech)
    if _STOP.search(words):
        return "stop"
    if wants_person(words):
        return "talk"
    return "again" if _AGAIN.search(words) else "done"
