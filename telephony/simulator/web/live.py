"""The phone of the page: one socket for each open page, calls in real time."""

import asyncio
import contextlib
from typing import Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from telephony.simulator.calls.leg import Leg
from telephony.simulator.calls.line import Key, Line, Words
from telephony.simulator.calls.live import HungUp, LiveLine, Played, Speaking
from telephony.simulator.calls.timeline import Timeline
from telephony.simulator.errors import SimulatorError
from telephony.simulator.network import Network
from telephony.simulator.state.numbers import PhoneNumber
from telephony.simulator.values import normalise_number
from telephony.simulator.web.session import require_user

router = APIRouter()

WORDS_CHARACTERS_MAX = 1000
TYPED_CONFIDENCE = 0.95
KEYS = frozenset("0123456789*#")


class PhoneSession:
    """A handset on the page: it dials, rings, and carries one call at a time."""

    def __init__(self, network: Network, phone: str) -> None:
        self._network, self._phone = network, phone
        self.outbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._line: LiveLine | None = None
        self._call: asyncio.Task[None] | None = None
        self._pick_up: asyncio.Future[bool] | None = None

    async def ring(self, leg: Leg, seconds: float, timeline: Timeline) -> Line | None:
        """Ring until somebody picks up, refuses, or the time is over. A busy phone does not ring."""
        if self._line is not None or self._pick_up is not None:
            return None
        self._pick_up = asyncio.get_running_loop().create_future()
        self._push({"type": "status", "status": "incoming", "from": leg.record.caller})
        try:
            answered = await asyncio.wait_for(self._pick_up, seconds)
        except TimeoutError:
            answered = False
        finally:
            self._pick_up = None
        if not answered:
            self._push({"type": "status", "status": "idle"})
            return None
        self._line = LiveLine(self._push_of_call, timeline)
        self._push({"type": "status", "status": "in-progress", "call_sid": leg.sid})
        return self._line

    def stop_ringing(self) -> None:
        """The caller gave up."""
        self._decide(False)

    def receive(self, frame: dict[str, Any]) -> None:
        """Act on one frame of the page; frames that make no sense now are ignored."""
        line = self._line
        match frame.get("type"):
            case "dial" if line is None:
                self._dial()
            case "answer":
                self._decide(True)
            case "decline":
                self._decide(False)
            case "key" if line and frame.get("key") in KEYS:
                line.receive(Key(str(frame["key"])))
            case "speaking" if line:
                line.receive(Speaking())
            case "played" if line:
                line.receive(Played())
            case "speak" if line and str(frame.get("words", "")).strip():
                words = " ".join(str(frame["words"])[:WORDS_CHARACTERS_MAX].split())
                line.receive(Words(words, _confidence(frame.get("confidence")), 0.0))
            case "hangup" if line:
                line.receive(HungUp())

    async def close(self) -> None:
        """The page has gone: whoever is on a call has hung up."""
        self._decide(False)
        if self._line is not None:
            self._line.receive(HungUp())
        if self._call is not None:
            await self._call

    def _dial(self) -> None:
        self._line = LiveLine(self._push_of_call)
        number = self._network.number
        leg = self._network.exchange.incoming(self._phone, number)
        self._push({"type": "status", "status": "in-progress", "call_sid": leg.sid})
        self._call = asyncio.create_task(self._carry(leg, self._line, number))

    async def _carry(self, leg: Leg, line: LiveLine, number: PhoneNumber) -> None:
        await self._network.exchange.connect(leg, line, number)

    def _push_of_call(self, frame: dict[str, Any]) -> None:
        self._push(frame)
        if frame.get("type") == "event" and frame["event"]["kind"] == "hangup":
            self._line = None
            self._push({"type": "status", "status": "idle"})

    def _push(self, frame: dict[str, Any]) -> None:
        self.outbox.put_nowait(frame)

    def _decide(self, answered: bool) -> None:
        if self._pick_up is not None and not self._pick_up.done():
            self._pick_up.set_result(answered)


@router.websocket("/api/calls/live")
async def live(socket: WebSocket, phone: str) -> None:
    """Frames from the page: dial, answer, decline, key, speaking, speak, played, hangup."""
    try:
        require_user(socket)
    except SimulatorError as error:
        await socket.close(4401, error.name)
        return
    number = normalise_number(phone)
    if number is None:
        await socket.close(4422, "not_a_phone_number")
        return
    network: Network = socket.app.state.network
    await socket.accept()
    session = PhoneSession(network, number)
    network.facilities.phones.handsets[number] = session
    writer = asyncio.create_task(_write(socket, session))
    try:
        while True:
            frame = await socket.receive_json()
            if isinstance(frame, dict):
                session.receive(frame)
    except (WebSocketDisconnect, ValueError):
        pass
    finally:
        if network.facilities.phones.handsets.get(number) is session:
            del network.facilities.phones.handsets[number]
        writer.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await writer
        await session.close()


async def _write(socket: WebSocket, session: PhoneSession) -> None:
    while True:
        await socket.send_json(await session.outbox.get())


def _confidence(value: object) -> float:
    if isinstance(value, int | float) and 0 < value <= 1:
        return round(float(value), 2)
    return TYPED_CONFIDENCE
