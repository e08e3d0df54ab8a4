"""What became of a notice call, and what somebody wants who heard it."""

import pytest

from telephony.channels.call_words import stops_calls
from telephony.notices.rules import Outcome, outcome_of, wish_of


@pytest.mark.parametrize(
    ("status", "answered_by", "was_said", "outcome"),
    [
        ("completed", "human", True, Outcome("delivered")),
        ("completed", "machine_end_beep", True, Outcome("delivered")),
        ("completed", "unknown", True, Outcome("delivered")),
        ("completed", "fax", True, Outcome("failed", "fax")),
        ("completed", "human", False, Outcome("failed", "not_heard")),
        ("busy", "", False, Outcome("failed", "busy")),
        ("no-answer", "", False, Outcome("failed", "no_answer")),
        ("failed", "", False, Outcome("failed", "call_failed")),
        ("canceled", "", False, Outcome("failed", "call_failed")),
        ("ringing", "", False, None),
        ("in-progress", "human", True, None),
    ],
)
def test_what_became_of_it(status: str, answered_by: str, was_said: bool, outcome: Outcome | None) -> None:
    assert outcome_of(status, answered_by, was_said=was_said) == outcome


@pytest.mark.parametrize(
    ("digits", "speech", "wish"),
    [
        ("1", "", "again"),
        ("2", "", "talk"),
        ("9", "", "stop"),
        ("5", "", "done"),
        ("", "", "done"),
        ("", "Say that again, please.", "again"),
        ("", "¿Me lo repite?", "again"),
        ("", "I want to talk to a person", "talk"),
        ("", "quiero hablar con alguien", "talk"),
        ("", "stop calling me", "stop"),
        ("", "ya no me llamen", "stop"),
        ("", "thank you, bye", "done"),
    ],
)
def test_what_is_wanted(digits: str, speech: str, wish: str) -> None:
    assert wish_of(digits, speech) == wish


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("stop calling me", "en"),
        ("Please quit calling this number!", "en"),
        ("don't ever call me again", "en"),
        ("no more robocalls", "en"),
        ("no more automated calls please", "en"),
        ("take me off your call list", "en"),
        ("dejen de llamarme", "es"),
        ("ya no me llamen", "es"),
        ("no quiero más llamadas", "es"),
        ("quítenme de la lista de llamadas", "es"),
        ("why did you stop calling me back", None),
        ("they don't call me back", None),
        ("don't call me before nine", None),
        ("who called me", None),
        ("stop service at my old house", None),
        ("please call me", None),
        ("no me llamaron", None),
        ("por qué me llaman tanto", None),
        ("quiero que me llamen", None),
    ],
)
def test_words_about_calls(words: str, language: str | None) -> None:
    assert stops_calls(words) == language
