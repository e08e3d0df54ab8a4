"""One ConversationRelay session: words, keys and silence of the caller into turns, answers back as tokens."""

import asyncio
import re
from collections import deque
from dataclasses import replace
from typing import Any, Literal

import orjson
import structlog
from fastapi import WebSocket, WebSocketDisconnect

from telephony.calls.core import Ask, Step, lost_and_found
from telephony.calls.places import CallPlace
from telephony.calls.rules import FINISH_KEY, Heard, Place, digits_expected
from telephony.calls.speaking import Line, choices_of, lines_of, seconds_to_say
from telephony.messages import Collect, Kind, Language, Reply, answer_of
from telephony.metrics import RELAY
from telephony.phrases import say
from telephony.services import Services
from telephony.twilio.relay import (
    MESSAGE_BYTES_MAX,
    Interrupted,
    KeyPressed,
    Message,
    Prompt,
    Setup,
    Trouble,
    end_message,
    language_message,
    parse_message,
    text_messages,
)

log = structlog.get_logger("telephony.relay")

KEYS_MAX = 20
KEY_PAUSE_SECONDS = 3.0
AFTER_SPEECH_SECONDS = 1.5
"""A voice begins later than it is sent, and estimates are short: silence is counted from a little later."""
_E164 = re.compile(r"\+[1-9][0-9]{3,14}")


