"""Paying on a call with a card or bank account that the caller keys in: the amount, a yes, the keys, how it went.

Nobody of us hears or sees a number: after the yes telephony hands the call to `<Pay>` and tells us what became of it.
Anyone may pay so by an account's number alone; they name the amount and hear nothing of what is owed.
"""

import re
from typing import Any
from uuid import UUID

from actions import names, payment_api
from actions.account_api import NotFound, Refused
from actions.identity import ACCOUNT_LEVEL, start_identity
from actions.identity_details import ACCOUNT_DIGITS
from actions.pay import answers_to, say_circumstances
from actions.pay_amounts import named_in_form, read_wanted
from actions.pay_refusals import say_not_payable, say_other_amount
from actions.payment_types import Offer
from actions.turn import FormValidation, TopicAction, Turn, finish_form

_BANK = re.compile(
    r"\b(?:bank|ach|checking|savings|e-?checks?|routing|banco|bancari[ao]s?|cheques?|ahorros|corriente)\b",
    re.IGNORECASE,
)
_CARD = re.compile(r"\b(?:cards?|visa|mastercard|amex|tarjetas?)\b", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"\W*\d[\d ]{3,}\W*")
_BEGINS = frozenset({"pay_by_keys", "pay_by_link", "make_payment"})
_CHANGED = {"balance_changed": "utter_pay_changed", "offer_over": "utter_pay_expired"}


class ActionPayByKeys(TopicAction):
    """Offer to take a card or bank account by keys; on a call only, elsewhere there are links."""

    def name(self) -> str:
        return "action_pay_by_keys"

    async def answer(self, turn: Turn) -> None:
        if turn.channel != "voice":
            turn.go_on_with("action_pay_by_link")
            return
        wanted = read_wanted(turn)
        if wanted is not None:
            turn.set(names.PAY_WANTED, wanted)
        anew = turn.intent in _BEGINS and turn.tracker.active_loop_name != names.PAY_KEYS_FORM
        state = {} if anew else dict(turn.slot(names.PAY_KEYS) or {})
        state["kind"] = _kind_named(turn) or state.get("kind") or "keyed_card"
        state["number"] = _number(turn) or state.get("number")
        if await _offer(turn, state):
            turn.go_on_with(names.PAY_KEYS_FORM)


def _kind_named(turn: Turn) -> str | None:
    if _BANK.search(turn.text):
        return "keyed_bank_account"
    return "keyed_card" if _CARD.search(turn.text) else None


def _number(turn: Turn) -> str | None:
    return next((group for group in turn.entities("digits") if len(group) == ACCOUNT_DIGITS), None)


async def _offer(turn: Turn, state: dict[str, Any]) -> bool:
    """Offer what is wanted, or find out what is missing; False when nothing can be paid, and the caller knows why.

    :raises AccountApiError: the backend is out, or refused for a reason that nothing is to be said about.
    """
    wanted = {**(turn.slot(names.PAY_WANTED) or {}), "pays_with": state["kind"]}
    if state.get("number"):
        wanted["account_number"] = state["number"]
    try:
        made = await payment_api.offer(turn.conversation_id, wanted)
    except NotFound:
        turn.say("utter_pay_link_no_account")
        return _ask(turn, {**state, "number": None}, "number")
    except Refused as refused:
        return _say_no_offer(turn, refused, state)
    if "offer" not in state:
        say_circumstances(turn, made)
    return _ask(turn, _with_offer(turn, state, made), "agree")


def _with_offer(turn: Turn, state: dict[str, Any], made: Offer) -> dict[str, Any]:
    wording = turn.wording
    amount = wording.money_with_fee(made.amount_cents, made.fee_cents, made.kind)
    turn.set("pay_amount", amount)
    turn.set("pay_account", wording.digits(made.account))
    offer = {
        "id": str(made.id),
        "amount": amount,
        "balance_cents": made.left_cents,
        "others": dict(made.others),
    }
    return {**state, "offer": offer}


def _ask(turn: Turn, state: dict[str, Any], what: str) -> bool:
    turn.set(names.PAY_KEYS, {**state, "asks": what})
    return True


def _say_no_offer(turn: Turn, refused: Refused, state: dict[str, Any]) -> bool:
    match refused.name:
        case "verification_required" | "choose_account":
            return _ask(turn, state, "number")
        case "amount_wanted":
            return _ask(turn, state, "amount")
        case "more_than_owed" | "no_such_part" | "amount_refused":
            say_other_amount(turn, refused)
            return _ask(turn, state, "agree" if "offer" in state else "amount")
        case _:
            say_not_payable(turn, refused)
    return False


