"""Who is asking: an account number or the calling number, then a PIN or the service ZIP.

The form takes its details in any order and several at once. What did not fit is never told,
nor whether an account exists. A topic that needs level 2 starts it, and is resumed by it.
"""

import re
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from actions import names
from actions.account_api import Refused
from actions.account_types import Verification
from actions.emergency_place import place_added
from actions.fallback import say_not_understood
from actions.identity_details import CALLING_NUMBER, PIN_DIGITS, ZIP_DIGITS, Details, is_a_name, read_details
from actions.person import hand_off
from actions.turn import FormValidation, TopicAction, Turn, account_api, finish_form

T = TypeVar("T")
ACCOUNT_LEVEL = 2
CHANGE_LEVEL = 3
_SECRET_WORDS = re.compile(r"\b(?:pin|zip|postal)\b", re.IGNORECASE)
_ACCOUNT_WORDS = re.compile(r"\b(?:account|cuenta)\b", re.IGNORECASE)
# Digits that fit nothing are worth a word only when the customer meant them as an answer.
_MEANT_AS_DETAILS = frozenset({"give_details", "verify_identity", "nlu_fallback", "out_of_scope"})
_VAGUE = frozenset({"the", "on", "a", "of", "la", "el", "de", "en", "street", "st", "ave", "avenue", "calle"})


async def require_level(turn: Turn, level: int, resume: str) -> bool:
    """Whether the customer is verified to `level`; if not, the identity form runs and then `resume`."""
    if turn.verification_level >= level:
        return True
    start_identity(turn, resume)
    return False


async def known(turn: Turn, resume: str, ask: Callable[[str], Awaitable[T]]) -> T | None:
    """What `ask` tells of the verified customer's account, or None after the identity form was started.

    `resume` runs when the customer is known. A level that ran out is asked for again.

    :raises AccountApiError: the backend is out or refused for another reason.
    """
    if not await require_level(turn, ACCOUNT_LEVEL, resume):
        return None
    try:
        return await ask(turn.conversation_id)
    except Refused as refused:
        if refused.name != "verification_required":
            raise
        start_identity(turn, resume)
        return None


def start_identity(turn: Turn, resume: str | None) -> None:
    """Ask who the customer is and go back to `resume` afterwards."""
    turn.set(names.VERIFICATION_LEVEL, 0)
    turn.set(names.RESUME_ACTION, resume)
    turn.go_on_with(names.IDENTITY_FORM)


class ActionVerifyIdentity(TopicAction):
    """The customer wants to be verified, or gives details before anything asked for them."""

    def name(self) -> str:
        return "action_verify_identity"

    async def answer(self, turn: Turn) -> None:
        details = _details(turn)
        if turn.intent == "give_details" and await place_added(turn):
            return
        if turn.entities("digits") == ["0"]:
            # On most telephone menus zero is a person.
            await hand_off(turn, "asked_for_person")
        elif turn.intent == "give_details" and not (details.account or details.secret):
            say_not_understood(turn)
        elif turn.verification_level >= ACCOUNT_LEVEL:
            turn.say("utter_identity_known")
        else:
            turn.go_on_with(names.IDENTITY_FORM)


class ActionIdentityHelp(TopicAction):
    """The customer does not have the detail that was asked for."""

    def name(self) -> str:
        return "action_identity_help"

    async def answer(self, turn: Turn) -> None:
        form = turn.tracker.active_loop_name
        about_secret = not form and _SECRET_WORDS.search(turn.text) is not None
        about_account = not form and _ACCOUNT_WORDS.search(turn.text) is not None
        if form == names.IDENTITY_FORM:
            about_secret = turn.slot(names.REQUESTED_SLOT) == names.IDENTITY_SECRET
            about_account = not about_secret
        if about_secret:
            turn.say("utter_identity_secret_help")
        elif about_account:
            turn.say("utter_identity_account_help")
        else:
            turn.say("utter_offer_person")
            turn.offer(names.OFFER_PERSON)


class ValidateIdentityForm(FormValidation):
    """Takes the two factors and tries them as soon as both are there."""

    def name(self) -> str:
        return "validate_identity_form"

    async def fill(self, turn: Turn) -> None:
        if turn.slot(names.IDENTITY_CHOICES):
            await _choose_account(turn)
            return
        opening = turn.slot(names.REQUESTED_SLOT) is None
        details = _opening_details(turn) if opening else _details(turn)
        _take(turn, details)
        account, secret = turn.slot(names.IDENTITY_ACCOUNT), turn.slot(names.IDENTITY_SECRET)
        if account and secret and (details.account or details.secret):
            await _verify(turn, account, secret)
        else:
            missing = names.IDENTITY_SECRET if account else names.IDENTITY_ACCOUNT
            if opening:
                turn.say("utter_identity_needed")
            elif details.secret:
                turn.say("utter_identity_account_missing")
            elif turn.intent in _MEANT_AS_DETAILS and is_a_name(turn.text):
                turn.say("utter_identity_name_is_not_enough")
                turn.set(missing, None)  # else the form takes it for not understood
            turn.set(names.REQUESTED_SLOT, missing)


def _details(turn: Turn) -> Details:
    if turn.intent in names.ALWAYS_FIRST:
        return Details()
    return read_details(
        turn.entities("digits"),
        calling_number=turn.intent == "use_calling_number",
        zip_plus=turn.slot(names.REQUESTED_SLOT) == names.IDENTITY_SECRET,
    )


