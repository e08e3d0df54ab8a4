"""The same as last time: what was paid last is offered, as far as it is owed."""

from typing import Any

import pytest

from actions import names
from actions.account_api import AccountApi
from actions.pay_as_before import ActionPayAsBefore
from tests.actions.harness import Loopback, Tell

KNOWN = {"slots": {"verification_level": 2}}
BALANCE = {
    "past_due_cents": 0,
    "credit_cents": 0,
    "due_date": None,
    "last_payment": None,
    "autopay": False,
    "arrangement": None,
    "returned_payment": None,
    "medical_protection": False,
}
LAST = {"amount_cents": 4250, "received_on": "2026-10-28", "status": "posted"}
RETURNED = {"amount_cents": 9900, "received_on": "2026-11-02", "status": "returned"}


@pytest.mark.parametrize(
    ("payments", "owed_cents", "wanted"),
    [
        ([LAST], 9000, {"amount_cents": 4250}),
        ([RETURNED, LAST], 9000, {"amount_cents": 4250}),
        ([LAST], 3000, {"amount_cents": 3000}),
        ([LAST], 0, {}),
        ([], 9000, {}),
    ],
)
async def test_the_last_payment_is_offered_again(
    api: AccountApi, answers: Loopback, run: Tell, *, payments: list[Any], owed_cents: int, wanted: dict[str, int]
) -> None:
    answers.say("GET", "/payments", {"payments": payments, "as_of": "2026-11-23T18:00:00Z"})
    answers.say("GET", "/balance", {**BALANCE, "balance_cents": owed_cents})
    answers.say("POST", "/payment-offers", {"error": "nothing_due", "detail": "", "credit_cents": 0}, 409)
    said = await run(ActionPayAsBefore(), intent="pay_as_before", **KNOWN)
    assert answers.bodies("/payment-offers") == [wanted]
    assert said.slots[names.PAY_WANTED] == wanted
    assert ("utter_pay_as_before" in said.names) == bool(payments)
