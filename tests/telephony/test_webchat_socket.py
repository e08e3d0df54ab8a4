"""The chat socket: nothing lost, nothing doubled, however often the browser goes and comes back."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from tests.telephony.conftest import OUTBOUND_TOKEN, World
from tests.telephony.faults import Fault

Json = dict[str, Any]


class Browser:
    """A browser's side of the protocol, as the custom element does it."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def send(self, kind: str, **fields: object) -> None:
        await self.socket.send_json({"type": kind, **fields})

    async def next(self, *kinds: str) -> Json:
        """The next frame of one of these kinds."""
        async with asyncio.timeout(8):
            while True:
                frame: Json = await self.socket.receive_json()
                if frame["type"] in kinds:
                    return frame

    async def hello(self, welcome: Json | None = None, last_seq: int | None = None, language: str = "en") -> Json:
        known = welcome or {}
        await self.send(
            "hello",
            token=known.get("token"),
            conversation_id=known.get("conversation_id"),
            last_seq=known.get("last_seq", 0) if last_seq is None else last_seq,
            language=language,
        )
        return await self.next("welcome")

    async def say(self, text: str, say_id: str | None = None, payload: str | None = None) -> tuple[str, Json]:
        say_id = say_id or secrets.token_hex(8)
        await self.send("say", id=say_id, text=text, payload=payload)
        while True:
            frame = await self.next("messages", "notice", "error")
            if say_id in frame.get("acks", ()) or frame.get("id") == say_id:
                return say_id, frame


@asynccontextmanager
async def browser(world: World, **headers: str) -> AsyncIterator[Browser]:
    async with world.http.ws_connect(world.url + "/webchat/socket", headers=headers) as socket:
        yield Browser(socket)


def texts(frame: Json) -> list[tuple[str, str]]:
    return [(message["from"], message["text"]) for message in frame["messages"]]


async def test_a_new_visitor_is_greeted_and_answered(world: World) -> None:
    async with browser(world) as visitor:
        welcome = await visitor.hello(language="es")
        assert texts(welcome) == [("assistant", "You said: start")]
        assert len(welcome["token"]) > 40
        _, frame = await visitor.say("what's my balance")
        assert texts(frame) == [("customer", "what's my balance"), ("assistant", "You said: what's my balance")]
        assert frame["last_seq"] == 3
    assert world.engine.turns[0]["language"] == "es"
    (thread,) = {turn["said"]["thread_key"] for turn in world.backend.turns.values()}
    assert welcome["token"] not in thread


async def test_who_comes_back_gets_what_was_missed_and_nothing_twice(world: World) -> None:
    async with browser(world) as visitor:
        welcome = await visitor.hello()
        await visitor.say("first")
    world.backend.conversation("chat").add("person", "Hello, this is Ana.", name="Ana")

    async with browser(world) as visitor:
        again = await visitor.hello(welcome, last_seq=3)
        assert texts(again) == [("person", "Hello, this is Ana.")]
        assert again["conversation_id"] == welcome["conversation_id"]
        # A page that was loaded anew has nothing: it gets everything.
        async with browser(world) as reloaded:
            assert len((await reloaded.hello(welcome, last_seq=0))["messages"]) == 4
    assert len(world.engine.turns) == 2


async def test_a_message_sent_again_is_one_message(world: World) -> None:
    async with browser(world) as visitor:
        welcome = await visitor.hello()
        say_id, _ = await visitor.say("once")
    async with browser(world) as visitor:
        await visitor.hello(welcome, last_seq=3)
        _, frame = await visitor.say("once", say_id)
        assert frame["acks"] == [say_id] and frame["messages"] == []
    assert [turn["text"] for turn in world.engine.turns] == ["", "once"]


async def test_an_offered_choice_is_picked_by_its_payload(world: World) -> None:
    choice = {"title": "Hours", "payload": "/ask_hours"}
    plain = world.engine.brain
    world.engine.brain = lambda turn: {"replies": [{"text": "Hi", "choices": [choice]}]}
    async with browser(world) as visitor:
        welcome = await visitor.hello()
        assert welcome["messages"][0]["choices"] == [choice]
        world.engine.brain = plain
        _, frame = await visitor.say("Hours", payload="/ask_hours")
        assert texts(frame)[-1] == ("assistant", "You said: /ask_hours")
        _, frame = await visitor.say("Hours", payload="/restart")
        assert texts(frame)[-1] == ("assistant", "You said: Hours")


