"""Autopay: whether it is on, turned off here; turned on with a card or bank account that is saved first."""

from actions import billing_api, names
from actions.identity import known
from actions.options import Change, begin_change, register
from actions.turn import TopicAction, Turn

OFF = register(
    Change("autopay_off", "autopay", on=False, start="action_stop_autopay", is_so=lambda found: found.autopay is None)
)


class ActionAutopay(TopicAction):
    """Whether autopay is on, and from what it pays."""

    def name(self) -> str:
        return "action_autopay"

    async def answer(self, turn: Turn) -> None:
        found = await known(turn, self.name(), billing_api.options)
        if found is None:
            return
        if found.autopay:
            turn.say("utter_autopay_on", method=turn.wording.method(found.autopay))
        else:
            turn.say("utter_autopay_is_off")


class ActionStartAutopay(TopicAction):
    """A card or bank account has to be on file before bills are drawn from it."""

    def name(self) -> str:
        return "action_start_autopay"

    async def answer(self, turn: Turn) -> None:
        found = await known(turn, self.name(), billing_api.options)
        if found is None:
            return
        if found.autopay:
            turn.say("utter_autopay_on", method=turn.wording.method(found.autopay))
            return
        turn.say("utter_autopay_needs_method")
        turn.offer(f"{names.OFFER_PERSON}:request")


class ActionStopAutopay(TopicAction):
    """Draw no more bills."""

    def name(self) -> str:
        return OFF.start

    async def answer(self, turn: Turn) -> None:
        await begin_change(turn, OFF)
