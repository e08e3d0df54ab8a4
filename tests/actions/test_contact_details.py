"""Changing the e-mail address: confirmed, coded, changed."""

from typing import Any

import pytest

from actions.account_api import AccountApi
from actions.contact_details import ActionChangeEmail, ValidateEmailForm
from tests.actions.harness import Loopback, Tell

KNOWN = {"slots": {"verification_level": 2}}


async def test_a_new_email_is_confirmed_coded_and_changed(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("POST", "/one-time-code", {"status": "sent", "sent_to": "•••-•••-1234", "minutes": 10})
    answers.say("POST", "/check", {"status": "verified", "verification_level": 3, "attempts_left": 3})
    answers.say("PUT", "/email", {"email_masked": "a•••@example.com"})
    form = {"form": "email_form"}
    assert (await run(ActionChangeEmail(), intent="change_email", **KNOWN)).next == "email_form"
    told = await run(
        ValidateEmailForm(), entities=[("email", "ana@example.com")], slots={"requested_slot": "email_new"}, **form
    )
    assert told.slots["requested_slot"] == "email_confirmed"
    slots = {"verification_level": 2, "email_new": "ana@example.com", "requested_slot": "email_confirmed"}
    confirmed = await run(ValidateEmailForm(), intent="affirm", slots=slots, **form)
    assert confirmed.names == ["utter_code_sent"]
    slots |= {"email_confirmed": "yes", "requested_slot": "email_code"}
    done = await run(ValidateEmailForm(), entities=[("digits", "123456")], slots=slots, **form)
    assert done.names == ["utter_email_changed"]
    assert answers.bodies("/email") == [{"email": "ana@example.com"}]
    assert done.slots["email_new"] is None


@pytest.mark.parametrize(
    ("body", "response"),
    [
        ({"status": "failed", "verification_level": 2, "attempts_left": 1}, "utter_code_failed"),
        ({"status": "locked", "verification_level": 2, "attempts_left": 0}, "utter_code_locked"),
    ],
)
async def test_a_wrong_code(api: AccountApi, answers: Loopback, run: Tell, body: dict[str, Any], response: str) -> None:
    answers.say("POST", "/check", body)
    slots = {"verification_level": 2, "email_new": "ana@example.com", "requested_slot": "email_code"}
    said = await run(ValidateEmailForm(), entities=[("digits", "111111")], slots=slots, form="email_form")
    assert said.names == [response]
    assert answers.bodies("/email") == []