async def test_a_persons_words_arrive_while_the_chat_is_open(world: World) -> None:
    async with browser(world) as visitor:
        await visitor.hello()
        conversation = world.backend.conversation("chat")
        conversation.add("person", "I can help with that.", name="Ana")
        (thread_key,) = [key for channel, key in world.backend.threads if channel == "chat"]
        body = {"message_id": "m-1", "channel": "chat", "thread_key": thread_key, "text": "", "seq": 2}
        headers = {"Authorization": f"Bearer {OUTBOUND_TOKEN}"}
        async with world.http.post(world.url + "/outbound/messages", json=body, headers=headers) as response:
            assert (response.status, (await response.json())["status"]) == (202, "delivered")
        assert texts(await visitor.next("messages")) == [("person", "I can help with that.")]


async def test_news_from_another_process_arrives_over_redis(world: World) -> None:
    async with browser(world) as visitor:
        await visitor.hello()
        assert world.services is not None
        while not await world.services.store.pubsub_numpat():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        world.backend.conversation("chat").add("person", "From elsewhere.")
        (thread_key,) = [key for channel, key in world.backend.threads if channel == "chat"]
        await world.services.store.publish("headgate:chat:" + thread_key, "news")
        assert texts(await visitor.next("messages")) == [("person", "From elsewhere.")]


async def test_two_tabs_show_the_same_conversation(world: World) -> None:
    async with browser(world) as one, browser(world) as two:
        welcome = await one.hello()
        assert texts(await two.hello(welcome, last_seq=0)) == texts(welcome)
        await one.say("hello")
        assert world.services is not None
        (thread_key,) = [key for channel, key in world.backend.threads if channel == "chat"]
        await world.services.chats.nudge(thread_key)
        assert texts(await two.next("messages"))[0] == ("customer", "hello")


async def test_while_the_record_is_away_there_is_a_notice_and_the_message_is_answered_later(world: World) -> None:
    async with browser(world) as visitor:
        await visitor.hello()
        world.backend.server.fault = Fault(status=503)
        say_id, notice = await visitor.say("are you there")
        assert notice["type"] == "notice"
        assert "Sorry" in notice["messages"][0]["text"]
        world.backend.server.fault = None
        _, frame = await visitor.say("are you there", say_id)
        assert texts(frame) == [("customer", "are you there"), ("assistant", "You said: are you there")]


async def test_a_visitor_who_comes_while_the_record_is_away_is_greeted_later(world: World) -> None:
    world.backend.server.fault = Fault(status=503)
    async with browser(world) as visitor:
        welcome = await visitor.hello()
        assert welcome["messages"] == [] and welcome["conversation_id"] is None
        assert (await visitor.next("notice"))["id"] is None
        world.backend.server.fault = None
        frame = await visitor.next("messages")
        assert texts(frame) == [("assistant", "You said: start")]
    assert world.backend.hand_offs == []


async def test_an_engine_that_fails_is_a_sentence_in_the_chat(world: World) -> None:
    async with browser(world) as visitor:
        await visitor.hello()
        world.engine.server.fault = Fault(status=500)
        _, frame = await visitor.say("hello")
        assert "trouble" in texts(frame)[-1][1]
    assert world.backend.hand_offs[0]["channel"] == "chat"


@pytest.mark.parametrize("world", [{"redis_url": "redis://127.0.0.1:1/0"}], indirect=True)
async def test_the_chat_works_without_redis(world: World) -> None:
    async with browser(world) as visitor:
        await visitor.hello()
        _, frame = await visitor.say("hello")
        assert texts(frame)[-1] == ("assistant", "You said: hello")
        world.backend.conversation("chat").add("person", "Still here.")
        (thread_key,) = [key for channel, key in world.backend.threads if channel == "chat"]
        assert world.services is not None
        await world.services.chats.nudge(thread_key)
        assert texts(await visitor.next("messages")) == [("person", "Still here.")]