def _opening_details(turn: Turn) -> Details:
    """In a message that asks for something, four digits are a PIN only beside an account number."""
    details = _details(turn)
    if turn.intent in {"give_details", "use_calling_number", "verify_identity"} or details.account:
        return Details(details.account, details.secret)
    return Details()


def _take(turn: Turn, details: Details) -> None:
    if details.account == CALLING_NUMBER and turn.channel == "chat":
        turn.say("utter_identity_no_calling_number")
        turn.set(names.IDENTITY_ACCOUNT, None)
    elif details.account == CALLING_NUMBER and turn.slot(names.CALLING_NUMBER_REFUSED):
        turn.say("utter_identity_account_help")
        turn.set(names.IDENTITY_ACCOUNT, None)
    elif details.account:
        turn.set(names.IDENTITY_ACCOUNT, details.account)
    if details.secret:
        turn.set(names.IDENTITY_SECRET, details.secret)
    if details.unclear and turn.intent in _MEANT_AS_DETAILS:
        asked = turn.slot(names.REQUESTED_SLOT) or names.IDENTITY_ACCOUNT
        turn.say("utter_identity_unclear")
        turn.set(asked, None)


async def _verify(turn: Turn, account: str, secret: str) -> None:
    try:
        verification = await account_api().verify(
            turn.conversation_id,
            account_number=None if account == CALLING_NUMBER else account,
            pin=secret if len(secret) == PIN_DIGITS else None,
            zip_code=secret if len(secret) == ZIP_DIGITS else None,
        )
    except Refused as refused:
        if refused.status != 423:
            raise
        _say_locked(turn)
        return
    _go_on(turn, verification)


def _go_on(turn: Turn, verification: Verification) -> None:
    match verification.status:
        case "verified":
            _say_verified(turn, verification)
        case "choose_account":
            choices = [{"account": str(choice.account), "hint": choice.address_hint} for choice in verification.choices]
            turn.set(names.KNOWN_ACCOUNTS, choices)
            turn.set(names.IDENTITY_CHOICES, choices)
            _ask_for_choice(turn)
        case "need_account_number":
            turn.say("utter_identity_need_account_number")
            turn.set(names.CALLING_NUMBER_REFUSED, True)
            turn.set(names.IDENTITY_ACCOUNT, None)
            turn.set(names.REQUESTED_SLOT, names.IDENTITY_ACCOUNT)
        case "locked":
            _say_locked(turn)
        case _:
            turn.say("utter_identity_failed")
            turn.set(names.IDENTITY_ACCOUNT, None)
            turn.set(names.IDENTITY_SECRET, None)
            turn.set(names.REQUESTED_SLOT, names.IDENTITY_ACCOUNT)


def _say_verified(turn: Turn, verification: Verification) -> None:
    resume = turn.slot(names.RESUME_ACTION)
    finish_form(turn, resume or names.LISTEN)
    turn.set(names.VERIFICATION_LEVEL, verification.verification_level)
    if verification.first_name:
        turn.say("utter_identity_thanks_name", first_name=verification.first_name)
    else:
        turn.say("utter_identity_thanks")
    if not resume:
        turn.say("utter_what_next")


def _say_locked(turn: Turn) -> None:
    finish_form(turn)
    turn.say("utter_identity_locked")
    turn.offer(f"{names.OFFER_PERSON}:verification_locked")


def _ask_for_choice(turn: Turn) -> None:
    buttons = [
        {"title": choice["hint"], "payload": f'/choose_account{{"digits":"{number}"}}'}
        for number, choice in enumerate(turn.slot(names.IDENTITY_CHOICES), start=1)
    ]
    turn.set(names.REQUESTED_SLOT, names.IDENTITY_CHOICE)
    turn.say("utter_identity_choose_account", buttons=buttons)


async def _choose_account(turn: Turn) -> None:
    choices = turn.slot(names.IDENTITY_CHOICES)
    opening = turn.slot(names.REQUESTED_SLOT) is None
    picked = None if turn.intent in names.ALWAYS_FIRST else picked_choice(turn, choices)
    if picked is not None:
        await take_choice(turn, choices[picked]["account"])
    elif opening or turn.intent in _MEANT_AS_DETAILS or turn.answered_already:
        turn.set(names.IDENTITY_CHOICE, None)
        _ask_for_choice(turn)


async def take_choice(turn: Turn, account: str) -> None:
    """Go on with this one of the accounts that the customer proved, and with what was asked before.

    :raises AccountApiError: the backend is out or refused.
    """
    turn.set(names.CURRENT_ACCOUNT, account)
    _go_on(turn, await account_api().choose_account(turn.conversation_id, UUID(account)))


def picked_choice(turn: Turn, choices: list[dict[str, str]]) -> int | None:
    """The index of the choice that was meant: by its number, or by words of its address alone."""
    numbers = [int(group) for group in turn.entities("digits") if group.isdigit() and len(group) == 1]
    if numbers and 1 <= numbers[0] <= len(choices):
        return numbers[0] - 1
    said = set(turn.text.lower().split())
    fitting = [index for index, choice in enumerate(choices) if said & set(choice["hint"].lower().split()) - _VAGUE]
    return fitting[0] if len(fitting) == 1 else None
