"""The form that gathers a request: asked in order, corrected, changed, confirmed, filed with everything."""

from typing import Any

import pytest

from actions import names
from actions.account_api import AccountApi
from actions.complaints import COMPLAINT
from actions.intake import ActionAskIntake, ValidateIntakeForm
from actions.person import ActionHandOff
from actions.start_service import ActionStartService
from actions.stop_service import ActionStopService
from actions.water_quality import WATER_QUALITY
from tests.actions.harness import Loopback, Tell

ANSWERS = {
    "address": "120 oak street",
    "start_on": "2026-12-05",
    "name": "Maria Lopez",
    "occupant": "owner",
    "phone": "9515550101",
    "email": "-",
}


def asking(question: str, answers: dict[str, Any] | None = None) -> dict[str, Any]:
    """The form open at a question."""
    slots = {
        names.INTAKE_TOPIC: "start_service",
        names.INTAKE_ASKED: question,
        names.INTAKE_ANSWERS: answers or {},
        names.REQUESTED_SLOT: names.INTAKE_ANSWER,
    }
    return {"slots": slots, "form": names.INTAKE_FORM}


async def test_it_begins_with_what_the_message_brought(api: AccountApi, run: Tell) -> None:
    said = await run(
        ActionStartService(), intent="start_service", text="my mail is a@b.co", entities=[("email", "a@b.co")]
    )
    assert said.slots[names.INTAKE_ANSWERS] == {"email": "a@b.co"}
    assert said.next == names.INTAKE_FORM


async def test_an_answer_leads_to_the_next_question(api: AccountApi, run: Tell) -> None:
    said = await run(ValidateIntakeForm(), intent="nlu_fallback", text="120 oak street", **asking("address"))
    assert said.slots[names.INTAKE_ANSWERS] == {"address": "120 oak street"}
    assert said.slots[names.INTAKE_ASKED] == "start_on"


@pytest.mark.parametrize(
    ("text", "kind", "value", "name"),
    [
        ("951 555 0101", "digits", "9515550101", "phone"),
        ("a@b.co", "email", "a@b.co", "email"),
        ("from the fifth", "date", "2026-12-05", "start_on"),
    ],
)
async def test_an_answer_before_its_turn_is_noted_aloud(
    api: AccountApi, run: Tell, *, text: str, kind: str, value: str, name: str
) -> None:
    open_form = asking("occupant", {"address": "120 oak street"})
    said = await run(ValidateIntakeForm(), intent="give_details", text=text, entities=[(kind, value)], **open_form)
    assert said.names == ["utter_intake_noted"]
    assert said.slots[names.INTAKE_ANSWERS] == {"address": "120 oak street", name: value}


async def test_the_question_is_the_topic_s_own(api: AccountApi, run: Tell) -> None:
    said = await run(ActionAskIntake(), **asking("occupant"))
    assert said.names == ["utter_intake_start_service_occupant"]
    assert [button["title"] for button in said.responses[0]["buttons"]] == ["I own it", "I rent it"]
    assert said.events == []


async def test_what_was_not_understood_is_asked_again(api: AccountApi, run: Tell) -> None:
    said = await run(ValidateIntakeForm(), intent="nlu_fallback", text="the blue one", **asking("address"))
    assert said.names == ["utter_intake_unclear_address"]
    assert said.slots[names.INTAKE_ASKED] == "address"


async def test_another_question_steps_aside(api: AccountApi, run: Tell) -> None:
    said = await run(ValidateIntakeForm(), intent="ask_balance", text="what's my balance", **asking("address"))
    assert said.events == [] and said.names == []


async def test_an_emergency_steps_aside_even_with_an_address(api: AccountApi, run: Tell) -> None:
    said = await run(
        ValidateIntakeForm(), intent="report_emergency", text="water gushing at 120 oak street", **asking("address")
    )
    assert said.events == []


async def test_skip_is_an_answer_where_it_may_be_skipped(api: AccountApi, run: Tell) -> None:
    answers = {name: value for name, value in ANSWERS.items() if name != "email"}
    said = await run(ValidateIntakeForm(), intent="cancel", text="skip", **asking("email", answers))
    assert said.slots[names.INTAKE_ASKED] == "confirm"
    stopped = await run(ValidateIntakeForm(), intent="cancel", text="never mind", **asking("email", answers))
    assert stopped.events == []


