""" "Turn it off", "sign me up", "cancel it": what is meant is what was talked of last."""

from typing import Any

import pytest

from actions.account_api import AccountApi
from actions.conversation import ActionCancel
from actions.turn_it import ActionTurnIt
from tests.actions.harness import Tell

AUTOPAY = ("ask_autopay", "action_autopay")
PAPERLESS = ("stop_paperless", "action_stop_paperless")
THANKS = ("thanks", "action_thanks")


@pytest.mark.parametrize(
    ("before", "on", "off"),
    [
        ([AUTOPAY], "action_start_autopay", "action_stop_autopay"),
        ([AUTOPAY, THANKS], "action_start_autopay", "action_stop_autopay"),
        ([AUTOPAY, PAPERLESS], "action_start_paperless", "action_stop_paperless"),
        ([("ask_shutoff", "action_shutoff")], "action_reconnection", "action_turn_off"),
        ([("request_turn_off", "action_turn_off")], "action_turn_on", "action_turn_off"),
    ],
)
async def test_what_was_talked_of_last(api: AccountApi, run: Tell, before: Any, on: str, off: str) -> None:
    assert (await run(ActionTurnIt(), intent="turn_it_on", text="turn it on", before=before)).next == on
    assert (await run(ActionTurnIt(), intent="turn_it_off", text="turn it off", before=before)).next == off


@pytest.mark.parametrize("before", [[], [THANKS], [AUTOPAY, *[THANKS] * 5]])
async def test_with_nothing_talked_of_it_asks_what(api: AccountApi, run: Tell, before: Any) -> None:
    for intent, asked in (("turn_it_on", "utter_turn_what_on"), ("turn_it_off", "utter_turn_what_off")):
        said = await run(ActionTurnIt(), intent=intent, before=before)
        assert (said.names, said.next) == ([asked], "action_listen")


async def test_off_in_the_middle_of_something_is_out_of_it(api: AccountApi, run: Tell) -> None:
    said = await run(
        ActionTurnIt(), intent="turn_it_off", text="get me out of it", before=[AUTOPAY], form="intake_form"
    )
    assert (said.names, said.next) == ([], "action_cancel")


async def test_sign_me_up_takes_up_what_was_offered(api: AccountApi, run: Tell) -> None:
    said = await run(ActionTurnIt(), intent="turn_it_on", slots={"offer": "do:action_start_budget_bill"})
    assert (said.next, said.slots["offer"]) == ("action_affirm", "do:action_start_budget_bill")


@pytest.mark.parametrize("text", ["cancel it", "ok stop that please", "cancélelo"])
async def test_cancel_it_with_nothing_going_on_turns_off_what_was_talked_of(
    api: AccountApi, run: Tell, text: str
) -> None:
    said = await run(ActionCancel(), intent="cancel", text=text, before=[AUTOPAY])
    assert (said.names, said.next) == ([], "action_stop_autopay")


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("cancel", {"before": [AUTOPAY]}),
        ("never mind", {"before": [AUTOPAY]}),
        ("cancel it", {"before": [THANKS]}),
        ("cancel it", {"before": [AUTOPAY], "form": "options_form"}),
        ("cancel it", {"before": [AUTOPAY], "slots": {"offer": "person"}}),
    ],
)
async def test_cancel_is_giving_up_otherwise(api: AccountApi, run: Tell, text: str, given: dict[str, Any]) -> None:
    assert (await run(ActionCancel(), intent="cancel", text=text, **given)).names == ["utter_cancelled"]
