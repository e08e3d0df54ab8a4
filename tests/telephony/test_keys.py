"""Keys instead of words: `<Pay>`, every way it can end, and back in the conversation; nothing records meanwhile."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from ops.embedded import free_port
from telephony.payments.assisted import progress_of
from telephony.payments.quiet import fall_silent, record_again
from telephony.simulator.conditions import Conditions
from telephony.simulator.settings import Settings as SimulatorSettings
from telephony.twilio.signature import TwilioForm
from tests.telephony.conftest import AUTH_TOKEN, CUSTOMER, OUR_NUMBER, World, until
from tests.telephony_simulator.world import OPERATOR, Simulator, codes, heard, running

OFFER = "0192f0c1-8a70-7000-8000-00000000d1f1"
KEYS = ("press:4242424242424242", "press:1231", "press:123", "press:92507#")
PORT = free_port()
MODES = [{"voice_mode": mode, "twilio_api_url": f"http://127.0.0.1:{PORT}"} for mode in ("webhook", "relay")]


def brain(turn: dict[str, Any]) -> dict[str, Any]:
    """Takes a card when somebody says yes, and says what it was told of it."""
    said = turn["payload"] or turn["text"]
    commands: list[dict[str, Any]] = []
    if turn["kind"] == "start":
        text = "Shall I take forty dollars?"
    elif said in ("yes", "bank"):
        text = "Use the keys."
        method = "bank_account" if said == "bank" else "card"
        commands = [{"type": "collect_card", "offer_id": OFFER, "method": method}]
    elif said.startswith("/card_keyed"):
        text = f"It ended with {json.loads(said.removeprefix('/card_keyed'))['pay_result']}.".replace("_", "-")
    else:
        text = f"You said {said}."
    return {"replies": [{"text": text, "commands": commands}], "language": turn["language"]}


@pytest.fixture
async def simulator(world: World, tmp_path: Path) -> AsyncIterator[Simulator]:
    world.engine.brain = brain
    settings = SimulatorSettings(
        home=tmp_path / "simulator",
        demo=True,
        simulator_port=PORT,
        public_url=world.settings.public_url,
        backend_url=world.settings.backend_url,
        operator_token=OPERATOR,  # type: ignore[arg-type]
        twilio_account_sid=world.settings.twilio_account_sid,
        twilio_auth_token=AUTH_TOKEN,  # type: ignore[arg-type]
        twilio_number=OUR_NUMBER,
    )
    async with running(settings) as simulator:
        yield simulator


def ended(result: str) -> str:
    return f"It ended with {result}.".replace("_", "-")


@pytest.mark.parametrize("world", MODES, indirect=True)
class TestInBothModes:
    async def test_a_card_is_keyed_in_and_the_conversation_goes_on(self, world: World, simulator: Simulator) -> None:
        call = await simulator.call("say:yes", *KEYS, "say:thanks", "hangup", caller=CUSTOMER)
        said = " ".join(heard(call))
        assert ended("success") in said and "You said thanks." in said and codes(call) == [], call.events
        assert "connection broke" not in said
        (capture,) = world.backend.captures
        assert capture["token"].startswith("pm_")
        shown = {name: capture[name] for name in ("offer", "kind", "brand", "last4")}
        assert shown == {"offer": OFFER, "kind": "card", "brand": "visa", "last4": "4242"}
        keyed = next(turn for turn in world.engine.turns if (turn["payload"] or "").startswith("/card_keyed"))
        assert keyed["text"] == "(Keyed in: ends in 4242.)"

    @pytest.mark.parametrize("then", ["action", "next_verb"])
    async def test_after_the_last_attempt_by_both_readings_of_twilios_page(
        self, world: World, simulator: Simulator, then: Any
    ) -> None:
        simulator.network.conditions.become(Conditions(pay_after_max_attempts=then))
        call = await simulator.call("say:yes", *["press:1111#"] * 3, "say:thanks", "hangup", caller=CUSTOMER)
        said = " ".join(heard(call))
        assert said.count("Key in your card number") == 3 and said.count("That did not work.") == 2
        assert ended("too-many-failed-attempts") in said and "You said thanks." in said, call.events
        assert world.backend.captures == []


@pytest.mark.parametrize("world", MODES[:1], indirect=True)
class TestEnds:
    async def test_a_bank_account(self, world: World, simulator: Simulator) -> None:
        steps = ("say:bank", "press:110000000", "press:000123456789#", "say:thanks", "hangup")
        call = await simulator.call(*steps, caller=CUSTOMER)
        assert ended("success") in " ".join(heard(call)), call.events
        assert (world.backend.captures[0]["kind"], world.backend.captures[0]["last4"]) == ("bank_account", "89")

    @pytest.mark.parametrize(
        ("keys", "result"),
        [
            (("press:*",), "caller-interrupted-with-star"),
            (("press:4000000000000002", *KEYS[1:]), "card-rejected"),
        ],
    )
    async def test_without_a_token(
        self, world: World, simulator: Simulator, keys: tuple[str, ...], result: str
    ) -> None:
        call = await simulator.call("say:yes", *keys, "say:thanks", "hangup", caller=CUSTOMER)
        assert ended(result) in " ".join(heard(call)) and world.backend.captures == []

    async def test_the_connector_is_away(self, world: World, simulator: Simulator) -> None:
        await simulator.conditions(pay_connector="unavailable")
        call = await simulator.call("say:yes", *KEYS, "say:thanks", "hangup", caller=CUSTOMER)
        assert ended("payment-connector-error") in " ".join(heard(call)) and world.backend.captures == []

    async def test_whoever_hangs_up_is_charged_nothing(self, world: World, simulator: Simulator) -> None:
        call = await simulator.call("say:yes", KEYS[0], "hangup", caller=CUSTOMER)
        assert codes(call) == [] and world.backend.captures == []
        assert not any((turn["payload"] or "").startswith("/card_keyed") for turn in world.engine.turns)

    @pytest.mark.parametrize(
        ("refusal", "result"),
        [((409, "balance_changed"), "balance_changed"), ((409, "offer_over"), "offer_over"),
         ((422, "malformed"), "refused"), ((503, "down"), "unknown")],
    )  # fmt: skip
    async def test_the_account_system_does_not_take_it(
        self, world: World, simulator: Simulator, refusal: tuple[int, str], result: str
    ) -> None:
        world.backend.capture_refusal = refusal
        call = await simulator.call("say:yes", *KEYS, "say:thanks", "hangup", caller=CUSTOMER)
        assert ended(result) in " ".join(heard(call)), call.events

    async def test_results_that_the_simulator_does_not_give(self, world: World, simulator: Simulator) -> None:
        path = f"/twilio/voice/pay?offer={OFFER}&conversation=c&method=card&n=2"
        for number, result in enumerate(("validation-error", "internal-error", "a-new-one", "success")):
            form = {"CallSid": f"CA{number:032d}", "From": CUSTOMER, "Result": result}
            await world.call()
            told = await world.post(path, form)
            expected = "validation-error" if result == "validation-error" else "internal-error"
            assert ended(expected) in told.said, told.said

    async def test_recordings_are_paused_and_go_on_afterwards(self, world: World, simulator: Simulator) -> None:
        assert world.services is not None
        twilio, live = world.services.twilio, simulator.network.facilities.live
        calling = asyncio.create_task(simulator.call("hold:20", "hangup", caller=CUSTOMER))
        await until(lambda: live)
        ((sid, execution),) = live.items()
        made = await twilio.calls(sid).recordings.create_async()
        statuses = [made.status]
        by_hand = await twilio.calls(sid).recordings.create_async()
        await twilio.calls(sid).recordings(by_hand.sid).update_async(status="paused")
        assert await fall_silent(world.services, sid)
        statuses.append((await twilio.calls(sid).recordings(made.sid).fetch_async()).status)
        await record_again(world.services, sid)
        statuses.append((await twilio.calls(sid).recordings(made.sid).fetch_async()).status)
        left = (await twilio.calls(sid).recordings(by_hand.sid).fetch_async()).status
        assert left == "paused", "a person's own pause is theirs to end"
        assert statuses == ["in-progress", "paused", "in-progress"] and execution.leg.sid == sid
        await twilio.calls(sid).update_async(status="completed")
        await calling


@pytest.mark.parametrize("world", [{"twilio_api_url": "http://127.0.0.1:9"}], indirect=True)
async def test_where_it_is_not_certain_that_nothing_records_no_card_is_taken(world: World) -> None:
    world.engine.brain = brain
    first = await world.call()
    second = await world.call(first.action(world), SpeechResult="yes", Confidence="0.9")
    assert ended("not-silent") in second.said and "Pay" not in {each.tag for each in second.xml.iter()}


def test_a_status_callback_is_told_in_dots() -> None:
    shown = [("Sid", "PK1"), ("PaymentCardNumber", "xxxx-xxxx-xxxx-4242"), ("ExpirationDate", "1231"),
             ("PaymentCardPostalCode", "92507"), ("Required", "security-code,postal-code")]  # fmt: skip
    told = progress_of(TwilioForm(shown))
    assert told["keyed"] == {"payment-card-number": "••••••••••••4242", "expiration-date": "••••"}
    keys = [("Sid", "PK1"), ("Capture", "postal-code"), ("PartialResult", "true"), ("PaymentCardPostalCode", "925")]
    partial = progress_of(TwilioForm(keys))
    assert (partial["keyed"], partial["partial"]) == ({}, "•••")
