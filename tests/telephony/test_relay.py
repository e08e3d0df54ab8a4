"""ConversationRelay from the application's side, with a client that speaks Twilio's end of the protocol."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from telephony.calls.relay_health import FAILURES_MAX, PAUSE_SECONDS, RelayHealth
from telephony.twilio.relay import Interrupted, KeyPressed, Prompt, Setup, Trouble, parse_message, provider_and_voice
from tests.telephony.conftest import AUTH_TOKEN, CUSTOMER, World, make_settings, running_telephony, sign, until
from tests.telephony.servers import Fault

CALL = "CA" + "1" * 32
RELAY = [{"voice_mode": "relay"}]


def replies(text: str, *commands: dict[str, Any], language: str = "en", **more: Any) -> dict[str, Any]:
    return {"replies": [{"text": text, "commands": list(commands), **more}], "language": language}


class Line:
    """Twilio's end of one socket."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self.got: list[dict[str, Any]] = []

    async def send(self, **message: Any) -> None:
        await self._socket.send_json(message)

    async def setup(self, session: str = "VX" + "1" * 32, caller: str = CUSTOMER, **parameters: str) -> None:
        await self.send(
            type="setup",
            sessionId=session,
            callSid=CALL,
            accountSid="AC1",
            customParameters=parameters,
            **{"from": caller, "to": "+1"},
        )

    async def say(self, words: str, *, last: bool = True) -> None:
        await self.send(type="prompt", voicePrompt=words, lang="en-US", last=last)

    async def press(self, keys: str) -> None:
        for key in keys:
            await self.send(type="dtmf", digit=key)

    async def next(self) -> dict[str, Any]:
        message: dict[str, Any] = await asyncio.wait_for(self._socket.receive_json(), 10)
        self.got.append(message)
        return message

    async def answer(self) -> str:
        """Everything until the end of one answer, as it is heard."""
        words = ""
        while True:
            message = await self.next()
            if message["type"] == "end":
                return words
            if message["type"] == "text":
                words += message["token"]
                if message["last"]:
                    return words.strip()

    async def closed(self) -> bool:
        frame = await asyncio.wait_for(self._socket.receive(), 10)
        return frame.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.CLOSED)

    async def hang_up(self) -> None:
        await self._socket.close()


@asynccontextmanager
async def line(world: World, token: str = AUTH_TOKEN) -> AsyncIterator[Line]:
    """A socket with a signed handshake."""
    signed = "ws" + world.settings.public_url.removeprefix("http") + "/twilio/voice/relay"
    headers = {"X-Twilio-Signature": sign(signed, [], token)}
    async with world.http.ws_connect(f"{world.url}/twilio/voice/relay", headers=headers) as socket:
        yield Line(socket)


@pytest.mark.parametrize("world", RELAY, indirect=True)
class TestTheDocument:
    async def test_hands_the_call_to_the_socket(self, world: World) -> None:
        heard = await world.call()
        relay = heard.verb("ConversationRelay").attrib
        assert relay["url"] == "ws" + world.settings.public_url.removeprefix("http") + "/twilio/voice/relay"
        assert (relay["language"], relay["ttsProvider"], relay["voice"]) == ("en-US", "Amazon", "Joanna-Neural")
        assert (relay["dtmfDetection"], relay["interruptible"], relay["partialPrompts"]) == ("true", "any", "true")
        languages = {each.attrib["code"]: each.attrib["voice"] for each in heard.xml.iter("Language")}
        assert languages == {"en-US": "Joanna-Neural", "es-US": "Lupe-Neural"}
        assert heard.action(world, "Connect") == "/twilio/voice/relay-ended"
        assert world.engine.turns == []

    async def test_says_when_the_number_is_doubted(self, world: World) -> None:
        heard = await world.call(StirVerstat="TN-Validation-Failed-B")
        assert [each.attrib for each in heard.xml.iter("Parameter")] == [{"name": "doubted", "value": "1"}]
        async with line(world) as caller:
            await caller.setup(doubted="1")
            await caller.answer()
        assert world.engine.turns[0]["calling_number_on_file"] is False


