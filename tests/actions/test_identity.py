"""The identity form: details in any order, several at once, and what is never told."""

from typing import Any

import pytest

from actions.account_api import AccountApi
from actions.identity import ActionIdentityHelp, ActionVerifyIdentity, ValidateIdentityForm
from actions.identity_details import CALLING_NUMBER
from tests.actions.harness import Loopback, Tell

FORM = {"form": "identity_form"}
VERIFIED = {"status": "verified", "verification_level": 2, "attempts_left": 3, "first_name": "Maria", "choices": []}
FAILED = {"status": "failed", "verification_level": 0, "attempts_left": 2, "first_name": None, "choices": []}
LOCKED = {"status": "locked", "verification_level": 0, "attempts_left": 0, "first_name": None, "choices": []}


async def test_a_calling_number_that_was_refused_is_not_tried_again(
    api: AccountApi, answers: Loopback, run: Tell
) -> None:
    answers.say("POST", "/verification", {**FAILED, "status": "need_account_number"})
    slots = {"requested_slot": "identity_secret", "identity_account": CALLING_NUMBER}
    said = await run(ValidateIdentityForm(), entities=[("digits", "0417")], slots=slots, channel="sms", **FORM)
    assert said.names == ["utter_identity_need_account_number"]
    slots = {**slots, **said.slots}
    again = await run(ValidateIdentityForm(), intent="use_calling_number", slots=slots, channel="sms", **FORM)
    assert again.names == ["utter_identity_account_help"]
    assert len(answers.bodies("/verification")) == 1


async def test_a_pin_alone_is_kept_while_the_account_is_missing(api: AccountApi, run: Tell) -> None:
    slots = {"requested_slot": "identity_account"}
    said = await run(ValidateIdentityForm(), entities=[("digits", "0417")], slots=slots, **FORM)
    assert said.names == ["utter_identity_account_missing"]
    assert said.slots["identity_secret"] == "0417"


async def test_zero_is_a_person(api: AccountApi, answers: Loopback, run: Tell) -> None:
    said = await run(ActionVerifyIdentity(), text="0", entities=[("digits", "0")])
    assert said.names == ["utter_hand_off_open"]


async def test_the_form_asks_for_the_account_first(api: AccountApi, run: Tell) -> None:
    said = await run(ValidateIdentityForm(), intent="ask_balance", **FORM)
    assert said.names == ["utter_identity_needed"]
    assert said.slots["requested_slot"] == "identity_account"


