"""A page to pay on, once, by card or bank account: for anyone who knows the account's number."""

import re

from actions import names, payment_api
from actions.account_api import NotFound, Refused
from actions.identity_details import ACCOUNT_DIGITS
from actions.pay_amounts import read_wanted
from actions.pay_refusals import say_not_payable, say_other_amount
from actions.turn import FormValidation, TopicAction, Turn, finish_form

_WANTS_PAGE = re.compile(
    r"\b(?:links?|pages?|url|text|e?mail|send|online|web(?:page|site)?|enlaces?|p[aá]ginas?|texto|mensaje|"
    r"m[aá]nd\w+|env[ií]\w+|l[ií]nea)\b",
    re.IGNORECASE,
)


class ActionPayByLink(TopicAction):
    """The link, for whoever is known; else the account's number is asked for, and nothing more."""

    def name(self) -> str:
        return "action_pay_by_link"

    async def answer(self, turn: Turn) -> None:
        if turn.tracker.active_loop_name == names.PAY_LINK_FORM:
            return
        if turn.channel == "voice" and turn.intent == "pay_by_link" and not _WANTS_PAGE.search(turn.text):
            turn.go_on_with("action_pay_by_keys")  # "with another card", "for my mother": on the phone, right here
            return
        number = _number(turn)
        if (wanted := read_wanted(turn)) is not None:
            turn.set(names.PAY_WANTED, wanted)
        try:
            await _send(turn, number)
        except NotFound:
            turn.say("utter_pay_link_no_account")
            turn.go_on_with(names.PAY_LINK_FORM)
        except Refused as refused:
            if refused.name != "verification_required":
                _say_no_link(turn, refused)
                return
            turn.go_on_with(names.PAY_LINK_FORM)


class ValidatePayLinkForm(FormValidation):
    """The account's number."""

    def name(self) -> str:
        return "validate_pay_link_form"

    async def fill(self, turn: Turn) -> None:
        turn.set(names.REQUESTED_SLOT, names.PAY_LINK_ACCOUNT)
        number = None if turn.answered_already or turn.intent in names.ALWAYS_FIRST else _number(turn)
        if number is None:
            if turn.intent == "give_details" and turn.entities("digits"):
                turn.say("utter_pay_link_no_account")
            return
        try:
            await _send(turn, number)
        except NotFound:
            turn.say("utter_pay_link_no_account")
            return
        except Refused as refused:
            finish_form(turn)
            _say_no_link(turn, refused)
            return
        finish_form(turn)


def _number(turn: Turn) -> str | None:
    return next((group for group in turn.entities("digits") if len(group) == ACCOUNT_DIGITS), None)


async def _send(turn: Turn, number: str | None) -> None:
    wanted = turn.slot(names.PAY_WANTED) or {}
    page = await payment_api.link(turn.conversation_id, number, wanted)
    turn.set(names.PAY_WANTED, None)
    if page.fee_cents:
        turn.say("utter_pay_link_fee", fee=turn.wording.money(page.fee_cents))
    if page.sent_to is None:
        turn.say("utter_pay_link", link=page.url)
    else:
        turn.say("utter_pay_link_texted", sent_to=turn.wording.digits(page.sent_to[-4:]))
    if page.suggested_cents is not None:
        turn.say("utter_pay_link_suggests", amount=turn.wording.money(page.suggested_cents))
    elif wanted.get("purpose"):
        turn.say("utter_pay_link_amount_there")


def _say_no_link(turn: Turn, refused: Refused) -> None:
    if refused.name == "no_text_phone":
        turn.say("utter_pay_link_no_phone")
        turn.offer(f"{names.OFFER_PERSON}:request")
    elif refused.name in {"more_than_owed", "amount_refused"}:
        say_other_amount(turn, refused)
    else:
        say_not_payable(turn, refused)
