"""Emergencies: what is said first, who is told, where it is; and water of which the district knows that it is away."""

import asyncio
from typing import Any

import pytest

from actions import outage
from actions.account_api import AccountApi
from actions.conversation import ActionDeny
from actions.emergency import ActionEmergency, ActionGasSmell
from actions.fallback import ActionFallback, ActionOutOfScope
from actions.identity import ActionVerifyIdentity
from actions.outage import ActionOutage
from actions.turn import TopicAction
from tests.actions.harness import Loopback, Tell

ANNOUNCED = {
    "en": "A main broke in Zone 2. Water is back by 6.",
    "es": "Se rompió un tubo en la zona 2.",
}


def announce(answers: Loopback, *, no_water: bool = True) -> None:
    notice: dict[str, Any] = {"id": "1", "kind": "water", "text": ANNOUNCED, "no_water": no_water}
    answers.say("GET", "/notices", {"notices": [notice]})


async def test_an_emergency_on_a_call_goes_to_the_line(api: AccountApi, answers: Loopback, run: Tell) -> None:
    said = await run(ActionEmergency(), intent="report_emergency", form="identity_form", channel="voice")
    assert said.names[0] == "utter_emergency_connecting"
    assert said.commands == [{"type": "transfer", "department": "emergency", "number": "+19515550111"}]
    assert answers.bodies("/hand-offs")[0]["reason"] == "emergency"


@pytest.mark.parametrize(
    ("action", "intent"),
    [
        (ActionFallback(), "nlu_fallback"),
        (ActionOutOfScope(), "out_of_scope"),
        (ActionVerifyIdentity(), "give_details"),
    ],
)
async def test_where_an_emergency_is_goes_into_its_case(
    api: AccountApi, answers: Loopback, run: Tell, action: TopicAction, intent: str
) -> None:
    said = await run(ActionEmergency(), intent="report_emergency", text="water all over the street")
    assert said.names == ["utter_emergency", "utter_emergency_case", "utter_emergency_where"]
    slots = {"offer": said.slots["offer"]}
    there = await run(action, intent=intent, text="corner of  oak and 3rd", slots=slots)
    assert there.names == ["utter_emergency_place_added"]
    assert answers.bodies("/hand-offs")[1]["details"][0]["value"] == "corner of oak and 3rd"


async def test_a_zip_code_is_not_enough_and_an_address_may_come_after_the_answer(
    api: AccountApi, answers: Loopback, run: Tell
) -> None:
    """The house number of what comes after is no account number."""
    offer = (await run(ActionEmergency(), intent="report_emergency", text="no water here")).slots["offer"]
    said = []
    for text in ("92597", "calle Jefferson", "it is 41250 jefferson", "what about my bill"):
        told = await run(ActionFallback(), intent="nlu_fallback", text=text, slots={"offer": offer})
        offer, said = told.slots.get("offer"), [*said, *told.names]
    assert said == [
        "utter_emergency_which_street",
        "utter_emergency_place_added",
        "utter_emergency_place_added",
        "utter_fallback_rephrase",
    ]
    assert [one["details"][0]["value"] for one in answers.bodies("/hand-offs")[1:]] == [
        "92597", "calle Jefferson", "it is 41250 jefferson",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["calle Jefferson 41250", "corner of Elm and Fifth, 92597", "41250 jefferson"])
async def test_an_address_that_ends_in_five_figures_is_no_zip_code(api: AccountApi, run: Tell, text: str) -> None:
    said = await run(ActionFallback(), intent="nlu_fallback", text=text, slots={"offer": "place"})
    assert said.names == ["utter_emergency_place_added"]


@pytest.mark.parametrize("text", ["92597", "it's 92597.", "el código postal es 92597", "zip 92597-1234"])
async def test_a_zip_code_in_other_words(api: AccountApi, run: Tell, text: str) -> None:
    said = await run(ActionFallback(), intent="nlu_fallback", text=text, slots={"offer": "place"})
    assert said.names == ["utter_emergency_which_street"]


async def test_nothing_more_to_say_of_the_place_leaves_nothing_as_it_is(api: AccountApi, run: Tell) -> None:
    assert (await run(ActionDeny(), intent="deny", slots={"offer": "place:more"})).names == ["utter_nothing_more"]


async def test_who_said_where_an_emergency_is_is_not_asked(api: AccountApi, run: Tell) -> None:
    said = await run(ActionEmergency(), intent="report_emergency", text="a pipe broke at 1200 Elm Street")
    assert said.names == ["utter_emergency", "utter_emergency_case"]


