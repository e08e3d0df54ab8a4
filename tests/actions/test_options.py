"""Ways to pay that are turned on and off: a yes, a code, and what the API says against it."""

from typing import Any

import pytest

from actions import names
from actions.account_api import AccountApi
from actions.autopay import ActionAutopay, ActionStartAutopay, ActionStopAutopay
from actions.budget_bill import ActionBudgetBill, ActionStartBudgetBill, ActionStopBudgetBill
from actions.contact_details import ActionResendCode
from actions.options import ActionAskOptionConfirmed, ActionOptions, ValidateOptionsForm
from actions.paperless import ActionStartPaperless, ActionStopPaperless
from actions.recurring import ActionRecurring, ActionStopRecurring
from tests.actions.harness import Loopback, Said, Tell

KNOWN = {"slots": {"verification_level": 2}}
AUTOPAY = {"method_label": "checking ending 2743", "started_on": "2026-01-05"}
RECURRING = {"method_label": "Visa ending 4421", "amount_cents": 7500, "next_on": "2026-11-30"}
BUDGET = {"monthly_cents": 7200, "deferred_cents": 2700}
ON_FILE = [{"method_id": "0192f0c1-8a70-7000-8000-00000000d1f1", "label": "Visa ending in 4242"}]
OFF: dict[str, Any] = {
    "autopay": None,
    "recurring": None,
    "paperless": False,
    "budget": None,
    "recurring_cents_max": 200_000,
    "on_file": ON_FILE,
}
ON = {**OFF, "autopay": AUTOPAY, "recurring": RECURRING, "paperless": True, "budget": BUDGET}


def budget_facts(**changes: Any) -> dict[str, Any]:
    return {"budget": None, "why_not": None, "monthly_cents": 7200, "history": [], "bills_needed": 12, **changes}


async def form(
    run: Tell, change: str, asked: str, *, level: int = 2, recurring_wanted: Any = None, **message: Any
) -> Said:
    """One message in the form, with `asked` asked for."""
    slots = {"verification_level": level, "option_change": change, "requested_slot": asked}
    slots["recurring_wanted"] = recurring_wanted
    said: Said = await run(ValidateOptionsForm(), form="options_form", slots=slots, **message)
    return said


@pytest.mark.parametrize(
    ("action", "now", "change"),
    [
        (ActionStopAutopay(), ON, "autopay_off"),
        (ActionStopRecurring(), ON, "recurring_off"),
        (ActionStartPaperless(), OFF, "paperless_on"),
        (ActionStopPaperless(), ON, "paperless_off"),
        (ActionStartBudgetBill(), OFF, "budget_on"),
        (ActionStopBudgetBill(), ON, "budget_off"),
    ],
)
async def test_a_change_is_asked_for_once_and_needs_a_yes(
    api: AccountApi, answers: Loopback, run: Tell, *, action: Any, now: dict[str, Any], change: str
) -> None:
    answers.say("GET", "/options", now)
    answers.say("GET", "/options/budget", budget_facts(budget=now["budget"]))
    said = await run(action, **KNOWN)
    assert (said.next, said.slots["option_change"]) == ("options_form", change)
    asked = await run(ActionAskOptionConfirmed(), slots={"option_change": change})
    assert asked.names == [f"utter_confirm_{change}"]
    answers.say("GET", "/options", ON if now is OFF else OFF)
    again = await run(action, **KNOWN)
    assert f"utter_already_{change}" in again.names
    assert again.next == "action_listen"


