"""Paying from what is on file: nothing without a yes, and everything that can come in between."""

from typing import Any

import pytest

from actions import names
from actions.account_api import AccountApi
from actions.pay import ActionAskPayAgreed, ActionMakePayment, ValidatePayForm
from tests.actions.harness import Loopback, Tell

OFFER_ID = "0192f0c1-8a70-7000-8000-00000000d1f1"
OFFER = {
    "id": OFFER_ID,
    "purpose": "bill",
    "amount_cents": 8412,
    "fee_cents": 0,
    "balance_cents": 8412,
    "past_due_cents": 3140,
    "due_on": "2026-12-03",
    "account": "4412",
    "method": "Visa ending in 4242",
    "kind": "card",
    "autopay": False,
    "others": {"past_due": 3140},
    "expires_at": "2026-11-23T18:10:00Z",
}
CHARGE = {
    "id": OFFER_ID,
    "amount_cents": 8412,
    "fee_cents": 0,
    "status": "created",
    "is_pending": True,
    "failure": None,
    "method_label": "Visa ending in 4242",
    "confirmation_number": None,
}
PART_OF_IT = {"balance_cents": 8412, "amount_cents": 4206}
KEPT = {"id": OFFER_ID, "balance_cents": 8412, "amount_cents": 8412, "others": {"past_due": 3140}}
OPEN: dict[str, Any] = {
    "form": names.PAY_FORM,
    "slots": {names.REQUESTED_SLOT: names.PAY_AGREED, names.PAY_OFFER: KEPT},
}
ACCEPTANCE, REFUSAL, PAYMENT = (f"/{OFFER_ID}/{what}" for what in ("acceptance", "refusal", "payment"))


def refused(name: str, **facts: Any) -> dict[str, Any]:
    return {"error": name, "detail": "as the test wants it", **facts}


