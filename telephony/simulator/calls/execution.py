"""What a verb works with: the leg, the line, the present document, and the way out to the network."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

import aiohttp

from telephony.simulator.calls.events import Event, Kind
from telephony.simulator.calls.leg import Leg
from telephony.simulator.calls.line import Goto, Line
from telephony.simulator.calls.waiting import Queues
from telephony.simulator.requester import FetchFailed, Requester
from telephony.simulator.state.calls import Alerts
from telephony.simulator.twiml import Document


@dataclass(frozen=True)
class Finish:
    """The call ends. `status` is the leg's last status, `reason` what a script is told."""

    reason: str
    status: str = "completed"


@dataclass(frozen=True)
class LeaveQueue:
    """`<Leave>`: out of the queue, on with the document that had the `<Enqueue>`."""


Outcome = Goto | Finish | LeaveQueue | None


@dataclass
class Execution:
    """The state of one leg that is being carried out."""

    leg: Leg
    line: Line
    requester: Requester
    jar: aiohttp.CookieJar
    alerts: Alerts
    queues: Queues
    clock: Callable[[], datetime]
    media_url: str
    fallback_url: str = ""
    document: Document | None = None
    farewells: list[Goto] = field(default_factory=list)
    """Action webhooks that are still told how a verb ended when the caller hangs up; answers are ignored."""

    def emit(
        self,
        kind: Kind,
        text: str,
        *,
        language: str | None = None,
        seconds: float | None = None,
        voice: str | None = None,
        confidence: float | None = None,
        code: int | None = None,
    ) -> None:
        """Report an event at the present moment of the call."""
        at = self.line.now
        self.line.emit(Event(at, kind, text, language, seconds, voice, confidence, code))

    def warn(self, code: int, detail: str) -> None:
        """Record one of Twilio's errors or warnings; the call goes on."""
        url = self.document.url if self.document else ""
        self.alerts.add(self.clock(), code, self.leg.sid, url, detail)
        self.emit("error", detail, code=code)

    def fail(self, failure: FetchFailed) -> None:
        """Record that a document could not be had."""
        self.alerts.add(self.clock(), failure.code, self.leg.sid, failure.url, failure.detail)
        self.emit("error", failure.detail, code=failure.code)

    def goto(self, address: str | None, method: str | None, parameters: dict[str, str]) -> Goto:
        """The next document: `address` relative to the present one, which is also the default."""
        assert self.document is not None
        url = urljoin(self.document.url, (address or "").strip()) if address else self.document.url
        return Goto(url, self.method(method), parameters)

    def method(self, value: str | None) -> str:
        """GET or POST; anything else is POST with a warning."""
        if value is None or value.upper() in ("GET", "POST"):
            return (value or "POST").upper()
        self.warn(12200, f"method {value!r} is neither GET nor POST")
        return "POST"

    def answer(self) -> None:
        """Somebody (we) picks up: any verb but `<Reject>` does."""
        if not self.leg.answered:
            self.leg.to_status("in-progress")


def seconds_of(execution: Execution, element: Element, name: str, default: float, code: int) -> float:
    """A whole number of seconds from an attribute; a bad one is recorded as `code` and the default taken."""
    value = element.get(name)
    if value is None:
        return default
    if value.isdigit():
        return float(value)
    execution.warn(code, f"{name}={value!r} on <{element.tag}>")
    return default


def flag_of(element: Element, name: str, default: bool = False) -> bool:
    """A true/false attribute."""
    return element.get(name, str(default)).lower() == "true"


def text_of(element: Element) -> str:
    """All words inside an element, SSML stripped, white space made single."""
    return " ".join("".join(element.itertext()).split())


def repeats(element: Element) -> Iterator[int]:
    """The rounds of a `loop` attribute: once by default; 0 means up to a thousand times."""
    value = element.get("loop", "1")
    rounds = int(value) if value.isdigit() else 1
    return iter(range(rounds or 1000))
