"""Each topic's actions: what they say, do next, and do when the backend is out."""

from pathlib import Path

import pytest
import yaml

from actions import names
from actions.account_api import AccountApi
from actions.conversation import ActionAffirm, ActionCancel, ActionDeny, ActionWait
from actions.departments import ActionDepartments
from actions.fallback import ActionFallback, ActionNoInput, ActionOutOfScope
from actions.greeting import ActionGreet
from actions.hours import ActionHolidays, ActionHours
from actions.language import ActionSwitchLanguage
from actions.locations import ActionLocations
from actions.person import ActionHandOff, ActionOfferPerson, ActionUpset
from actions.serve import registered_actions
from actions.topics import NO_TOPIC, TOPICS
from tests.actions.harness import HAND_OFF, Loopback, Tell

ROOT = Path(__file__).parents[2]
KNOWN = {"slots": {"verification_level": 2}}


@pytest.mark.parametrize("name", sorted(registered_actions()))
async def test_every_action_has_words_or_a_next_step_when_the_backend_is_out(
    api: AccountApi, answers: Loopback, run: Tell, name: str
) -> None:
    for path in ("/v1/district", "/balance", "/verification", "/email", "/language"):
        for method in ("GET", "POST", "PUT"):
            answers.say(method, path, "", 503)
    answers.say("POST", "/hand-offs", "", 503)
    action = registered_actions()[name].__self__  # type: ignore[attr-defined]
    said = await run(action, intent="give_details", entities=[("digits", "44124412"), ("digits", "0417")], **KNOWN)
    assert said.names or said.next or said.slots


async def test_a_person_is_handed_the_case(api: AccountApi, answers: Loopback, run: Tell) -> None:
    said = await run(
        ActionHandOff(),
        intent="ask_person",
        text="engineering please",
        form="identity_form",
        slots={"identity_account": "44124412", "topics_asked": ["their balance"]},
    )
    [filed] = answers.bodies("/hand-offs")
    assert filed["department"] == "engineering"
    assert filed["reason"] == "asked_for_person"
    assert "their balance" in filed["summary"] and "44124412" not in filed["summary"]
    assert said.variables("utter_hand_off_open")["reference"] == "H-1042"
    assert said.commands[0]["type"] == "hand_off"
    assert {"event": "active_loop", "name": None} in [
        {"event": one["event"], "name": one.get("name")} for one in said.events
    ]


