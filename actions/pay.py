"""Paying from a card or bank account on file: an offer, a yes to it, and how it went.

Nothing is paid without a yes to an offer that says how much, for which account and from what. The receipt comes from
the account system by itself; a caller also hears how it ended.
"""

import asyncio
from typing import Any
from uuid import UUID

from actions import names, payment_api
from actions.account_api import Refused
from actions.identity import start_identity
from actions.pay_amounts import named_in_form, read_wanted
from actions.pay_refusals import say_not_payable, say_other_amount
from actions.payment_types import Charge, Offer
from actions.turn import FormValidation, TopicAction, Turn, finish_form

_WAITS = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)
"""Seconds between looks at a payment that a caller waits for, 1.7 in all."""
_BUTTONS = {
    "en": {"bill": "Pay {amount}", "past_due": "Past due: {amount}", "installment": "Installment: {amount}"},
    "es": {"bill": "Pagar {amount}", "past_due": "Lo vencido: {amount}", "installment": "Cuota: {amount}"},
}
_SPOKEN_BUTTONS = {
    "en": {
        "bill": "all of it, {amount}",
        "past_due": "the past due part, {amount}",
        "installment": "your installment, {amount}",
    },
    "es": {"bill": "todo, {amount}", "past_due": "lo vencido, {amount}", "installment": "su cuota, {amount}"},
}
_ANSWERS = {"en": ("CONFIRM", "NO"), "es": ("CONFIRMO", "NO")}
_SPOKEN_ANSWERS = {"en": ("yes", "no"), "es": ("sí", "no")}


class ActionMakePayment(TopicAction):
    """Offer what the customer wants to pay, and ask for a yes."""

    def name(self) -> str:
        return "action_make_payment"

    async def answer(self, turn: Turn) -> None:
        wanted = read_wanted(turn)
        if turn.tracker.active_loop_name == names.PAY_FORM and wanted is None:
            return
        if turn.intent == "make_payment" or wanted is not None:
            turn.set(names.PAY_WANTED, wanted or {})
        if await make_offer(turn, self.name()):
            turn.go_on_with(names.PAY_FORM)


async def make_offer(turn: Turn, resume: str) -> bool:
    """Offer what is wanted and say so; False when there is none, and the customer has heard why.

    :raises AccountApiError: the backend is out, or refused for a reason that nothing is to be said about.
    """
    wanted = {**(turn.slot(names.PAY_WANTED) or {})}
    if turn.slot(names.PAY_ACCOUNT):
        wanted["account_id"] = turn.slot(names.PAY_ACCOUNT)
    try:
        made = await payment_api.offer(turn.conversation_id, wanted)
    except Refused as refused:
        return _say_no_offer(turn, refused, resume)
    first = not turn.slot(names.PAY_OFFER)
    _keep(turn, made)
    if first:
        say_circumstances(turn, made)
    return True


def _keep(turn: Turn, made: Offer) -> None:
    """What the form's question is made of."""
    wording = turn.wording
    turn.set(names.PAY_CHOICES, None)
    turn.set(
        names.PAY_OFFER,
        {
            "id": str(made.id),
            "balance_cents": made.left_cents,
            "amount_cents": made.amount_cents,
            "kind": made.kind,
            "others": dict(made.others),
        },
    )
    turn.set("pay_amount", wording.money_with_fee(made.amount_cents, made.fee_cents, made.kind))
    turn.set("pay_account", wording.digits(made.account))
    turn.set("pay_method", spoken_method(turn, made.method))


def spoken_method(turn: Turn, label: str) -> str:
    head, last4 = label[:-4], label[-4:]
    return head + turn.wording.digits(last4) if last4.isdigit() else label


def say_circumstances(turn: Turn, made: Offer) -> None:
    """What is owed and since when, to whoever may hear it."""
    wording = turn.wording
    if made.balance_cents is None:
        return
    if made.due_on is not None:
        turn.say("utter_pay_owed_due", balance=wording.money(made.balance_cents), due_date=wording.day(made.due_on))
    else:
        turn.say("utter_pay_owed", balance=wording.money(made.balance_cents))
    if made.on_its_way_cents:
        turn.say("utter_pay_part_on_its_way", amount=wording.money(made.on_its_way_cents))
    if 0 < made.past_due_cents < made.balance_cents:
        turn.say("utter_balance_past_due", past_due=wording.money(made.past_due_cents))
    if made.autopay:
        turn.say("utter_pay_autopay")


def _say_no_offer(turn: Turn, refused: Refused, resume: str) -> bool:
    match refused.name:
        case "verification_required":
            start_identity(turn, resume)
        case "choose_account":
            turn.set(names.PAY_CHOICES, list(refused.facts["choices"]))
            return True
        case "no_method" if turn.channel == "voice":
            turn.say("utter_pay_keys_instead")
            turn.go_on_with("action_pay_by_keys")
        case "no_method":
            _say_no_method(turn, refused)
            turn.offer(f"{names.OFFER_ACTION}:action_pay_by_link")
        case "more_than_owed" | "no_such_part" | "amount_refused":
            say_other_amount(turn, refused)
            return bool(turn.slot(names.PAY_OFFER))  # what was offered before still can be paid
        case _:
            say_not_payable(turn, refused)
    return False


def _say_no_method(turn: Turn, refused: Refused) -> None:
    """With the balance; who wanted to pay a part of it gets a page for that part."""
    balance, amount = (int(refused.facts.get(name) or 0) for name in ("balance_cents", "amount_cents"))
    if 0 < amount < balance:
        turn.set(names.PAY_WANTED, {"amount_cents": amount})
        turn.say("utter_pay_part_no_method", balance=turn.wording.money(balance), amount=turn.wording.money(amount))
    else:
        turn.say("utter_pay_no_method", balance=turn.wording.money(balance))


