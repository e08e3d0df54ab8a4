"""A fee to be taken off: found, asked for with a yes, and told plainly what became of it."""

from typing import Any

import pytest

from actions import names
from actions.account_api import AccountApi
from actions.conversation import ActionAffirm, ActionDeny
from actions.fee_reversal import ASK, ActionFeeReversal, ActionFeeReversalAsk
from tests.actions.harness import Loopback, Tell

LATE = "01936f3e-5a00-7c00-8000-000000000001"
KNOWN = {"verification_level": 2}


def fee(code: str = "late", state: str = "charged", id_: str = LATE) -> dict[str, Any]:
    return {"id": id_, "code": code, "amount_cents": 1000, "charged_on": "2026-11-02", "state": state}


async def test_the_fee_is_named_and_a_yes_is_asked_for(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/fees", {"fees": [fee()]})
    said = await run(ActionFeeReversal(), intent="request_fee_reversal", slots=KNOWN)
    named = said.variables("utter_fee_charged")
    assert (named["fee"], named["amount"], named["charged_on"]) == ("late fee", "$10.00", "Monday, November 2")
    assert said.slots[names.OFFER] == f"do:{ASK}:{LATE}"
    assert answers.bodies("/fee-reversals") == []
    yes = await run(ActionAffirm(), intent="affirm", slots={**KNOWN, "offer": said.slots[names.OFFER]})
    assert (yes.next, yes.slots[names.OFFER]) == (ASK, said.slots[names.OFFER])
    no = await run(ActionDeny(), intent="deny", slots={**KNOWN, "offer": said.slots[names.OFFER]})
    assert (no.names, no.slots[names.OFFER]) == (["utter_left_as_it_is"], None)


@pytest.mark.parametrize(
    ("status", "response"),
    [
        ("posted", "utter_fee_reversal_posted"),
        ("pending", "utter_fee_reversal_asked"),
        ("declined", "utter_fee_reversal_declined"),
    ],
)
async def test_what_became_of_it(api: AccountApi, answers: Loopback, run: Tell, status: str, response: str) -> None:
    answers.say("GET", "/fees", {"fees": [fee("tag", id_="01936f3e-5a00-7c00-8000-000000000009"), fee()]})
    answers.say("POST", "/fee-reversals", {"status": status, "code": "late", "amount_cents": 1000})
    said = await run(ActionFeeReversalAsk(), intent="affirm", slots={**KNOWN, "offer": f"do:{ASK}:{LATE}"})
    assert said.names == [response]
    assert [body["fee_id"] for body in answers.bodies("/fee-reversals")] == [LATE]
    assert said.slots[names.OFFER] is None


@pytest.mark.parametrize(
    ("text", "code"),
    [("take off the bounced check fee", "returned_payment"), ("quíteme el recargo por atraso", "late")],
)
async def test_the_fee_that_is_meant(api: AccountApi, answers: Loopback, run: Tell, text: str, code: str) -> None:
    fees = [fee("tag"), fee("returned_payment"), fee("late")]
    answers.say("GET", "/fees", {"fees": fees})
    said = await run(ActionFeeReversal(), intent="request_fee_reversal", text=text, slots=KNOWN)
    assert said.variables("utter_fee_charged")["fee"] == {"late": "late fee"}.get(code, "returned payment fee")


@pytest.mark.parametrize("state", ["reversal_pending", "reversed"])
async def test_what_was_asked_before_is_told(api: AccountApi, answers: Loopback, run: Tell, state: str) -> None:
    answers.say("GET", "/fees", {"fees": [fee(state=state)]})
    said = await run(ActionFeeReversal(), intent="request_fee_reversal", slots=KNOWN)
    assert said.names == [f"utter_fee_{state}"]
    assert said.slots.get(names.OFFER) is None


async def test_without_such_a_fee_a_person_is_offered(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/fees", {"fees": []})
    said = await run(ActionFeeReversal(), intent="request_fee_reversal", slots=KNOWN)
    assert (said.names, said.slots[names.OFFER]) == (["utter_fee_none"], "person:above_authority")


async def test_a_fee_that_the_api_will_not_take_back(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/fees", {"fees": [fee()]})
    answers.say("POST", "/fee-reversals", {"error": "not_reversible", "detail": ""}, 409)
    said = await run(ActionFeeReversalAsk(), intent="affirm", slots={**KNOWN, "offer": f"do:{ASK}:{LATE}"})
    assert said.names == ["utter_fee_reversal_refused"]


async def test_a_backend_that_is_out_is_said(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/fees", "", 503)
    said = await run(ActionFeeReversal(), intent="request_fee_reversal", slots=KNOWN)
    assert said.names == ["utter_backend_out_case_filed"]
