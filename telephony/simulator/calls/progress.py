"""Status callbacks of calls that the REST interface makes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from telephony.simulator.calls.leg import Leg
from telephony.simulator.requester import FetchFailed, Requester
from telephony.simulator.state.calls import Alerts
from telephony.simulator.values import rfc2822

EVENTS = ("initiated", "ringing", "answered", "completed")


@dataclass
class Progress:
    """Where to report, and which events are wanted; `completed` is reported whatever the end was."""

    leg: Leg
    requester: Requester
    alerts: Alerts
    clock: Callable[[], datetime]
    url: str
    method: str = "POST"
    events: tuple[str, ...] = ("completed",)
    _number: int = field(default=0, init=False)

    async def tell(self, event: str) -> None:
        """Send one callback when it is wanted. SequenceNumber counts every event, sent or not."""
        number, self._number = self._number, self._number + 1
        if not self.url or event not in self.events:
            return
        now = self.clock()
        parameters = {
            **self.leg.parameters(),
            "Timestamp": rfc2822(now),
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(number),
        }
        if event == "initiated":
            parameters["CallStatus"] = "initiated"
        if event == "completed":
            parameters["CallDuration"] = str(self.leg.record.duration_seconds or 0)
        try:
            await self.requester.fetch(self.url, self.method, parameters, self.requester.cookies())
        except FetchFailed as failure:
            self.alerts.add(now, failure.code, self.leg.sid, failure.url, failure.detail)
