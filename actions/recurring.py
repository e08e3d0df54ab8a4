"""A fixed amount on a day of each month: whether it is on; set up or changed from what is on file, and turned off."""

from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions import billing_api, names
from actions.identity import known
from actions.option_types import Options, Recurring
from actions.options import Change, begin_change, register
from actions.recurring_terms import (
    AMOUNT,
    DAY,
    DAY_OF_EVERY_MONTH_MAX,
    keep_terms,
    means_whole_bill,
    read_terms,
    wanted_terms,
)
from actions.turn import FormValidation, TopicAction, Turn, finish_form


def _revised(turn: Turn) -> bool:
    """ "No, the 20th", "make it 60 dollars": said instead of a yes."""
    named = read_terms(turn)
    cents_max = int(turn.slot(names.RECURRING_CENTS_MAX) or 0)
    if not named or not 0 < named.get(AMOUNT, 1) <= cents_max:
        return False
    keep_terms(turn, {**wanted_terms(turn), **named})
    return True


OFF = register(
    Change(
        "recurring_off",
        "recurring",
        on=False,
        start="action_stop_recurring",
        is_so=lambda found: found.recurring is None,
    )
)
ON = register(
    Change(
        "recurring_on",
        "recurring",
        on=True,
        start="action_start_recurring",
        is_so=lambda found: False,
        body=wanted_terms,
        revise=_revised,
        said=lambda turn, made: {"next_on": turn.wording.day(Recurring.from_json(made).next_on)},
    )
)


class ActionRecurring(TopicAction):
    """The payment that is on, or setting one up with what the message says of it."""

    def name(self) -> str:
        return "action_recurring"

    async def answer(self, turn: Turn) -> None:
        if turn.intent == "ask_recurring":
            keep_terms(turn, read_terms(turn))
        found = await known(turn, self.name(), billing_api.options)
        if found is None:
            return
        if found.recurring is not None:
            _say(turn, found.recurring)
        if found.on_file is None:
            if found.recurring is None:
                turn.say("utter_recurring_needs_method")
                turn.offer(f"{names.OFFER_ACTION}:action_save_method")
            return
        turn.set(names.RECURRING_CENTS_MAX, found.recurring_cents_max)
        if wanted_terms(turn):
            turn.go_on_with(names.RECURRING_FORM)
            return
        method = turn.wording.method(found.on_file[0])
        turn.say("utter_recurring_may_change" if found.recurring else "utter_recurring_may_start", method=method)
        turn.offer(f"{names.OFFER_ACTION}:{names.RECURRING_FORM}")


class ActionStartRecurring(TopicAction):
    """What will be drawn, from what and when; then a yes."""

    def name(self) -> str:
        return ON.start

    async def answer(self, turn: Turn) -> None:
        found = await known(turn, self.name(), billing_api.options)
        if found is None:
            return
        if found.on_file is None:
            turn.say("utter_recurring_needs_method")
            turn.offer(f"{names.OFFER_ACTION}:action_save_method")
            return
        await _ask_for_yes(turn, found, found.on_file[0])


async def _ask_for_yes(turn: Turn, found: Options, label: str) -> None:
    turn.set("pay_method", turn.wording.method(label))
    turn.say("utter_recurring_never_more")
    if wanted_terms(turn).get(DAY, 0) > DAY_OF_EVERY_MONTH_MAX:
        turn.say("utter_recurring_short_month")
    if found.autopay:
        turn.say("utter_recurring_beside_autopay")
    await begin_change(turn, ON)


class ActionStopRecurring(TopicAction):
    """Make no more payments on a day."""

    def name(self) -> str:
        return OFF.start

    async def answer(self, turn: Turn) -> None:
        await begin_change(turn, OFF)


class ActionAskRecurringTerms(Action):
    """How much, then which day; the form calls it, also after an answer to something else."""

    def name(self) -> str:
        return "action_ask_recurring_form_recurring_terms"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Rasa's entry: says one question."""
        turn = Turn(tracker, dispatcher)
        asked = _missing(turn)
        turn.say("utter_recurring_which_day" if asked == DAY else "utter_recurring_how_much")
        return []


class ValidateRecurringForm(FormValidation):
    """The amount and the day, in any order or at once."""

    def name(self) -> str:
        return "validate_recurring_form"

    async def fill(self, turn: Turn) -> None:
        opening, asked = turn.slot(names.REQUESTED_SLOT) is None, _missing(turn)
        turn.set(names.REQUESTED_SLOT, names.RECURRING_TERMS)
        if opening:
            turn.offer(None)
            named = read_terms(turn) if turn.intent == "affirm" else {}
        elif turn.answered_already or turn.intent in names.ALWAYS_FIRST:
            return
        else:
            named = read_terms(turn, asked)
        if not named and not opening and asked == AMOUNT and means_whole_bill(turn):
            turn.say("utter_recurring_whole_bill")
            turn.set(names.RECURRING_TERMS, None)
        elif turn.intent == "deny" and not named and not opening:
            finish_form(turn)
            turn.say("utter_option_left")
            return
        _take(turn, {**wanted_terms(turn), **named})


def _take(turn: Turn, terms: dict[str, Any]) -> None:
    cents_max = int(turn.slot(names.RECURRING_CENTS_MAX) or 0)
    if AMOUNT in terms and not 0 < terms[AMOUNT] <= cents_max:
        del terms[AMOUNT]
        turn.say("utter_recurring_too_much", amount=turn.wording.money(cents_max))
        # A form that reports nothing but its requested slot counts as not having understood.
        turn.set(names.RECURRING_TERMS, None)
    if terms != wanted_terms(turn):
        keep_terms(turn, terms)
    if _missing(turn) is None:
        finish_form(turn, ON.start)


def _missing(turn: Turn) -> str | None:
    terms = wanted_terms(turn)
    return next((name for name in (AMOUNT, DAY) if name not in terms), None)


def _say(turn: Turn, recurring: Recurring) -> None:
    wording = turn.wording
    turn.say(
        "utter_recurring_on",
        amount=wording.money(recurring.amount_cents),
        next_on=wording.day(recurring.next_on),
        method=wording.method(recurring.method_label),
    )