async def test_an_earlier_answer_is_corrected_on_the_way(api: AccountApi, run: Tell) -> None:
    known = {"address": "120 oak street", "start_on": "2026-12-05"}
    said = await run(
        ValidateIntakeForm(),
        intent="nlu_fallback",
        text="no, 44 elm street",
        **asking("name", known),
    )
    assert said.slots[names.INTAKE_ANSWERS]["address"] == "44 elm street"
    assert said.names == ["utter_intake_corrected"]
    assert said.slots[names.INTAKE_ASKED] == "name"


async def test_everything_is_read_back(api: AccountApi, run: Tell) -> None:
    said = await run(ActionAskIntake(), **asking("confirm", ANSWERS))
    summary = said.variables("utter_intake_confirm")["summary"]
    assert summary == (
        "Service address: 120 oak street. Start date: Saturday, December 5. Name: Maria Lopez."
        " Owner or renter: I own it. Phone: (951) 555-0101."
    )


async def test_yes_files_a_case_with_everything(api: AccountApi, answers: Loopback, run: Tell) -> None:
    said = await run(ValidateIntakeForm(), intent="affirm", text="yes", **asking("confirm", ANSWERS))
    (filed,) = answers.bodies("/v1/hand-offs")
    assert (filed["reason"], filed["topic"], filed["assistant_continues"]) == ("request", "start_service", True)
    assert filed["summary"] == "Wants to start water service."
    assert [(one["name"], one["value"]) for one in filed["details"]] == [
        ("address", "120 oak street"),
        ("start_on", "2026-12-05"),
        ("name", "Maria Lopez"),
        ("occupant", "owner"),
        ("phone", "9515550101"),
    ]
    assert said.slots[names.INTAKE_TOPIC] is None
    assert said.names[0].startswith("utter_intake_filed")


async def test_no_asks_what_to_change_and_asks_that_again(api: AccountApi, run: Tell) -> None:
    said = await run(ValidateIntakeForm(), intent="deny", text="no", **asking("confirm", ANSWERS))
    assert said.slots[names.INTAKE_ASKED] == "change"
    offered = await run(ActionAskIntake(), **asking("change", ANSWERS))
    assert [button["title"] for button in offered.responses[0]["buttons"]][:2] == ["Service address", "Start date"]
    chosen = await run(ValidateIntakeForm(), intent="nlu_fallback", text="the name", **asking("change", ANSWERS))
    assert chosen.slots[names.INTAKE_ASKED] == "name"
    assert "name" not in chosen.slots[names.INTAKE_ANSWERS]