async def test_somebody_asked_for_by_name(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("POST", "/hand-offs", {**HAND_OFF, "person": "Daniel Okafor"}, 201)
    said = await run(ActionHandOff(), intent="ask_person", text="can i talk to mr okafor")
    assert answers.bodies("/hand-offs")[0]["asked_for"] == "can i talk to mr okafor"
    assert said.names == ["utter_hand_off_named"]
    assert said.variables("utter_hand_off_named")["person"] == "Daniel Okafor"


async def test_a_closed_office_says_when_it_opens(api: AccountApi, answers: Loopback, run: Tell) -> None:
    closed = {**HAND_OFF, "open_now": False, "opens_at": "2026-11-24T07:30:00-08:00"}
    answers.say("POST", "/hand-offs", closed, 201)
    said = await run(ActionHandOff(), intent="ask_person", text="a person")
    assert said.variables("utter_hand_off_closed")["opens_at"] == "Tuesday, November 24 at 7:30 AM"


async def test_anger_gets_a_person_at_once(api: AccountApi, answers: Loopback, run: Tell) -> None:
    said = await run(ActionUpset(), intent="upset")
    assert said.names == ["utter_sorry", "utter_hand_off_open"]
    assert answers.bodies("/hand-offs")[0]["reason"] == "upset"


async def test_what_may_be_anger_gets_an_offer(api: AccountApi, answers: Loopback, run: Tell) -> None:
    said = await run(ActionUpset(), intent="upset", confidence=0.5)
    assert said.names == ["utter_offer_person"]
    assert answers.asked == []


async def test_yes_to_the_offer_of_a_person(api: AccountApi, answers: Loopback, run: Tell) -> None:
    offered = await run(ActionOfferPerson(), intent="ask_other_service")
    said = await run(ActionAffirm(), intent="affirm", slots={"offer": offered.slots["offer"]})
    assert "utter_hand_off_open" in said.names
    assert answers.bodies("/hand-offs")[0]["reason"] == "above_authority"
    assert said.slots["offer"] is None


@pytest.mark.parametrize(
    ("offer", "reason"),
    [
        ("person:two_failed_turns", "two_failed_turns"),
        ("person", "asked_for_person"),
        ("do:action_check_email", "asked_for_person"),
        ("do:action_pay_by_link:now", "asked_for_person"),
        ("place", "asked_for_person"),
    ],
)
async def test_a_person_instead_of_what_was_offered(
    api: AccountApi, answers: Loopback, run: Tell, offer: str, reason: str
) -> None:
    await run(ActionHandOff(), intent="ask_person", text="let me talk to a person", slots={"offer": offer})
    assert answers.bodies("/hand-offs")[0]["reason"] == reason


async def test_no_to_the_offer_of_a_person(api: AccountApi, answers: Loopback, run: Tell) -> None:
    said = await run(ActionDeny(), intent="deny", slots={"offer": "person:two_failed_turns"})
    assert said.names == ["utter_no_person"]
    assert answers.asked == []


NOT_UNDERSTOOD = ("nlu_fallback", "action_fallback")
SILENT = ("silence", "action_no_input")


async def test_what_a_form_could_use_is_no_failure(api: AccountApi, run: Tell) -> None:
    name_and_address = [("nlu_fallback", "intake_form"), ("nlu_fallback", "intake_form")]
    said = await run(ActionNoInput(), intent="silence", form="intake_form", channel="voice", before=name_and_address)
    assert said.names == ["utter_no_input_in_form"]
    assert said.next == "intake_form"


async def test_nobody_is_hung_up_on_for_hesitating_after_two_failures(api: AccountApi, run: Tell) -> None:
    said = await run(ActionNoInput(), intent="silence", channel="voice", before=[NOT_UNDERSTOOD, NOT_UNDERSTOOD])
    assert said.names == ["utter_no_input_person"]


async def test_the_second_failure_in_a_row_offers_a_person(api: AccountApi, run: Tell) -> None:
    first = await run(ActionFallback(), intent="nlu_fallback")
    second = await run(ActionFallback(), intent="nlu_fallback", before=[NOT_UNDERSTOOD])
    later = await run(ActionFallback(), intent="nlu_fallback", before=[NOT_UNDERSTOOD, ("ask_hours", "action_hours")])
    assert first.names == later.names == ["utter_fallback_rephrase"]
    assert second.names == ["utter_fallback_person"]
    assert second.slots["offer"] == "person:two_failed_turns"


async def test_a_failure_in_a_form_comes_back_to_it(api: AccountApi, run: Tell) -> None:
    said = await run(ActionFallback(), intent="nlu_fallback", form="identity_form")
    assert said.names == ["utter_fallback_in_form"]
    assert said.next == "identity_form"


async def test_what_is_not_ours_then_a_person(api: AccountApi, run: Tell) -> None:
    assert (await run(ActionOutOfScope(), intent="out_of_scope")).names == ["utter_out_of_scope"]
    again = await run(ActionOutOfScope(), intent="out_of_scope", before=[("out_of_scope", "action_out_of_scope")])
    assert again.names == ["utter_fallback_person"]


async def test_silence_asks_then_offers_then_hangs_up(api: AccountApi, run: Tell) -> None:
    silences = [
        (await run(ActionNoInput(), intent="silence", before=[SILENT] * count, channel="voice")).names[0]
        for count in range(3)
    ]
    assert silences == ["utter_silence", "utter_no_input_person", "utter_silence_goodbye"]


async def test_who_looks_for_a_bill_is_not_hurried(api: AccountApi, run: Tell) -> None:
    said = await run(ActionWait(), intent="ask_to_wait", form="identity_form", slots={"offer": "do:action_balance"})
    assert (said.names, said.next) == (["utter_take_your_time"], names.LISTEN)
    assert said.slots["offer"] == "do:action_balance"
    waited = [("ask_to_wait", "action_wait")]
    silences = [
        (await run(ActionNoInput(), intent="silence", before=waited + [SILENT] * count, channel="voice")).names[0]
        for count in range(6)
    ]
    assert silences == ["utter_take_your_time"] * 3 + ["utter_no_input_person"] * 2 + ["utter_silence_goodbye"]


async def test_cancel_forgets_what_was_given(api: AccountApi, run: Tell) -> None:
    slots = {"identity_account": "44124412", "intake_ahead": {"stop_service": {"stop_on": "2026-12-12"}}}
    said = await run(ActionCancel(), intent="cancel", form="identity_form", slots=slots)
    assert said.slots["identity_account"] is said.slots["intake_ahead"] is None
    assert said.names == ["utter_cancelled"]
    assert said.next == names.LISTEN


async def test_language_by_name_by_payload_and_not_offered(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("PUT", "/language", {})
    for entity in ("requested_language", "language"):
        said = await run(ActionSwitchLanguage(), intent="switch_language", entities=[(entity, "es")])
        assert said.slots["language"] == "es"
        assert said.commands == [{"type": "set_language", "language": "es"}]
    assert answers.bodies("/language") == [{"language": "es"}] * 2
    other = await run(ActionSwitchLanguage(), intent="switch_language", text="do you speak korean")
    assert other.names == ["utter_language_not_offered"]
    unclear = await run(ActionSwitchLanguage(), intent="switch_language", text="another language")
    assert unclear.names == ["utter_which_language"]


async def test_public_facts(api: AccountApi, run: Tell) -> None:
    greeting = await run(ActionGreet(), intent="start_conversation")
    assert greeting.variables("utter_welcome")["district"] == "Rio Seco Water District"
    hours = await run(ActionHours(), intent="ask_hours")
    assert hours.variables("utter_open_now")["closes_at"] == "5:30 PM"
    holidays = await run(ActionHolidays(), intent="ask_holidays", slots={"language": "es"})
    assert holidays.variables("utter_holidays")["closures"] == "jueves 26 de noviembre (Día de Acción de Gracias)"
    location = await run(ActionLocations(), intent="ask_locations")
    assert location.variables("utter_location")["hours"] == "When the office is open"


async def test_a_department_by_its_name_or_purpose_or_all_of_them(api: AccountApi, run: Tell) -> None:
    permits = await run(ActionDepartments(), intent="ask_department", text="who handles permits")
    assert permits.variables("utter_department")["name"] == "Engineering"
    assert "utter_department_closed_now" in permits.names
    unclear = await run(ActionDepartments(), intent="ask_department", text="your phone number")
    assert len(unclear.variables("utter_departments")["buttons"]) == 2


async def test_they_are_the_department_that_was_told_of(api: AccountApi, answers: Loopback, run: Tell) -> None:
    told = await run(ActionDepartments(), intent="ask_department", text="who handles permits")
    slots = {"department_named": told.slots["department_named"]}
    for text in ("I want to talk to them", "quiero hablar con ellos", "give me a person"):
        await run(ActionHandOff(), intent="ask_person", text=text, slots=slots)
    asked = [body["department"] for body in answers.bodies("/hand-offs")]
    assert asked == ["engineering", "engineering", "customer_service"]


async def test_what_was_asked_about_is_kept_for_whoever_takes_the_case(api: AccountApi, run: Tell) -> None:
    said = await run(ActionHours(), intent="ask_hours", slots={"topics_asked": ["their balance"]})
    assert said.slots["topics_asked"] == ["their balance", "office hours"]
    again = await run(ActionHours(), intent="ask_hours", slots={"topics_asked": said.slots["topics_asked"]})
    assert "topics_asked" not in again.slots


def test_every_intent_has_a_topic_or_none_on_purpose() -> None:
    domain = [yaml.safe_load(path.read_text("utf-8")) for path in (ROOT / "bot" / "domain").glob("*.yml")]
    intents = {next(iter(one)) if isinstance(one, dict) else one for part in domain for one in part.get("intents", ())}
    assert intents == TOPICS.keys() | NO_TOPIC
    assert not TOPICS.keys() & NO_TOPIC