@pytest.mark.parametrize(
    ("change", "call", "body"),
    [
        ("autopay_off", ("DELETE", "/options/autopay"), None),
        ("recurring_off", ("DELETE", "/options/recurring"), None),
        ("paperless_on", ("PUT", "/options/paperless"), {"paperless": True}),
        ("paperless_off", ("PUT", "/options/paperless"), {"paperless": False}),
        ("budget_on", ("PUT", "/options/budget"), {}),
        ("budget_off", ("DELETE", "/options/budget"), None),
    ],
)
async def test_a_yes_and_the_code_make_it(
    api: AccountApi, answers: Loopback, run: Tell, *, change: str, call: tuple[str, str], body: Any
) -> None:
    answers.say("POST", "/one-time-code", {"status": "sent", "sent_to": "•••-•••-1234", "minutes": 10})
    answers.say("POST", "/check", {"status": "verified", "verification_level": 3, "attempts_left": 3})
    answers.say(*call, {} if call[0] == "PUT" else "", 200 if call[0] == "PUT" else 204)
    yes = await form(run, change, "option_confirmed", intent="affirm")
    assert (yes.names, yes.slots["requested_slot"]) == (["utter_code_sent"], "option_code")
    done = await form(run, change, "option_code", entities=[("digits", "123456")])
    assert done.names == [f"utter_done_{change}"]
    assert (done.slots["option_change"], done.slots["verification_level"]) == (None, 3)
    method, path = call
    assert [(one, sent) for one, asked, sent in answers.asked if asked.endswith(path)] == [(method, body)]