class ActionAskPayAgreed(TopicAction):
    """The question of the form: which account, or a yes to the offer."""

    def name(self) -> str:
        return "action_ask_pay_form_pay_agreed"

    async def answer(self, turn: Turn) -> None:
        choices = turn.slot(names.PAY_CHOICES)
        if choices:
            buttons = [
                {"title": f"{one['account']}, {one['hint']}", "payload": f'/choose_account{{"digits":"{number}"}}'}
                for number, one in enumerate(choices, start=1)
            ]
            turn.say("utter_pay_which_account", buttons=buttons)
            return
        turn.say("utter_pay_agree", buttons=answers_to(turn, turn.slot(names.PAY_OFFER)))

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        """Rasa's entry: one question, and nothing follows from it."""
        turn = Turn(tracker, dispatcher)
        await self.answer(turn)
        return []


def answers_to(turn: Turn, offer: dict[str, Any] | None) -> list[dict[str, str]]:
    """Yes, the other amounts that could be paid, and no."""
    spoken = turn.channel == "voice"
    yes, no = (_SPOKEN_ANSWERS if spoken else _ANSWERS)[turn.language]
    titles = (_SPOKEN_BUTTONS if spoken else _BUTTONS)[turn.language]
    others = (offer or {}).get("others") or {}
    named = [
        {
            "title": titles[purpose].format(amount=turn.wording.money(cents)),
            "payload": f'/make_payment{{"amount_part":"{purpose}"}}',
        }
        for purpose, cents in others.items()
        if purpose in titles
    ]
    return [{"title": yes, "payload": "/affirm"}, *named, {"title": no, "payload": "/deny"}]


class ValidatePayForm(FormValidation):
    """A yes, a no, another amount, or which account."""

    def name(self) -> str:
        return "validate_pay_form"

    async def fill(self, turn: Turn) -> None:
        asked = turn.slot(names.REQUESTED_SLOT)
        turn.set(names.REQUESTED_SLOT, names.PAY_AGREED)
        if asked is None or turn.answered_already or turn.intent in names.ALWAYS_FIRST:
            return
        if turn.slot(names.PAY_CHOICES):
            await _choose(turn)
        elif turn.intent == "affirm" and not turn.entities("amount_cents"):
            await _accept(turn)
        elif turn.intent == "deny" and not turn.entities("amount_cents"):
            await _decline(turn)
        elif (wanted := named_in_form(turn)) is not None:
            turn.set(names.PAY_WANTED, wanted)
            await _offer_again(turn)


async def _choose(turn: Turn) -> None:
    choices = turn.slot(names.PAY_CHOICES)
    said = [group for group in turn.entities("digits") if group.isdigit()]
    for number, one in enumerate(choices, start=1):
        if str(number) in said or one["account"] in said or any(group.endswith(one["account"]) for group in said):
            turn.set(names.PAY_ACCOUNT, one["account_id"])
            await _offer_again(turn)
            return


async def _offer_again(turn: Turn) -> None:
    if not await make_offer(turn, "action_make_payment"):
        following = turn.next_action
        offered = turn.slot(names.OFFER)
        finish_form(turn, following or names.LISTEN)
        turn.offer(offered)


async def _accept(turn: Turn) -> None:
    offer_id = UUID(turn.slot(names.PAY_OFFER)["id"])
    try:
        charge = await payment_api.accept(turn.conversation_id, offer_id)
    except Refused as refused:
        await _say_not_accepted(turn, refused)
        return
    kind = turn.slot(names.PAY_OFFER).get("kind", "card")
    amount, method = (
        turn.wording.money_with_fee(charge.amount_cents, charge.fee_cents, kind),
        spoken_method(turn, charge.method),
    )
    finish_form(turn)
    turn.set(names.PAY_WANTED, None)
    if turn.channel != "voice":
        turn.say("utter_pay_accepted", amount=amount, method=method)
        return
    charge = await outcome_of(turn, offer_id, charge)
    if charge.failure is not None:
        turn.say(charge.told("utter_pay_failed"), amount=amount)
        turn.offer(f"{names.OFFER_ACTION}:action_pay_by_link")
    elif charge.confirmation_number is None:
        turn.say(charge.told("utter_pay_still_pending"), amount=amount)
    else:
        number = turn.wording.digits(str(charge.confirmation_number))
        turn.say(charge.told("utter_pay_done"), amount=amount, confirmation=number)


async def outcome_of(turn: Turn, offer_id: UUID, charge: Charge) -> Charge:
    """A caller stays on the line, so they hear how it ended, if that is known soon."""
    for seconds in _WAITS:
        if charge.is_over:
            break
        await asyncio.sleep(seconds)
        charge = await payment_api.payment(turn.conversation_id, offer_id)
    return charge


async def _say_not_accepted(turn: Turn, refused: Refused) -> None:
    match refused.name:
        case "offer_over" | "balance_changed":
            turn.say("utter_pay_changed" if refused.name == "balance_changed" else "utter_pay_expired")
            await _offer_again(turn)
        case "payment_in_progress":
            turn.say("utter_pay_pending", amount=turn.wording.money(int(refused.facts.get("amount_cents") or 0)))
            finish_form(turn)
        case "verification_required":
            finish_form(turn)
            start_identity(turn, "action_make_payment")
        case "method_not_found":
            await _offer_again(turn)
        case _:
            raise refused


async def _decline(turn: Turn) -> None:
    await payment_api.decline(turn.conversation_id, UUID(turn.slot(names.PAY_OFFER)["id"]))
    finish_form(turn)
    turn.set(names.PAY_WANTED, None)
    turn.say("utter_pay_declined")