class TestAsking:
    async def test_the_balance_and_then_a_yes(self, api: AccountApi, answers: Loopback, run: Tell) -> None:
        answers.say("POST", "/payment-offers", OFFER, 201)
        said = await run(ActionMakePayment(), intent="make_payment", text="pay my bill")
        assert said.names == ["utter_pay_owed_due", "utter_balance_past_due"]
        assert said.slots["pay_amount"] == "$84.12" and said.next == names.PAY_FORM
        assert answers.bodies("/payment-offers") == [{}]

    @pytest.mark.parametrize(
        ("text", "entities", "wanted"),
        [
            ("pay 42.50", {"amount_cents": [4250]}, {"amount_cents": 4250}),
            ("pay the past due part", {}, {"purpose": "past_due"}),
            ("quiero pagar lo vencido", {}, {"purpose": "past_due"}),
            ("pagar mi cuota", {}, {"purpose": "installment"}),
            ("pay all of it", {"amount_part": ["all"]}, {"purpose": "bill"}),
            ("pay -5", {"amount_cents": [500]}, {"amount_cents": 0}),
            ("pay -$5", {"amount_cents": [500]}, {"amount_cents": 0}),
            ("pay $-5", {"amount_cents": [500]}, {"amount_cents": 0}),
            ("pay - 50 dollars", {"amount_cents": [5000]}, {"amount_cents": 5000}),
            ("pagar - $50", {"amount_cents": [5000]}, {"amount_cents": 5000}),
            ("pay 1e9", {}, {"amount_cents": 0}),
        ],
    )
    async def test_for_what_was_said(
        self, api: AccountApi, answers: Loopback, run: Tell, *, text: str, entities: Any, wanted: Any
    ) -> None:
        answers.say("POST", "/payment-offers", OFFER, 201)
        found = [(kind, value) for kind, values in entities.items() for value in values]
        await run(ActionMakePayment(), intent="make_payment", text=text, entities=found)
        assert answers.bodies("/payment-offers") == [wanted]

    @pytest.mark.parametrize(
        ("name", "facts", "response", "offered"),
        [
            ("no_method", {"balance_cents": 8412}, "utter_pay_no_method", "do:action_pay_by_link"),
            ("no_method", PART_OF_IT, "utter_pay_part_no_method", "do:action_pay_by_link"),
            ("nothing_due", {"credit_cents": 0}, "utter_pay_nothing_due", None),
            ("nothing_due", {"credit_cents": 500}, "utter_balance_credit", None),
            ("payment_pending", {"amount_cents": 8412}, "utter_pay_pending", None),
            ("more_than_owed", {"balance_cents": 8412}, "utter_pay_more_than_owed", None),
        ],
    )
    async def test_why_there_is_nothing_to_agree_to(
        self, api: AccountApi, answers: Loopback, run: Tell, *, name: str, facts: Any, response: str, offered: Any
    ) -> None:
        answers.say("POST", "/payment-offers", refused(name, **facts), 409)
        said = await run(ActionMakePayment(), intent="make_payment", text="pay")
        assert said.names == [response]
        assert said.slots.get(names.OFFER) == offered
        assert said.next == names.LISTEN

    async def test_who_wants_to_pay_a_part_gets_a_page_for_that_part(
        self, api: AccountApi, answers: Loopback, run: Tell
    ) -> None:
        answers.say("POST", "/payment-offers", refused("no_method", **PART_OF_IT), 409)
        said = await run(ActionMakePayment(), intent="make_payment", text="half", entities=[("amount_part", "half")])
        assert answers.bodies("/payment-offers") == [{"purpose": "half"}]
        assert said.slots[names.PAY_WANTED] == {"amount_cents": 4206}

    async def test_a_stranger_is_asked_who_they_are_and_the_amount_is_kept(
        self, api: AccountApi, answers: Loopback, run: Tell
    ) -> None:
        answers.say("POST", "/payment-offers", refused("verification_required"), 403)
        paid = [("amount_cents", 4250)]
        said = await run(ActionMakePayment(), intent="make_payment", text="pay 42.50", entities=paid)
        assert said.next == names.IDENTITY_FORM
        kept = said.slots[names.PAY_WANTED]
        answers.say("POST", "/payment-offers", OFFER, 201)
        await run(ActionMakePayment(), intent="give_details", text="0417", slots={names.PAY_WANTED: kept})
        assert answers.bodies("/payment-offers")[-1] == {"amount_cents": 4250}

    async def test_a_phone_of_several_accounts_is_asked_which(
        self, api: AccountApi, answers: Loopback, run: Tell
    ) -> None:
        choices = [
            {"account_id": "0192f0c1-8a70-7000-8000-000000000001", "account": "4412", "hint": "••• Mesquite Ln"},
            {"account_id": "0192f0c1-8a70-7000-8000-000000000002", "account": "7731", "hint": "••• Agave Ct"},
        ]
        answers.say("POST", "/payment-offers", refused("choose_account", choices=choices), 409)
        said = await run(ActionMakePayment(), intent="make_payment", text="pay")
        assert said.next == names.PAY_FORM
        asked = await run(ActionAskPayAgreed(), slots={names.PAY_CHOICES: choices})
        assert [button["title"] for button in asked.responses[0]["buttons"]] == [
            "4412, ••• Mesquite Ln",
            "7731, ••• Agave Ct",
        ]
        answers.say("POST", "/payment-offers", OFFER, 201)
        picked = {**OPEN, "slots": {**OPEN["slots"], names.PAY_CHOICES: choices}}
        await run(ValidatePayForm(), text="the second", entities=[("digits", "2")], **picked)
        assert answers.bodies("/payment-offers")[-1]["account_id"].endswith("2")


class TestTheQuestion:
    async def test_can_be_answered_by_buttons(self, api: AccountApi, run: Tell) -> None:
        said = await run(ActionAskPayAgreed(), slots={names.PAY_OFFER: KEPT, "language": "es"})
        assert [(one["title"], one["payload"]) for one in said.responses[0]["buttons"]] == [
            ("CONFIRMO", "/affirm"),
            ("Lo vencido: $31.40", '/make_payment{"amount_part":"past_due"}'),
            ("NO", "/deny"),
        ]


