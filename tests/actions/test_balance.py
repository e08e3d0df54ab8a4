"""The balance: who may hear it, what goes with it, and what is said when the backend is out."""

from typing import Any

import pytest

from actions import names
from actions.account_api import AccountApi
from actions.balance import ActionBalance, ActionLastPayment
from tests.actions.harness import CONVERSATION, Loopback, Tell

BALANCE = {
    "balance_cents": 12345,
    "past_due_cents": 0,
    "due_date": "2026-12-01",
    "last_payment": {"amount_cents": 5000, "received_on": "2026-10-02", "method": "card"},
    "last_bill": None,
    "credit_cents": 0,
    "autopay": False,
    "arrangement": None,
    "returned_payment": None,
    "medical_protection": False,
    "as_of": "2026-11-23T10:00:00-08:00",
}
KNOWN = {"slots": {"verification_level": 2}}


async def test_the_balance_needs_an_identity_and_comes_back_by_itself(
    api: AccountApi, answers: Loopback, run: Tell
) -> None:
    said = await run(ActionBalance(), intent="ask_balance")
    assert answers.asked == []
    assert said.next == names.IDENTITY_FORM
    assert said.slots[names.RESUME_ACTION] == "action_balance"


async def test_the_balance_and_its_date(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/balance", BALANCE)
    said = await run(ActionBalance(), intent="ask_balance", **KNOWN)
    assert said.names == ["utter_balance_due", "utter_last_payment"]
    due = said.variables("utter_balance_due")
    assert (due["balance"], due["due_date"]) == ("$123.45", "Tuesday, December 1")
    assert said.next == names.LISTEN


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"past_due_cents": 2000}, "utter_balance_past_due"),
        ({"past_due_cents": 12345}, "utter_balance_all_past_due"),
        ({"balance_cents": 0, "due_date": None}, "utter_balance_zero"),
        ({"balance_cents": 0, "credit_cents": 900, "due_date": None}, "utter_balance_credit"),
        ({"balance_cents": -900, "credit_cents": 900, "due_date": None}, "utter_balance_credit"),
        ({"due_date": None}, "utter_balance_no_date"),
        ({"autopay": True}, "utter_balance_autopay"),
        ({"medical_protection": True}, "utter_balance_medical_protection"),
        ({"arrangement": {"installment_cents": 4000, "next_due_on": "2026-12-15"}}, "utter_balance_arrangement"),
        (
            {"returned_payment": {"amount_cents": 5000, "returned_on": "2026-10-09"}},
            "utter_balance_returned_payment",
        ),
    ],
)
async def test_what_else_the_customer_should_know(
    api: AccountApi, answers: Loopback, run: Tell, change: dict[str, Any], expected: str
) -> None:
    answers.say("GET", "/balance", {**BALANCE, **change})
    said = await run(ActionBalance(), intent="ask_balance", **KNOWN)
    assert expected in said.names


async def test_a_level_that_ran_out_is_asked_for_again(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/balance", {"error": "verification_required", "detail": ""}, 403)
    said = await run(ActionBalance(), intent="ask_balance", **KNOWN)
    assert said.next == names.IDENTITY_FORM
    assert said.slots[names.VERIFICATION_LEVEL] == 0


async def test_no_payment_yet(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/balance", {**BALANCE, "last_payment": None})
    said = await run(ActionLastPayment(), intent="ask_last_payment", **KNOWN)
    assert said.names == ["utter_no_payment_yet"]


async def test_a_backend_that_is_out_is_said_and_filed(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/balance", {"error": "unavailable", "detail": ""}, 503)
    said = await run(ActionBalance(), intent="ask_balance", **KNOWN)
    assert said.names == ["utter_backend_out_case_filed"]
    [filed] = answers.bodies("/hand-offs")
    assert (filed["reason"], filed["assistant_continues"]) == ("backend_unavailable", True)
    assert filed["conversation_id"] == CONVERSATION


async def test_a_billing_system_that_is_down_is_said_honestly_and_filed(
    api: AccountApi, answers: Loopback, run: Tell
) -> None:
    answers.say("GET", "/balance", {"error": "billing_system_down", "detail": ""}, 503)
    said = await run(ActionBalance(), intent="ask_balance", **KNOWN)
    assert said.names == ["utter_billing_down"]
    assert [filed["reason"] for filed in answers.bodies("/hand-offs")] == ["backend_unavailable"]


async def test_a_backend_that_is_out_altogether_leaves_the_telephone(
    api: AccountApi, answers: Loopback, run: Tell
) -> None:
    await api.district()
    answers.say("GET", "/balance", "", 503)
    answers.say("POST", "/hand-offs", "", 503)
    said = await run(ActionBalance(), intent="ask_balance", **KNOWN)
    assert said.variables("utter_backend_out_call")["phone"] == "(951) 555-0100"
