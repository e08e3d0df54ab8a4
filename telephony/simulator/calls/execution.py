"""What a verb works with: the leg, the line, the present document, and the way out to the network."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

import aiohttp

from telephony.simulator.callbacks import Callback
from telephony.simulator.calls.events import Event, Kind
from telephony.simulator.calls.facilities import Facilities
from telephony.simulator.calls.leg import Leg
from telephony.simulator.calls.line import Goto, Key, Line
from telephony.simulator.requester import Fetched, FetchFailed
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


class Companion(Protocol):
    """Something that goes on beside the verbs until it is stopped or the call ends."""

    @property
    def sid(self) -> str:
        """Its identifier."""

    @property
    def name(self) -> str:
        """The name it was given, by which `<Stop>` finds it."""

    async def stop(self) -> None:
        """End it and tell whoever asked to be told. A second time changes nothing."""


class Capturing(Protocol):
    """An agent's payment session."""

    async def take(self, key: Key) -> bool:
        """Take one key of the person; False when it is not for the payment."""


@dataclass(eq=False)
class Execution:
    """The state of one leg that is being carried out."""

    leg: Leg
    line: Line
    facilities: Facilities
    jar: aiohttp.CookieJar
    fallback_url: str = ""
    document: Document | None = None
    farewells: list[Goto] = field(default_factory=list)
    """Action webhooks that are still told how a verb ended when the caller hangs up; answers are ignored."""
    companions: "list[Companion]" = field(default_factory=list)
    """What goes on beside the verbs: streams, transcriptions, recordings."""
    payment: "Capturing | None" = None
    """An agent's payment session that takes the keys of this person."""

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
        who: str | None = None,
    ) -> None:
        """Report an event at the present moment of the call."""
        at = self.line.now
        self.line.emit(Event(at, kind, text, language, seconds, voice, confidence, code, who))

    def warn(self, code: int, detail: str) -> None:
        """Record one of Twilio's errors or warnings; the call goes on."""
        url = self.document.url if self.document else ""
        self.facilities.alerts.add(self.facilities.clock(), code, self.leg.sid, url, detail)
        self.emit("error", detail, code=code)

    def fail(self, failure: FetchFailed) -> None:
        """Record that a document could not be had."""
        self.facilities.alerts.add(self.facilities.clock(), failure.code, self.leg.sid, failure.url, failure.detail)
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

    async def fetch(self, goto: Goto) -> Fetched:
        """Ask for something with the leg's parameters and cookies. Raises FetchFailed."""
        parameters = {**self.leg.parameters(), **goto.parameters}
        return await self.facilities.requester.fetch(goto.url, goto.method, parameters, self.jar)

    async def tell(self, goto: Goto) -> None:
        """A webhook whose answer does not matter."""
        try:
            await self.fetch(goto)
        except FetchFailed as failure:
            self.facilities.alerts.add(self.facilities.clock(), failure.code, self.leg.sid, failure.url, failure.detail)

    async def call_back(self, address: str | None, method: str | None, parameters: dict[str, str]) -> None:
        """A status callback with the leg's parameters; nothing without an address."""
        if address:
            target = self.goto(address, method, {**self.leg.parameters(), **parameters})
            await self.facilities.callbacks.tell(Callback(self.leg.sid, target.url, target.method, target.parameters))


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
