"""Bad days: a sentence and a way to a person on every channel, within ten seconds, and a case that is not lost."""

import asyncio
import time

import pytest

from tests.telephony.conftest import CUSTOMER, OUR_NUMBER, Heard, World, until
from tests.telephony.faults import Fault


def empty(turn: dict[str, object]) -> dict[str, object]:
    return {"replies": []}


def blank(turn: dict[str, object]) -> dict[str, object]:
    return {"replies": [{"text": "", "commands": []}]}


def action_failed(turn: dict[str, object]) -> dict[str, object]:
    return {"replies": [{"text": "half an answer"}], "action_failed": True}


async def break_engine(world: World, how: str) -> None:
    match how:
        case "down":
            await world.engine.server.stop()
        case "cut":
            world.engine.server.fault = Fault(cut=True)
        case "error":
            world.engine.server.fault = Fault(status=500)
        case "slow":
            world.engine.server.fault = Fault(seconds=60)
        case "empty":
            world.engine.brain = empty
        case "blank":
            world.engine.brain = blank
        case _:
            world.engine.brain = action_failed


ENGINE_FAULTS = ["down", "cut", "error", "slow", "empty", "blank", "action_failed"]
FAST = [{"turn_seconds": 1.0}]


@pytest.mark.parametrize("world", FAST, indirect=True)
@pytest.mark.parametrize("how", ENGINE_FAULTS)
async def test_a_writer_gets_a_sentence_and_a_case_when_the_engine_fails(world: World, how: str) -> None:
    await break_engine(world, how)
    heard = await world.text("what's my balance", sid="SM" + "7" * 32)

    assert "I'm having trouble" in heard.messages[0]
    assert "(951) 555-0100" in heard.messages[0]
    (case,) = world.backend.hand_offs
    assert case["reason"] == "assistant_unavailable"
    assert case["assistant_continues"] is True
    assert case["conversation_id"]
    assert "balance" not in str(case)
    assert world.backend.outcomes[0].startswith("engine_")
    again = await world.text("what's my balance", sid="SM" + "7" * 32)
    assert again.body == heard.body


@pytest.mark.parametrize("world", FAST, indirect=True)
@pytest.mark.parametrize("how", ENGINE_FAULTS)
async def test_a_caller_is_connected_when_the_engine_fails(world: World, how: str) -> None:
    await break_engine(world, how)
    heard = await world.hold_on(await world.call())
    assert "trouble" in heard.said
    assert heard.verb("Number").text == "+19515550101"
    assert world.backend.hand_offs
    nobody = await world.call(heard.action(world, "Dial"), DialCallStatus="busy")
    assert "call you back" in nobody.said


async def test_a_caller_after_hours_is_promised_a_call(world: World) -> None:
    await break_engine(world, "down")
    world.backend.open_now = False
    heard = await world.hold_on(await world.call())
    assert "closed" in heard.said and "call you back" in heard.said
    heard.verb("Hangup")


async def test_the_conversations_language_is_kept_in_trouble(world: World) -> None:
    world.engine.brain = lambda turn: {"replies": [{"text": "Claro"}], "language": "es"}
    await world.text("hola")
    await break_engine(world, "error")
    assert "Disculpe" in (await world.text("mi saldo")).messages[0]
    await world.backend.server.stop()
    (sentence,) = (await world.text("mi saldo")).messages
    assert "Disculpe" in sentence and "Sorry" not in sentence


async def test_everything_answers_again_when_the_engine_is_back(world: World) -> None:
    await break_engine(world, "down")
    await world.text("hello")
    await world.engine.server.start()
    assert (await world.text("hello")).messages == ["You said: hello"]


async def break_backend(world: World, how: str) -> None:
    match how:
        case "down":
            await world.backend.server.stop()
        case "error":
            world.backend.server.fault = Fault(status=503)
        case "cut":
            world.backend.server.fault = Fault(cut=True)
        case _:
            world.backend.server.fault = Fault(seconds=60)


