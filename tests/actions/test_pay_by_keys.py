"""Paying by keys in the dialogue: the number, the amount, the fee, a yes, and what is said of each end."""

from typing import Any

import pytest

from actions import names
from actions.account_api import AccountApi
from actions.card_keyed import ActionCardKeyed
from actions.pay import ActionMakePayment
from actions.pay_by_keys import ActionAskPayKeysAgreed, ActionPayByKeys, ValidatePayKeysForm
from tests.actions.harness import Loopback, Tell
from tests.actions.test_pay import CHARGE, OFFER, OFFER_ID, refused

STRANGERS = {**OFFER, "balance_cents": None, "due_on": None, "past_due_cents": 0, "method": "", "others": {}}
NUMBER = [("digits", "10004412")]
STATE = {"kind": "keyed_card", "number": "10004412"}
AGREE = {
    **STATE,
    "asks": "agree",
    "offer": {"id": OFFER_ID, "amount": "40 dollars", "balance_cents": None, "others": {}},
}
KEYED = {"id": OFFER_ID, "amount": "40 dollars", "state": STATE}
PAID = {**CHARGE, "is_pending": False, "confirmation_number": 100482}


def in_form(state: dict[str, Any], **more: Any) -> dict[str, Any]:
    slots = {names.REQUESTED_SLOT: names.PAY_KEYS_AGREED, names.PAY_KEYS: state}
    return {"form": names.PAY_KEYS_FORM, "slots": slots, "channel": "voice", **more}


