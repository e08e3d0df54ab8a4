"""Ways to pay and to get bills that are turned on and off: asked once, confirmed, changed with a one-time code.

A topic registers its `Change`; what it says before and after are the responses `utter_confirm_<change>` and
`utter_done_<change>`, and `utter_refused_<reason>` for what the API says against it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions import billing_api, names
from actions.account_api import Refused
from actions.identity import known
from actions.one_time_code import code_is_right, has_code_level, send_code
from actions.option_types import Options
from actions.turn import FormValidation, TopicAction, Turn, finish_form

_CONFIRMED = "yes"


@dataclass(frozen=True, slots=True)
class Change:
    """Turning `option` of the account API on or off. `start` is the action that begins it, for after the identity."""

    name: str
    option: str
    on: bool
    start: str
    is_so: Callable[[Options], bool]
    """Whether the account is that way already."""
    body: Callable[[Turn], dict[str, Any]] | None = None
    """What is sent with it, such as an amount."""
    revise: Callable[[Turn], bool] | None = None
    """Takes other terms that the message names in place of a yes; whether there were any."""
    said: Callable[[Turn, dict[str, Any]], dict[str, Any]] | None = None
    """What the account API answered, in words for `utter_done_<name>`."""


_changes: dict[str, Change] = {}


def register(change: Change) -> Change:
    """Make the change known to the form."""
    _changes[change.name] = change
    return change


async def begin_change(turn: Turn, change: Change) -> None:
    """Ask for a yes to the change, unless it is so already.

    :raises AccountApiError: the backend is out or refused.
    """
    found = await known(turn, change.start, billing_api.options)
    if found is None:
        return
    if change.is_so(found):
        turn.say(f"utter_already_{change.name}")
        return
    turn.set(names.OPTION_CHANGE, change.name)
    turn.set(names.OPTION_CONFIRMED, None)
    turn.go_on_with(names.OPTIONS_FORM)


class ActionOptions(TopicAction):
    """How the account is set up: each way to pay that is on, and how bills come."""

    def name(self) -> str:
        return "action_options"

    async def answer(self, turn: Turn) -> None:
        change = _changes.get(str(turn.slot(names.OPTION_CHANGE)))
        if change is not None:
            # Back from proving an identity that had run out in the middle of a change.
            await begin_change(turn, change)
            return
        found = await known(turn, self.name(), billing_api.options)
        if found is None:
            return
        wording = turn.wording
        turn.say("utter_options_autopay_on" if found.autopay else "utter_options_autopay_off")
        if found.recurring is not None:
            amount, next_on = wording.money(found.recurring.amount_cents), wording.day(found.recurring.next_on)
            turn.say("utter_options_recurring", amount=amount, next_on=next_on)
        turn.say("utter_options_paperless" if found.paperless else "utter_options_paper")
        if found.budget_cents is not None:
            turn.say("utter_options_budget", amount=wording.money(found.budget_cents))


class ActionAskOptionConfirmed(Action):
    """Asks for the yes; the form calls it, also after an answer to something else."""

    def name(self) -> str:
        return "action_ask_options_form_option_confirmed"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Rasa's entry: says one question."""
        turn = Turn(tracker, dispatcher)
        change = str(turn.slot(names.OPTION_CHANGE))
        turn.say(f"utter_confirm_{change}" if change in _changes else "utter_what_next")
        return []


class ValidateOptionsForm(FormValidation):
    """A yes, and the code where none was given in this conversation yet."""

    def name(self) -> str:
        return "validate_options_form"

    async def fill(self, turn: Turn) -> None:
        change, asked = _changes.get(str(turn.slot(names.OPTION_CHANGE))), turn.slot(names.REQUESTED_SLOT)
        if change is None:
            # An older conversation, of a change that is gone.
            turn.say("utter_what_next")
            finish_form(turn)
        elif asked is None:
            turn.set(names.OPTION_CONFIRMED, None)
            turn.set(names.REQUESTED_SLOT, names.OPTION_CONFIRMED)
        elif turn.answered_already or turn.intent in names.ALWAYS_FIRST:
            turn.set(names.REQUESTED_SLOT, asked)
        elif asked == names.OPTION_CONFIRMED:
            await _take_yes_or_no(turn, change)
        elif turn.entities("digits"):
            if await code_is_right(turn, names.OPTION_CODE, change.start):
                await _make(turn, change)
        else:
            turn.set(names.REQUESTED_SLOT, asked)


async def _take_yes_or_no(turn: Turn, change: Change) -> None:
    if change.revise is not None and change.revise(turn):
        turn.set(names.OPTION_CONFIRMED, None)
        turn.set(names.REQUESTED_SLOT, names.OPTION_CONFIRMED)
    elif turn.intent in {"affirm", "turn_it_on" if change.on else "turn_it_off"}:
        turn.set(names.OPTION_CONFIRMED, _CONFIRMED)
        if has_code_level(turn):
            await _make(turn, change)
        else:
            await send_code(turn, names.OPTION_CODE, change.start)
    elif turn.intent in {"deny", "turn_it_off" if change.on else "turn_it_on"}:
        finish_form(turn)
        turn.say("utter_option_left")
    else:
        turn.set(names.REQUESTED_SLOT, names.OPTION_CONFIRMED)


async def _make(turn: Turn, change: Change) -> None:
    try:
        terms = change.body(turn) if change.body else {}
        made = await billing_api.change_option(turn.conversation_id, change.option, on=change.on, terms=terms)
    except Refused as refused:
        if refused.name != "option_refused":
            raise
        finish_form(turn)
        say_refused(turn, refused.reason)
        return
    finish_form(turn)
    turn.say(f"utter_done_{change.name}", **(change.said(turn, made) if change.said else {}))


def say_refused(turn: Turn, reason: str | None) -> None:
    """Why it cannot be, as the API has it, and a person who may know a way."""
    turn.say(f"utter_refused_{reason}" if reason in REASONS else "utter_refused")
    turn.offer(f"{names.OFFER_PERSON}:above_authority")


REASONS = frozenset({"account_closed", "no_email", "service_class", "on_arrangement", "past_due", "not_enough_history"})
