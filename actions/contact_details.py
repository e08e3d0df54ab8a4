"""A new e-mail address on file: level 3, so a one-time code goes to the contact we have."""

import re

from actions import names
from actions.account_api import Refused
from actions.identity import ACCOUNT_LEVEL, require_level
from actions.one_time_code import code_is_right, has_code_level, send_code
from actions.turn import FormValidation, TopicAction, Turn, account_api, finish_form

START = "action_change_email"
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_CONFIRMED = "yes"


class ActionChangeEmail(TopicAction):
    """Start the change once the customer is known."""

    def name(self) -> str:
        return START

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
        asked = turn.slot(names.REQUESTED_SLOT)
        if asked == names.EMAIL_CODE:
            await send_code(turn, names.EMAIL_CODE, START)
        elif asked == names.OPTION_CODE:
            await send_code(turn, names.OPTION_CODE, "action_options")
        else:
            turn.say("utter_what_next")


class ValidateEmailForm(FormValidation):
    """The new address, a yes to it, and the code."""

    def name(self) -> str:
        return "validate_email_form"

    async def fill(self, turn: Turn) -> None:
        asked = turn.slot(names.REQUESTED_SLOT)
        emails = [] if turn.intent in names.ALWAYS_FIRST else turn.entities("email")
        if emails:
            _take_email(turn, emails[0])
        elif asked == names.EMAIL_CONFIRMED and turn.intent == "affirm":
            turn.set(names.EMAIL_CONFIRMED, _CONFIRMED)
            await _change_or_send_code(turn)
        elif asked == names.EMAIL_CONFIRMED and turn.intent == "deny":
            turn.set(names.NEW_EMAIL, None)
            turn.set(names.REQUESTED_SLOT, names.NEW_EMAIL)
        elif asked == names.EMAIL_CODE and turn.intent not in names.ALWAYS_FIRST and turn.entities("digits"):
            if await code_is_right(turn, names.EMAIL_CODE, START):
                await _change(turn)
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
    if has_code_level(turn):
        await _change(turn)
    else:
        await send_code(turn, names.EMAIL_CODE, START)


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