async def test_the_backend_is_out_at_the_end(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("POST", "/v1/hand-offs", {"error": "database_unavailable"}, status=503)
    said = await run(ValidateIntakeForm(), intent="affirm", text="yes", **asking("confirm", ANSWERS))
    assert said.names == ["utter_intake_not_filed"]
    # Nothing is lost: the same yes files it when the backend is back.
    assert said.slots[names.INTAKE_ASKED] == "confirm" and names.INTAKE_ANSWERS not in said.slots
    assert said.next is None


async def test_nobody_is_asked_the_same_for_ever(api: AccountApi, run: Tell) -> None:
    asked = asking("address")
    asked["slots"][names.INTAKE_UNCLEAR] = 1
    again = await run(ValidateIntakeForm(), intent="nlu_fallback", text="the blue one", **asked)
    assert again.names == ["utter_intake_unclear_again"]
    answered = await run(ValidateIntakeForm(), intent="nlu_fallback", text="120 oak street", **asked)
    assert answered.slots[names.INTAKE_UNCLEAR] is None


@pytest.mark.parametrize("intent", ["affirm", "deny"])
async def test_nothing_to_change_after_all(api: AccountApi, run: Tell, intent: str) -> None:
    said = await run(ValidateIntakeForm(), intent=intent, text="nothing", **asking("change", ANSWERS))
    assert said.slots[names.INTAKE_ASKED] == "confirm"


async def test_another_question_steps_aside_from_what_to_change(api: AccountApi, run: Tell) -> None:
    said = await run(
        ValidateIntakeForm(), intent="ask_hours", text="are you open tomorrow?", **asking("change", ANSWERS)
    )
    assert said.slots == {}


async def test_a_person_gets_what_was_told_so_far(api: AccountApi, answers: Loopback, run: Tell) -> None:
    await run(ActionHandOff(), intent="ask_person", text="a person", **asking("name", {"address": "120 oak street"}))
    (filed,) = answers.bodies("/v1/hand-offs")
    assert [(one["name"], one["value"]) for one in filed["details"]] == [("address", "120 oak street")]


async def test_the_topic_s_own_words_inside_it_are_an_answer(api: AccountApi, run: Tell) -> None:
    asked = {"slots": {**asking("what")["slots"], names.INTAKE_TOPIC: WATER_QUALITY.topic}, "form": names.INTAKE_FORM}
    said = await run(ValidateIntakeForm(), intent="report_water_quality", text="brown with little specks", **asked)
    assert said.slots[names.INTAKE_ANSWERS] == {"what": "brown with little specks"}


async def test_its_own_action_goes_on_where_it_is(api: AccountApi, run: Tell) -> None:
    said = await run(ActionStartService(), intent="start_service", text="start my service", **asking("name", ANSWERS))
    assert (said.slots.get(names.INTAKE_ANSWERS), said.next) == (None, names.INTAKE_FORM)


async def test_an_answer_to_a_later_question_is_kept(api: AccountApi, run: Tell) -> None:
    day = [("date", "2026-12-05")]
    said = await run(
        ValidateIntakeForm(), intent="stop_service", text="it would be the fifth", entities=day, **asking("address")
    )
    assert (said.slots[names.INTAKE_ANSWERS], said.slots[names.INTAKE_ASKED]) == ({"start_on": "2026-12-05"}, "address")
    question = await run(
        ValidateIntakeForm(),
        intent="ask_open_now",
        text="are you open on the fifth?",
        entities=day,
        **asking("address"),
    )
    assert question.slots.get(names.INTAKE_ANSWERS) is None


async def test_what_came_before_the_identity_is_not_asked_after_it(
    api: AccountApi, answers: Loopback, run: Tell
) -> None:
    day = [("date", "2026-12-12")]
    first = await run(ActionStopService(), intent="stop_service", text="stop my service on the 12th", entities=day)
    assert first.next == names.IDENTITY_FORM
    slots = {"verification_level": 2, names.INTAKE_AHEAD: first.slots[names.INTAKE_AHEAD]}
    after = await run(ActionStopService(), intent="give_details", text="0417", slots=slots)
    assert after.slots[names.INTAKE_ANSWERS] == {"stop_on": "2026-12-12"}
    assert (first.names, after.names) == (["utter_stop_service"], [])


async def test_the_phone_somebody_uses_is_a_phone(api: AccountApi, run: Tell) -> None:
    said = await run(
        ValidateIntakeForm(), intent="use_calling_number", text="use this one", channel="sms", **asking("phone")
    )
    assert said.slots[names.INTAKE_ANSWERS] == {"phone": "this phone"}
    asked = await run(ActionAskIntake(), channel="sms", **asking("phone"))
    assert [button["payload"] for button in asked.responses[0]["buttons"]] == ["/use_calling_number"]
    chat = await run(ValidateIntakeForm(), intent="use_calling_number", text="use this one", **asking("phone"))
    assert chat.slots.get(names.INTAKE_ANSWERS) is None and chat.names == ["utter_intake_unclear_phone"]
    summary = await run(ActionAskIntake(), **asking("confirm", {**ANSWERS, "phone": "this phone"}))
    assert "Phone: the phone you are using." in summary.variables("utter_intake_confirm")["summary"]


async def test_a_choice_that_sounds_like_giving_up_is_a_choice(api: AccountApi, run: Tell) -> None:
    asked = {"slots": {**asking("next")["slots"], names.INTAKE_TOPIC: "stop_service"}, "form": names.INTAKE_FORM}
    said = await run(ValidateIntakeForm(), intent="cancel", text="turn it off", **asked)
    assert said.slots[names.INTAKE_ANSWERS] == {"next": "turn_off"}
    given_up = await run(ValidateIntakeForm(), intent="cancel", text="never mind", **asked)
    assert given_up.slots == {}


async def test_whoever_complains_may_be_upset(api: AccountApi, run: Tell) -> None:
    asked = asking("what")
    asked["slots"][names.INTAKE_TOPIC] = COMPLAINT.topic
    said = await run(ValidateIntakeForm(), intent="upset", text="your driver yelled at me, this is a joke", **asked)
    assert said.slots[names.INTAKE_ANSWERS] == {"what": "your driver yelled at me, this is a joke"}
    elsewhere = await run(ValidateIntakeForm(), intent="upset", text="this is a joke", **asking("address"))
    assert elsewhere.slots == {}


@pytest.mark.parametrize("text", ["skip", "omitir", "sáltelo"])
async def test_a_question_that_needs_an_answer_is_not_skipped_nor_everything_given_up(
    api: AccountApi, run: Tell, text: str
) -> None:
    said = await run(ValidateIntakeForm(), intent="cancel", text=text, **asking("address"))
    assert (said.names, said.slots[names.INTAKE_ASKED]) == (["utter_intake_unclear_address"], "address")
