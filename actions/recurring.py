"""A fixed amount on a day of each month: whether it is on, turned off here; set up with a saved way to pay."""

from actions import billing_api, names
from actions.identity import known
from actions.option_types import Recurring
from actions.options import Change, begin_change, register
from actions.turn import TopicAction, Turn

OFF = register(
    Change(
        "recurring_off",
        "recurring",
        on=False,
        start="action_stop_recurring",
        is_so=lambda found: found.recurring is None,
    )
)


class ActionRecurring(TopicAction):
    """The payment that is on, if there is one, and what it takes to set one up."""

    def name(self) -> str:
        return "action_recurring"

    async def answer(self, turn: Turn) -> None:
        found = await known(turn, self.name(), billing_api.options)
        if found is None:
            return
        if found.recurring is not None:
            _say(turn, found.recurring)
            return
        turn.say("utter_recurring_needs_method")
        turn.offer(f"{names.OFFER_PERSON}:request")


class ActionStopRecurring(TopicAction):
    """Make no more payments on a day."""

    def name(self) -> str:
        return OFF.start

    async def answer(self, turn: Turn) -> None:
        await begin_change(turn, OFF)


def _say(turn: Turn, recurring: Recurring) -> None:
    wording = turn.wording
    turn.say(
        "utter_recurring_on",
        amount=wording.money(recurring.amount_cents),
        next_on=wording.day(recurring.next_on),
        method=wording.method(recurring.method_label),
    )