async def test_what_may_be_an_emergency_gets_the_number_and_a_question(
    api: AccountApi, answers: Loopback, run: Tell
) -> None:
    said = await run(ActionEmergency(), intent="report_emergency", confidence=0.5, channel="voice")
    assert said.names == ["utter_emergency_perhaps", "utter_fallback_rephrase"]
    assert said.commands == []
    assert answers.bodies("/hand-offs") == []


async def test_an_emergency_needs_no_backend(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/v1/district", "", 503)
    answers.say("POST", "/hand-offs", "", 503)
    said = await run(ActionEmergency(), intent="report_emergency")
    assert said.names == ["utter_emergency_without_number"]
    assert (await run(ActionGasSmell(), intent="report_gas_smell")).names == ["utter_gas_smell"]


@pytest.mark.parametrize("text", ["we have no water", "the water is off in our street", "no running water"])
async def test_no_water_that_is_announced_is_told_and_the_line_stays_free(
    api: AccountApi, answers: Loopback, run: Tell, text: str
) -> None:
    announce(answers)
    said = await run(ActionEmergency(), intent="report_emergency", text=text, channel="voice", form="identity_form")
    assert (said.names, said.commands) == (["utter_outage_known"], [])
    assert said.responses[0]["announced"] == ANNOUNCED["en"]
    assert answers.bodies("/hand-offs") == []
    assert said.slots["offer"] == "do:action_emergency"


@pytest.mark.parametrize("text", ["no hay agua en mi casa", "se nos fue el agua", "estamos sin agua"])
async def test_in_spanish_as_well(api: AccountApi, answers: Loopback, run: Tell, text: str) -> None:
    announce(answers)
    said = await run(ActionEmergency(), intent="report_emergency", text=text, slots={"language": "es"})
    assert said.responses[0]["announced"] == ANNOUNCED["es"]


@pytest.mark.parametrize(
    "text",
    ["no water and the street is flooding", "a pipe burst", "no hay agua, se reventó un tubo"],
)
async def test_more_than_no_water_goes_to_the_line_whatever_is_announced(
    api: AccountApi, answers: Loopback, run: Tell, text: str
) -> None:
    announce(answers)
    assert (await run(ActionEmergency(), intent="report_emergency", text=text)).names[0] == "utter_emergency"


async def test_no_water_goes_to_the_line_where_something_else_is_announced(
    api: AccountApi, answers: Loopback, run: Tell
) -> None:
    announce(answers, no_water=False)
    assert (await run(ActionEmergency(), intent="report_emergency", text="no water")).names[0] == "utter_emergency"


async def test_what_a_new_thread_begins_with_is_not_said_again(api: AccountApi, answers: Loopback, run: Tell) -> None:
    announce(answers)
    said = await run(ActionEmergency(), intent="report_emergency", text="no water", channel="sms", is_new=True)
    assert (said.names, said.slots["offer"]) == (["utter_outage_just_told"], "do:action_emergency")


async def test_yes_after_what_is_announced_reports_another(api: AccountApi, answers: Loopback, run: Tell) -> None:
    announce(answers)
    said = await run(ActionEmergency(), intent="affirm", text="yes")
    assert said.names == ["utter_emergency", "utter_emergency_case", "utter_emergency_where"]


@pytest.mark.parametrize("intent", ["affirm", "report_emergency"])
async def test_who_says_it_once_more_is_not_told_the_same_again(
    api: AccountApi, answers: Loopback, run: Tell, intent: str
) -> None:
    announce(answers)
    slots = {"offer": "do:action_emergency"}
    said = await run(ActionEmergency(), intent=intent, text="yes, no water on my street either", slots=slots)
    assert said.names[0] == "utter_emergency"


async def test_a_question_for_an_outage(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/notices", {"notices": []})
    none = await run(ActionOutage(), intent="ask_outage", text="is there an outage")
    announce(answers)
    known = await run(ActionOutage(), intent="ask_outage", text="when will the water be back")
    assert (none.names, known.names) == (["utter_outage_none"], ["utter_outage_known"])
    assert none.slots["offer"] == known.slots["offer"] == "do:action_emergency"


async def test_the_number_does_not_wait_for_a_backend_that_does_not_answer(
    api: AccountApi, answers: Loopback, run: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    announce(answers)
    monkeypatch.setattr(outage, "SECONDS_MAX", 0.05)

    async def never(*_: Any) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(api, "notices", never)
    said = await asyncio.wait_for(run(ActionEmergency(), intent="report_emergency", text="no water"), 5)
    assert said.names[0] == "utter_emergency"
