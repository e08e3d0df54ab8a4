"""Pure rules of cases: who may do what in which state, and the words that go with it."""

from collections.abc import Iterable
from datetime import date
from typing import Literal

Reason = Literal[
    "asked_for_person",
    "two_failed_turns",
    "verification_locked",
    "assistant_unavailable",
    "backend_unavailable",
    "emergency",
    "upset",
    "above_authority",
    "wrong_department",
    "request",
    "other",
]
State = Literal["waiting", "taken", "given_back", "closed"]
OPEN_STATES = ("waiting", "taken")
DISPOSITIONS = ("resolved", "callback_done", "transferred", "no_answer", "duplicate", "other")

GIVEN_BACK = {
    "en": "You are with the automated assistant again. Ask me anything, or say “person” to reach one of us.",
    "es": "Está de nuevo con el asistente automático. Pregúnteme lo que necesite o diga «persona» para hablar con"
    " alguien de nosotros.",
}


def may_act(state: str, holder: object, actor: object) -> bool:
    """Whether `actor` may answer, give back or close: only who has the case."""
    return state == "taken" and holder == actor


SHUT_OFF_DETAIL = "shut_off_on"


def shut_off_day(details: Iterable[tuple[str, str]]) -> date | None:
    """The day on which water is to be shut off, where it was gathered (a detail `shut_off_on`, as `2026-12-01`)."""
    for name, value in details:
        if name == SHUT_OFF_DETAIL:
            try:
                return date.fromisoformat(value.strip())
            except ValueError:
                return None
    return None