async def mend_backend(world: World, how: str) -> None:
    world.backend.server.fault = None
    if how == "down":
        await world.backend.server.start()


@pytest.mark.parametrize("how", ["down", "error", "cut", "slow"])
async def test_nothing_is_lost_when_the_backend_fails(world: World, how: str) -> None:
    await break_backend(world, how)
    began = time.monotonic()

    async def call() -> Heard:
        return await world.hold_on(await world.call())

    written, called = await asyncio.gather(world.text("hello", sid="SM" + "8" * 32), call())
    assert time.monotonic() - began < 10

    words = " ".join(written.messages)
    assert "Sorry" in words and "Disculpe" in words and "(951) 555-0100" in words
    assert called.verb("Number").text
    assert [say.attrib["language"] for say in called.xml.iter("Say")] == ["en-US", "es-US"]
    assert world.backend.hand_offs == []

    await mend_backend(world, how)
    await until(lambda: len(world.backend.hand_offs) == 2)
    assert {case["provider_message_id"] for case in world.backend.hand_offs} == {
        "SM" + "8" * 32,
        "CA" + "1" * 32 + ":0",
    }
    for case in world.backend.hand_offs:
        assert case["reason"] == "backend_unavailable"
        assert case["party"] == CUSTOMER
        assert case["conversation_id"] is None
    assert (await world.text("hello")).messages == ["You said: hello"]


async def test_five_deliveries_while_the_backend_is_down_are_one_case(world: World) -> None:
    await break_backend(world, "down")
    heard = await asyncio.gather(*(world.text("hi", sid="SM" + "4" * 32) for _ in range(5)))
    assert len({each.body for each in heard}) == 1
    await mend_backend(world, "down")
    await until(lambda: world.backend.hand_offs)
    assert world.services is not None
    await world.services.spool.replay()
    assert len(world.backend.hand_offs) == 1


async def test_an_answer_that_could_not_be_recorded_is_recorded_later(world: World) -> None:
    plain = world.engine.brain

    def fail_recording(turn: dict[str, object]) -> dict[str, object]:
        world.backend.server.fault = Fault(status=503)
        return plain(turn)

    world.engine.brain = fail_recording
    assert (await world.text("hello")).messages == ["You said: hello"]
    assert world.backend.outcomes == []
    world.backend.server.fault = None
    await until(lambda: world.backend.outcomes == ["answered"])


NO_REDIS = [{"redis_url": "redis://127.0.0.1:1/0"}]


@pytest.mark.parametrize("world", NO_REDIS, indirect=True)
async def test_everything_answers_without_redis(world: World) -> None:
    assert (await world.text("hello")).messages == ["You said: hello"]
    assert (await world.hold_on(await world.call())).said == "You said: start"
    await break_backend(world, "down")
    assert (await world.text("hello")).messages
    await mend_backend(world, "down")
    await until(lambda: world.backend.hand_offs)


async def test_nothing_is_missed_when_redis_is_emptied(world: World) -> None:
    await world.text("hello")
    assert world.services is not None
    await world.services.store.flushall()
    assert (await world.text("again")).messages == ["You said: again"]


@pytest.mark.parametrize("world", FAST, indirect=True)
async def test_another_process_that_works_on_the_message_is_waited_for(world: World) -> None:
    await world.text("hello", sid="SM" + "3" * 32)
    (turn,) = world.backend.turns.values()
    answer, turn["replies"] = turn["replies"], None
    waiting = asyncio.ensure_future(world.text("hello", sid="SM" + "3" * 32))
    await until(lambda: world.backend.calls[f"GET {turn['turn_id']}"] > 1)
    turn["replies"] = answer
    assert (await waiting).messages == ["You said: hello"]
    assert len(world.engine.turns) == 1

    turn["replies"] = None
    assert "trouble" in (await world.text("hello", sid="SM" + "3" * 32)).messages[0]


