"""Links to pay by, phones that pay by text, and cards that are saved."""

from typing import Any

import pytest

from actions import names
from actions.account_api import AccountApi
from actions.conversation import ActionAffirm
from actions.pay_by_link import ActionPayByLink, ValidatePayLinkForm
from actions.pay_by_text import ActionConfirmPayByText, ActionEnrolPayByText, ActionLeavePayByText, ActionSaveMethod
from tests.actions.harness import Loopback, Tell

PAGE: dict[str, Any] = {"url": "https://pay.example/c/8x2", "sent_to": None, "account": "4412", "amount_cents": None}
NUMBER = [("digits", "10004412")]
KNOWN = {"slots": {"verification_level": 2}}
FORM: dict[str, Any] = {
    "form": names.PAY_LINK_FORM,
    "slots": {names.REQUESTED_SLOT: names.PAY_LINK_ACCOUNT},
}
ASKED = {"status": "asked", "phone_masked": "•••-•••-0142", "words": "Reply CONFIRM to agree.", "texted": False}


def refused(name: str) -> dict[str, str]:
    return {"error": name, "detail": "as the test wants it"}


class TestALink:
    async def test_is_said_in_a_thread_and_texted_to_a_caller(
        self, api: AccountApi, answers: Loopback, run: Tell
    ) -> None:
        answers.say("POST", "/payment-links", PAGE, 201)
        said = await run(ActionPayByLink(), intent="pay_by_link", channel="sms")
        assert said.variables("utter_pay_link")["link"] == PAGE["url"]
        assert answers.bodies("/payment-links")[-1] == {"account_number": None, "amount_cents": None, "purpose": None}
        answers.say("POST", "/payment-links", {**PAGE, "sent_to": "•••-•••-0142"}, 201)
        heard = await run(ActionPayByLink(), intent="pay_by_link", text="text me a link", channel="voice")
        assert heard.variables("utter_pay_link_texted")["sent_to"] == "0 1 4 2"

    async def test_a_caller_with_another_card_pays_on_the_phone(
        self, api: AccountApi, answers: Loopback, run: Tell
    ) -> None:
        said = await run(ActionPayByLink(), intent="pay_by_link", text="pay with another card", channel="voice")
        assert said.next == "action_pay_by_keys" and said.names == [] and answers.bodies("/payment-links") == []

    async def test_a_part_is_what_the_page_suggests_to_whoever_may_know(
        self, api: AccountApi, answers: Loopback, run: Tell
    ) -> None:
        answers.say("POST", "/payment-links", {**PAGE, "suggested_cents": 4_748}, 201)
        half = {"intent": "pay_by_link", "text": "text me a link to pay half", "entities": [("amount_part", "half")]}
        known = await run(ActionPayByLink(), **half)
        assert answers.bodies("/payment-links")[-1] == {"account_number": None, "amount_cents": None, "purpose": "half"}
        assert known.names == ["utter_pay_link", "utter_pay_link_suggests"]
        assert known.variables("utter_pay_link_suggests")["amount"] == "$47.48"
        answers.say("POST", "/payment-links", PAGE, 201)
        stranger = await run(ActionPayByLink(), **half)
        assert stranger.names == ["utter_pay_link", "utter_pay_link_amount_there"]

    async def test_a_fee_is_said_before_the_link(self, api: AccountApi, answers: Loopback, run: Tell) -> None:
        answers.say("POST", "/payment-links", {**PAGE, "fee_cents": 250}, 201)
        said = await run(ActionPayByLink(), intent="pay_by_link", channel="sms")
        assert said.names == ["utter_pay_link_fee", "utter_pay_link"]
        assert said.variables("utter_pay_link_fee")["fee"] == "$2.50"

    async def test_needs_the_number_alone(self, api: AccountApi, answers: Loopback, run: Tell) -> None:
        answers.say("POST", "/payment-links", refused("verification_required"), 403)
        asked = await run(ActionPayByLink(), intent="pay_by_link", text="pay my neighbor's bill")
        assert asked.next == names.PAY_LINK_FORM
        answers.say("POST", "/payment-links", PAGE, 201)
        said = await run(ValidatePayLinkForm(), intent="give_details", text="10004412", entities=NUMBER, **FORM)
        assert said.names == ["utter_pay_link"] and said.next == names.LISTEN
        assert answers.bodies("/payment-links")[-1] == {
            "account_number": "10004412",
            "amount_cents": None,
            "purpose": None,
        }

    async def test_is_for_the_amount_that_was_named_also_when_the_number_comes_later(
        self, api: AccountApi, answers: Loopback, run: Tell
    ) -> None:
        named = [("amount_cents", 4_250)]
        answers.say("POST", "/payment-links", refused("verification_required"), 403)
        asked = await run(ActionPayByLink(), intent="pay_by_link", text="$42.50 by link", entities=named)
        assert answers.bodies("/payment-links") == [{"account_number": None, "amount_cents": 4_250, "purpose": None}]
        kept = {names.PAY_WANTED: asked.slots[names.PAY_WANTED], **FORM["slots"]}
        answers.say("POST", "/payment-links", {**PAGE, "amount_cents": 4_250}, 201)
        said = await run(
            ValidatePayLinkForm(),
            intent="give_details",
            text="10004412",
            entities=NUMBER,
            form=FORM["form"],
            slots=kept,
        )
        assert answers.bodies("/payment-links")[-1] == {
            "account_number": "10004412",
            "amount_cents": 4_250,
            "purpose": None,
        }
        assert said.slots[names.PAY_WANTED] is None

    async def test_for_more_than_is_owed_says_what_is(self, api: AccountApi, answers: Loopback, run: Tell) -> None:
        answers.say("POST", "/payment-links", {**refused("more_than_owed"), "balance_cents": 3_000}, 409)
        said = await run(
            ActionPayByLink(), intent="pay_by_link", text="$42.50 by link", entities=[("amount_cents", 4250)]
        )
        assert said.variables("utter_pay_more_than_owed")["balance"] == "$30.00"

    async def test_for_a_number_that_nobody_has_is_asked_for_again(
        self, api: AccountApi, answers: Loopback, run: Tell
    ) -> None:
        answers.say("POST", "/payment-links", refused("account_not_found"), 404)
        said = await run(ValidatePayLinkForm(), intent="give_details", text="10004412", entities=NUMBER, **FORM)
        assert said.names == ["utter_pay_link_no_account"]
        assert said.slots[names.REQUESTED_SLOT] == names.PAY_LINK_ACCOUNT


