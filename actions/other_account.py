""" "No, the other account": one of the customer's own, or one that is proved anew; then what was asked before."""

from actions import names, waiting
from actions.account_api import Refused
from actions.identity import ACCOUNT_LEVEL, picked_choice, start_identity, take_choice
from actions.turn import TopicAction, Turn


class ActionOtherAccount(TopicAction):
    """Choose again among the accounts that were proved; with none of those, ask for the number."""

    def name(self) -> str:
        return "action_other_account"

    async def answer(self, turn: Turn) -> None:
        if turn.tracker.active_loop_name == names.IDENTITY_FORM:
            _ask_for_number_again(turn)
            return
        resume = _asked_before(turn)
        turn.close_forms()
        others = _others(turn)
        if turn.verification_level < ACCOUNT_LEVEL or not others:
            turn.say("utter_other_account_number")
            start_identity(turn, resume)
            return
        turn.set(names.RESUME_ACTION, resume)
        picked = 0 if len(others) == 1 else picked_choice(turn, others)
        if picked is None:
            turn.set(names.IDENTITY_CHOICES, others)
            turn.go_on_with(names.IDENTITY_FORM)
            return
        await _switch(turn, others[picked], resume)


async def _switch(turn: Turn, other: dict[str, str], resume: str | None) -> None:
    turn.say("utter_other_account", place=other["hint"])
    try:
        await take_choice(turn, other["account"])
    except Refused as refused:
        if refused.name != "not_among_choices":
            raise
        start_identity(turn, resume)


def _ask_for_number_again(turn: Turn) -> None:
    """In the middle of being verified: the number that was given is not the one."""
    for slot in (names.IDENTITY_ACCOUNT, names.IDENTITY_SECRET, names.IDENTITY_CHOICES):
        turn.set(slot, None)
    turn.set(names.REQUESTED_SLOT, names.IDENTITY_ACCOUNT)


def _others(turn: Turn) -> list[dict[str, str]]:
    known = turn.slot(names.KNOWN_ACCOUNTS) or []
    return [one for one in known if one["account"] != turn.slot(names.CURRENT_ACCOUNT)]


def _asked_before(turn: Turn) -> str | None:
    """The last thing that was asked about an account, to be answered for the other one."""
    for event in reversed(turn.tracker.events):
        if event.get("event") == "action" and event.get("name") in waiting.ACCOUNT_ACTIONS:
            return str(event["name"])
    return None
