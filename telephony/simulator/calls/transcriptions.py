"""Live transcription (`<Start><Transcription>`): what is said on a call, told to the application as it is said."""

import asyncio
import json
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from telephony.simulator.callbacks import Callback
from telephony.simulator.calls.events import Event
from telephony.simulator.calls.execution import Execution
from telephony.simulator.values import new_sid

TRACKS = {"inbound_track": ("inbound",), "outbound_track": ("outbound",), "both_tracks": ("inbound", "outbound")}

SIDES = {"heard": "inbound", "talk": "inbound", "record": "inbound", "say": "outbound", "voice": "outbound"}
"""Who is heard in an event: this person, or what they hear. `record` is what they said into a recording."""


@dataclass(eq=False)
class Transcription:
    """One transcription that goes on beside the verbs."""

    execution: Execution
    name: str
    track: str
    language: str
    engine: str
    callback_url: str
    callback_method: str = "POST"
    sid: str = field(default_factory=lambda: new_sid("GT"))
    status: str = "in-progress"
    _number: int = 0
    _outbox: "asyncio.Queue[tuple[str, str] | None]" = field(default_factory=asyncio.Queue)
    _writer: "asyncio.Task[None] | None" = None

    async def start(self) -> None:
        """Begin, and say so."""
        self.execution.line.followers.append(self._follow)
        self._writer = asyncio.get_running_loop().create_task(self._write())
        more = {"TranscriptionEngine": self.engine, "ProviderConfiguration": "{}", "Track": self.track}
        await self._tell("transcription-started", more)

    async def stop(self) -> None:
        if self.status == "in-progress":
            self.status = "stopped"
            self.execution.line.followers.remove(self._follow)
            self._outbox.put_nowait(None)
            if self._writer is not None:
                await self._writer
            await self._tell("transcription-stopped", {})

    def _follow(self, event: Event) -> None:
        side = SIDES.get(event.kind)
        if side is None or not event.text or side not in TRACKS.get(self.track, ("inbound", "outbound")):
            return
        confidence = 0.9 if event.confidence is None else event.confidence
        data = json.dumps({"transcript": event.text, "confidence": confidence}, ensure_ascii=False)
        self._outbox.put_nowait((f"{side}_track", data))

    async def _write(self) -> None:
        while (said := await self._outbox.get()) is not None:
            track, data = said
            await self._tell("transcription-content", {"TranscriptionData": data, "Track": track, "Final": "true"})

    async def _tell(self, event: str, more: dict[str, str]) -> None:
        self._number += 1
        facilities = self.execution.facilities
        told = {
            "AccountSid": facilities.account_sid,
            "CallSid": self.execution.leg.sid,
            "TranscriptionSid": self.sid,
            "TranscriptionEvent": event,
            "LanguageCode": self.language,
            "SequenceId": str(self._number),
            "Timestamp": facilities.clock().isoformat(),
            **more,
        }
        last = event == "transcription-stopped"
        await facilities.callbacks.tell(Callback(self.sid, self.callback_url, self.callback_method, told, last))


def transcription_of(execution: Execution, element: Element) -> Transcription:
    """What a `<Transcription>` describes."""
    address = element.get("statusCallbackUrl")
    return Transcription(
        execution,
        element.get("name", ""),
        element.get("track", "both_tracks"),
        element.get("languageCode", "en-US"),
        element.get("transcriptionEngine", "google"),
        execution.goto(address, None, {}).url if address else "",
        execution.method(element.get("statusCallbackMethod")),
    )
