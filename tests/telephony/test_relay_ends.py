"""How a ConversationRelay session ends: transfers, goodbyes, broken sockets, and calls that go on all the same."""

from pathlib import Path
from typing import Any

import pytest

from telephony.calls.relay_health import FAILURES_MAX, PAUSE_SECONDS, RelayHealth
from tests.telephony.conftest import CUSTOMER, World, make_settings, running_telephony, until
from tests.telephony.faults import Fault
from tests.telephony.relay_line import CALL, RELAY, line, replies


class TestTheEnd:
    async def ended(self, world: World, **more: str) -> Any:
        form = {"SessionId": "VX" + "1" * 32, "SessionStatus": "ended", "SessionDuration": "12"}
        return await world.call("/twilio/voice/relay-ended", call_sid=CALL, **(form | more))

    async def test_a_transfer_leaves_the_socket_and_is_dialled(self, world: World) -> None:
        async with line(world) as caller:
            await caller.setup()
            await caller.answer()
            hand_off = {"type": "hand_off", "department": "customer_service", "open_now": True}
            world.engine.brain = lambda turn: replies("I'm connecting you.", hand_off)
            await caller.say("a person")
            end = await caller.next()
            assert end["type"] == "end" and await caller.closed()
        assert "connecting" not in end["handoffData"] and CUSTOMER not in end["handoffData"]
        heard = await self.ended(world, HandoffData=end["handoffData"])
        assert heard.said == "I'm connecting you." and heard.verb("Number").text == "+19515550101"

    async def test_a_goodbye_is_said_by_the_document(self, world: World) -> None:
        world.engine.brain = lambda turn: replies("Goodbye.", {"type": "hang_up"})
        async with line(world) as caller:
            await caller.setup()
            end = await caller.next()
        heard = await self.ended(world, HandoffData=end["handoffData"])
        assert heard.said == "Goodbye."
        heard.verb("Hangup")

    async def test_a_caller_who_hung_up_needs_nothing(self, world: World) -> None:
        heard = await self.ended(world, SessionStatus="completed", CallStatus="completed")
        assert list(heard.xml) == []

    @pytest.mark.parametrize("world", RELAY, indirect=True)
    async def test_a_broken_socket_is_opened_again_at_the_same_place(self, world: World) -> None:
        async with line(world) as caller:
            await caller.setup()
            await caller.answer()
            world.engine.brain = lambda turn: replies("Tu saldo es $12.", language="es")
            await caller.say("mi saldo")
            await caller.answer()
        heard = await self.ended(world, SessionStatus="failed", ErrorCode="64105")
        relay = heard.verb("ConversationRelay").attrib
        assert relay["language"] == "es-US"
        assert [each.attrib for each in heard.xml.iter("Parameter")] == [{"name": "resume", "value": "broke"}]
        async with line(world) as caller:
            await caller.setup(session="VX" + "2" * 32, resume="broke")
            assert await caller.answer() == "Disculpe, se cortó la conexión por un momento. Tu saldo es $12."
            world.engine.brain = lambda turn: replies(f"You said: {turn['text']}")
            await caller.say("thank you")
            assert await caller.answer() == "You said: thank you"
        assert [turn["text"] for turn in world.engine.turns] == ["", "mi saldo", "thank you"]

    @pytest.mark.parametrize("world", RELAY, indirect=True)
    async def test_another_process_goes_on_where_the_first_died(self, world: World, tmp_path: Path) -> None:
        """The turn it died in has no answer, and is asked for again."""
        async with line(world) as caller:
            await caller.setup()
            await caller.answer()
            world.engine.server.fault = Fault(seconds=30)
            await caller.say("my balance")
            await until(lambda: any(t["said"]["text"] == "my balance" for t in world.backend.turns.values()))
        world.engine.server.fault = None
        redis = world.settings.redis_url.get_secret_value()
        settings = make_settings(world.engine, world.backend, tmp_path, redis_url=redis, voice_mode="relay")
        async with running_telephony(World(world.engine, world.backend, settings, world.http)) as other:
            (await self.ended(other, SessionStatus="failed", ErrorCode="64105")).verb("ConversationRelay")
            async with line(other) as caller:
                await caller.setup(session="VX" + "2" * 32, resume="broke")
                words = "Sorry, the connection broke for a moment. Please say that again."
                assert await caller.answer() == words
                await caller.say("my hours")
                assert await caller.answer() == "You said: my hours"

    @pytest.mark.parametrize("world", RELAY, indirect=True)
    async def test_after_the_third_break_the_call_goes_on_over_webhooks(self, world: World) -> None:
        async with line(world) as caller:
            await caller.setup()
            await caller.answer()
            await caller.say("my balance")
            await caller.answer()
        for _ in range(2):
            heard = await self.ended(world, SessionStatus="failed", ErrorCode="64105")
            heard.verb("ConversationRelay")
            async with line(world) as caller:
                await caller.setup(session="VX" + "2" * 32, resume="broke")
                await caller.answer()
        heard = await self.ended(world, SessionStatus="failed", ErrorCode="64105")
        assert heard.said == "Sorry, the connection broke for a moment. You said: my balance"
        heard = await world.call(heard.action(world), SpeechResult="thank you", Confidence="0.9")
        assert heard.said == "You said: thank you"

    @pytest.mark.parametrize("world", RELAY, indirect=True)
    async def test_a_socket_that_never_opened_means_webhooks_at_once_and_for_a_while(self, world: World) -> None:
        for number in range(FAILURES_MAX):
            call = f"CA{number}" + "5" * 31
            (await world.call(call_sid=call)).verb("ConversationRelay")
            heard = await world.call(
                "/twilio/voice/relay-ended", call_sid=call, SessionStatus="failed", ErrorCode="39001"
            )
            assert heard.said == "You said: start"
            heard.verb("Gather")
        (await world.call(call_sid="CA" + "9" * 32)).verb("Gather")

    async def test_a_call_that_is_over_is_forgotten(self, world: World) -> None:
        async with line(world) as caller:
            await caller.setup()
            await caller.answer()
        assert world.services is not None
        assert await world.services.places.find(CALL) is not None
        await world.call("/twilio/voice/status", call_sid=CALL, CallStatus="completed")
        assert await world.services.places.find(CALL) is None


def test_the_pause_after_failures_ends() -> None:
    health = RelayHealth()
    for _ in range(FAILURES_MAX):
        assert health.usable(100.0)
        health.failed(100.0)
    assert not health.usable(100.0 + PAUSE_SECONDS - 1) and health.usable(100.0 + PAUSE_SECONDS)
    health.worked()
    assert health.usable(101.0)
