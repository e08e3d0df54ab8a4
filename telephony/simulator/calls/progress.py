"""Status callbacks of calls: those the REST interface makes, and those `<Dial>` rings."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from telephony.simulator.callbacks import Callback, Callbacks
from telephony.simulator.calls.leg import Leg
from telephony.simulator.values import rfc2822

EVENTS = ("initiated", "ringing", "answered", "completed")


def wanted_events(values: Iterable[str]) -> tuple[str, ...]:
    """The events somebody asked for, words separated by spaces or repeated; only the last when none was named."""
    words = {word for value in values for word in value.split()}
    return tuple(event for event in EVENTS if event in words) or ("completed",)


@dataclass
class Progress:
    """Where to report, and which events are wanted; `completed` is reported whatever the end was."""

    leg: Leg
    callbacks: Callbacks
    url: str = ""
    method: str = "POST"
    events: tuple[str, ...] = ("completed",)
    _number: int = field(default=0, init=False)

    async def tell(self, event: str) -> None:
        """Send one callback when it is wanted. SequenceNumber counts every event, sent or not."""
        number, self._number = self._number, self._number + 1
        if not self.url or event not in self.events:
            return
        parameters = {
            **self.leg.parameters(),
            "Timestamp": rfc2822(self.callbacks.clock()),
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(number),
        }
        if event == "initiated":
            parameters["CallStatus"] = "initiated"
        if event == "completed":
            parameters["CallDuration"] = str(self.leg.record.duration_seconds or 0)
            parameters |= self.leg.recorded
        await self.callbacks.tell(Callback(self.leg.sid, self.url, self.method, parameters, last=event == "completed"))
