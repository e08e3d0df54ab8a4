""" "No, the other account": what was asked before is answered for the other one."""

from typing import Any

from actions import names
from actions.account_api import AccountApi
from actions.other_account import ActionOtherAccount
from tests.actions.harness import Loopback, Tell

OAK, ELM, ASH = (
    {"account": f"01936f3e-5a00-7c00-8000-0000000000a{number}", "hint": f"… {street} St"}
    for number, street in enumerate(("Oak", "Elm", "Ash"))
)
VERIFIED = {"status": "verified", "verification_level": 2, "attempts_left": 3, "first_name": None, "choices": []}


def slots(*accounts: dict[str, str], **changes: Any) -> dict[str, Any]:
    known = {"verification_level": 2, "known_accounts": list(accounts), "current_account": OAK["account"]}
    return {**known, **changes}


async def test_the_other_of_two_and_the_same_question(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("POST", "/account", VERIFIED)
    said = await run(
        ActionOtherAccount(), intent="change_account", slots=slots(OAK, ELM), after_action="action_balance"
    )
    assert said.variables("utter_other_account")["place"] == ELM["hint"]
    assert answers.bodies("/account") == [{"account": ELM["account"]}]
    assert (said.next, said.slots[names.CURRENT_ACCOUNT]) == ("action_balance", ELM["account"])


async def test_one_of_several_by_its_street_or_asked_for(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("POST", "/account", VERIFIED)
    named = await run(
        ActionOtherAccount(), intent="change_account", text="no the one on ash", slots=slots(OAK, ELM, ASH)
    )
    assert answers.bodies("/account") == [{"account": ASH["account"]}]
    assert "utter_other_account" in named.names
    asked = await run(ActionOtherAccount(), intent="change_account", text="the other one", slots=slots(OAK, ELM, ASH))
    assert (asked.next, asked.slots[names.IDENTITY_CHOICES]) == (names.IDENTITY_FORM, [ELM, ASH])


async def test_with_one_account_another_is_proved(api: AccountApi, answers: Loopback, run: Tell) -> None:
    said = await run(
        ActionOtherAccount(), intent="change_account", slots={"verification_level": 2}, after_action="action_usage"
    )
    assert (said.names, said.next) == (["utter_other_account_number"], names.IDENTITY_FORM)
    assert said.slots[names.RESUME_ACTION] == "action_usage"


async def test_in_the_middle_of_being_verified_the_number_is_asked_again(
    api: AccountApi, answers: Loopback, run: Tell
) -> None:
    given = {"identity_account": "44124412", "requested_slot": "identity_secret"}
    said = await run(ActionOtherAccount(), intent="change_account", slots=given, form="identity_form")
    assert (said.slots["identity_account"], said.slots["requested_slot"]) == (None, "identity_account")
    assert said.next == names.IDENTITY_FORM


async def test_a_choice_that_is_none_any_more_is_proved_anew(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("POST", "/account", {"error": "not_among_choices", "detail": ""}, 403)
    said = await run(ActionOtherAccount(), intent="change_account", slots=slots(OAK, ELM))
    assert said.next == names.IDENTITY_FORM
