"""A recording that goes on beside the verbs: of a `<Dial>`, a conference, or a call that the REST interface records."""

from collections.abc import Callable
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from telephony.simulator.callbacks import Callback
from telephony.simulator.calls.execution import Execution
from telephony.simulator.calls.facilities import Facilities
from telephony.simulator.calls.line import Line
from telephony.simulator.state.recordings import Recording
from telephony.simulator.values import new_sid, rfc2822

EVENTS = ("in-progress", "completed", "absent")


@dataclass
class Recorder:
    """One recording while it runs."""

    facilities: Facilities
    line: Line
    record: Recording
    callback_url: str = ""
    callback_method: str = "POST"
    callback_events: tuple[str, ...] = ("completed",)
    on_stop: "Callable[[Recorder], None] | None" = None
    name: str = ""
    _began: float = field(init=False)
    _gathered_seconds: float = field(default=0.0, init=False)
    _skips: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._began = self.line.now
        self.facilities.recordings.save(self.record)

    @property
    def sid(self) -> str:
        return self.record.sid

    @property
    def url(self) -> str:
        """Where the sound is."""
        return f"{self.facilities.media_url}/Recordings/{self.sid}"

    async def begin(self) -> None:
        """Tell that it runs, where somebody wants to know."""
        await self._tell("in-progress")

    def pause(self, status: str, behavior: str = "silence") -> None:
        """`paused`, or `in-progress` again. Of a pause `skip` leaves nothing, `silence` its length."""
        if status == self.record.status or self.record.status not in ("in-progress", "paused"):
            return
        if status == "paused":
            self._skips = behavior == "skip"
            self._gathered_seconds += self.line.now - self._began if self._skips else 0.0
        elif self._skips:
            self._began, self._skips = self.line.now, False
        self._to(status)

    async def stop(self) -> None:
        """The recording is complete."""
        if self.record.status not in ("in-progress", "paused"):
            return
        if not self._skips:
            self._gathered_seconds += self.line.now - self._began
        self.record.duration_seconds = round(self._gathered_seconds)
        self._to("completed" if self._gathered_seconds > 0 else "absent")
        if self.on_stop is not None:
            self.on_stop(self)
        await self._tell(self.record.status)

    def _to(self, status: str) -> None:
        self.record.status = status
        self.record.updated_at = self.facilities.clock()
        self.facilities.recordings.save(self.record)

    async def _tell(self, event: str) -> None:
        if not self.callback_url or event not in self.callback_events:
            return
        told = {
            "AccountSid": self.facilities.account_sid,
            "CallSid": self.record.call_sid,
            "RecordingSid": self.sid,
            "RecordingUrl": self.url,
            "RecordingStatus": event,
            "RecordingDuration": str(self.record.duration_seconds or 0),
            "RecordingChannels": str(self.record.channels),
            "RecordingSource": self.record.source,
            "RecordingTrack": self.record.track,
            "RecordingStartTime": rfc2822(self.record.started_at),
        }
        if self.record.conference_sid:
            told["ConferenceSid"] = self.record.conference_sid
        if event == "in-progress":
            del told["RecordingDuration"]
        await self.facilities.callbacks.tell(
            Callback(self.sid, self.callback_url, self.callback_method, told, last=event != "in-progress")
        )


def begin_recording(execution: Execution, element: Element, source: str, conference_sid: str | None = None) -> Recorder:
    """Record from now on, with the recording attributes of `element`."""
    address = element.get("recordingStatusCallback")
    now = execution.facilities.clock()
    dual = "dual" in element.get("record", "")
    return Recorder(
        execution.facilities,
        execution.line,
        Recording(
            new_sid("RE"),
            execution.leg.sid,
            source,
            now,
            now,
            now,
            conference_sid,
            channels=2 if dual else 1,
            track=element.get("recordingTrack", "both"),
        ),
        callback_url=execution.goto(address, None, {}).url if address else "",
        callback_method=execution.method(element.get("recordingStatusCallbackMethod")),
        callback_events=recording_events([element.get("recordingStatusCallbackEvent", "")]),
    )


def recording_events(values: list[str]) -> tuple[str, ...]:
    """The events somebody asked for; only the last when none was named."""
    words = {word for value in values for word in value.split()}
    return tuple(event for event in EVENTS if event in words) or ("completed",)