class ActionAskPayKeysAgreed(TopicAction):
    """The question of the form: whose account, how much, or a yes to the offer."""

    def name(self) -> str:
        return "action_ask_pay_keys_form_pay_keys_agreed"

    async def answer(self, turn: Turn) -> None:
        state = turn.slot(names.PAY_KEYS) or {}
        if state.get("asks") == "number":
            turn.say("utter_pay_keys_which")
        elif state.get("asks") == "amount":
            turn.say("utter_pay_keys_how_much")
        else:
            bank = state.get("kind") == "keyed_bank_account"
            question = "utter_pay_keys_agree_bank" if bank else "utter_pay_keys_agree"
            turn.say(question, buttons=answers_to(turn, state.get("offer")))

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        """Rasa's entry: one question, and nothing follows from it."""
        turn = Turn(tracker, dispatcher)
        await self.answer(turn)
        return []


class ValidatePayKeysForm(FormValidation):
    """The account's number, an amount, a yes or a no, or another kind of payment."""

    def name(self) -> str:
        return "validate_pay_keys_form"

    async def fill(self, turn: Turn) -> None:
        asked = turn.slot(names.REQUESTED_SLOT)
        turn.set(names.REQUESTED_SLOT, names.PAY_KEYS_AGREED)
        if asked is None or turn.answered_already or turn.intent in names.ALWAYS_FIRST:
            return
        state = dict(turn.slot(names.PAY_KEYS) or {"kind": "keyed_card", "asks": "number"})
        if state["asks"] == "number":
            await _take_number(turn, state)
        elif state["asks"] == "agree" and turn.intent in {"affirm", "deny"} and not turn.entities("amount_cents"):
            await (_agree(turn, state) if turn.intent == "affirm" else _decline(turn, state))
        else:
            await _take_amount(turn, state)


async def _take_number(turn: Turn, state: dict[str, Any]) -> None:
    number = _number(turn)
    if number is not None:
        await _offer_again(turn, {**state, "number": number})
    elif turn.intent == "deny":
        finish_form(turn)
        turn.say("utter_pay_declined")
    elif turn.entities("digits"):
        turn.say("utter_pay_link_no_account")


async def _take_amount(turn: Turn, state: dict[str, Any]) -> None:
    wanted = named_in_form(turn)
    if state["asks"] == "agree" and _LONG_NUMBER.fullmatch(turn.text):
        wanted = None  # a PIN or a ZIP that nobody asked for is no amount
    kind = _kind_named(turn)
    if wanted is None and kind in {None, state["kind"]}:
        if turn.intent == "deny":
            await _decline(turn, state)
        return
    if wanted is not None:
        turn.set(names.PAY_WANTED, wanted)
    await _offer_again(turn, {**state, "kind": kind or state["kind"]})


async def _offer_again(turn: Turn, state: dict[str, Any]) -> None:
    if not await _offer(turn, state):
        offered = turn.slot(names.OFFER)
        finish_form(turn)
        turn.offer(offered)


async def _decline(turn: Turn, state: dict[str, Any]) -> None:
    if "offer" in state:
        await payment_api.decline(turn.conversation_id, UUID(state["offer"]["id"]))
    finish_form(turn)
    turn.set(names.PAY_WANTED, None)
    turn.say("utter_pay_declined")


async def _agree(turn: Turn, state: dict[str, Any]) -> None:
    """The yes is on record, then telephony takes the card; the next we hear is what became of it."""
    offer_id = UUID(state["offer"]["id"])
    try:
        await payment_api.agree(turn.conversation_id, offer_id)
    except Refused as refused:
        await _say_not_agreed(turn, refused, state)
        return
    finish_form(turn)
    bank = state["kind"] == "keyed_bank_account"
    turn.set(names.PAY_KEYED, {"id": str(offer_id), "amount": state["offer"]["amount"], **_again(state)})
    turn.say("utter_pay_keys_now_bank" if bank else "utter_pay_keys_now")
    turn.command("collect_card", offer_id=str(offer_id), method="bank_account" if bank else "card")


def _again(state: dict[str, Any]) -> dict[str, Any]:
    """What is needed to offer the same once more."""
    return {"state": {"kind": state["kind"], "number": state.get("number")}}


async def _say_not_agreed(turn: Turn, refused: Refused, state: dict[str, Any]) -> None:
    match refused.name:
        case "offer_over" | "balance_changed":
            turn.say(_CHANGED[refused.name])
            await _offer_again(turn, state)
        case "payment_in_progress":
            if turn.verification_level < ACCOUNT_LEVEL:  # what somebody else pays is nobody else's business
                turn.say("utter_pay_pending_unnamed")
            else:
                turn.say("utter_pay_pending", amount=turn.wording.money(int(refused.facts.get("amount_cents") or 0)))
            finish_form(turn)
        case "verification_required":
            finish_form(turn)
            start_identity(turn, "action_pay_by_keys")
        case _:
            raise refused