@pytest.mark.parametrize("path", ["/twilio/sms", "/twilio/voice"])
async def test_a_fault_of_ours_is_still_twiml(world: World, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert world.services is not None

    async def broken(*said: object) -> None:
        raise ZeroDivisionError("the customer's words")

    monkeypatch.setattr(world.services, "switchboard", type("Broken", (), {"answer": staticmethod(broken)})())
    monkeypatch.setattr(world.services, "calls", type("Broken", (), {"take": staticmethod(broken)})())
    heard: Heard = await (world.text("hi") if path.endswith("sms") else world.call())
    assert "trouble" in heard.body and "Disculpe" in heard.body


def broken_parts(world: World, monkeypatch: pytest.MonkeyPatch, *parts: str) -> None:
    class Broken:
        def __getattr__(self, name: str) -> object:
            raise ZeroDivisionError("the customer's words")

    for part in parts:
        monkeypatch.setattr(world.services, part, Broken())


async def spooled(world: World) -> list[tuple[str, str, str | None]]:
    """What waits in the spool: the backend is away for it."""
    assert world.services is not None
    kept = await world.services.spool._waiting()
    return [(entry["thread_key"], entry["reason"], entry["party"]) for entry in kept.values()]


async def test_a_fault_files_what_it_says_and_rings_a_person(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.backend.server.fault = Fault(status=503)
    broken_parts(world, monkeypatch, "calls", "switchboard")
    heard = await world.call()
    assert heard.verb("Dial").find("Number") is not None and "Let me connect you" in heard.said
    assert await spooled(world) == [("CA" + "1" * 32, "assistant_unavailable", CUSTOMER)]
    text = await world.text("my water is off")
    assert "asked a person" in text.messages[0]
    assert (f"{CUSTOMER}|{OUR_NUMBER}", "backend_unavailable", CUSTOMER) in await spooled(world)


async def test_a_fault_in_line_leaves_the_caller_in_line(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.backend.server.fault = Fault(status=503)
    broken_parts(world, monkeypatch, "queue")
    for path in ("wait", "keys", "callback"):
        heard = await world.call(f"/twilio/voice/line/{path}?language=es&n=3", Digits="1", From="anonymous")
        if path != "keys":
            assert [child.tag for child in heard.xml][:2] == ["Play", "Redirect"] and heard.said == ""
            assert (heard.xml.findtext("Redirect") or "").endswith("/twilio/voice/line/wait?language=es&n=3")
        assert heard.xml.find("Dial") is None
    assert await spooled(world) == []


async def test_a_fault_in_news_or_at_a_leads_phone_files_no_case(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.backend.server.fault = Fault(status=503)
    broken_parts(world, monkeypatch, "queue", "places")
    await world.call("/twilio/voice/status", CallStatus="completed")
    heard = await world.call("/twilio/voice/leg?leg=1")
    assert [child.tag for child in heard.xml] == ["Hangup"]
    assert await spooled(world) == []


async def test_a_message_the_backend_could_not_take_is_in_the_spool(world: World) -> None:
    world.backend.server.fault = Fault(status=503)
    recording = "RE" + "4" * 32
    heard = await world.call("/twilio/voice/voicemail", RecordingSid=recording, RecordingDuration="12")
    assert "we have your message" in heard.said
    assert await spooled(world) == [("CA" + "1" * 32, "asked_for_person", CUSTOMER)]
    assert world.services is not None
    (entry,) = (await world.services.spool._waiting()).values()
    assert recording in entry["summary"] and "12 seconds" in entry["summary"]
    news = {"RecordingSid": recording, "RecordingDuration": "12", "RecordingStatus": "completed"}
    assert (await world.call("/twilio/voice/voicemail/status", **news)).status == 503, "Twilio tells it again"
    assert len(await spooled(world)) == 1


async def test_ready_says_what_is_missing(world: World) -> None:
    async with world.http.get(world.url + "/readyz") as response:
        assert response.status == 200
    await world.engine.server.stop()
    async with world.http.get(world.url + "/readyz") as response:
        assert response.status == 503
        assert (await response.json())["missing"] == ["engine"]
    async with world.http.get(world.url + "/healthz") as response:
        assert response.status == 200
