"""What became of the keys: telephony tells how `<Pay>` ended, the account system whether it was charged."""

from typing import Any
from uuid import UUID

from actions import names, payment_api
from actions.account_api import NotFound
from actions.pay import outcome_of
from actions.payment_types import Charge
from actions.turn import TopicAction, Turn

_WORDS = {
    "too-many-failed-attempts": "utter_card_keyed_unread",
    "caller-interrupted-with-star": "utter_card_keyed_stopped",
    "card-rejected": "utter_card_keyed_rejected",
}
"""What is said of a `Result` after which the same may be tried again; of any other, that it does not work now."""
_CHANGED = {"balance_changed": "utter_pay_changed", "offer_over": "utter_pay_expired"}


class ActionCardKeyed(TopicAction):
    """Say how it ended. Only what the account system says counts: a result alone moves no money and promises none."""

    def name(self) -> str:
        return "action_card_keyed"

    async def answer(self, turn: Turn) -> None:
        keyed = turn.slot(names.PAY_KEYED)
        if not keyed:
            turn.say("utter_what_next")
            return
        turn.set(names.PAY_KEYED, None)
        charge = await _charge_of(turn, UUID(keyed["id"]))
        if charge is None:
            _say_not_charged(turn, keyed, str(next(iter(turn.entities("pay_result")), "")))
            return
        await _say_charged(turn, UUID(keyed["id"]), charge, keyed)


async def _charge_of(turn: Turn, offer_id: UUID) -> Charge | None:
    """The payment; None when there is none and, from now on, there will be none."""
    try:
        return await payment_api.payment(turn.conversation_id, offer_id)
    except NotFound:
        # A capture whose answer got lost may still be under way: whoever closes the offer first is right.
        if await payment_api.decline(turn.conversation_id, offer_id) != "accepted":
            return None
        return await payment_api.payment(turn.conversation_id, offer_id)


async def _say_charged(turn: Turn, offer_id: UUID, charge: Charge, keyed: dict[str, Any]) -> None:
    charge = await outcome_of(turn, offer_id, charge)
    if charge.failure is not None:
        turn.say(charge.told("utter_card_keyed_refused"), amount=keyed["amount"])
        _offer_again(turn, keyed)
        return
    turn.set(names.PAY_WANTED, None)
    if charge.confirmation_number is None:
        turn.say(charge.told("utter_pay_still_pending"), amount=keyed["amount"])
    else:
        number = turn.wording.digits(str(charge.confirmation_number))
        turn.say(charge.told("utter_pay_done"), amount=keyed["amount"], confirmation=number)
        _say_balance(turn, await payment_api.new_balance(turn.conversation_id, offer_id))


def _say_balance(turn: Turn, cents: int | None) -> None:
    if cents is None:
        return
    words = "owed" if cents > 0 else "credit" if cents < 0 else "even"
    turn.say(f"utter_card_keyed_{words}", balance=turn.wording.money(abs(cents)))


def _say_not_charged(turn: Turn, keyed: dict[str, Any], result: str) -> None:
    if result in _CHANGED:
        turn.say(_CHANGED[result])
        turn.set(names.PAY_KEYS, keyed["state"])
        turn.go_on_with("action_pay_by_keys")
    elif result == "payment_in_progress":
        turn.say("utter_card_keyed_another")
    elif result in _WORDS:
        turn.say(_WORDS[result])
        _offer_again(turn, keyed)
    else:
        turn.say("utter_card_keyed_away")
        turn.offer(f"{names.OFFER_ACTION}:action_pay_by_link")


def _offer_again(turn: Turn, keyed: dict[str, Any]) -> None:
    """A yes makes a new offer of the same."""
    turn.set(names.PAY_KEYS, keyed["state"])
    turn.offer(f"{names.OFFER_ACTION}:action_pay_by_keys")
