"""The one-time code that a change needs: sent to the contact on file, checked once. Shared by the forms that change."""

from actions import names
from actions.account_api import Refused
from actions.identity import CHANGE_LEVEL, start_identity
from actions.turn import Turn, account_api, finish_form

CODE_DIGITS = 6


def has_code_level(turn: Turn) -> bool:
    """Whether the customer has given a code in this conversation."""
    return turn.verification_level >= CHANGE_LEVEL


async def send_code(turn: Turn, slot: str, resume: str) -> None:
    """Send a code and ask for it in `slot`; without an identity that comes first, and `resume` starts again.

    :raises AccountApiError: the backend is out.
    """
    try:
        sent = await account_api().send_code(turn.conversation_id)
    except Refused as refused:
        if refused.name == "verification_required":
            _identity_first(turn, resume)
        elif refused.status in {409, 423}:
            _end_with_person(turn, "utter_code_locked")
        else:
            raise
        return
    match sent.status:
        case "sent":
            sent_to, minutes = turn.wording.digits(sent.sent_to or ""), str(sent.minutes or "")
            turn.say("utter_code_sent", sent_to=sent_to, minutes=minutes)
            turn.set(names.REQUESTED_SLOT, slot)
        case "verification_required":
            _identity_first(turn, resume)
        case "no_contact":
            _end_with_person(turn, "utter_code_no_contact")
        case _:
            _end_with_person(turn, "utter_code_locked")


async def code_is_right(turn: Turn, slot: str, resume: str) -> bool:
    """Whether the digits of the message are the code; if not, the customer is told and asked again in `slot`.

    :raises AccountApiError: the backend is out.
    """
    groups = turn.entities("digits")
    code = next((group for group in groups if len(group) == CODE_DIGITS), groups[0])
    try:
        check = await account_api().check_code(turn.conversation_id, code)
    except Refused as refused:
        if refused.status != 423:
            raise
        _end_with_person(turn, "utter_code_locked")
        return False
    match check.status:
        case "verified":
            turn.set(names.VERIFICATION_LEVEL, check.verification_level)
            return True
        case "expired":
            turn.say("utter_code_expired")
            await send_code(turn, slot, resume)
        case "locked":
            _end_with_person(turn, "utter_code_locked")
        case _:
            turn.say("utter_code_failed")
            turn.set(slot, None)
            turn.set(names.REQUESTED_SLOT, slot)
    return False


def _identity_first(turn: Turn, resume: str) -> None:
    finish_form(turn)
    start_identity(turn, resume)


def _end_with_person(turn: Turn, response: str) -> None:
    finish_form(turn)
    turn.say(response)
    turn.offer(f"{names.OFFER_PERSON}:verification_locked")
