"""The topics that gather a request: each question has its wording, each request goes where it belongs."""

import importlib
import pkgutil
import re
from datetime import date
from pathlib import Path

import pytest
import yaml

import actions
from actions import names
from actions.account_api import AccountApi
from actions.arrangement import ActionMedicalProtection
from actions.distress import ActionAbuse, ActionDistress
from actions.intake_answers import read_answer
from actions.intake_course import next_question
from actions.intake_registry import Intake, registered
from actions.intake_types import Heard, Kind
from actions.pressure import PRESSURE
from actions.records import ActionLegal
from actions.water_quality import ActionIllness
from tests.actions.harness import Loopback, Tell

for module in pkgutil.iter_modules(actions.__path__):
    importlib.import_module(f"actions.{module.name}")  # each topic registers what it asks

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 23)
RESPONSES = {
    name
    for path in (ROOT / "bot" / "domain").glob("*.yml")
    for name in (yaml.safe_load(path.read_text()).get("responses") or {})
}
DEPARTMENTS = set(re.findall(r"^\[(\w+)\]", (ROOT / "district" / "departments.toml").read_text(), re.MULTILINE))
EVERY = sorted(registered().values(), key=lambda intake: intake.topic)


@pytest.mark.parametrize("intake", EVERY, ids=lambda intake: intake.topic)
def test_every_question_has_its_wording(intake: Intake) -> None:
    for question in intake.questions:
        assert f"utter_intake_{intake.topic}_{question.name}" in RESPONSES
        assert f"utter_intake_unclear_{question.kind.value}" in RESPONSES
        assert set(question.label) == {"en", "es"}
        for option in question.options:
            assert set(option.title) == {"en", "es"}


@pytest.mark.parametrize("intake", EVERY, ids=lambda intake: intake.topic)
def test_every_request_goes_to_a_department_that_there_is(intake: Intake) -> None:
    assert intake.department in DEPARTMENTS


@pytest.mark.parametrize("intake", EVERY, ids=lambda intake: intake.topic)
def test_each_option_is_chosen_by_its_own_title_and_no_other(intake: Intake) -> None:
    for question in intake.questions:
        for option in question.options:
            for language in ("en", "es"):
                said = Heard(option.title[language], "nlu_fallback", 0.3, {}, TODAY)
                assert read_answer(question, said) == option.value, option.title[language]


def test_the_neighbors_matter_only_when_the_whole_house_is_concerned() -> None:
    questions = PRESSURE.questions
    house = next_question(questions, {"where": "whole_house"})
    tap = next_question(questions, {"where": "one_tap"})
    assert house is not None and house.name == "neighbors" and house.kind is Kind.YES_NO
    assert tap is not None and tap.name == "since"


async def test_somebody_ill_is_a_person_at_once(api: AccountApi, answers: Loopback, run: Tell) -> None:
    said = await run(ActionIllness(), intent="report_illness")
    (filed,) = answers.bodies("/v1/hand-offs")
    assert (filed["reason"], filed["department"], filed["assistant_continues"]) == ("emergency", "emergency", False)
    assert said.names[0] == "utter_illness"


async def test_danger_is_911_and_a_person(api: AccountApi, answers: Loopback, run: Tell) -> None:
    said = await run(ActionDistress(), intent="in_distress", form=names.INTAKE_FORM)
    assert said.names[0] == "utter_distress"
    assert answers.bodies("/v1/hand-offs")[0]["reason"] == "emergency"
    assert {"event": "active_loop", "name": None} in [
        {"event": one["event"], "name": one.get("name")} for one in said.events
    ]


async def test_foul_words_once_are_met_with_an_offer_twice_with_a_person(
    api: AccountApi, answers: Loopback, run: Tell
) -> None:
    once = await run(ActionAbuse(), intent="abuse")
    assert once.names == ["utter_abuse"]
    assert answers.bodies("/v1/hand-offs") == []
    twice = await run(ActionAbuse(), intent="abuse", before=["abuse"])
    assert twice.names[0] == "utter_sorry"
    assert answers.bodies("/v1/hand-offs")[0]["reason"] == "upset"


async def test_lawyers_get_a_person_and_no_word_on_the_matter(api: AccountApi, answers: Loopback, run: Tell) -> None:
    said = await run(ActionLegal(), intent="legal_matter")
    assert answers.bodies("/v1/hand-offs")[0]["department"] == "board_clerk"
    assert said.names[0] == "utter_legal"


async def test_what_concerns_an_account_asks_who_it_is_first(api: AccountApi, run: Tell) -> None:
    said = await run(ActionMedicalProtection(), intent="ask_medical_protection")
    assert said.next == names.IDENTITY_FORM
    assert said.slots[names.RESUME_ACTION] == "action_medical_protection"
