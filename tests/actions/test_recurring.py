"""A payment on a day of each month: its terms as people say them, set up, changed and refused."""

from typing import Any

import pytest

from actions import names
from actions.account_api import AccountApi
from actions.options import ActionAskOptionConfirmed, ValidateOptionsForm
from actions.recurring import (
    ActionAskRecurringTerms,
    ActionRecurring,
    ActionStartRecurring,
    ValidateRecurringForm,
)
from tests.actions.harness import Loopback, Said, Tell
from tests.actions.test_options import OFF, ON, ON_FILE, form

FIFTY_ON_15 = {"amount_cents": 5000, "day_of_month": 15}


def known(**slots: Any) -> dict[str, Any]:
    return {"verification_level": 2, "recurring_cents_max": 200_000, **slots}


async def terms(run: Tell, wanted: dict[str, int], **message: Any) -> Said:
    """One message in the form, after `wanted` was named."""
    slots = known(recurring_wanted=wanted, requested_slot="recurring_terms")
    said: Said = await run(ValidateRecurringForm(), form="recurring_form", slots=slots, **message)
    return said


@pytest.mark.parametrize(
    ("text", "entities", "wanted"),
    [
        ("pay $50 on the 15th every month", [("amount_cents", 5000), ("date", "2026-12-15")], FIFTY_ON_15),
        ("charge me 50 on the 15th each month", [("digits", "50"), ("date", "2026-12-15")], FIFTY_ON_15),
        (
            "me pueden cobrar 50 el último día de cada mes",
            [("digits", "50")],
            {"amount_cents": 5000, "day_of_month": 31},
        ),
        ("schedule it for the first of the month", [], {"day_of_month": 1}),
        ("fifty dollars a month", [("amount_cents", 5000)], {"amount_cents": 5000}),
    ],
)
async def test_what_the_first_message_says_is_not_asked_again(
    api: AccountApi, answers: Loopback, run: Tell, *, text: str, entities: Any, wanted: dict[str, int]
) -> None:
    answers.say("GET", "/options", OFF)
    said = await run(ActionRecurring(), intent="ask_recurring", text=text, entities=entities, slots=known())
    assert (said.slots[names.RECURRING_WANTED], said.next) == (wanted, names.RECURRING_FORM)


async def test_nothing_named_is_an_offer(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/options", OFF)
    said = await run(ActionRecurring(), intent="ask_recurring", text="do i have one", slots=known())
    assert said.variables("utter_recurring_may_start")["method"] == "Visa ending in 4242"
    assert said.slots[names.OFFER] == "do:recurring_form"
    answers.say("GET", "/options", ON)
    said = await run(ActionRecurring(), intent="ask_recurring", text="do i have one", slots=known())
    assert said.names == ["utter_recurring_on", "utter_recurring_may_change"]


async def test_the_form_takes_amount_and_day_in_any_order(run: Tell, api: AccountApi) -> None:
    opened = await run(ValidateRecurringForm(), form="recurring_form", intent="affirm", slots=known())
    assert opened.slots["requested_slot"] == "recurring_terms"
    asked = await run(ActionAskRecurringTerms(), slots=known())
    assert asked.names == ["utter_recurring_how_much"]
    day = await terms(run, {}, text="on the 15th", entities=[("date", "2026-12-15")])
    assert day.slots[names.RECURRING_WANTED] == {"day_of_month": 15}
    done = await terms(run, {"day_of_month": 15}, text="50", entities=[("digits", "50")])
    assert (done.slots[names.RECURRING_WANTED], done.next) == (FIFTY_ON_15, "action_start_recurring")
    asked = await run(ActionAskRecurringTerms(), slots=known(recurring_wanted={"amount_cents": 5000}))
    assert asked.names == ["utter_recurring_which_day"]
    bare = await terms(run, {"amount_cents": 5000}, text="15", entities=[("digits", "15")])
    assert bare.slots[names.RECURRING_WANTED] == FIFTY_ON_15


@pytest.mark.parametrize("cents", [0, 200_001])
async def test_an_amount_that_cannot_be_is_asked_for_again(run: Tell, api: AccountApi, cents: int) -> None:
    said = await terms(run, {}, text="that much", entities=[("amount_cents", cents)])
    assert said.variables("utter_recurring_too_much")["amount"] == "$2,000.00"
    assert (said.slots["requested_slot"], said.next) == ("recurring_terms", None)


async def test_the_whole_bill_is_autopay(run: Tell, api: AccountApi) -> None:
    said = await terms(run, {}, text="all of it")
    assert said.names == ["utter_recurring_whole_bill"]


async def test_no_leaves_it(run: Tell, api: AccountApi) -> None:
    said = await terms(run, {}, text="no", intent="deny")
    assert said.names == ["utter_option_left"]


async def test_the_question_says_what_will_be_charged(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/options", {**ON, "recurring": None})
    slots = known(recurring_wanted={"amount_cents": 5000, "day_of_month": 31})
    said = await run(ActionStartRecurring(), slots=slots)
    expected = ["utter_recurring_never_more", "utter_recurring_short_month", "utter_recurring_beside_autopay"]
    assert (said.names, said.next, said.slots["pay_method"]) == (expected, "options_form", "Visa ending in 4242")
    asked = await run(ActionAskOptionConfirmed(), slots={"option_change": "recurring_on"})
    assert asked.names == ["utter_confirm_recurring_on"]


async def test_a_card_on_file_comes_first(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/options", {**OFF, "on_file": []})
    said = await run(ActionStartRecurring(), slots=known(recurring_wanted=FIFTY_ON_15))
    assert (said.names, said.slots[names.OFFER]) == (["utter_recurring_needs_method"], "do:action_save_method")


@pytest.mark.parametrize(
    ("text", "entities", "now"),
    [
        ("no, the 20th", [("date", "2026-12-20")], {"amount_cents": 5000, "day_of_month": 20}),
        ("make it 60", [("digits", "60")], {"amount_cents": 6000, "day_of_month": 15}),
        ("yes but 60 dollars", [("amount_cents", 6000)], {"amount_cents": 6000, "day_of_month": 15}),
    ],
)
async def test_other_terms_in_place_of_a_yes_are_asked_about_again(
    run: Tell, api: AccountApi, text: str, entities: Any, now: dict[str, int]
) -> None:
    slots = known(option_change="recurring_on", requested_slot="option_confirmed", recurring_wanted=FIFTY_ON_15)
    said = await run(
        ValidateOptionsForm(), form="options_form", slots=slots, intent="affirm", text=text, entities=entities
    )
    assert (said.slots[names.RECURRING_WANTED], said.slots["requested_slot"]) == (now, "option_confirmed")


async def test_it_is_made_with_the_terms_and_the_method_and_says_when(
    api: AccountApi, answers: Loopback, run: Tell
) -> None:
    answers.say("GET", "/options", OFF)
    made = {"method_label": "Visa ending in 4242", "amount_cents": 5000, "next_on": "2026-12-15"}
    answers.say("PUT", "/options/recurring", made)
    done = await form(run, "recurring_on", "option_confirmed", level=3, intent="affirm", recurring_wanted=FIFTY_ON_15)
    assert done.variables("utter_done_recurring_on")["next_on"] == "Tuesday, December 15"
    assert answers.bodies("/options/recurring") == [{**FIFTY_ON_15, "method_id": ON_FILE[0]["method_id"]}]