async def test_nothing_on_file_leads_a_caller_to_the_keys(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("POST", "/payment-offers", refused("no_method", balance_cents=8412), 409)
    said = await run(ActionMakePayment(), intent="make_payment", text="pay", channel="voice")
    assert said.names == ["utter_pay_keys_instead"] and said.next == "action_pay_by_keys"


async def test_anyone_names_the_account_and_the_amount(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("POST", "/payment-offers", refused("verification_required"), 403)
    said = await run(ActionPayByKeys(), intent="pay_by_keys", text="pay by phone", channel="voice")
    assert said.slots[names.PAY_KEYS]["asks"] == "number" and said.next == names.PAY_KEYS_FORM
    answers.say("POST", "/payment-offers", refused("amount_wanted"), 409)
    form = in_form(said.slots[names.PAY_KEYS], intent="give_details", text="10004412", entities=NUMBER)
    said = await run(ValidatePayKeysForm(), **form)
    state = said.slots[names.PAY_KEYS]
    assert state["asks"] == "amount"
    assert (await run(ActionAskPayKeysAgreed(), **in_form(state))).names == ["utter_pay_keys_how_much"]
    answers.say("POST", "/payment-offers", {**STRANGERS, "amount_cents": 7000, "fee_cents": 250}, 201)
    paid = in_form(state, intent="give_details", text="70", entities=[("digits", "70")])
    said = await run(ValidatePayKeysForm(), **paid)
    assert said.names == [], "a stranger hears nothing of what is owed"
    assert answers.bodies("/payment-offers")[-1] == {
        "amount_cents": 7000, "pays_with": "keyed_card", "account_number": "10004412",
    }  # fmt: skip
    assert said.slots["pay_amount"] == (
        "70 dollars plus a 2 dollars and 50 cents card fee, 72 dollars and 50 cents in all,"
    )


async def test_a_yes_is_kept_before_the_keys_are_taken(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("POST", f"/{OFFER_ID}/agreement", {"status": "open"})
    said = await run(ValidatePayKeysForm(), **in_form(AGREE, intent="affirm", text="yes"))
    assert said.names == ["utter_pay_keys_now"]
    assert said.commands == [{"type": "collect_card", "offer_id": OFFER_ID, "method": "card"}]
    assert said.slots[names.PAY_KEYED]["id"] == OFFER_ID and answers.bodies("/agreement") == [{}]


@pytest.mark.parametrize(("level", "said_of_it"), [(0, "utter_pay_pending_unnamed"), (2, "utter_pay_pending")])
async def test_what_another_pays_is_told_to_nobody_else(
    api: AccountApi, answers: Loopback, run: Tell, level: int, said_of_it: str
) -> None:
    refusal = {"error": "payment_in_progress", "detail": "d", "charge_id": OFFER_ID, "amount_cents": 8412}
    answers.say("POST", f"/{OFFER_ID}/agreement", refusal, 409)
    asked = in_form(AGREE, intent="affirm", text="yes")
    asked["slots"]["verification_level"] = level
    said = await run(ValidatePayKeysForm(), **asked)
    assert said.names == [said_of_it]


async def test_no_and_a_number_that_nobody_asked_for(api: AccountApi, answers: Loopback, run: Tell) -> None:
    pin = in_form(AGREE, intent="give_details", text="4592", entities=[("digits", "4592")])
    assert names.PAY_KEYS not in (await run(ValidatePayKeysForm(), **pin)).slots, "a PIN is no amount"
    answers.say("POST", f"/{OFFER_ID}/refusal", {"status": "declined"})
    said = await run(ValidatePayKeysForm(), **in_form(AGREE, intent="deny", text="no"))
    assert said.names == ["utter_pay_declined"] and said.commands == []


class TestAfterTheKeys:
    async def keyed(self, run: Tell, result: str) -> Any:
        slots = {names.PAY_KEYED: KEYED}
        return await run(
            ActionCardKeyed(), intent="card_keyed", entities=[("pay_result", result)], slots=slots, channel="voice"
        )

    @pytest.mark.parametrize(
        ("balance", "words"),
        [(4412, ["utter_card_keyed_owed"]), (0, ["utter_card_keyed_even"]), (-500, ["utter_card_keyed_credit"]),
         (None, [])],
    )  # fmt: skip
    async def test_paid(
        self, api: AccountApi, answers: Loopback, run: Tell, *, balance: int | None, words: list[str]
    ) -> None:
        answers.say("GET", f"/{OFFER_ID}/payment", PAID)
        answers.say("GET", f"/{OFFER_ID}/receipt", {"balance_cents": balance})
        said = await self.keyed(run, "success")
        assert said.names == ["utter_pay_done", *words]

    @pytest.mark.parametrize(
        ("result", "response", "offered"),
        [
            ("too-many-failed-attempts", "utter_card_keyed_unread", "do:action_pay_by_keys"),
            ("caller-interrupted-with-star", "utter_card_keyed_stopped", "do:action_pay_by_keys"),
            ("card-rejected", "utter_card_keyed_rejected", "do:action_pay_by_keys"),
            ("payment-connector-error", "utter_card_keyed_away", "do:action_pay_by_link"),
            ("validation-error", "utter_card_keyed_away", "do:action_pay_by_link"),
            ("internal-error", "utter_card_keyed_away", "do:action_pay_by_link"),
            ("not-silent", "utter_card_keyed_away", "do:action_pay_by_link"),
            ("unknown", "utter_card_keyed_away", "do:action_pay_by_link"),
            ("payment_in_progress", "utter_card_keyed_another", None),
        ],
    )
    async def test_not_charged_and_nothing_can_be_from_then_on(
        self, api: AccountApi, answers: Loopback, run: Tell, *, result: str, response: str, offered: str | None
    ) -> None:
        answers.say("POST", f"/{OFFER_ID}/refusal", {"status": "declined"})
        said = await self.keyed(run, result)
        assert said.names == [response] and said.slots.get(names.OFFER) == offered
        assert answers.bodies("/refusal") == [{}]

    async def test_a_changed_balance_is_offered_anew(self, api: AccountApi, answers: Loopback, run: Tell) -> None:
        answers.say("POST", f"/{OFFER_ID}/refusal", {"status": "declined"})
        said = await self.keyed(run, "balance_changed")
        assert said.names == ["utter_pay_changed"] and said.next == "action_pay_by_keys"

    async def test_a_bank_that_says_no(self, api: AccountApi, answers: Loopback, run: Tell) -> None:
        answers.say("GET", f"/{OFFER_ID}/payment", {**CHARGE, "is_pending": False, "failure": "do_not_honor"})
        said = await self.keyed(run, "success")
        assert said.names == ["utter_card_keyed_refused"] and said.slots[names.OFFER] == "do:action_pay_by_keys"

    async def test_nobody_else_can_say_that_a_card_was_keyed(self, api: AccountApi, run: Tell) -> None:
        said = await run(ActionCardKeyed(), intent="card_keyed", entities=[("pay_result", "success")])
        assert said.names == ["utter_what_next"]
