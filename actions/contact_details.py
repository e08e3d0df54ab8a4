"""A new e-mail address on file: level 3, so a one-time code goes to the contact we have."""

import re

from actions import names
from actions.account_api import Refused
from actions.identity import ACCOUNT_LEVEL, CHANGE_LEVEL, require_level, start_identity
from actions.turn import FormValidation, TopicAction, Turn, account_api, finish_form

CODE_DIGITS = 6
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_CONFIRMED = "yes"


class ActionChangeEmail(TopicAction):
    """Start the change once the customer is known."""

    def name(self) -> str:
        return "action_change_email"

    async def answer(self, turn: Turn) -> None:
        if turn.tracker.active_loop_name == names.EMAIL_FORM:
            return
        if await require_level(turn, ACCOUNT_LEVEL, self.name()):
            turn.go_on_with(names.EMAIL_FORM)


class ActionResendCode(TopicAction):
    """The code did not arrive or is lost: a new one."""

    def name(self) -> str:
        return "action_resend_code"

    async def answer(self, turn: Turn) -> None:
        if turn.slot(names.REQUESTED_SLOT) == names.EMAIL_CODE:
            await _send_code(turn)
        else:
            turn.say("utter_what_next")


class ValidateEmailForm(FormValidation):
    """The new address, a yes to it, and the code."""

    def name(self) -> str:
        return "validate_email_form"

    async def fill(self, turn: Turn) -> None:
        asked = turn.slot(names.REQUESTED_SLOT)
        emails = [] if turn.intent in names.ALWAYS_FIRST else turn.entities("email")
        codes = [group for group in turn.entities("digits") if len(group) == CODE_DIGITS]
        if emails:
            _take_email(turn, emails[0])
        elif asked == names.EMAIL_CONFIRMED and turn.intent == "affirm":
            turn.set(names.EMAIL_CONFIRMED, _CONFIRMED)
            await _change_or_send_code(turn)
        elif asked == names.EMAIL_CONFIRMED and turn.intent == "deny":
            turn.set(names.NEW_EMAIL, None)
            turn.set(names.REQUESTED_SLOT, names.NEW_EMAIL)
        elif asked == names.EMAIL_CODE and turn.intent not in names.ALWAYS_FIRST and turn.entities("digits"):
            await _check_code(turn, codes[0] if codes else turn.entities("digits")[0])
        else:
            turn.set(names.REQUESTED_SLOT, asked or names.NEW_EMAIL)


def _take_email(turn: Turn, email: str) -> None:
    turn.set(names.EMAIL_CONFIRMED, None)
    if _EMAIL.fullmatch(email) is None:
        _say_invalid(turn)
        return
    turn.set(names.NEW_EMAIL, email)
    turn.set("email_new_said", turn.wording.email(email))
    turn.set(names.REQUESTED_SLOT, names.EMAIL_CONFIRMED)


def _say_invalid(turn: Turn) -> None:
    turn.say("utter_email_invalid")
    turn.set(names.NEW_EMAIL, None)
    turn.set(names.REQUESTED_SLOT, names.NEW_EMAIL)


async def _change_or_send_code(turn: Turn) -> None:
    if turn.verification_level >= CHANGE_LEVEL:
        await _change(turn)
    else:
        await _send_code(turn)


async def _send_code(turn: Turn) -> None:
    try:
        sent = await account_api().send_code(turn.conversation_id)
    except Refused as refused:
        if refused.name == "verification_required":
            finish_form(turn)
            start_identity(turn, "action_change_email")
            return
        if refused.status not in {409, 423}:
            raise
        _end_with_person(turn, "utter_code_locked")
        return
    match sent.status:
        case "sent":
            turn.say(
                "utter_code_sent",
                sent_to=turn.wording.digits(sent.sent_to or ""),
                minutes=str(sent.minutes or ""),
            )
            turn.set(names.REQUESTED_SLOT, names.EMAIL_CODE)
        case "verification_required":
            finish_form(turn)
            start_identity(turn, "action_change_email")
        case "no_contact":
            _end_with_person(turn, "utter_code_no_contact")
        case _:
            _end_with_person(turn, "utter_code_locked")


async def _check_code(turn: Turn, code: str) -> None:
    try:
        check = await account_api().check_code(turn.conversation_id, code)
    except Refused as refused:
        if refused.status != 423:
            raise
        _end_with_person(turn, "utter_code_locked")
        return
    match check.status:
        case "verified":
            turn.set(names.VERIFICATION_LEVEL, check.verification_level)
            await _change(turn)
        case "expired":
            turn.say("utter_code_expired")
            await _send_code(turn)
        case "locked":
            _end_with_person(turn, "utter_code_locked")
        case _:
            turn.say("utter_code_failed")
            turn.set(names.EMAIL_CODE, None)
            turn.set(names.REQUESTED_SLOT, names.EMAIL_CODE)


async def _change(turn: Turn) -> None:
    email = str(turn.slot(names.NEW_EMAIL))
    try:
        await account_api().change_email(turn.conversation_id, email)
    except Refused as refused:
        if refused.status != 422:
            raise
        turn.set(names.EMAIL_CONFIRMED, None)
        _say_invalid(turn)
        return
    turn.say("utter_email_changed", email=turn.wording.email(email))
    finish_form(turn)


def _end_with_person(turn: Turn, response: str) -> None:
    finish_form(turn)
    turn.say(response)
    turn.offer(f"{names.OFFER_PERSON}:verification_locked")