async def test_both_details_in_the_question_are_tried_at_once(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("POST", "/verification", VERIFIED)
    digits = [("digits", "44124412"), ("digits", "0417")]
    said = await run(
        ValidateIdentityForm(),
        intent="ask_balance",
        entities=digits,
        slots={"resume_action": "action_balance"},
        **FORM,
    )
    assert answers.bodies("/verification") == [{"account_number": "44124412", "pin": "0417", "zip": None}]
    assert said.names == ["utter_identity_thanks_name"]
    assert said.slots["verification_level"] == 2
    assert said.next == "action_balance"


async def test_four_digits_in_a_question_are_no_pin(api: AccountApi, answers: Loopback, run: Tell) -> None:
    said = await run(ValidateIdentityForm(), intent="ask_last_payment", entities=[("digits", "1500")], **FORM)
    assert answers.asked == []
    assert "identity_secret" not in said.slots


async def test_the_calling_number_is_a_factor(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("POST", "/verification", VERIFIED)
    slots = {"requested_slot": "identity_secret", "identity_account": CALLING_NUMBER}
    await run(ValidateIdentityForm(), entities=[("digits", "92599")], slots=slots, channel="sms", **FORM)
    assert answers.bodies("/verification") == [{"account_number": None, "pin": None, "zip": "92599"}]


async def test_a_chat_has_no_calling_number(api: AccountApi, run: Tell) -> None:
    slots = {"requested_slot": "identity_account"}
    said = await run(ValidateIdentityForm(), intent="use_calling_number", slots=slots, **FORM)
    assert said.names == ["utter_identity_no_calling_number"]
    assert said.slots["requested_slot"] == "identity_account"


async def test_a_corrected_account_number_replaces_the_first(api: AccountApi, run: Tell) -> None:
    slots = {"requested_slot": "identity_secret", "identity_account": "11111111"}
    said = await run(ValidateIdentityForm(), entities=[("digits", "44124412")], slots=slots, **FORM)
    assert said.slots["identity_account"] == "44124412"
    assert said.slots["requested_slot"] == "identity_secret"


async def test_a_failure_forgets_both_details_and_does_not_say_which_was_wrong(
    api: AccountApi, answers: Loopback, run: Tell
) -> None:
    answers.say("POST", "/verification", FAILED)
    slots = {"requested_slot": "identity_secret", "identity_account": "44124412"}
    said = await run(ValidateIdentityForm(), entities=[("digits", "9999")], slots=slots, **FORM)
    assert said.names == ["utter_identity_failed"]
    assert (said.slots["identity_account"], said.slots["identity_secret"]) == (None, None)
    assert said.slots["requested_slot"] == "identity_account"


@pytest.mark.parametrize(("status", "body"), [(200, LOCKED), (423, {"error": "locked", "detail": ""})])
async def test_a_lock_ends_the_form_and_offers_a_person(
    api: AccountApi, answers: Loopback, run: Tell, status: int, body: Any
) -> None:
    answers.say("POST", "/verification", body, status)
    slots = {"requested_slot": "identity_secret", "identity_account": "44124412", "resume_action": "action_balance"}
    said = await run(ValidateIdentityForm(), entities=[("digits", "9999")], slots=slots, **FORM)
    assert said.names == ["utter_identity_locked"]
    assert said.slots["requested_slot"] is None
    assert said.slots["offer"] == "person:verification_locked"
    assert said.next == "action_listen"


async def test_digits_that_fit_nothing_are_explained(api: AccountApi, run: Tell) -> None:
    slots = {"requested_slot": "identity_account"}
    said = await run(ValidateIdentityForm(), entities=[("digits", "123")], slots=slots, **FORM)
    assert said.names == ["utter_identity_unclear"]


@pytest.mark.parametrize("asked", ["identity_account", "identity_secret"])
async def test_a_name_is_thanked_for_and_is_not_enough(api: AccountApi, run: Tell, asked: str) -> None:
    slots = {"requested_slot": asked, "identity_account": "44124412" if asked == "identity_secret" else None}
    text = "this is Denise Carver"
    said = await run(ValidateIdentityForm(), intent="nlu_fallback", text=text, slots=slots, **FORM)
    assert said.names == ["utter_identity_name_is_not_enough"]
    assert said.slots["requested_slot"] == asked
    other = await run(ValidateIdentityForm(), intent="nlu_fallback", text="mrrp wug", slots=slots, **FORM)
    assert other.names == []


@pytest.mark.parametrize("intent", ["report_emergency", "report_gas_smell", "ask_person", "cancel"])
async def test_the_form_steps_aside_whatever_digits_there_are(api: AccountApi, run: Tell, intent: str) -> None:
    slots = {"requested_slot": "identity_account"}
    said = await run(ValidateIdentityForm(), intent=intent, entities=[("digits", "1234")], slots=slots, **FORM)
    assert said.names == []
    assert set(said.slots) == {"requested_slot"}


CHOICES = [
    {"account": "0b0f6a52-4a7e-4c38-9a55-0d1f8f4c2b11", "address_hint": "… Cottonwood Avenue"},
    {"account": "1b0f6a52-4a7e-4c38-9a55-0d1f8f4c2b12", "address_hint": "… Arroyo Parkway"},
]
HELD = [{"account": choice["account"], "hint": choice["address_hint"]} for choice in CHOICES]


async def test_several_accounts_become_choices(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("POST", "/verification", {**VERIFIED, "status": "choose_account", "choices": CHOICES})
    slots = {"requested_slot": "identity_secret", "identity_account": CALLING_NUMBER}
    said = await run(ValidateIdentityForm(), entities=[("digits", "0417")], slots=slots, channel="sms", **FORM)
    buttons = said.variables("utter_identity_choose_account")["buttons"]
    assert [button["title"] for button in buttons] == ["… Cottonwood Avenue", "… Arroyo Parkway"]
    assert buttons[1]["payload"] == '/choose_account{"digits":"2"}'


@pytest.mark.parametrize(
    ("text", "entities"), [("2", [("digits", "2")]), ("the one on arroyo", []), ("arroyo parkway please", [])]
)
async def test_an_account_is_chosen_by_number_or_by_street(
    api: AccountApi, answers: Loopback, run: Tell, text: str, entities: list[tuple[str, str]]
) -> None:
    answers.say("POST", "/account", VERIFIED)
    slots = {"requested_slot": "identity_choice", "identity_choices": HELD}
    said = await run(ValidateIdentityForm(), text=text, entities=entities, slots=slots, **FORM)
    assert answers.bodies("/account") == [{"account": CHOICES[1]["account"]}]
    assert said.slots["verification_level"] == 2


async def test_the_choices_come_again_after_a_question_in_between(api: AccountApi, run: Tell) -> None:
    slots = {"requested_slot": "identity_choice", "identity_choices": HELD}
    said = await run(ValidateIdentityForm(), intent="ask_hours", slots=slots, after_action="action_hours", **FORM)
    assert said.names == ["utter_identity_choose_account"]


async def test_a_verified_customer_is_not_asked_again(api: AccountApi, run: Tell) -> None:
    said = await run(ActionVerifyIdentity(), intent="verify_identity", slots={"verification_level": 2})
    assert said.names == ["utter_identity_known"]
    assert said.next == "action_listen"


@pytest.mark.parametrize(
    ("text", "response"),
    [
        ("I forgot my PIN", "utter_identity_secret_help"),
        ("no sé mi código postal", "utter_identity_secret_help"),
        ("where do I find my account number", "utter_identity_account_help"),
        ("no sé", "utter_offer_person"),
    ],
)
async def test_what_is_not_at_hand_before_anything_asked_for_it(
    api: AccountApi, run: Tell, text: str, response: str
) -> None:
    assert (await run(ActionIdentityHelp(), intent="do_not_know", text=text)).names == [response]
