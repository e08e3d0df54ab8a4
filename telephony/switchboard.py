"""Who answers a turn: the assistant, a person, or telephony itself when something failed.

One provider message is one turn: identical deliveries at the same moment share one flight, later ones get the stored
answer from the backend. Every turn ends in an `Answer`; nothing raises out of here.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog

from telephony.backend_client import BackendClient, Turn
from telephony.choices import picked
from telephony.district import CUSTOMER_SERVICE, DistrictDirectory
from telephony.engine_client import EngineClient, EngineFailed
from telephony.errors import place_of
from telephony.fallbacks import LANGUAGES, Fallbacks, trouble_on_the_phone
from telephony.http_json import CallError, Refused, Unavailable
from telephony.memory import ThreadMemory
from telephony.messages import (
    Answer,
    HangUp,
    Language,
    Reply,
    Transfer,
    Utterance,
    answer_of,
    replies_from_json,
    reply_to_json,
)
from telephony.metrics import TURN_SECONDS, TURNS
from telephony.phrases import refusal, say

log = structlog.get_logger("telephony.switchboard")

POLL_SECONDS = 0.1
RECORD_LATER_SECONDS = 3.0
RECORD_LATER_TRIES = 20


Own = Callable[[Utterance, Turn], Awaitable[Sequence[Reply]]]
"""Telephony's own answer to a recorded turn, instead of the assistant's."""
Preface = Callable[[Utterance, Turn, Language], Awaitable[Sequence[Reply]]]
"""What is said before the assistant's first words of a call, in the language it goes on in."""


