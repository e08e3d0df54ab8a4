"""Autopay: whether it is on; turned off, and on with the card or bank account on file, which is saved first."""

from actions import billing_api, names
from actions.identity import known
from actions.options import Change, begin_change, register
from actions.turn import TopicAction, Turn

OFF = register(
    Change("autopay_off", "autopay", on=False, start="action_stop_autopay", is_so=lambda found: found.autopay is None)
)
ON = register(
    Change(
        "autopay_on", "autopay", on=True, start="action_start_autopay", is_so=lambda found: found.autopay is not None
    )
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
            turn.offer(f"{names.OFFER_ACTION}:{ON.start}")


class ActionStartAutopay(TopicAction):
    """Draw each bill from what is on file; with nothing on file, a page to save it on is offered."""

    def name(self) -> str:
        return ON.start

    async def answer(self, turn: Turn) -> None:
        found = await known(turn, self.name(), billing_api.options)
        if found is None:
            return
        if found.autopay:
            turn.say("utter_autopay_on", method=turn.wording.method(found.autopay))
            return
        if found.on_file is None:
            turn.say("utter_autopay_needs_method")
            turn.offer(f"{names.OFFER_ACTION}:action_save_method")
            return
        turn.set("pay_method", turn.wording.method(found.on_file[0]))
        await begin_change(turn, ON)


class ActionStopAutopay(TopicAction):
    """Draw no more bills."""

    def name(self) -> str:
        return OFF.start

    async def answer(self, turn: Turn) -> None:
        await begin_change(turn, OFF)
