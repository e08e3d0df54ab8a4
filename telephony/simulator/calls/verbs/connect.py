"""`<Connect>`: hand the call to a socket of the application, for as long as the two agree."""

import asyncio
from xml.etree.ElementTree import Element

from telephony.simulator.calls.events import Kind, speaking_seconds
from telephony.simulator.calls.execution import Execution
from telephony.simulator.calls.line import Dropped, Goto, Heard, Key, Words
from telephony.simulator.calls.relay import (
    MALFORMED_MAX,
    BadMessage,
    Piece,
    Reception,
    heard_until,
    manner_of,
    new_session,
    setup_message,
)
from telephony.simulator.calls.sockets import Socket, SocketFailed, open_socket
from telephony.simulator.calls.streams import connect_stream
from telephony.simulator.calls.verbs.registry import verb
from telephony.simulator.calls.verbs.speech import audio_seconds
from telephony.simulator.requester import FetchFailed

REPLY_SECONDS_MAX = 20.0
KEY_REPLY_SECONDS_MAX = 6.0
RECONNECTS_MAX = 3


class RelaySession:
    """One `<ConversationRelay>` from the first socket to the end."""

    def __init__(self, execution: Execution, element: Element) -> None:
        self._execution, self._line = execution, execution.line
        self._manner = manner_of(element)
        self._reception = Reception(self._manner)
        self._socket: Socket | None = None
        self._reader: asyncio.Task[None] | None = None
        self._wait_until = 0.0
        self._reconnects = 0
        self.sid = new_session()

    async def run(self) -> dict[str, str]:
        """Converse until one side ends it; what the action is told besides session and duration."""
        self._line.unhurried = True
        try:
            await self._open()
            if self._manner.greeting:
                greeting = Piece(
                    self._manner.greeting, "", self._manner.greeting_interruptible, self._manner.tts_language
                )
                self._reception.pieces.append(greeting)
            while self._reception.ended is None:
                failed = await self._step()
                if failed is not None:
                    return failed
            return {"SessionStatus": "ended", "HandoffData": self._reception.ended}
        except SocketFailed as failure:
            self._execution.warn(64102, f"the socket of ConversationRelay: {failure}")
            return _failed("39001", "Network connection to WebSocket server failed.")
        finally:
            self._line.unhurried = False
            self._line.settle()
            await self._shut()

    async def _open(self) -> None:
        facilities = self._execution.facilities
        if facilities.conditions.relay == "unreachable":
            raise SocketFailed("unreachable today")
        self._socket = await open_socket(facilities, self._manner.url)
        leg = self._execution.leg
        await self._socket.send(setup_message(self.sid, leg, facilities.account_sid, self._manner.parameters))
        self._execution.emit("relay", "connected")
        self._reader = asyncio.get_running_loop().create_task(self._read(self._socket))
        if not self._manner.greeting:
            self._expect(REPLY_SECONDS_MAX)

    async def _shut(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        if self._socket is not None:
            await self._socket.close()

    async def _step(self) -> dict[str, str] | None:
        """The next thing that happens; what the action is told when it is a failure."""
        reception = self._reception
        if reception.pieces:
            await self._speak(reception.next_words())
            return None
        if self._reader is not None and self._reader.done():
            return await self._lost()
        if not reception.answered and self._line.timeline.now < self._wait_until:
            with self._line.timeline.in_real_time():
                heard = await self._line.stay(self._wait_until - self._line.timeline.now, patiently=True)
        else:
            heard = await self._line.stay()
        await self._hear(heard)
        return None

    async def _lost(self) -> dict[str, str] | None:
        """The socket has gone: connect again where the document wants that, else it is over."""
        self._execution.emit("relay", "lost")
        await self._shut()
        if self._manner.reconnects and self._reconnects < RECONNECTS_MAX:
            self._reconnects += 1
            await self._open()
            return None
        self._execution.warn(64105, "the application's socket ended")
        return _failed("64105", "WebSocket ended.")

    async def _speak(self, piece: Piece) -> None:
        line, began = self._line, self._line.now
        try:
            seconds = (
                await audio_seconds(self._execution, piece.source) if piece.source else speaking_seconds(piece.words)
            )
        except FetchFailed as failure:
            self._execution.fail(failure)
            return
        kind: Kind = "play" if piece.source else "say"
        voice = self._manner.voices.get(piece.language) or None
        text = piece.source or piece.words
        self._execution.emit(kind, text, language=piece.language or None, seconds=seconds, voice=voice)
        heard = await line.play(seconds, piece.interruptible)
        line.settle(keys_are_lost=False)
        if heard is None:
            if self._manner.tells_played and not piece.source:
                await self._send({"type": "info", "name": "tokensPlayed", "value": piece.words})
            return
        spoken = line.now - began - (heard.seconds if isinstance(heard, Words) else 0.0)
        until = heard_until(piece.words, spoken, seconds)
        self._reception.pieces.clear()
        self._execution.emit("interrupted", until)
        milliseconds = round(max(spoken, 0.0) * 1000)
        await self._send(
            {"type": "interrupt", "utteranceUntilInterrupt": until, "durationUntilInterruptMs": milliseconds}
        )
        await self._hear(heard)

    async def _hear(self, heard: Heard | None) -> None:
        if isinstance(heard, Dropped) and self._socket is not None:
            self._socket.drop()
            if self._reader is not None:
                await asyncio.wait({self._reader})
        elif isinstance(heard, Key):
            self._execution.emit("pressed", heard.digit)
            if self._manner.dtmf:
                await self._send({"type": "dtmf", "digit": heard.digit})
                self._expect(KEY_REPLY_SECONDS_MAX)
        elif isinstance(heard, Words):
            await self._prompt(heard)

    async def _prompt(self, words: Words) -> None:
        language = self._reception.transcription_language
        text = words.text if words.confidence != 0 else ""
        self._execution.emit("heard", text, language=language, confidence=words.confidence)
        said = text.split()
        if self._manner.partial_prompts and len(said) > 1:
            part = " ".join(said[: len(said) // 2])
            await self._send({"type": "prompt", "voicePrompt": part, "lang": language, "last": False})
        self._expect(REPLY_SECONDS_MAX)
        await self._send({"type": "prompt", "voicePrompt": text, "lang": language, "last": True})

    def _expect(self, seconds: float) -> None:
        """It is the application's turn, for at most so long."""
        self._reception.tell()
        self._wait_until = self._line.timeline.now + seconds

    async def _send(self, message: dict[str, object]) -> None:
        if self._socket is not None:
            await self._socket.send(message)

    async def _read(self, socket: Socket) -> None:
        """Take what the application sends until it closes; ten messages in a row that make no sense end it."""
        try:
            while (frame := await socket.receive()) is not None:
                try:
                    digits = self._reception.take(frame)
                except BadMessage as problem:
                    await self._refuse(socket, str(problem))
                    continue
                if digits:
                    self._execution.emit("play", f"tones {digits}")
                self._line.news()
                self._line.rouse()
        finally:
            self._line.rouse()

    async def _refuse(self, socket: Socket, problem: str) -> None:
        self._reception.malformed += 1
        self._execution.warn(64107, problem)
        await socket.send({"type": "error", "description": f"Invalid message: {problem}"})
        if self._reception.malformed >= MALFORMED_MAX:
            await socket.close(1007, "Too many consecutive malformed messages")


def _failed(code: str, words: str) -> dict[str, str]:
    return {"SessionStatus": "failed", "ErrorCode": code, "ErrorMessage": words}


async def connect(execution: Execution, element: Element) -> Goto | None:
    """Hand the call over, and go to the action afterwards."""
    relay, stream = element.find("ConversationRelay"), element.find("Stream")
    if relay is None and stream is None:
        execution.warn(12200, "<Connect> has nothing in it that is carried out here")
        return None
    if relay is None:
        assert stream is not None
        await connect_stream(execution, stream)
        return _after(execution, element, {})
    session = RelaySession(execution, relay)
    began = execution.line.now
    told = {"SessionId": session.sid, "SessionStatus": "completed", "SessionDuration": "0"}
    farewell = _after(execution, element, told)
    if farewell is not None:
        execution.farewells.append(farewell)
    try:
        result = await session.run()
    finally:
        if farewell is not None:
            farewell.parameters["SessionDuration"] = str(round(execution.line.now - began))
    if farewell is None:
        return None
    execution.farewells.remove(farewell)
    farewell.parameters.update(result)
    return farewell


def _after(execution: Execution, element: Element, parameters: dict[str, str]) -> Goto | None:
    if not element.get("action"):
        return None
    return execution.goto(element.get("action"), element.get("method"), parameters)


VERBS = {"Connect": verb(connect, "action method")}
