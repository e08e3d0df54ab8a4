"""The payment portal: what it does, and whom it knows by which e-mail address."""

import pytest

from actions import names
from actions.account_api import AccountApi
from actions.portal import ActionPortal, ActionPortalSignIn
from tests.actions.harness import Loopback, Tell

KNOWN = {"slots": {"verification_level": 2}}
ACCOUNT = {
    "account_number_masked": "…4412",
    "first_name": "Denise",
    "service_address": "11801 Mesquite Ln, Rio Seco",
    "status": "active",
    "phone_masked": None,
    "email_masked": "d•••@example.com",
}


async def test_the_portal_is_where_the_district_is(api: AccountApi, run: Tell) -> None:
    said = await run(ActionPortal(), intent="ask_portal")
    assert said.variables("utter_portal")["link"] == "https://www.rioseco.example/pay"
    assert said.names == ["utter_portal", "utter_portal_choices"]


@pytest.mark.parametrize(
    ("email", "response"), [("d•••@example.com", "utter_portal_email"), (None, "utter_portal_no_email")]
)
async def test_the_address_to_sign_in_with_and_another_one(
    api: AccountApi, answers: Loopback, run: Tell, email: str | None, response: str
) -> None:
    answers.say("GET", "/account", {**ACCOUNT, "email_masked": email})
    said = await run(ActionPortalSignIn(), intent="affirm", channel="voice", **KNOWN)
    assert (said.names, said.slots[names.OFFER]) == ([response], "do:action_change_email")
    if email:
        told = said.variables(response)
        assert (told["start"], told["domain"]) == ("d", "example dot com")


async def test_who_it_is_comes_first(api: AccountApi, run: Tell) -> None:
    said = await run(ActionPortalSignIn(), intent="affirm")
    assert (said.next, said.slots[names.RESUME_ACTION]) == (names.IDENTITY_FORM, "action_portal_sign_in")
