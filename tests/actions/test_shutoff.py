"""A shut-off and what follows it: when, what stops it, what reconnection costs, and a person when it is today."""

from typing import Any

import pytest

from actions.account_api import AccountApi
from actions.reconnection import ActionReconnection
from actions.shutoff import ActionShutoff
from tests.actions.harness import Loopback, Tell

KNOWN = {"slots": {"verification_level": 2}}


def facts(**changes: Any) -> dict[str, Any]:
    return {
        "status": "not_yet",
        "past_due_cents": 15073,
        "oldest_due_on": "2026-10-02",
        "earliest_on": "2026-12-01",
        "notice_business_days": 7,
        "protections": [],
        "reconnection": {
            "within_hours_cents": 6500,
            "outside_hours_cents": 17500,
            "office_is_open": True,
            "low_income": False,
        },
        **changes,
    }


@pytest.mark.parametrize("status", ["not_yet", "possible"])
async def test_the_day_and_the_ways_out(api: AccountApi, answers: Loopback, run: Tell, status: str) -> None:
    answers.say("GET", "/shut-off", facts(status=status))
    said = await run(ActionShutoff(), intent="ask_shutoff", **KNOWN)
    assert said.names == [f"utter_shutoff_{status}", "utter_shutoff_ways_out"]
    assert said.variables(f"utter_shutoff_{status}")["earliest_on"] == "Tuesday, December 1"


@pytest.mark.parametrize("status", ["nothing_due", "closed"])
async def test_nothing_to_fear(api: AccountApi, answers: Loopback, run: Tell, status: str) -> None:
    answers.say("GET", "/shut-off", facts(status=status, past_due_cents=0, earliest_on=None))
    assert (await run(ActionShutoff(), intent="ask_shutoff", **KNOWN)).names == [f"utter_shutoff_{status}"]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "the water emergency in your area"), ("es", "la emergencia de agua en su zona")],
)
async def test_an_emergency_protects(api: AccountApi, answers: Loopback, run: Tell, language: str, words: str) -> None:
    answers.say("GET", "/shut-off", facts(status="protected", earliest_on=None, protections=["emergency"]))
    said = await run(ActionShutoff(), intent="ask_shutoff", slots={"verification_level": 2, "language": language})
    assert said.variables("utter_shutoff_protected")["protections"] == words


async def test_what_protects_is_named(api: AccountApi, answers: Loopback, run: Tell) -> None:
    protected = facts(status="protected", earliest_on=None, protections=["medical_protection", "appeal"])
    answers.say("GET", "/shut-off", protected)
    said = await run(ActionShutoff(), intent="ask_shutoff", slots={"verification_level": 2, "language": "es"})
    assert said.variables("utter_shutoff_protected")["protections"] == "su protección médica y su apelación abierta"


@pytest.mark.parametrize(
    ("intent", "text"),
    [
        ("report_shutoff_today", "they are here"),
        ("ask_shutoff", "me cortan el agua hoy"),
        ("ask_shutoff", "is it today"),
    ],
)
async def test_today_is_for_a_person_at_once_without_an_identity(
    api: AccountApi, answers: Loopback, run: Tell, intent: str, text: str
) -> None:
    said = await run(ActionShutoff(), intent=intent, text=text, now="2026-11-23T22:30:00-08:00")
    assert said.names == ["utter_shutoff_today", "utter_hand_off_open"]
    assert said.commands[0]["type"] == "hand_off"
    (filed,) = answers.bodies("/hand-offs")
    assert filed["reason"] == "above_authority"
    label = {"en": "Shut-off on", "es": "Corte el"}
    # By the district's clock, where it is still the 23rd.
    assert filed["details"] == [{"name": "shut_off_on", "label": label, "value": "2026-11-23"}]


@pytest.mark.parametrize(
    ("is_open", "past_due", "low_income", "expected"),
    [
        (
            True,
            15073,
            False,
            ["utter_reconnection_past_due", "utter_reconnection_fee_open", "utter_reconnection_low_income"],
        ),
        (False, 15073, True, ["utter_reconnection_past_due", "utter_reconnection_fee_closed"]),
        (
            True,
            0,
            False,
            ["utter_reconnection_nothing_due", "utter_reconnection_fee_open", "utter_reconnection_low_income"],
        ),
    ],
)
async def test_reconnection(
    api: AccountApi,
    answers: Loopback,
    run: Tell,
    *,
    is_open: bool,
    past_due: int,
    low_income: bool,
    expected: list[str],
) -> None:
    fee = {**facts()["reconnection"], "office_is_open": is_open, "low_income": low_income}
    answers.say("GET", "/shut-off", facts(past_due_cents=past_due, reconnection=fee))
    said = await run(ActionReconnection(), intent="ask_reconnection", **KNOWN)
    assert said.names == [*expected, "utter_reconnection_person"]
    assert said.slots["offer"] == "person:request"


async def test_a_backend_that_is_out_is_said(api: AccountApi, answers: Loopback, run: Tell) -> None:
    answers.say("GET", "/shut-off", "", 503)
    for action in (ActionShutoff(), ActionReconnection()):
        assert (await run(action, intent="ask_shutoff", **KNOWN)).names == ["utter_backend_out_case_filed"]