class TestTheHandshake:
    async def test_must_be_signed(self, world: World) -> None:
        for token in ("another-token-0123456789", ""):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                async with line(world, token):
                    pass
            assert refused.value.status == 403
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await world.http.ws_connect(f"{world.url}/twilio/voice/relay")
        assert world.backend.turns == {}

    async def test_must_be_followed_by_setup(self, world: World) -> None:
        async with line(world) as caller:
            await caller.say("hello")
            assert await caller.closed()
        assert world.backend.turns == {}


class TestATurn:
    async def test_greets_and_answers(self, world: World) -> None:
        async with line(world) as caller:
            await caller.setup()
            assert await caller.answer() == "You said: start"
            await caller.say("what is my balance")
            assert await caller.answer() == "You said: what is my balance"
        kinds = [turn["kind"] for turn in world.engine.turns]
        assert kinds == ["start", "message"]
        said = [turn["said"] for turn in world.backend.turns.values()]
        assert {each["thread_key"] for each in said} == {CALL} and {each["party"] for each in said} == {CUSTOMER}

    async def test_comes_sentence_by_sentence(self, world: World) -> None:
        world.engine.brain = lambda turn: replies("Your balance is $12.50. It is due on May 3. Anything else?")
        async with line(world) as caller:
            await caller.setup()
            await caller.answer()
        tokens = [(m["token"], m["last"]) for m in caller.got]
        assert tokens == [
            ("Your balance is $12.50. ", False),
            ("It is due on May 3. ", False),
            ("Anything else? ", True),
        ]

    async def test_partial_words_are_not_a_turn(self, world: World) -> None:
        async with line(world) as caller:
            await caller.setup()
            await caller.answer()
            await caller.say("what is", last=False)
            await caller.say("what is my", last=False)
            await caller.say("what is my balance")
            assert await caller.answer() == "You said: what is my balance"
        assert len(world.engine.turns) == 2

    async def test_words_during_a_turn_are_the_next_turn(self, world: World) -> None:
        async with line(world) as caller:
            await caller.setup()
            await caller.answer()
            await caller.say("my balance")
            await caller.say("and your hours")
            assert await caller.answer() == "You said: my balance"
            assert await caller.answer() == "You said: and your hours"

    async def test_an_interruption_does_not_end_anything(self, world: World) -> None:
        async with line(world) as caller:
            await caller.setup()
            await caller.answer()
            await caller.send(type="interrupt", utteranceUntilInterrupt="You", durationUntilInterruptMs="200")
            await caller.say("my balance")
            assert await caller.answer() == "You said: my balance"

    @pytest.mark.parametrize("world", [{"filler_seconds": 0.1}], indirect=True)
    async def test_a_slow_one_begins_with_a_word(self, world: World) -> None:
        world.engine.server.fault = Fault(seconds=0.4)
        async with line(world) as caller:
            await caller.setup()
            assert await caller.answer() == "One moment, please. You said: start"
        assert [m["last"] for m in caller.got] == [False, True]

    async def test_what_makes_no_sense_is_passed_over(self, world: World) -> None:
        async with line(world) as caller:
            await caller.setup()
            await caller.answer()
            await caller._socket.send_str("not json")
            await caller._socket.send_str("[1, 2]")
            await caller.send(type="info", name="tokensPlayed", value="x")
            await caller.send(type="error", description="Invalid message")
            await caller.say("hello")
            assert await caller.answer() == "You said: hello"


