"""One open chat: its socket, its thread, and how much of the conversation the browser has.

Messages reach the browser by `seq` from the backend and from nowhere else, so nothing is lost or doubled however
often the socket breaks. What cannot be recorded is a `notice`.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from fastapi import WebSocket

from telephony.http_json import CallError, Unavailable
from telephony.messages import Answer, Language, Utterance, clean_text, language_of
from telephony.phrases import say
from telephony.services import Services
from telephony.webchat.protocol import Hello, Say, new_session_token, thread_of, to_frame

log = structlog.get_logger("telephony.webchat")

BEHIND_SECONDS = 3.0
WAITING_MAX = 20


class ChatSession:
    """The state of one socket after its `hello`."""

    def __init__(self, socket: WebSocket, services: Services, hello: Hello) -> None:
        self._socket = socket
        self._services = services
        key = services.settings.chat_session_key
        thread = thread_of(key, hello.token) if hello.token else None
        self._token = hello.token if hello.token and thread else new_session_token(key)
        self.thread_key = thread or str(thread_of(key, self._token))
        self._conversation_id = hello.conversation_id if thread else None
        self._last_seq = hello.last_seq if thread else 0
        self.language: Language = hello.language
        self._mode = "assistant"
        self._behind = False
        # Whether the backend has confirmed which conversation this thread is in.
        self._known = False
        self._news = services.chats.open(self.thread_key)
        self._waiting: asyncio.Queue[Say] = asyncio.Queue(WAITING_MAX)
        self._sending = asyncio.Lock()
        self._reading = asyncio.Lock()
        self._pace = services.chats.pace(self.thread_key)

    async def welcome(self) -> None:
        """Say who we are and hand over what the browser missed."""
        messages: Sequence[Mapping[str, Any]] = ()
        async with self._reading:
            try:
                messages = await self._catch_up()
            except CallError:
                self._behind = True
            await self._send("welcome", token=self._token, **self._state(), messages=list(messages))
        if self._behind:
            await self._notice(None, [say("record_away", self.language)], self.language)

    async def take(self, said: Say) -> None:
        """Queue a message of the browser, or tell it to slow down."""
        now = asyncio.get_running_loop().time()
        if self._waiting.full() or not self._pace.allows(now):
            detail = say("chat_too_fast", self.language)
            await self._send("error", error="too_fast", detail=detail, id=said.id)
            return
        self._waiting.put_nowait(said)

    async def answer_messages(self) -> None:
        """Answer the browser's messages one after the other, until cancelled."""
        while True:
            said = await self._waiting.get()
            await self._send("typing", on=True)
            answer = await self._services.switchboard.answer(self._utterance(said))
            await self._send("typing", on=False)
            self.language = answer.language
            await self._deliver_answer(said, answer)

    async def follow_news(self) -> None:
        """Hand over what others wrote (a person, the outbox), until cancelled."""
        while True:
            try:
                async with asyncio.timeout(BEHIND_SECONDS if self._behind else None):
                    await self._news.wait()
            except TimeoutError:
                pass
            self._news.clear()
            try:
                await self._deliver([])
                self._behind = False
            except CallError:
                self._behind = True

    def close(self) -> None:
        """The browser is gone; its conversation stays open for when it comes back."""
        self._services.chats.close(self.thread_key, self._news)

    async def send_error(self, error: str, detail: str, say_id: str | None) -> None:
        """Tell the browser that a frame was not taken."""
        await self._send("error", error=error, detail=detail, id=say_id)

    async def pong(self) -> None:
        """Answer a ping."""
        await self._send("pong")

    def _utterance(self, said: Say) -> Utterance:
        # The thread in the id: nobody can ask for the answer to somebody else's message.
        return Utterance(
            channel="chat",
            provider_message_id=f"{self.thread_key}:{said.id}",
            thread_key=self.thread_key,
            party=None,
            text=clean_text(said.text),
            payload=said.payload,
            language=self.language,
        )

    async def _deliver_answer(self, said: Say, answer: Answer) -> None:
        if answer.conversation_id is not None and answer.recorded:
            self._move_to(answer.conversation_id)
            try:
                await self._deliver([said.id])
                return
            except CallError:
                self._behind = True
                self._news.set()
        texts = [reply.text for reply in answer.replies if reply.text]
        await self._notice(said.id, texts, answer.language)

    async def _deliver(self, acks: list[str]) -> None:
        async with self._reading:
            messages = await self._catch_up()
            if messages or acks:
                await self._send("messages", **self._state(), messages=list(messages), acks=acks)

    async def _catch_up(self) -> Sequence[Mapping[str, Any]]:
        """Messages after the last one the browser has; a thread without a conversation gets one, with a greeting.

        :raises CallError: the record is away.
        """
        backend = self._services.backend
        if self._conversation_id is None or not self._known:
            found = await backend.conversation_of("chat", self.thread_key)
            if found is None:
                started = (await self._services.switchboard.answer(self._start())).conversation_id
            else:
                started = str(found["conversation_id"])
            if started is None:
                raise Unavailable("not_recorded")
            self._move_to(started)
            self._known = True
        assert self._conversation_id is not None
        page = await backend.messages_after(self._conversation_id, self._last_seq)
        self._mode = str(page.get("mode") or "assistant")
        self.language = language_of(page.get("language"), self.language)
        messages = [m for m in page.get("messages") or () if int(m.get("seq") or 0) > self._last_seq]
        if messages:
            self._last_seq = int(messages[-1]["seq"])
        return messages

    def _start(self) -> Utterance:
        """The chat is opened; once for a session, and once more after a conversation that was closed."""
        return Utterance(
            channel="chat",
            provider_message_id=f"{self.thread_key}:start:{self._conversation_id or 'first'}",
            thread_key=self.thread_key,
            party=None,
            kind="start",
            language=self.language,
        )

    def _move_to(self, conversation_id: str) -> None:
        if conversation_id != self._conversation_id:
            self._conversation_id, self._last_seq = conversation_id, 0

    def _state(self) -> dict[str, object]:
        return {
            "conversation_id": self._conversation_id,
            "mode": self._mode,
            "language": self.language,
            "last_seq": self._last_seq,
        }

    async def _notice(self, say_id: str | None, texts: Sequence[str], language: Language) -> None:
        messages = [{"from": "assistant", "text": text, "choices": []} for text in texts]
        await self._send("notice", id=say_id, language=language, messages=messages)

    async def _send(self, kind: str, **fields: object) -> None:
        async with self._sending:
            await self._socket.send_text(to_frame(kind, **fields))
