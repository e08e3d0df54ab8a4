"""Water back on after a shut-off for non-payment: what has to be paid, what it costs, and who turns it on."""

from actions import billing_api, names
from actions.identity import known
from actions.turn import TopicAction, Turn


class ActionReconnection(TopicAction):
    """What is past due and the fee for this household at this hour; a person sends somebody out."""

    def name(self) -> str:
        return "action_reconnection"

    async def answer(self, turn: Turn) -> None:
        found = await known(turn, self.name(), billing_api.shut_off)
        if found is None:
            return
        wording = turn.wording
        if found.past_due_cents <= 0:
            turn.say("utter_reconnection_nothing_due")
        else:
            turn.say("utter_reconnection_past_due", past_due=wording.money(found.past_due_cents))
        hours = "open" if found.office_is_open else "closed"
        turn.say(
            f"utter_reconnection_fee_{hours}",
            within=wording.money(found.within_hours_cents),
            outside=wording.money(found.outside_hours_cents),
        )
        if not found.low_income:
            turn.say("utter_reconnection_low_income")
        turn.say("utter_reconnection_person")
        turn.offer(f"{names.OFFER_PERSON}:request")