@pytest.mark.parametrize("token", ["guess", "a.b", "x" * 5_000, "é.ü", ".", "thread."])
async def test_a_token_we_did_not_make_opens_a_new_session(world: World, token: str) -> None:
    async with browser(world) as visitor:
        mine = await visitor.hello()
    async with browser(world) as thief:
        theirs = await thief.hello({"token": token, "conversation_id": mine["conversation_id"], "last_seq": 0})
    assert theirs["token"] not in (token, mine["token"])
    assert theirs["conversation_id"] != mine["conversation_id"]


async def test_one_visitors_message_id_does_not_open_anothers_answer(world: World) -> None:
    async with browser(world) as one, browser(world) as two:
        await one.hello()
        await two.hello()
        await one.say("mine", "same-id-0")
        _, frame = await two.say("yours", "same-id-0")
        assert texts(frame)[-1] == ("assistant", "You said: yours")


NO_FRAMES = [
    *("", "{", "[]", "1", "\ud7ff\x00", '{"type": "dance"}', '{"type": "hello", "token": 7}'),
    '{"type": "say", "id": "x", "text": "hi"}',
    '{"type": "say", "id": "12345678"}',
    '{"type": "say", "id": "12345678", "text": 5}',
]


@pytest.mark.parametrize("raw", NO_FRAMES)
async def test_a_frame_that_is_no_frame_gets_words_not_a_stack_trace(world: World, raw: str) -> None:
    async with browser(world) as visitor:
        await visitor.socket.send_str(raw)
        assert (await visitor.next("error"))["error"] == "malformed"
        await visitor.hello()
        await visitor.socket.send_str(raw)
        assert (await visitor.next("error"))["detail"]
        _, frame = await visitor.say("hello")
        assert texts(frame)[-1] == ("assistant", "You said: hello")


async def test_odd_words_get_an_answer_and_too_many_an_error(world: World) -> None:
    async with browser(world) as visitor:
        await visitor.hello()
        for words in ("", "a" * 10_000, "😀", "مرحبا", "\x00"):
            _, frame = await visitor.say(words)
            assert frame["messages"][-1]["text"]
        say_id, frame = await visitor.say("a" * 10_001)
        assert (frame["error"], frame["id"]) == ("too_long", say_id)


async def test_too_fast_is_told_kindly(world: World) -> None:
    async with browser(world) as visitor:
        welcome = await visitor.hello()
        for number in range(12):
            await visitor.send("say", id=f"message-{number:03}", text="hi", payload=None)
        error = await visitor.next("error")
        assert error["error"] == "too_fast" and error["detail"]
        await visitor.send("ping")
        await visitor.next("pong")
    async with browser(world) as visitor:
        await visitor.hello(welcome)
        _, frame = await visitor.say("and on a new socket")
        assert frame["error"] == "too_fast"


async def test_say_before_hello_is_refused(world: World) -> None:
    async with browser(world) as visitor:
        await visitor.send("say", id="12345678", text="hi", payload=None)
        assert (await visitor.next("error"))["error"] == "hello_first"
    assert world.backend.turns == {}


async def test_other_sites_may_not_open_a_visitors_chat(world: World) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        async with browser(world, Origin="https://evil.example"):
            pass
    assert refused.value.status == 403
    async with browser(world, Origin=world.settings.public_url) as visitor:
        await visitor.hello()


@pytest.mark.parametrize("world", [{"chat_origins": "https://www.rioseco.example/, https://b.example"}], indirect=True)
async def test_a_district_may_embed_the_chat_in_its_own_site(world: World) -> None:
    async with browser(world, Origin="https://www.rioseco.example") as visitor:
        await visitor.hello()


async def test_a_closed_conversation_is_followed_by_a_new_one(world: World) -> None:
    async with browser(world) as visitor:
        welcome = await visitor.hello()
        world.backend.conversation("chat").mode = "closed"
        _, frame = await visitor.say("one more thing")
        assert frame["conversation_id"] != welcome["conversation_id"]
        assert texts(frame) == [("customer", "one more thing"), ("assistant", "You said: one more thing")]
        world.backend.conversation("chat").mode = "closed"
    async with browser(world) as visitor:
        again = await visitor.hello(frame | {"token": welcome["token"]})
        assert texts(again) == [("assistant", "You said: start")]
