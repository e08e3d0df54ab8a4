"""Payments that arrived: the list, and whether a certain one did."""

from typing import Any

import pytest

from actions.account_api import AccountApi
from actions.balance import ActionLastPayment
from actions.payment_history import ActionPaymentHistory
from tests.actions.harness import Loopback, Tell

KNOWN = {"slots": {"verification_level": 2}}


def payment(cents: int, day: str, status: str = "posted") -> dict[str, Any]:
    return {"amount_cents": cents, "received_on": day, "status": status}


PAYMENTS = {
    "payments": [
        payment(8000, "2026-11-20"),
        payment(6246, "2026-10-24", "returned"),
        payment(6877, "2026-09-24"),
        payment(5000, "2026-08-24"),
    ],
    "as_of": "2026-11-23T18:00:00Z",
}


async def test_the_last_payments(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/payments", PAYMENTS)
    shown = await run(ActionPaymentHistory(), intent="ask_payment_history", **KNOWN)
    said = shown.variables("utter_payment_history")["payments"]
    assert said.startswith("$80.00 on Friday, November 20; $62.46 on Saturday, October 24, which the bank returned")
    heard = await run(ActionPaymentHistory(), intent="ask_payment_history", channel="voice", **KNOWN)
    assert heard.variables("utter_payment_history")["payments"].count(";") == 2


async def test_no_payment_yet(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/payments", {"payments": [], "as_of": None})
    assert (await run(ActionPaymentHistory(), **KNOWN)).names == ["utter_no_payment_yet"]


@pytest.mark.parametrize(
    ("entities", "expected"),
    [
        ([("amount_cents", 8000)], ["utter_payment_posted"]),
        ([("amount_cents", 6246)], ["utter_payment_returned"]),
        ([("date", "2026-11-18")], ["utter_payment_posted"]),
        ([("date", "2026-09-20"), ("amount_cents", 6877)], ["utter_payment_posted"]),
        ([("amount_cents", 9900)], ["utter_payment_not_seen", "utter_payment_last_seen", "utter_payment_takes_days"]),
        (
            [("date", "2026-11-22")],
            ["utter_payment_not_seen", "utter_payment_last_seen", "utter_payment_takes_days"],
        ),
    ],
)
async def test_whether_a_payment_arrived(
    api: AccountApi, answers: Loopback, run: Tell, entities: list[tuple[str, Any]], expected: list[str]
) -> None:
    answers.say("GET", "/payments", PAYMENTS)
    said = await run(ActionLastPayment(), intent="ask_last_payment", entities=entities, **KNOWN)
    assert said.names == expected