class TestAPhone:
    async def test_is_asked_right_there_and_agrees(self, api: AccountApi, answers: Loopback, run: Tell) -> None:
        answers.say("POST", "/text-enrolments", ASKED)
        said = await run(ActionEnrolPayByText(), intent="enrol_pay_by_text", channel="sms", **KNOWN)
        assert said.variables("utter_enrol_words")["words"] == ASKED["words"]
        offered = said.slots[names.OFFER]
        yes = await run(ActionAffirm(), intent="affirm", channel="sms", slots={names.OFFER: offered})
        assert yes.next == "action_confirm_pay_by_text"
        told = {"accounts": [{"account_id": "x", "account": "4412", "words": "This phone can now pay by text."}]}
        answers.say("POST", "/text-enrolments/confirmation", told)
        done = await run(ActionConfirmPayByText(), intent="affirm", channel="sms")
        assert done.variables("utter_enrol_words")["words"] == "This phone can now pay by text."

    async def test_answers_a_text_of_ours_in_a_new_thread(self, api: AccountApi, run: Tell) -> None:
        yes = await run(ActionAffirm(), intent="affirm", text="CONFIRM", channel="sms")
        assert yes.next == "action_confirm_pay_by_text"

    async def test_that_was_not_asked_is_asked_what_it_wants(
        self, api: AccountApi, answers: Loopback, run: Tell
    ) -> None:
        answers.say("POST", "/text-enrolments/confirmation", refused("nothing_to_confirm"), 404)
        assert (await run(ActionConfirmPayByText(), intent="affirm", channel="sms")).names == ["utter_what_next"]

    async def test_on_file_is_asked_from_elsewhere(self, api: AccountApi, answers: Loopback, run: Tell) -> None:
        answers.say("POST", "/text-enrolments", {**ASKED, "texted": True})
        said = await run(ActionEnrolPayByText(), intent="enrol_pay_by_text", channel="chat", **KNOWN)
        assert said.variables("utter_enrol_texted")["sent_to"] == "0142"

    @pytest.mark.parametrize(("ended", "response"), [(1, "utter_enrol_ended"), (0, "utter_enrol_none")])
    async def test_is_taken_off(
        self, api: AccountApi, answers: Loopback, run: Tell, *, ended: int, response: str
    ) -> None:
        answers.say("DELETE", "/text-enrolments", {"ended": ended})
        assert (await run(ActionLeavePayByText(), intent="leave_pay_by_text")).names == [response]


async def test_a_card_is_saved_on_the_processor_s_page(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("POST", "/method-setups", PAGE, 201)
    said = await run(ActionSaveMethod(), intent="save_payment_method", channel="chat")
    assert said.variables("utter_save_method")["link"] == PAGE["url"]
    answers.say("POST", "/method-setups", refused("verification_required"), 403)
    assert (await run(ActionSaveMethod(), intent="save_payment_method")).next == names.IDENTITY_FORM
