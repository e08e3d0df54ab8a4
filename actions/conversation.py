"""Yes, no, never mind, wait and say that again: words that mean what came before them."""

import re
from typing import Any

from actions import names
from actions.fallback import wait
from actions.person import hand_off
from actions.turn import TopicAction, Turn
from actions.turn_it import talked_of

_IT = re.compile(r"\b(?:cancel|stop|end) (?:it|that|this)\b|\bcanc[eé]l(?:al|el)[oa]s?\b", re.IGNORECASE)


class ActionAffirm(TopicAction):
    """Yes, to what was offered."""

    def name(self) -> str:
        return "action_affirm"

    async def answer(self, turn: Turn) -> None:
        offer, _, reason = (turn.offered or "").partition(":")
        if offer == names.OFFER_PERSON:
            await hand_off(turn, reason or "asked_for_person")
        elif offer == names.OFFER_ACTION:
            # The action finds the rest of what was offered in the slot.
            turn.offer(turn.offered)
            turn.go_on_with(reason.partition(":")[0])
        elif turn.channel == "sms" and not turn.tracker.active_loop_name:
            # The word that our text asked for, to which this may be the answer.
            turn.go_on_with("action_confirm_pay_by_text")
        elif not turn.tracker.active_loop_name:
            turn.say("utter_what_next")


class ActionDeny(TopicAction):
    """No, to what was offered; with a form open, its question comes again."""

    def name(self) -> str:
        return "action_deny"

    async def answer(self, turn: Turn) -> None:
        if (turn.offered or "").startswith(names.OFFER_PERSON):
            turn.say("utter_no_person")
        elif turn.offered and not turn.offered.startswith(names.OFFER_PLACE):
            turn.say("utter_left_as_it_is")
        elif not turn.tracker.active_loop_name:
            turn.say("utter_nothing_more")


class ActionCancel(TopicAction):
    """Never mind: whatever was going on ends here; "cancel it" with nothing going on means what was talked of."""

    def name(self) -> str:
        return "action_cancel"

    async def answer(self, turn: Turn) -> None:
        switch = talked_of(turn) if _IT.search(turn.text) and not turn.tracker.active_loop_name else None
        if switch is not None and not turn.offered:
            turn.go_on_with(switch.off)
            return
        turn.close_forms()
        turn.set(names.WAITING, None)
        turn.set(names.INTAKE_AHEAD, None)
        turn.say("utter_cancelled")


class ActionWait(TopicAction):
    """Hold on: they look for a bill or a card."""

    def name(self) -> str:
        return "action_wait"

    async def answer(self, turn: Turn) -> None:
        wait(turn)


class ActionRepeat(TopicAction):
    """The last answer again; a form asks its question again by itself."""

    def name(self) -> str:
        return "action_repeat"

    async def answer(self, turn: Turn) -> None:
        if turn.tracker.active_loop_name:
            return
        said = _last_answer(turn)
        if not said:
            turn.say("utter_what_next")
        for event in said:
            buttons = (event.get("data") or {}).get("buttons")
            turn.dispatcher.utter_message(text=event["text"], buttons=buttons)


def _last_answer(turn: Turn) -> list[dict[str, Any]]:
    """What the assistant said between the message before this one and this one."""
    said: list[dict[str, Any]] = []
    seen_this_message = False
    for event in reversed(turn.tracker.events):
        if event.get("event") == "user":
            if seen_this_message:
                break
            seen_this_message = True
        elif event.get("event") == "bot" and event.get("text"):
            said.append(event)
    return said[::-1]
