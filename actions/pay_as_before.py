"""The same as last time: the amount of the last payment, offered again, never more than is owed."""

from actions import billing_api, names
from actions.billing_types import Payment
from actions.identity import known
from actions.pay import make_offer
from actions.turn import TopicAction, Turn, account_api

_ARRIVED = "posted"


class ActionPayAsBefore(TopicAction):
    """Offers what was paid last; with no payment yet, what is due."""

    def name(self) -> str:
        return "action_pay_as_before"

    async def answer(self, turn: Turn) -> None:
        found = await known(turn, self.name(), billing_api.payments)
        if found is None:
            return
        last = next((one for one in found.listed if one.status == _ARRIVED), None)
        turn.set(names.PAY_WANTED, {} if last is None else await _as_before(turn, last))
        if await make_offer(turn, "action_make_payment"):
            turn.go_on_with(names.PAY_FORM)


async def _as_before(turn: Turn, last: Payment) -> dict[str, int]:
    turn.say(
        "utter_pay_as_before",
        amount=turn.wording.money(last.amount_cents),
        received_on=turn.wording.day(last.received_on),
    )
    owed_cents = (await account_api().balance(turn.conversation_id)).balance_cents
    return {"amount_cents": min(last.amount_cents, owed_cents)} if owed_cents > 0 else {}
