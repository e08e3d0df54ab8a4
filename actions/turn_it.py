""" "Turn it off", "sign me up": what that means is what was talked of last."""

from dataclasses import dataclass

from actions import names
from actions.turn import TopicAction, Turn

TURNS_BACK_MAX = 4
"""So far back one still says "it"."""


@dataclass(frozen=True, slots=True)
class Switch:
    """What can be turned on and off: the actions that do it, others that speak of it, and articles about it."""

    on: str
    off: str
    others: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()


SWITCHES = (
    Switch("action_start_autopay", "action_stop_autopay", ("action_autopay",), ("autopay_info",)),
    Switch("action_start_paperless", "action_stop_paperless", (), ("paperless_info",)),
    Switch("action_start_budget_bill", "action_stop_budget_bill", ("action_budget_bill",), ("budget_bill_info",)),
    Switch("action_recurring", "action_stop_recurring", ("action_start_recurring",)),
    Switch(
        "action_enrol_pay_by_text",
        "action_leave_pay_by_text",
        ("action_confirm_pay_by_text",),
        ("pay_by_text_info",),
    ),
    Switch("action_turn_on", "action_turn_off", ("action_home_leak",), ("shutoff_valve", "plumber")),
    Switch("action_reconnection", "action_turn_off", ("action_shutoff",), ("reconnection_fee",)),
)
_BY_ACTION = {action: switch for switch in reversed(SWITCHES) for action in (switch.on, switch.off, *switch.others)}
"""Of two with the same action the first counts: who had the water closed for a repair has it opened."""
_BY_ARTICLE = {article: switch for switch in SWITCHES for article in switch.articles}


def talked_of(turn: Turn) -> Switch | None:
    """What the latest turns before this one were about, if it is something to turn on and off."""
    turns_back = -1
    for event in reversed(turn.tracker.events):
        found = None
        if event.get("event") == "user":
            turns_back += 1
            entities = (event.get("parse_data") or {}).get("entities") or []
            articles = [one["value"] for one in entities if one.get("entity") == "article"]
            found = next((_BY_ARTICLE[one] for one in articles if one in _BY_ARTICLE), None)
        elif event.get("event") == "action":
            found = _BY_ACTION.get(str(event.get("name")))
        if found is not None or turns_back >= TURNS_BACK_MAX:
            return found
    return None


class ActionTurnIt(TopicAction):
    """Turns on or off what was talked of; yes, where that was just offered; out of what is going on; else it asks."""

    def name(self) -> str:
        return "action_turn_it"

    async def answer(self, turn: Turn) -> None:
        on, switch = turn.intent == "turn_it_on", talked_of(turn)
        if on and (turn.offered or "").startswith(names.OFFER_ACTION):
            turn.offer(turn.offered)
            turn.go_on_with("action_affirm")
        elif not on and turn.tracker.active_loop_name:
            turn.go_on_with("action_cancel")  # "get me out of this"
        elif switch is not None:
            turn.go_on_with(switch.on if on else switch.off)
        else:
            turn.say("utter_turn_what_on" if on else "utter_turn_what_off")