class TestAnswering:
    async def test_yes_pays(self, api: AccountApi, answers: Loopback, run: Tell) -> None:
        answers.say("POST", ACCEPTANCE, CHARGE)
        said = await run(ValidatePayForm(), intent="affirm", text="CONFIRM", channel="sms", **OPEN)
        assert said.names == ["utter_pay_accepted"]
        assert said.variables("utter_pay_accepted")["amount"] == "$84.12"
        assert said.next == names.LISTEN

    async def test_no_pays_nothing(self, api: AccountApi, answers: Loopback, run: Tell) -> None:
        answers.say("POST", REFUSAL, {"status": "declined"})
        said = await run(ValidatePayForm(), intent="deny", text="no", **OPEN)
        assert said.names == ["utter_pay_declined"]
        assert len(answers.bodies(REFUSAL)) == 1 and not answers.bodies(ACCEPTANCE)

    @pytest.mark.parametrize(
        ("text", "entities", "wanted"),
        [
            ("no, 40 dollars", {"amount_cents": 4000}, {"amount_cents": 4000}),
            ("40", {"digits": "40"}, {"amount_cents": 4000}),
            ("half of it", {"amount_part": "half"}, {"purpose": "half"}),
            ("just what is overdue", {}, {"purpose": "past_due"}),
        ],
    )
    async def test_another_amount_is_another_offer(
        self, api: AccountApi, answers: Loopback, run: Tell, *, text: str, entities: Any, wanted: Any
    ) -> None:
        answers.say("POST", "/payment-offers", OFFER, 201)
        found = list(entities.items())
        said = await run(ValidatePayForm(), intent="give_details", text=text, entities=found, **OPEN)
        assert answers.bodies("/payment-offers") == [wanted]
        assert said.slots[names.REQUESTED_SLOT] == names.PAY_AGREED

    @pytest.mark.parametrize(
        ("refusal", "response"),
        [
            (refused("balance_changed"), "utter_pay_changed"),
            (refused("offer_over", state="expired"), "utter_pay_expired"),
        ],
    )
    async def test_an_offer_that_counts_no_more_is_made_anew_and_asked_again(
        self, api: AccountApi, answers: Loopback, run: Tell, *, refusal: Any, response: str
    ) -> None:
        answers.say("POST", ACCEPTANCE, refusal, 409)
        answers.say("POST", "/payment-offers", OFFER, 201)
        said = await run(ValidatePayForm(), intent="affirm", text="yes", **OPEN)
        assert said.names[0] == response and said.slots[names.REQUESTED_SLOT] == names.PAY_AGREED

    async def test_while_another_payment_is_at_work_nothing_is_paid(
        self, api: AccountApi, answers: Loopback, run: Tell
    ) -> None:
        answers.say("POST", ACCEPTANCE, refused("payment_in_progress", amount_cents=8412), 409)
        said = await run(ValidatePayForm(), intent="affirm", text="yes", **OPEN)
        assert said.names == ["utter_pay_pending"] and said.next == names.LISTEN


BECAME = pytest.mark.parametrize(
    ("became", "response"),
    [
        ({"status": "told", "is_pending": False, "confirmation_number": 100482}, "utter_pay_done"),
        ({"status": "failed", "is_pending": False, "failure": "insufficient_funds"}, "utter_pay_failed"),
        ({}, "utter_pay_still_pending"),
    ],
)


class TestACaller:
    @BECAME
    async def test_whose_number_is_hidden_is_promised_no_text(
        self, api: AccountApi, answers: Loopback, run: Tell, *, became: Any, response: str
    ) -> None:
        answers.say("POST", ACCEPTANCE, CHARGE)
        answers.say("GET", PAYMENT, {**CHARGE, **became, "receipt_is_sent": False})
        said = await run(ValidatePayForm(), intent="affirm", text="yes", channel="voice", **OPEN)
        assert said.names == [f"{response}_unsent"]

    @BECAME
    async def test_hears_how_it_ended(
        self, api: AccountApi, answers: Loopback, run: Tell, *, became: Any, response: str
    ) -> None:
        answers.say("POST", ACCEPTANCE, CHARGE)
        answers.say("GET", PAYMENT, {**CHARGE, **became})
        said = await run(ValidatePayForm(), intent="affirm", text="yes", channel="voice", **OPEN)
        assert said.names == [response]
        if response == "utter_pay_done":
            assert said.variables(response)["confirmation"] == "1 0 0 4 8 2"
