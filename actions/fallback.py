"""What was not understood, not heard, or is not ours: first in other words, then a person."""

from collections.abc import Iterable
from itertools import takewhile

from actions import names
from actions.emergency_place import place_added
from actions.turn import TopicAction, Turn

_FAILURES = frozenset({"nlu_fallback", "out_of_scope", "silence", "no_match"})
_SAY_SO = frozenset({"action_fallback", "action_out_of_scope", "action_no_input"})
_SILENCES_MAX = 2
_PATIENT_SILENCES = 3
"""How often somebody who looks for a bill may be silent before that counts as silence."""


def _earlier_turns(turn: Turn) -> list[tuple[str, set[str]]]:
    """The intent of each earlier message and the actions that answered it, newest first."""
    turns: list[tuple[str, set[str]]] = []
    for event in turn.tracker.events:
        if event.get("event") == "user":
            turns.append((((event.get("parse_data") or {}).get("intent") or {}).get("name") or "", set()))
        elif event.get("event") == "action" and turns:
            turns[-1][1].add(str(event.get("name")))
    return turns[-2::-1]


def failures_before(turn: Turn) -> int:
    """How many turns in a row failed before this one. What a form could use (a name, an address) is no failure."""
    return _leading(intent in _FAILURES and bool(actions & _SAY_SO) for intent, actions in _earlier_turns(turn))


def silences_before(turn: Turn) -> int:
    """How many turns in a row before this one heard nothing at all."""
    return _leading(intent == "silence" for intent, _ in _earlier_turns(turn))


def _patience(turn: Turn) -> int:
    """How many silences from the last words on are no failure."""
    last_words = [intent for intent, _ in _earlier_turns(turn) if intent != "silence"][:1]
    return _PATIENT_SILENCES if last_words == ["ask_to_wait"] else 0


def _leading(values: Iterable[bool]) -> int:
    return sum(1 for _ in takewhile(bool, values))


def say_not_understood(turn: Turn) -> None:
    """Ask again in other words; the second time in a row, offer a person."""
    if failures_before(turn) > 0:
        offer_person(turn, "utter_fallback_person")
    elif turn.tracker.active_loop_name:
        turn.say("utter_fallback_in_form")
    else:
        turn.say("utter_fallback_rephrase")


def offer_person(turn: Turn, response: str) -> None:
    """Offer a person and wait for the answer, with any form left open behind it."""
    turn.say(response)
    turn.offer(f"{names.OFFER_PERSON}:two_failed_turns")
    turn.go_on_with(names.LISTEN)


def wait(turn: Turn) -> None:
    """Somebody looks for something: no question, a form stays open, and what was offered still stands."""
    turn.offer(turn.offered)
    turn.say("utter_take_your_time")
    turn.go_on_with(names.LISTEN)


class ActionFallback(TopicAction):
    """The words were not understood."""

    def name(self) -> str:
        return "action_fallback"

    async def answer(self, turn: Turn) -> None:
        if not await place_added(turn):
            say_not_understood(turn)


class ActionOutOfScope(TopicAction):
    """Understood, and nothing a water district does."""

    def name(self) -> str:
        return "action_out_of_scope"

    async def answer(self, turn: Turn) -> None:
        if await place_added(turn):
            return
        if failures_before(turn) > 0:
            offer_person(turn, "utter_fallback_person")
        else:
            turn.say("utter_out_of_scope")


class ActionNoInput(TopicAction):
    """Silence on the line, or sounds that were not words."""

    def name(self) -> str:
        return "action_no_input"

    async def answer(self, turn: Turn) -> None:
        failures, silences, patience = failures_before(turn), silences_before(turn), _patience(turn)
        if turn.intent == "silence" and silences < patience:
            wait(turn)
        elif turn.intent == "silence" and silences >= patience + _SILENCES_MAX:
            turn.close_forms()
            turn.say("utter_silence_goodbye")
        elif failures > 0:
            offer_person(turn, "utter_no_input_person")
        elif turn.tracker.active_loop_name:
            turn.say("utter_no_input_in_form" if turn.intent == "silence" else "utter_fallback_in_form")
        else:
            turn.say("utter_silence" if turn.intent == "silence" else "utter_fallback_rephrase")
