"""Media Streams: the sound of a call as a socket of JSON messages. Speech is a hum; everything else is silence."""

import asyncio
import base64
import binascii
import itertools
import json
import math
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element

from telephony.simulator.callbacks import Callback
from telephony.simulator.calls.events import Event
from telephony.simulator.calls.execution import Execution
from telephony.simulator.calls.line import Key, Words
from telephony.simulator.calls.sockets import Socket, SocketFailed, open_socket
from telephony.simulator.values import new_sid, rfc2822

FRAME_MS = 20
RATE_HZ = 8000
FRAMES_AT_ONCE_MAX = 500
TRACKS = {"inbound_track": ("inbound",), "outbound_track": ("outbound",), "both_tracks": ("inbound", "outbound")}
SILENCE = b"\xff" * (RATE_HZ * FRAME_MS // 1000)


def _mu_law(sample: float) -> int:
    """One sample (-1 to 1) as mu-law (ITU-T G.711)."""
    magnitude = min(int(abs(sample) * 32767) + 132, 32767)
    exponent = max(magnitude.bit_length() - 8, 0)
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    return ~((0x80 if sample < 0 else 0) | (exponent << 4) | mantissa) & 0xFF


HUM = bytes(_mu_law(0.3 * math.sin(2 * math.pi * 200 * n / RATE_HZ)) for n in range(len(SILENCE)))


@dataclass(eq=False)
class MediaStream:
    """One stream. `both_ways`: the application's sound is heard, and keys are told."""

    execution: Execution
    url: str
    name: str
    track: str
    both_ways: bool
    parameters: dict[str, str]
    callback_url: str = ""
    callback_method: str = "POST"
    sid: str = field(default_factory=lambda: new_sid("MZ"))
    status: str = "in-progress"
    _socket: Socket | None = None
    _outbox: "asyncio.Queue[dict[str, Any] | None]" = field(default_factory=asyncio.Queue)
    _tasks: list["asyncio.Task[None]"] = field(default_factory=list)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _chunks: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _told_until: float = 0.0
    _began: float = 0.0
    _buffered: list[tuple[str, float | str]] = field(default_factory=list)

    async def start(self) -> bool:
        """Connect and begin; False when the application's socket could not be opened."""
        try:
            self._socket = await open_socket(self.execution.facilities, self.url)
        except SocketFailed as failure:
            self.execution.warn(31920, f"the socket of <Stream>: {failure}")
            self.status = "stopped"
            await self._tell("stream-error")
            return False
        self._began = self._told_until = self.execution.line.now
        self._outbox.put_nowait({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        tracks = list(TRACKS.get(self.track, ("inbound",)))
        about = {
            "accountSid": self.execution.facilities.account_sid,
            "streamSid": self.sid,
            "callSid": self.execution.leg.sid,
            "tracks": tracks,
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": RATE_HZ, "channels": 1},
            "customParameters": self.parameters,
        }
        self._put("start", start=about)
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._write(self._socket)), loop.create_task(self._read(self._socket))]
        self.execution.line.followers.append(self._follow)
        self.execution.emit("stream", f"started {self.name}".strip())
        await self._tell("stream-started")
        return True

    @property
    def over(self) -> bool:
        """Whether the application has closed its end."""
        return self.status == "stopped" or self._tasks[1].done()

    async def stop(self) -> None:
        if self.status == "stopped":
            return
        self.status = "stopped"
        self.execution.line.followers.remove(self._follow)
        leg, account = self.execution.leg, self.execution.facilities.account_sid
        self._put("stop", stop={"accountSid": account, "callSid": leg.sid})
        self._outbox.put_nowait(None)
        await asyncio.gather(self._tasks[0], return_exceptions=True)
        self._tasks[1].cancel()
        await asyncio.gather(self._tasks[1], return_exceptions=True)
        if self._socket is not None:
            await self._socket.close()
        await self._tell("stream-stopped")

    def key(self, digit: str) -> None:
        """The caller pressed a key."""
        if self.both_ways:
            self._put("dtmf", dtmf={"track": "inbound_track", "digit": digit})

    def sound(self, seconds: float, payload: bytes, track: str = "inbound") -> None:
        """So much sound of one track, ending now."""
        if track not in TRACKS.get(self.track, ("inbound",)):
            return
        frames = min(round(seconds * 1000 / FRAME_MS), FRAMES_AT_ONCE_MAX)
        start_ms = round((self.execution.line.now - self._began - seconds) * 1000)
        for number in range(frames):
            media = {
                "track": track,
                "chunk": str(next(self._chunks)),
                "timestamp": str(max(start_ms, 0) + number * FRAME_MS),
                "payload": base64.b64encode(payload).decode(),
            }
            self._put("media", media=media)
        self._told_until = self.execution.line.now

    async def play_buffered(self) -> None:
        """What the application has sent is heard, in its order; its marks come back when they are reached."""
        while self._buffered:
            kind, value = self._buffered.pop(0)
            if isinstance(value, str):
                self._put(kind, mark={"name": value})
                continue
            self.execution.emit("play", "sound of the application", seconds=round(value, 2))
            await self.execution.line.play(value, ())

    def _follow(self, event: Event) -> None:
        """Whatever is heard on the call is heard on the stream too."""
        quiet = self.execution.line.now - self._told_until
        if event.kind in ("heard", "talk"):
            self.sound(event.seconds or 1.0, HUM)
        elif event.kind in ("say", "voice"):
            self.sound(event.seconds or 1.0, HUM, "outbound")
        elif quiet > 0:
            self.sound(quiet, SILENCE)

    def _put(self, kind: str, **more: Any) -> None:
        frame = {"event": kind, "sequenceNumber": str(next(self._numbers)), "streamSid": self.sid, **more}
        self._outbox.put_nowait(frame)

    async def _write(self, socket: Socket) -> None:
        while (frame := await self._outbox.get()) is not None:
            await socket.send(frame)

    async def _read(self, socket: Socket) -> None:
        try:
            while (frame := await socket.receive()) is not None:
                self._take(frame)
                self.execution.line.news()
                self.execution.line.rouse()
        finally:
            self.execution.line.rouse()

    def _take(self, frame: str) -> None:
        try:
            message = json.loads(frame)
            kind = message["event"]
            if not self.both_ways:
                self.execution.warn(31951, f"{kind!r} on a stream that only listens")
            elif kind == "media":
                sound = base64.b64decode(message["media"]["payload"], validate=True)
                self._buffered.append(("media", len(sound) / RATE_HZ))
            elif kind == "mark":
                self._buffered.append(("mark", str(message["mark"]["name"])))
            elif kind == "clear":
                marks = [(kind, name) for kind, name in self._buffered if isinstance(name, str)]
                self._buffered[:] = marks
            else:
                self.execution.warn(31951, f"event {kind!r}")
        except (ValueError, KeyError, TypeError, binascii.Error):
            self.execution.warn(31950, "a message that makes no sense")

    async def _tell(self, event: str) -> None:
        if self.callback_url:
            facilities = self.execution.facilities
            told = {
                "AccountSid": facilities.account_sid,
                "CallSid": self.execution.leg.sid,
                "StreamSid": self.sid,
                "StreamName": self.name,
                "StreamEvent": event,
                "Timestamp": rfc2822(facilities.clock()),
            }
            last = event != "stream-started"
            await facilities.callbacks.tell(Callback(self.sid, self.callback_url, self.callback_method, told, last))


def stream_of(execution: Execution, element: Element, *, both_ways: bool) -> MediaStream:
    """The stream that a `<Stream>` describes."""
    address = element.get("statusCallback")
    return MediaStream(
        execution,
        element.get("url", ""),
        element.get("name", ""),
        element.get("track", "inbound_track"),
        both_ways,
        {each.get("name", ""): each.get("value", "") for each in element.findall("Parameter")},
        execution.goto(address, None, {}).url if address else "",
        execution.method(element.get("statusCallbackMethod")),
    )


async def connect_stream(execution: Execution, element: Element) -> None:
    """`<Connect><Stream>`: the application hears the caller and is heard, until it closes the socket."""
    stream = stream_of(execution, element, both_ways=True)
    if not await stream.start():
        return
    execution.companions.append(stream)
    # The application may speak at any moment of its own time.
    with execution.line.timeline.in_real_time():
        while not stream.over:
            await stream.play_buffered()
            heard = await execution.line.stay()
            if isinstance(heard, Key):
                execution.emit("pressed", heard.digit)
                stream.key(heard.digit)
            elif isinstance(heard, Words):
                execution.emit("talk", heard.text, seconds=heard.seconds)
    execution.line.settle()
    execution.companions.remove(stream)
    await stream.stop()
