"""ConversationRelay: the socket, the messages in both directions, interruption, and every way it can end."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.telephony_simulator.world import MARIA, Application, Simulator, Socket, codes, heard

Message = dict[str, Any]
Brain = Callable[[Message], list[Any]]


def text(words: str, **more: Any) -> Message:
    return {"type": "text", "token": words, "last": True, **more}


@dataclass
class Talker:
    """An application at the other end: greets on `setup`, answers each message with what its brain says."""

    brain: Brain
    got: list[Message] = field(default_factory=list)

    async def __call__(self, socket: Socket) -> None:
        while True:
            message = await socket.receive()
            self.got.append(message)
            for answer in self.brain(message):
                if answer == "close":
                    await socket.close()
                    return
                await socket.send(answer)

    def of(self, kind: str) -> list[Message]:
        return [message for message in self.got if message["type"] == kind]


def connect(application: Application, brain: Brain, attributes: str = "", nested: str = "") -> Talker:
    talker = Talker(brain)
    application.talks["/relay"] = talker
    url = application.socket_url("/relay")
    application.twiml(
        "/twilio/voice",
        f'<Connect action="/over"><ConversationRelay url="{url}" {attributes}>{nested}</ConversationRelay></Connect>',
    )
    application.twiml("/over", "<Say>After the session</Say>")
    return talker


def greet_and_echo(message: Message) -> list[Any]:
    match message["type"]:
        case "setup":
            return [text("How can I help?")]
        case "prompt" if message["last"]:
            return [text(f"You said {message['voicePrompt']}")]
        case "dtmf":
            return [text(f"You pressed {message['digit']}")]
        case _:
            return []


async def test_words_go_both_ways(application: Application, simulator: Simulator) -> None:
    talker = connect(application, greet_and_echo, 'language="es-US"', '<Parameter name="place" value="7"/>')
    call = await simulator.call("say:mi saldo", "hangup")
    assert heard(call) == ["How can I help?", "You said mi saldo"]
    (setup,) = talker.of("setup")
    assert setup["sessionId"].startswith("VX") and setup["callSid"] == call.call_sid
    assert (setup["from"], setup["customParameters"]) == (MARIA, {"place": "7"})
    assert talker.of("prompt") == [{"type": "prompt", "voicePrompt": "mi saldo", "lang": "es-US", "last": True}]
    assert application.sockets[0].signed()
    over = application.at("/over")[0]
    assert (over.form["SessionStatus"], over.form["CallStatus"]) == ("completed", "completed") and over.signed()
    assert over.form["SessionId"] == setup["sessionId"] and int(over.form["SessionDuration"]) > 0


async def test_a_welcome_greeting_is_said_by_itself(application: Application, simulator: Simulator) -> None:
    connect(application, lambda message: [], 'welcomeGreeting="Welcome to Rio Seco"')
    call = await simulator.call("wait:5", "hangup")
    assert heard(call) == ["Welcome to Rio Seco"]


async def test_tokens_are_joined_as_they_come(application: Application, simulator: Simulator) -> None:
    def brain(message: Message) -> list[Any]:
        words = ["Your ", "balance ", 'is <say-as interpret-as="currency">$12</say-as>.']
        if message["type"] != "setup":
            return []
        return [*({"type": "text", "token": each} for each in words[:-1]), text(words[-1])]

    connect(application, brain)
    call = await simulator.call("wait:20", "hangup")
    assert " ".join(heard(call)) == "Your balance is $12 ."


class TestInterruption:
    LONG = "word " * 50

    async def test_tells_how_far_the_sentence_had_come(self, application: Application, simulator: Simulator) -> None:
        talker = connect(application, lambda m: [text(self.LONG)] if m["type"] == "setup" else greet_and_echo(m))
        call = await simulator.call("interrupt@4:stop", "hangup")
        (interrupt,) = talker.of("interrupt")
        assert 8 <= len(interrupt["utteranceUntilInterrupt"].split()) <= 12
        assert 3500 <= interrupt["durationUntilInterruptMs"] <= 4500
        kinds = [message["type"] for message in talker.got]
        assert kinds == ["setup", "interrupt", "prompt"] and heard(call)[-1] == "You said stop"

    async def test_by_a_key(self, application: Application, simulator: Simulator) -> None:
        talker = connect(
            application,
            lambda m: [text(self.LONG)] if m["type"] == "setup" else greet_and_echo(m),
            'dtmfDetection="true"',
        )
        await simulator.call("press:2", "hangup")
        assert [message["type"] for message in talker.got] == ["setup", "interrupt", "dtmf"]

    @pytest.mark.parametrize("attribute", ["none", "false", "dtmf"])
    async def test_only_where_the_document_allows_it(
        self, application: Application, simulator: Simulator, attribute: str
    ) -> None:
        talker = connect(
            application,
            lambda m: [text("A short sentence.")] if m["type"] == "setup" else greet_and_echo(m),
            f'interruptible="{attribute}"',
        )
        await simulator.call("interrupt:stop", "hangup")
        assert not talker.of("interrupt") and talker.of("prompt")

    async def test_only_where_the_message_allows_it(self, application: Application, simulator: Simulator) -> None:
        talker = connect(
            application,
            lambda m: [text("One.", interruptible=False)] if m["type"] == "setup" else greet_and_echo(m),
        )
        await simulator.call("interrupt@0.2:stop", "hangup")
        assert not talker.of("interrupt")


async def test_keys_are_told_one_by_one_when_asked_for(application: Application, simulator: Simulator) -> None:
    talker = connect(application, greet_and_echo, 'dtmfDetection="true"')
    await simulator.call("press:12#", "hangup")
    assert [message["digit"] for message in talker.of("dtmf")] == ["1", "2", "#"]
    talker = connect(application, greet_and_echo)
    await simulator.call("press:12#", "hangup")
    assert talker.of("dtmf") == []


async def test_partial_prompts_come_first_where_asked_for(application: Application, simulator: Simulator) -> None:
    talker = connect(application, greet_and_echo, 'partialPrompts="true"')
    await simulator.call("say:what is my balance", "hangup")
    assert [(m["voicePrompt"], m["last"]) for m in talker.of("prompt")] == [
        ("what is", False),
        ("what is my balance", True),
    ]


async def test_the_language_can_be_changed(application: Application, simulator: Simulator) -> None:
    spanish = {"type": "language", "ttsLanguage": "es-US", "transcriptionLanguage": "es-US"}
    talker = connect(
        application,
        lambda m: [spanish, text("¿En qué le ayudo?")] if m["type"] == "setup" else greet_and_echo(m),
        "",
        '<Language code="es-US" voice="Lupe-Neural"/>',
    )
    call = await simulator.call("say:mi saldo", "hangup")
    (first, _) = [event for event in call.events if event.kind == "say"]
    assert (first.language, first.voice) == ("es-US", "Lupe-Neural")
    assert talker.of("prompt")[0]["lang"] == "es-US"


async def test_digits_and_sounds_can_be_sent(application: Application, simulator: Simulator) -> None:
    connect(
        application,
        lambda m: (
            [{"type": "sendDigits", "digits": "12w#"}, {"type": "play", "source": f"{application.base}/x.wav"}]
            if m["type"] == "setup"
            else []
        ),
    )
    call = await simulator.call("wait:2", "hangup")
    assert "tones 12w#" in heard(call, "play") and 11200 in codes(call)


class TestEnds:
    async def test_by_the_application_with_what_it_hands_on(
        self, application: Application, simulator: Simulator
    ) -> None:
        end = {"type": "end", "handoffData": '{"do": "transfer"}'}
        connect(application, lambda m: [text("Goodbye"), end] if m["type"] == "prompt" else greet_and_echo(m))
        call = await simulator.call("say:a person")
        over = application.at("/over")[0].form
        assert (over["SessionStatus"], over["HandoffData"]) == ("ended", '{"do": "transfer"}')
        assert heard(call)[-1] == "After the session"

    async def test_when_the_socket_cannot_be_opened(self, application: Application, simulator: Simulator) -> None:
        connect(application, greet_and_echo)
        del application.talks["/relay"]
        call = await simulator.call()
        over = application.at("/over")[0].form
        assert (over["SessionStatus"], over["ErrorCode"]) == ("failed", "39001") and 64102 in codes(call)

    async def test_when_the_network_says_so(self, application: Application, simulator: Simulator) -> None:
        await simulator.conditions(relay="unreachable")
        connect(application, greet_and_echo)
        await simulator.call()
        assert application.at("/over")[0].form["ErrorCode"] == "39001" and not application.sockets

    async def test_when_the_address_is_not_secure(self, application: Application, simulator: Simulator) -> None:
        connect(application, greet_and_echo)
        application.twiml(
            "/twilio/voice", '<Connect action="/over"><ConversationRelay url="ws://example.org/x"/></Connect>'
        )
        await simulator.call()
        assert application.at("/over")[0].form["SessionStatus"] == "failed"

    async def test_when_the_application_closes_it(self, application: Application, simulator: Simulator) -> None:
        connect(application, lambda m: ["close"] if m["type"] == "prompt" else greet_and_echo(m))
        call = await simulator.call("say:hello")
        over = application.at("/over")[0].form
        assert (over["SessionStatus"], over["ErrorCode"]) == ("failed", "64105") and 64105 in codes(call)

    async def test_when_the_network_drops_it(self, application: Application, simulator: Simulator) -> None:
        connect(application, greet_and_echo)
        await simulator.call("say:hello", "drop")
        assert application.at("/over")[0].form["ErrorCode"] == "64105"

    async def test_not_where_it_reconnects(self, application: Application, simulator: Simulator) -> None:
        talker = connect(application, greet_and_echo, 'applicationReconnect="true"')
        call = await simulator.call("say:hello", "drop", "say:still me", "hangup")
        first, second = talker.of("setup")
        assert first["sessionId"] == second["sessionId"]
        assert heard(call)[-1] == "You said still me"
        assert application.at("/over")[0].form["SessionStatus"] == "completed"

    async def test_after_ten_messages_that_make_no_sense(self, application: Application, simulator: Simulator) -> None:
        wrong: list[Any] = ["not json", "[1]", {"type": "shout"}, {"type": "text"}, {"type": "language"}]
        wrong += [{"type": "sendDigits", "digits": "abc"}, {"type": "play"}, {"type": "text", "token": "x", "last": 1}]
        talker = connect(application, lambda m: [*wrong, "1", "2"] if m["type"] == "setup" else [])
        call = await simulator.call()
        assert codes(call) == [64107] * 10 + [64105]
        assert len(talker.of("error")) >= 1 and application.at("/over")[0].form["SessionStatus"] == "failed"

    async def test_without_an_action_the_next_verb_follows(
        self, application: Application, simulator: Simulator
    ) -> None:
        connect(application, lambda m: [{"type": "end"}])
        url = application.socket_url("/relay")
        application.twiml("/twilio/voice", f'<Connect><ConversationRelay url="{url}"/></Connect><Say>Next verb</Say>')
        call = await simulator.call()
        assert heard(call) == ["Next verb"]


async def test_silence_lasts_until_the_application_speaks(application: Application, simulator: Simulator) -> None:
    import asyncio  # noqa: PLC0415

    async def talk(socket: Socket) -> None:
        await socket.receive()
        await socket.send(text("Your account number?"))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(socket.receive(), 0.3)
        await socket.send(text("Are you still there?"))
        prompt = await socket.receive()
        await socket.send(text(f"Thank you for {prompt['voicePrompt']}"))
        await socket.receive()

    connect(application, greet_and_echo)
    application.talks["/relay"] = talk
    call = await simulator.call("silence", "say:one two three", "hangup")
    assert heard(call) == ["Your account number?", "Are you still there?", "Thank you for one two three"]
