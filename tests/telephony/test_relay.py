"""ConversationRelay from the application's side, with a client that speaks Twilio's end of the protocol."""

import json
from typing import Any

import aiohttp
import pytest

from telephony.twilio.relay import Interrupted, KeyPressed, Prompt, Setup, Trouble, parse_message, provider_and_voice
from tests.telephony.conftest import CUSTOMER, World
from tests.telephony.faults import Fault
from tests.telephony.relay_line import CALL, RELAY, line, replies


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