class Switchboard:
    """Decides who answers. `turn_seconds` is what a turn may take before telephony speaks for itself."""

    def __init__(
        self,
        backend: BackendClient,
        engine: EngineClient,
        *,
        memory: ThreadMemory,
        fallbacks: Fallbacks,
        directory: DistrictDirectory,
        turn_seconds: float,
        preface: Preface | None = None,
    ) -> None:
        self._preface = preface
        self._backend = backend
        self._engine = engine
        self._memory = memory
        self._fallbacks = fallbacks
        self._directory = directory
        self._turn_seconds = turn_seconds
        self._flights: dict[str, asyncio.Task[Answer]] = {}
        self._later: set[asyncio.Task[None]] = set()

    async def answer(self, said: Utterance, own: Own | None = None) -> Answer:
        """The answer to one utterance, the same for every delivery of it; `own` instead of the assistant's."""
        key = f"{said.channel}:{said.provider_message_id}"
        flight = self._flights.get(key)
        if flight is None:
            flight = asyncio.get_running_loop().create_task(self._answer_safely(said, own))
            self._flights[key] = flight
            flight.add_done_callback(lambda _: self._flights.pop(key, None))
        # A provider that hangs up on us must not end the turn it has started.
        return await asyncio.shield(flight)

    async def again(self, said: Utterance) -> Answer | None:
        """The answer that a known utterance got before, or gets just now; None when there is none to be had."""
        flight = self._flights.get(f"{said.channel}:{said.provider_message_id}")
        if flight is not None:
            return await asyncio.shield(flight)
        try:
            turn = await self._backend.record_turn(said)
        except CallError:
            return None
        return None if turn.replies is None else _stored(turn)

    async def _answer_safely(self, said: Utterance, own: Own | None) -> Answer:
        with TURN_SECONDS.labels(said.channel).time():
            try:
                return await self._answer(said, own)
            except Exception as problem:
                log.error("turn_fault", kind=type(problem).__name__, place=place_of(problem))
                TURNS.labels(said.channel, "fault").inc()
                return await self._fallbacks.record_away(said)

    async def _answer(self, said: Utterance, own: Own | None) -> Answer:
        deadline = asyncio.get_running_loop().time() + self._turn_seconds
        try:
            turn = await self._backend.record_turn(said)
        except CallError as problem:
            log.warning("turn_not_recorded", kind=type(problem).__name__, reason=str(problem))
            TURNS.labels(said.channel, "record_away").inc()
            return await self._fallbacks.record_away(said)
        if turn.replies is not None:
            TURNS.labels(said.channel, "repeated").inc()
            return _stored(turn)
        if turn.duplicate:
            return await self._answer_of_another(said, turn, deadline)
        return await self._first_answer(said, turn, deadline, own)

    async def _first_answer(self, said: Utterance, turn: Turn, deadline: float, own_answer: Own | None) -> Answer:
        if turn.mode == "person":
            return await self._record(said, turn, await self._person_replies(said, turn), turn.language, "person")
        if turn.turned_away:
            both = (Reply(say("turned_away", each), language=each) for each in LANGUAGES)
            own = [reply_to_json(reply) for reply in (*both, Reply("", commands=(HangUp(),)))]
            return await self._record(said, turn, own, turn.language, "refused")
        if own_answer is not None and not turn.refused:
            own = [reply_to_json(reply) for reply in await own_answer(said, turn)]
            return await self._record(said, turn, own, turn.language, "answered")
        if turn.refused:
            own = [reply_to_json(Reply(refusal(turn.refused, turn.language)))]
            return await self._record(said, turn, own, turn.language, "refused")
        if said.kind == "message" and not turn.text and said.payload is None and said.told is None:
            own = [reply_to_json(Reply(say("picture" if said.media_count else "no_words", turn.language)))]
            return await self._record(said, turn, own, turn.language, "answered")
        return await self._ask_engine(said, turn, deadline)

    async def _ask_engine(self, said: Utterance, turn: Turn, deadline: float) -> Answer:
        words = turn.text
        payload = said.told or picked(turn.offered, said.channel, words, said.payload)
        if said.meaning is not None and payload is None:
            words = say(said.meaning, turn.language)
        seconds = deadline - asyncio.get_running_loop().time()
        try:
            found = await self._engine.answer(turn, said, words, payload, seconds)
        except EngineFailed as problem:
            log.warning("engine_failed", reason=problem.reason, conversation_id=turn.conversation_id)
            failed = [*await self._before(said, turn, turn.language), *await self._fallbacks.engine_failed(said, turn)]
            own = [reply_to_json(reply) for reply in failed]
            return await self._record(said, turn, own, turn.language, problem.outcome)
        preface = await self._before(said, turn, found.language)
        replies = [*(reply_to_json(reply) for reply in preface), *found.replies]
        return await self._record(said, turn, replies, found.language, "answered")

    async def _before(self, said: Utterance, turn: Turn, language: Language) -> Sequence[Reply]:
        return await self._preface(said, turn, language) if self._preface is not None else ()

    async def _record(
        self, said: Utterance, turn: Turn, replies: Sequence[Any], language: Language, outcome: str
    ) -> Answer:
        TURNS.labels(said.channel, outcome).inc()
        stored: list[Any] = list(replies)
        recorded = False
        try:
            stored = await self._backend.record_replies(turn.turn_id, replies, language, outcome)
            recorded = True
        except Unavailable:
            self._record_later(turn, stored, language, outcome)
        except Refused as problem:
            log.error("replies_refused", status=problem.status, error=problem.error, turn_id=turn.turn_id)
        answer = answer_of(replies_from_json(stored), language, turn.mode, turn.conversation_id, recorded)
        self._memory.note_language(said.thread_key, answer.language)
        return answer

    async def _person_replies(self, said: Utterance, turn: Turn) -> list[dict[str, Any]]:
        """A lead has the conversation: a caller is connected, a writer hears once that it arrived."""
        language = turn.language
        if said.channel == "voice":
            filed = await self._fallbacks.file(said, turn.conversation_id, "asked_for_person")
            replies = trouble_on_the_phone(said, language, filed, self._directory.current)
            number = next((c.number for r in replies for c in r.commands if isinstance(c, Transfer)), None)
            if number:
                connect = Transfer(CUSTOMER_SERVICE, number)
                replies = (Reply(say("person_connect", language), commands=(connect,)),)
            else:
                last = say("call_back" if said.party else "call_back_hidden", language)
                replies = (Reply(f"{say('office_closed', language)} {last}", commands=(HangUp(),)),)
            return [reply_to_json(reply) for reply in replies]
        if await self._memory.first_time(f"person:{turn.conversation_id}"):
            return [reply_to_json(Reply(say("person_has_it", language)))]
        return []

    async def _answer_of_another(self, said: Utterance, turn: Turn, deadline: float) -> Answer:
        """Another process works on this very message: wait for its answer."""
        while asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(POLL_SECONDS)
            try:
                turn = await self._backend.turn(turn.turn_id)
            except CallError:
                break
            if turn.replies is not None:
                return _stored(turn)
        TURNS.labels(said.channel, "overtaken").inc()
        replies = await self._fallbacks.engine_failed(said, turn)
        return answer_of(replies, turn.language, turn.mode, turn.conversation_id)

    def _record_later(self, turn: Turn, replies: Sequence[Any], language: Language, outcome: str) -> None:
        task = asyncio.get_running_loop().create_task(self._keep_recording(turn, replies, language, outcome))
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _keep_recording(self, turn: Turn, replies: Sequence[Any], language: Language, outcome: str) -> None:
        """The customer has the answer already; the record gets it as soon as it is back."""
        for _ in range(RECORD_LATER_TRIES):
            await asyncio.sleep(RECORD_LATER_SECONDS)
            try:
                await self._backend.record_replies(turn.turn_id, replies, language, outcome)
                return
            except Unavailable:
                continue
            except Refused:
                break
        log.error("replies_never_recorded", turn_id=turn.turn_id)


def _stored(turn: Turn) -> Answer:
    """The answer that the record has."""
    replies = replies_from_json(turn.replies)
    return answer_of(replies, turn.language, turn.mode, turn.conversation_id, recorded=True)