class RelaySession:
    """The state of one socket. The place of the call outlives it."""

    def __init__(self, services: Services, socket: WebSocket, setup: Setup) -> None:
        self._services, self._socket, self._setup = services, socket, setup
        self._party = setup.caller if _E164.fullmatch(setup.caller) else None
        self._place = Place(doubted=setup.parameters.get("doubted") == "1")
        self._language: Language = "en"
        self._collect, self._choices = Collect(), 0
        self._incoming: asyncio.Queue[Message | None] = asyncio.Queue()
        self._backlog: deque[Message | None] = deque()
        self._keys = ""
        self._turns = 0
        self._failures = 0
        self._speaking_until = 0.0
        self._over = False

    async def run(self) -> None:
        """Until the caller hangs up, the answer ends the session, or the socket is lost."""
        reader = asyncio.get_running_loop().create_task(self._read())
        try:
            await self._begin()
            while not self._over:
                await self._next()
        finally:
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)

    async def _begin(self) -> None:
        known = None
        if self._setup.parameters.get("resume"):
            known = await self._services.places.find(self._setup.call_sid)
        if known is None:
            await self._take("start")
        else:
            await self._resume(known)

    async def _resume(self, known: CallPlace) -> None:
        """Go on where the call was: the last answer again, or, if there was none, what was said is asked again."""
        self._place, self._language, self._failures = known.place, known.language, known.failures
        step = await self._services.calls.again(self._heard("start", ""), known.place, known.turn_id)
        if step is None:
            regret = answer_of([Reply(say("cut_off", known.language)), Reply(say("say_again", known.language))], "en")
            step = Ask(replace(regret, language=known.language), known.place, Collect())
        elif isinstance(step, Ask) and self._setup.parameters.get("resume") != "back":
            step = replace(step, answer=lost_and_found(step.answer, known.language))
        await self._carry_out(step, known.turn_id)

    async def _next(self) -> None:
        """The next thing that happens on the line, or silence."""
        message = await self._message(self._patience())
        match message:
            case Prompt(words, last=True) if words:
                self._keys = ""
                await self._take("message", words, by_keys=False)
            case Prompt(last=True):
                await self._take("no_match")
            case KeyPressed(digit):
                await self._key(digit)
            case Trouble(description):
                log.error("relay_trouble", words=len(description.split()))
            case Interrupted():
                RELAY.labels("interrupted").inc()
                self._speaking_until = 0.0
            case "silence" if self._keys:
                await self._take_keys()
            case "silence":
                await self._take("silence")

    def _patience(self) -> float:
        """Seconds until what has been keyed in is all, or until it is silence."""
        if self._keys:
            return KEY_PAUSE_SECONDS
        speaking = max(0.0, self._speaking_until - asyncio.get_running_loop().time())
        return speaking + self._place.listen_seconds

    async def _message(self, seconds: float) -> Message | Literal["silence"]:
        """The next message, or `silence`; the end of the socket ends everything."""
        if self._backlog:
            message = self._backlog.popleft()
        else:
            try:
                message = await asyncio.wait_for(self._incoming.get(), seconds)
            except TimeoutError:
                return "silence"
        if message is None:
            raise WebSocketDisconnect
        return message

    async def _key(self, digit: str) -> None:
        """Collect keys as `<Gather>` does: a number that is full, one choice, or # ends them."""
        if digit != FINISH_KEY:
            self._keys += digit
        expected = digits_expected(self._collect, self._choices)
        alone = self._keys in ("0", "*") and self._collect.kind != "digits"
        complete = digit == FINISH_KEY or alone or len(self._keys) >= min(expected or KEYS_MAX, KEYS_MAX)
        if complete and self._keys:
            await self._take_keys()

    async def _take_keys(self) -> None:
        keys, self._keys = self._keys, ""
        await self._take("message", keys, by_keys=True)

    async def _take(self, kind: Kind, text: str = "", *, by_keys: bool | None = None) -> None:
        """One turn, with a word for the caller when it takes a while."""
        turn_id = f"{self._setup.call_sid}:{self._setup.session_id}:{self._turns}"
        self._turns += 1
        await self._keep(turn_id)
        heard = self._heard(kind, text, by_keys=by_keys)
        flight = asyncio.ensure_future(self._services.calls.take(heard, self._place, turn_id))
        await self._wait_for(flight)
        self._failures = 0
        await self._carry_out(flight.result(), turn_id)

    def _heard(self, kind: Kind, text: str, *, by_keys: bool | None = None) -> Heard:
        by: Literal["keys", "speech"] | None = None if by_keys is None else "keys" if by_keys else "speech"
        return Heard(self._setup.call_sid, self._party, kind, text, by)

    async def _wait_for(self, flight: "asyncio.Future[Step]") -> None:
        """Meanwhile what the caller does is kept for the next turn; the end of the socket ends the waiting."""
        seconds, words = self._services.settings.filler_seconds, "one_moment"
        while not flight.done():
            listening = asyncio.ensure_future(self._incoming.get())
            both: set[asyncio.Future[Any]] = {flight, listening}
            done, _ = await asyncio.wait(both, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if listening in done:
                message = listening.result()
                if message is None:
                    raise WebSocketDisconnect
                self._backlog.append(message)
                continue
            listening.cancel()
            if not done:
                line = Line(say(words, self._language), self._language)
                await self._send(*text_messages([line], slow=self._place.slow, last=False))
                seconds, words = 4.0, "still_looking"

    async def _carry_out(self, step: Step, turn_id: str) -> None:
        if isinstance(step, Ask):
            await self._ask(step, turn_id)
            return
        # Twilio may end the session before its voice has spoken: the last words are said by the action's document.
        self._language = step.answer.language
        await self._keep(turn_id)
        await self._send(end_message({"turn": turn_id}))
        self._over = True

    async def _ask(self, step: Ask, turn_id: str) -> None:
        first = self._place.turn == 0
        if step.answer.language != self._language:
            self._language = step.answer.language
            await self._send(language_message(self._language))
        lines = lines_of(step.answer, first=first)
        notices = {say("recording_notice", language) for language in ("en", "es")}
        if first:
            lines.sort(key=lambda line: line.words not in notices)
        firm = sum(line.words in notices for line in lines) if first else 0
        self._place, self._collect = step.place, step.collect
        self._choices = len(choices_of(step.answer))
        await self._keep(turn_id)
        await self._send(*text_messages(lines, slow=self._place.slow, last=True, firm=firm))
        now = asyncio.get_running_loop().time()
        self._speaking_until = now + seconds_to_say(lines, slow=self._place.slow) + AFTER_SPEECH_SECONDS

    async def _keep(self, turn_id: str) -> None:
        known = CallPlace(self._place, turn_id, self._language, self._failures)
        await self._services.places.keep(self._setup.call_sid, known)

    async def _send(self, *messages: object) -> None:
        for message in messages:
            await self._socket.send_text(orjson.dumps(message).decode())

    async def _read(self) -> None:
        try:
            while True:
                raw = await self._socket.receive_text()
                message = parse_message(raw) if len(raw) <= MESSAGE_BYTES_MAX else None
                if message is not None:
                    self._incoming.put_nowait(message)
        except (WebSocketDisconnect, RuntimeError, KeyError):
            self._incoming.put_nowait(None)
