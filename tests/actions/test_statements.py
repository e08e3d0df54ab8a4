"""A copy of a bill: its link in the chat, by text otherwise."""

from datetime import date
from typing import Any

import pytest

from actions.account_api import AccountApi
from actions.months import month_named
from actions.statements import ActionSendStatement
from tests.actions.harness import Loopback, Tell

KNOWN = {"slots": {"verification_level": 2}}
NOVEMBER, OCTOBER = "0199c1e7-3c1a-7c4e-8a53-0f6f6a1f7d10", "0199c1e7-3c1a-7c4e-8a53-0f6f6a1f7d11"
BILLS = {"bills": [{"id": NOVEMBER, "issued_on": "2026-11-18"}, {"id": OCTOBER, "issued_on": "2026-10-19"}]}
LINK = {"url": "https://rioseco.example/statements/abc", "expires_at": "2026-11-30T18:00:00Z", "sent_to": None}
TEXTED = {**LINK, "sent_to": "•••-•••-0104"}


async def test_the_chat_shows_the_link(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/bills", BILLS)
    answers.say("POST", "/statement-link", LINK, 201)
    said = await run(ActionSendStatement(), intent="send_statement", **KNOWN)
    assert said.variables("utter_statement_link")["link"] == LINK["url"]
    assert answers.bodies("/statement-link") == [{"bill": NOVEMBER, "language": "en", "text": False}]


@pytest.mark.parametrize("channel", ["voice", "sms"])
async def test_others_get_it_by_text(api: AccountApi, answers: Loopback, run: Tell, channel: str) -> None:
    answers.say("GET", "/bills", BILLS)
    answers.say("POST", "/statement-link", TEXTED, 201)
    said = await run(ActionSendStatement(), intent="send_statement", channel=channel, **KNOWN)
    shown = {"voice": "0 1 0 4", "sms": "•••-•••-0104"}[channel]
    assert said.variables("utter_statement_texted")["sent_to"] == shown
    assert answers.bodies("/statement-link")[0]["text"] is True


async def test_the_month_that_is_named(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/bills", BILLS)
    answers.say("POST", "/statement-link", LINK, 201)
    await run(ActionSendStatement(), intent="send_statement", text="mi factura de octubre", **KNOWN)
    assert answers.bodies("/statement-link")[0]["bill"] == OCTOBER
    said = await run(ActionSendStatement(), intent="send_statement", text="my bill of march", **KNOWN)
    assert said.names == ["utter_statement_no_such_month", "utter_statement_link"]


async def test_a_caller_without_a_phone_for_texts_is_offered_a_person(
    api: AccountApi, answers: Loopback, run: Tell
) -> None:
    answers.say("GET", "/bills", BILLS)
    answers.say("POST", "/statement-link", {"error": "no_text_phone", "detail": ""}, 409)
    said = await run(ActionSendStatement(), intent="send_statement", channel="voice", **KNOWN)
    assert said.names == ["utter_statement_no_phone"]
    assert said.slots["offer"] == "person:request"


async def test_an_account_without_bills(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/bills", {"bills": []})
    assert (await run(ActionSendStatement(), intent="send_statement", **KNOWN)).names == ["utter_no_bill_yet"]


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("my October bill", (2026, 10)),
        ("la factura de diciembre", (2025, 12)),
        ("may i have my bill", None),
        ("my bill in may", (2026, 5)),
        ("the may bill", (2026, 5)),
        ("marchers", None),
        ("send it", None),
    ],
)
def test_months_as_people_say_them(text: str, month: Any) -> None:
    assert month_named(text, date(2026, 11, 23)) == month
