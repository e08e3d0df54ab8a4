"""What was not understood, not heard, or is not ours: first in other words, then a person."""

from actions import names
from actions.turn import TopicAction, Turn

FAILURES = frozenset({"nlu_fallback", "out_of_scope", "silence", "no_match"})
_SILENCES_MAX = 2


def failures_before(turn: Turn) -> int:
    """How many turns in a row failed before this one."""
    intents = [
        ((event.get("parse_data") or {}).get("intent") or {}).get("name")
        for event in turn.tracker.events
        if event.get("event") == "user"
    ]
    count = 0
    for intent in reversed(intents[:-1]):
        if intent not in FAILURES:
            break
        count += 1
    return count


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


class ActionFallback(TopicAction):
    """The words were not understood."""

    def name(self) -> str:
        return "action_fallback"

    async def answer(self, turn: Turn) -> None:
        say_not_understood(turn)


class ActionOutOfScope(TopicAction):
    """Understood, and nothing a water district does."""

    def name(self) -> str:
        return "action_out_of_scope"

    async def answer(self, turn: Turn) -> None:
        if failures_before(turn) > 0:
            offer_person(turn, "utter_fallback_person")
        else:
            turn.say("utter_out_of_scope")


class ActionNoInput(TopicAction):
    """Silence on the line, or sounds that were not words."""

    def name(self) -> str:
        return "action_no_input"

    async def answer(self, turn: Turn) -> None:
        failures = failures_before(turn)
        if turn.intent == "silence" and failures >= _SILENCES_MAX:
            turn.close_forms()
            turn.say("utter_silence_goodbye")
        elif failures > 0:
            offer_person(turn, "utter_no_input_person")
        elif turn.tracker.active_loop_name:
            turn.say("utter_no_input_in_form" if turn.intent == "silence" else "utter_fallback_in_form")
        else:
            turn.say("utter_silence" if turn.intent == "silence" else "utter_fallback_rephrase")