class TestKeys:
    async def test_a_choice_is_one_key(self, world: World) -> None:
        choices = [{"title": "balance", "payload": "/ask_balance"}, {"title": "hours", "payload": "/ask_hours"}]
        world.engine.brain = lambda turn: replies("Which?", choices=choices)
        async with line(world) as caller:
            await caller.setup()
            assert "For hours, press 2." in await caller.answer()
            await caller.press("2")
            await caller.answer()
        assert world.engine.turns[-1]["payload"] == "/ask_hours"

    async def test_a_number_is_complete_when_it_is_full(self, world: World) -> None:
        collect = {"type": "collect", "kind": "digits", "digits_max": 8}
        world.engine.brain = lambda turn: replies("Your account number?", collect)
        async with line(world) as caller:
            await caller.setup()
            await caller.answer()
            await caller.press("44124412")
            await caller.answer()
            await caller.press("123#")
            await caller.answer()
        assert [turn["text"] for turn in world.engine.turns] == ["", "44124412", "123"]

    async def test_zero_and_star_need_nothing_more(self, world: World) -> None:
        async with line(world) as caller:
            await caller.setup()
            await caller.answer()
            await caller.press("*")
            await caller.answer()
            await caller.press("0")
            await caller.answer()
        assert [turn["text"] for turn in world.engine.turns] == ["", "repeat that", "representative"]


class TestLanguage:
    async def test_changes_on_both_sides_before_the_answer(self, world: World) -> None:
        async with line(world) as caller:
            await caller.setup()
            await caller.answer()
            world.engine.brain = lambda turn: replies("Muy bien.", language="es")
            await caller.say("español")
            await caller.answer()
        change, text = caller.got[-2:]
        assert change == {"type": "language", "ttsLanguage": "es-US", "transcriptionLanguage": "es-US"}
        assert (text["token"], text["lang"]) == ("Muy bien. ", "es-US")

    async def test_slower_is_said_with_ssml(self, world: World) -> None:
        async with line(world) as caller:
            await caller.setup()
            await caller.answer()
            world.engine.brain = lambda turn: replies("R & B <water>.")
            await caller.say("slower please")
            await caller.answer()
        assert caller.got[-1]["token"] == '<prosody rate="80%">R &amp; B &lt;water&gt;.</prosody> '

    @pytest.mark.parametrize("world", [{"recording_notice": True}], indirect=True)
    async def test_the_recording_notice_cannot_be_interrupted(self, world: World) -> None:
        async with line(world) as caller:
            await caller.setup()
            await caller.answer()
        notice, rest = caller.got
        assert notice["token"] == "This call may be recorded. " and notice["interruptible"] is False
        assert "interruptible" not in rest


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
        assert [each.attrib for each in heard.xml.iter("Parameter")] == [{"name": "resume", "value": "1"}]
        async with line(world) as caller:
            await caller.setup(session="VX" + "2" * 32, resume="1")
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
                await caller.setup(session="VX" + "2" * 32, resume="1")
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
                await caller.setup(session="VX" + "2" * 32, resume="1")
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


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ({"type": "prompt", "voicePrompt": "hi", "last": True}, Prompt("hi", True)),
        ({"type": "prompt", "voicePrompt": "hi"}, Prompt("hi", True)),
        ({"type": "prompt", "voicePrompt": "hi\x00", "last": False}, Prompt("hi", False)),
        ({"type": "dtmf", "digit": "#"}, KeyPressed("#")),
        ({"type": "dtmf", "digit": "x"}, None),
        ({"type": "interrupt", "utteranceUntilInterrupt": "a", "durationUntilInterruptMs": "9.5"}, Interrupted("a", 9)),
        ({"type": "interrupt", "durationUntilInterruptMs": "soon"}, Interrupted("", 0)),
        ({"type": "error", "description": "no"}, Trouble("no")),
        ({"type": "setup", "sessionId": "VX1", "callSid": "CA1", "from": 5}, Setup("VX1", "CA1", "")),
        ({"type": "info"}, None),
        (["setup"], None),
    ],
)  # fmt: skip
def test_messages_are_read_leniently(message: Any, expected: Any) -> None:
    assert parse_message(json.dumps(message)) == expected


def test_a_voice_names_its_provider() -> None:
    assert provider_and_voice("Polly.Lupe-Neural") == ("Amazon", "Lupe-Neural")
    assert provider_and_voice("Google.es-US-Neural2-A") == ("Google", "es-US-Neural2-A")
