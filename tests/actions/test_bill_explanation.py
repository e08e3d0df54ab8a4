"""Why a bill is what it is: the API's own words for the channel, and the next steps."""

from typing import Any

import pytest

from actions import names
from actions.account_api import AccountApi
from actions.bill_explanation import ActionBillExplanation
from tests.actions.harness import Loopback, Tell

KNOWN = {"slots": {"verification_level": 2}}
BILL = {"id": "0199c1e7-3c1a-7c4e-8a53-0f6f6a1f7d10", "issued_on": "2026-11-18", "due_cents": 18816}


def told(words: str) -> dict[str, Any]:
    """A comparison of the API that says `words` in four ways."""
    return {
        "difference_cents": 12719,
        "words": {
            language: {"chat": f"{words} {language} read", "speech": f"{words} {language} heard"}
            for language in ("en", "es")
        },
    }


EXPLANATION = {"bill": BILL, "last": told("than last"), "last_year": told("than a year ago")}


@pytest.mark.parametrize(
    ("channel", "language", "expected"),
    [("chat", "en", "than last en read"), ("sms", "es", "than last es read"), ("voice", "es", "than last es heard")],
)
async def test_the_words_are_the_backends(
    api: AccountApi, answers: Loopback, run: Tell, *, channel: str, language: str, expected: str
) -> None:
    answers.say("GET", "/bills/latest/explanation", EXPLANATION)
    slots = {"verification_level": 2, "language": language}
    said = await run(ActionBillExplanation(), intent="ask_high_bill", channel=channel, slots=slots)
    assert said.names == ["utter_bill_explanation", "utter_bill_explanation_next"]
    told = said.variables("utter_bill_explanation")
    assert (told["explanation"], told["due"]) == (
        expected,
        "188 dólares con 16 centavos" if channel == "voice" else "$188.16",
    )


@pytest.mark.parametrize("text", ["why is it more than last year", "por qué es más que el año pasado"])
async def test_a_year_ago_when_that_is_asked(api: AccountApi, answers: Loopback, run: Tell, text: str) -> None:
    answers.say("GET", "/bills/latest/explanation", EXPLANATION)
    said = await run(ActionBillExplanation(), intent="ask_high_bill", text=text, **KNOWN)
    assert said.variables("utter_bill_explanation")["explanation"] == "than a year ago en read"


async def test_the_first_bill_has_nothing_to_compare_with(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/bills/latest/explanation", {"bill": BILL, "last": None, "last_year": None})
    said = await run(ActionBillExplanation(), intent="ask_high_bill", **KNOWN)
    assert said.variables("utter_first_bill")["due"] == "$188.16"


async def test_an_account_without_bills(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/bills/latest/explanation", {"error": "bill_not_found", "detail": ""}, 404)
    assert (await run(ActionBillExplanation(), intent="ask_high_bill", **KNOWN)).names == ["utter_no_bill_yet"]


async def test_identity_comes_first_and_a_level_that_ran_out_is_asked_for_again(
    api: AccountApi, answers: Loopback, run: Tell
) -> None:
    unknown = await run(ActionBillExplanation(), intent="ask_high_bill")
    answers.say("GET", "/bills/latest/explanation", {"error": "verification_required", "detail": ""}, 403)
    ran_out = await run(ActionBillExplanation(), intent="ask_high_bill", **KNOWN)
    for said in (unknown, ran_out):
        assert (said.next, said.slots[names.RESUME_ACTION]) == (names.IDENTITY_FORM, "action_bill_explanation")


async def test_a_backend_that_is_out_is_said(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/bills/latest/explanation", "", 503)
    said = await run(ActionBillExplanation(), intent="ask_high_bill", **KNOWN)
    assert said.names == ["utter_backend_out_case_filed"]
