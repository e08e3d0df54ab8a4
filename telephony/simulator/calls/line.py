"""The line to the person on a call: what verbs need of it, whoever the person is."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, Protocol

from telephony.simulator.calls.events import Event

Mode = Literal["dtmf", "speech"]


@dataclass(frozen=True)
class Key:
    """One key of the dial pad: 0-9, * or #."""

    digit: str


@dataclass(frozen=True)
class Words:
    """Something the person said, as it was recognised."""

    text: str
    confidence: float | None
    seconds: float


Heard = Key | Words


@dataclass(frozen=True)
class Goto:
    """The call goes on with another document. `markup` is inline TwiML instead of an address."""

    url: str
    method: str
    parameters: dict[str, str]
    markup: str | None = None


class CallerHungUp(Exception):
    """The person has put the phone down."""


class ScriptUsedUp(Exception):
    """A scripted caller has nothing left to do, and the call goes on for ever."""


class TakenOver(Exception):
    """The REST interface has sent the call to another document."""

    def __init__(self, goto: Goto) -> None:
        super().__init__("redirected by REST")
        self.goto = goto


class EndedByRest(Exception):
    """The REST interface has ended the call."""


class Line(Protocol):
    """Both methods that take time raise CallerHungUp, ScriptUsedUp, TakenOver or EndedByRest."""

    @property
    def now(self) -> float:
        """Seconds since the call began."""

    def emit(self, event: Event) -> None:
        """Report an event to whoever follows the call."""

    async def play(self, seconds: float, accepts: Collection[Mode]) -> Heard | None:
        """Let something be heard for `seconds`; return what interrupted it, of the kinds accepted."""

    async def listen(self, seconds: float, accepts: Collection[Mode]) -> Heard | None:
        """Wait for a key or words for at most `seconds` of silence."""

    def settle(self) -> None:
        """A verb that listened has ended: what the person was still pressing is lost."""

    def take_over(self, goto: Goto) -> None:
        """Make the call go on with another document, at once."""

    def end(self) -> None:
        """End the call, at once, from outside."""
