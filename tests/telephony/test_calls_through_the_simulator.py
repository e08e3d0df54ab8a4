"""Whole calls: the real telephony application and the real simulator of Twilio, by webhooks and by ConversationRelay.

The same script says the same in both modes: there is one conversation core under them.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from ops.embedded import free_port
from telephony.simulator.settings import Settings as SimulatorSettings
from tests.telephony.conftest import AUTH_TOKEN, CUSTOMER, OUR_NUMBER, World
from tests.telephony.faults import Fault
from tests.telephony_simulator.world import OPERATOR, Simulator, codes, heard, running

MODES = [{"voice_mode": "webhook"}, {"voice_mode": "relay"}]
MENU = [
    {"title": "your balance", "payload": "/ask_balance"},
    {"title": "español", "payload": '/switch_language{"language":"es"}'},
]
GREETING = "This is an automated assistant. How can I help you?"


def brain(turn: dict[str, Any]) -> dict[str, Any]:
    """A small assistant: greets with a menu, asks for an account number, knows when somebody wants a person."""
    said, language = turn["payload"] or turn["text"], turn["language"]
    commands: list[dict[str, Any]] = []
    choices: list[dict[str, str]] = []
    if turn["kind"] == "start":
        text, choices = GREETING, MENU
    elif turn["kind"] in ("silence", "no_match"):
        text = "I heard nothing." if turn["kind"] == "silence" else "I did not understand."
    elif "ask_balance" in said:
        text, commands = "Your account number?", [{"type": "collect", "kind": "digits", "digits_max": 8}]
    elif "switch_language" in said:
        text, language = "Muy bien, en español.", "es"
    elif said == "representative":
        text, commands = "I'm connecting you.", [{"type": "hand_off", "department": None, "open_now": True}]
    elif said == "goodbye":
        text, commands = "Goodbye.", [{"type": "hang_up"}]
    else:
        text = f"You said {said}."
    return {"replies": [{"text": text, "choices": choices, "commands": commands}], "language": language}


@asynccontextmanager
async def simulator_for(world: World, home: Path) -> AsyncIterator[Simulator]:
    settings = SimulatorSettings(
        home=home / "simulator",
        demo=True,
        simulator_port=free_port(),
        public_url=world.settings.public_url,
        backend_url=world.settings.backend_url,
        operator_token=OPERATOR,  # type: ignore[arg-type]
        twilio_account_sid=world.settings.twilio_account_sid,
        twilio_auth_token=AUTH_TOKEN,  # type: ignore[arg-type]
        twilio_number=OUR_NUMBER,
    )
    async with running(settings) as simulator:
        yield simulator


@pytest.fixture
async def simulator(world: World, tmp_path: Path) -> AsyncIterator[Simulator]:
    world.engine.brain = brain
    async with simulator_for(world, tmp_path) as simulator:
        yield simulator


@pytest.mark.parametrize("world", MODES, indirect=True)
class TestInBothModes:
    async def test_a_caller_is_served_by_voice_alone(self, world: World, simulator: Simulator) -> None:
        call = await simulator.call("say:your balance", "say:four four one two", "say:goodbye", caller=CUSTOMER)
        said = " ".join(heard(call))
        assert said.startswith("Para español, oprima el 2. " + GREETING)
        assert "Your account number?" in said and "You said four four one two." in said and "Goodbye." in said
        assert call.ended == "hung_up" and codes(call) == []
        assert world.engine.turns[1]["payload"] == "/ask_balance"

    async def test_a_caller_is_served_by_keys_alone(self, world: World, simulator: Simulator) -> None:
        call = await simulator.call("press:1", "press:44124412", "press:*", "press:0", caller=CUSTOMER)
        said = " ".join(heard(call))
        assert "Your account number?" in said and "You said 4 4 1 2 4 4 1 2." in said
        assert [turn["text"] for turn in world.engine.turns[3:]] == ["repeat that", "representative"]
        assert "I'm connecting you." in said and "+19515550101 answered" in heard(call, "dial")

    async def test_the_other_language_is_one_key_away(self, world: World, simulator: Simulator) -> None:
        call = await simulator.call("press:2", "say:gracias", "hangup", caller=CUSTOMER)
        spanish = [event.text for event in call.events if event.kind == "say" and event.language == "es-US"]
        assert spanish[:2] == ["Para español, oprima el 2.", "Muy bien, en español."]
        (event,) = [event for event in call.events if event.kind == "heard"]
        assert event.language == "es-US"

    async def test_somebody_may_be_talked_over(self, world: World, simulator: Simulator) -> None:
        call = await simulator.call("interrupt:goodbye", caller=CUSTOMER)
        assert call.ended == "hung_up" and "Goodbye." in heard(call)[-1]

    async def test_words_not_understood_end_with_a_person(self, world: World, simulator: Simulator) -> None:
        call = await simulator.call("say@0:mm", "say@0:mm", "say@0:mm", caller=CUSTOMER)
        said = " ".join(heard(call))
        assert "I did not understand." in said and "use the keys" in said and "Let me connect you" in said
        assert "+19515550101 answered" in heard(call, "dial")

    async def test_slower_is_slower(self, world: World, simulator: Simulator) -> None:
        await simulator.call("say:slower please", "say:thanks", "hangup", caller=CUSTOMER)
        assert world.engine.turns[1]["text"] == "repeat that"

    async def test_a_transfer_that_nobody_answers_ends_with_a_promise(self, world: World, simulator: Simulator) -> None:
        simulator.prepare("+19515550101", fate="no-answer")
        call = await simulator.call("press:0", caller=CUSTOMER)
        *_, promise, invitation, farewell = heard(call)
        assert "call you back" in promise and "after the tone" in invitation
        assert (farewell, call.ended) == ("I did not hear a message. Goodbye.", "hung_up")
        assert world.backend.hand_offs[-1]["reason"] == "asked_for_person"

    async def test_the_end_of_the_call_is_known(self, world: World, simulator: Simulator) -> None:
        await simulator.call("say:hello", "hangup", caller=CUSTOMER)
        assert world.backend.conversation("voice").ended == "hung_up"


@pytest.mark.parametrize("world", [{"voice_mode": "relay"}], indirect=True)
class TestRelayBreaks:
    async def test_the_place_is_not_lost_when_the_socket_is(self, world: World, simulator: Simulator) -> None:
        call = await simulator.call("press:1", "drop", "press:44124412", "say:goodbye", caller=CUSTOMER)
        said = heard(call)
        assert "Sorry, the connection broke for a moment. Your account number?" in said
        assert "You said 4 4 1 2 4 4 1 2." in said and call.ended == "hung_up"

    async def test_webhooks_carry_on_when_it_goes_on_breaking(self, world: World, simulator: Simulator) -> None:
        call = await simulator.call("press:1", "drop", "drop", "drop", "press:44124412", "say:goodbye", caller=CUSTOMER)
        assert "You said 4 4 1 2 4 4 1 2." in heard(call) and call.ended == "hung_up"
        assert "gather" in [event.kind for event in call.events]

    async def test_webhooks_take_the_call_when_the_socket_cannot_be_opened(
        self, world: World, simulator: Simulator
    ) -> None:
        await simulator.conditions(relay="unreachable")
        call = await simulator.call("press:1", "press:44124412", "say:goodbye", caller=CUSTOMER)
        assert (
            "Your account number?" in heard(call)
            and "You said 4 4 1 2 4 4 1 2." in heard(call)
            and call.ended == "hung_up"
        )


@pytest.mark.parametrize("world", [{"voice_mode": "relay", "filler_seconds": 0.2}], indirect=True)
async def test_a_slow_answer_on_the_socket_begins_with_a_word(world: World, simulator: Simulator) -> None:
    world.engine.server.fault = Fault(seconds=0.6)
    call = await simulator.call("say:hello", "hangup", caller=CUSTOMER)
    assert any(line.startswith("One moment, please.") for line in heard(call))


@pytest.mark.parametrize("world", [{"filler_seconds": 0.2}], indirect=True)
async def test_a_slow_answer_to_a_webhook_begins_with_a_word(world: World, simulator: Simulator) -> None:
    world.engine.server.fault = Fault(seconds=0.6)
    call = await simulator.call("say:hello", "hangup", caller=CUSTOMER)
    assert "One moment, please." in heard(call) and "You said hello." in heard(call)


async def test_a_number_that_the_carrier_doubts_is_no_factor(world: World, simulator: Simulator) -> None:
    script = {"from": CUSTOMER, "steps": ["say:hello", "hangup"], "verstat": "TN-Validation-Failed-A"}
    assert (await simulator.http.post("/api/calls", json=script)).status_code == 200
    assert {turn["calling_number_on_file"] for turn in world.engine.turns} == {False}


@pytest.mark.parametrize("mode", ["webhook", "relay"])
async def test_the_webhooks_address_may_choose_the_mode(world: World, simulator: Simulator, mode: str) -> None:
    script = {"from": CUSTOMER, "steps": ["say:hello", "hangup"], "query": f"mode={mode}"}
    events = (await simulator.http.post("/api/calls", json=script)).json()["events"]
    kinds = {event["kind"] for event in events}
    assert ("relay" in kinds) is (mode == "relay") and "You said hello." in [event["text"] for event in events]


async def test_a_call_in_silence_is_ended_kindly(world: World, simulator: Simulator) -> None:
    call = await simulator.call("silence", "silence", "silence", caller=CUSTOMER)
    assert "I heard nothing." in heard(call) and "I'll hang up now" in heard(call)[-1] and call.ended == "hung_up"