async def test_a_code_given_before_is_enough(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("PUT", "/options/paperless", {"paperless": True})
    said = await form(run, "paperless_on", "option_confirmed", level=3, intent="affirm")
    assert said.names == ["utter_done_paperless_on"]


async def test_a_no_leaves_it(api: AccountApi, answers: Loopback, run: Tell) -> None:
    said = await form(run, "autopay_off", "option_confirmed", intent="deny")
    assert (said.names, said.slots["option_change"]) == (["utter_option_left"], None)
    assert answers.asked == []


async def test_a_wrong_code_is_asked_for_again_and_changes_nothing(
    api: AccountApi, answers: Loopback, run: Tell
) -> None:
    answers.say("POST", "/check", {"status": "failed", "verification_level": 2, "attempts_left": 1})
    said = await form(run, "autopay_off", "option_code", entities=[("digits", "111111")])
    assert (said.names, said.slots["requested_slot"]) == (["utter_code_failed"], "option_code")
    assert answers.bodies("/options/autopay") == []
    answers.say("POST", "/one-time-code", {"status": "sent", "sent_to": "•••-•••-1234", "minutes": 10})
    slots = {"option_change": "autopay_off", "requested_slot": "option_code"}
    again = await run(ActionResendCode(), intent="resend_code", slots=slots, form="options_form")
    assert again.names == ["utter_code_sent"]


@pytest.mark.parametrize(
    "reason", ["past_due", "on_arrangement", "service_class", "not_enough_history", "account_closed", "no_email", "new"]
)
async def test_what_the_api_has_against_it_is_said(api: AccountApi, answers: Loopback, run: Tell, reason: str) -> None:
    answers.say("PUT", "/options/budget", {"error": "option_refused", "reason": reason, "detail": ""}, 409)
    said = await form(run, "budget_on", "option_confirmed", level=3, intent="affirm")
    assert said.names == ["utter_refused" if reason == "new" else f"utter_refused_{reason}"]
    assert said.slots[names.OFFER] == "person:above_authority"
    answers.say("GET", "/options/budget", budget_facts(why_not=reason))
    for action in (ActionBudgetBill(), ActionStartBudgetBill()):
        assert (await run(action, **KNOWN)).names == said.names


async def test_an_identity_that_ran_out_comes_back_to_the_change(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("POST", "/one-time-code", {"error": "verification_required", "detail": ""}, 403)
    said = await form(run, "autopay_off", "option_confirmed", intent="affirm")
    assert said.next == names.IDENTITY_FORM
    assert said.slots[names.RESUME_ACTION] == "action_stop_autopay"


async def test_the_backend_is_out_in_the_middle(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("PUT", "/options/budget", "", 503)
    said = await form(run, "budget_on", "option_confirmed", level=3, intent="affirm")
    assert said.names == ["utter_backend_out_case_filed"]
    assert said.slots["option_change"] is None


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (OFF, ["utter_options_autopay_off", "utter_options_paper"]),
        (
            ON,
            ["utter_options_autopay_on", "utter_options_recurring", "utter_options_paperless", "utter_options_budget"],
        ),
    ],
)
async def test_how_the_account_is_set_up(
    api: AccountApi, answers: Loopback, run: Tell, now: dict[str, Any], expected: list[str]
) -> None:
    answers.say("GET", "/options", now)
    assert (await run(ActionOptions(), intent="ask_options", **KNOWN)).names == expected


async def test_autopay_names_what_it_pays_from(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/options", ON)
    slots = {"verification_level": 2, "language": "es"}
    for action in (ActionAutopay(), ActionStartAutopay()):
        said = await run(action, channel="voice", slots=slots)
        assert said.variables("utter_autopay_on")["method"] == "cuenta de cheques que termina en 2 7 4 3"
    recurring = await run(ActionRecurring(), **KNOWN)
    assert recurring.variables("utter_recurring_on")["amount"] == "$75.00"


@pytest.mark.parametrize(
    ("action", "response", "offered"),
    [
        (ActionStartAutopay(), "utter_autopay_needs_method", "do:action_save_method"),
        (ActionRecurring(), "utter_recurring_needs_method", "do:action_save_method"),
    ],
)
async def test_a_card_or_bank_account_comes_first(
    api: AccountApi, answers: Loopback, run: Tell, *, action: Any, response: str, offered: str
) -> None:
    answers.say("GET", "/options", {**OFF, "on_file": []})
    said = await run(action, **KNOWN)
    assert (said.names, said.slots[names.OFFER]) == ([response], offered)


async def test_autopay_draws_from_what_is_on_file(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/options", OFF)
    answers.say("PUT", "/options/autopay", {"method_label": "Visa ending in 4242", "started_on": "2026-11-23"})
    asked = await run(ActionStartAutopay(), **KNOWN)
    assert (asked.next, asked.slots["pay_method"]) == ("options_form", "Visa ending in 4242")
    done = await form(run, "autopay_on", "option_confirmed", level=3, intent="affirm")
    assert done.names == ["utter_done_autopay_on"]
    assert answers.bodies("/options/autopay") == [{"method_id": ON_FILE[0]["method_id"]}]


async def test_the_budget_bill_in_force_and_what_it_would_be(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/options/budget", budget_facts(budget=BUDGET))
    assert (await run(ActionBudgetBill(), **KNOWN)).names == ["utter_budget_in_force", "utter_budget_deferred"]
    answers.say("GET", "/options/budget", budget_facts(budget={**BUDGET, "deferred_cents": -500}))
    assert (await run(ActionBudgetBill(), **KNOWN)).names == ["utter_budget_in_force", "utter_budget_ahead"]
    answers.say("GET", "/options/budget", budget_facts())
    assert (await run(ActionBudgetBill(), **KNOWN)).variables("utter_budget_would_be")["amount"] == "$72.00"


@pytest.mark.parametrize(
    ("change", "intent", "agreed"),
    [
        ("autopay_off", "turn_it_off", True),
        ("autopay_off", "turn_it_on", False),
        ("paperless_on", "turn_it_on", True),
        ("paperless_on", "turn_it_off", False),
    ],
)
async def test_turn_it_on_or_off_is_yes_or_no(
    api: AccountApi, answers: Loopback, run: Tell, *, change: str, intent: str, agreed: bool
) -> None:
    answers.say("DELETE", "/options/autopay", {})
    answers.say("PUT", "/options/paperless", {})
    said = await form(run, change, names.OPTION_CONFIRMED, level=3, intent=intent)
    assert said.names == [f"utter_done_{change}" if agreed else "utter_option_left"]
