"""The line to the person on a call: what verbs need of it, whoever the person is."""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal

from telephony.simulator.calls.events import Event
from telephony.simulator.calls.timeline import Timeline, Waiter

Mode = Literal["dtmf", "speech"]
BOTH: frozenset[Mode] = frozenset({"dtmf", "speech"})


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


@dataclass(frozen=True)
class Dropped:
    """Not the person's doing: the network loses whatever socket the call has to the application."""


Heard = Key | Words | Dropped


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


class Interruption(Exception):
    """Something outside the call's own document; raised at the next moment of waiting."""


class TakenOver(Interruption):
    """The REST interface has sent the call to another document."""

    def __init__(self, goto: Goto) -> None:
        super().__init__("redirected by REST")
        self.goto = goto


class EndedByRest(Interruption):
    """The REST interface has ended the call."""


class Released(Interruption):
    """Somebody has taken the call out of where it waits; `place` is what it waited in."""

    def __init__(self, place: object) -> None:
        super().__init__("taken out")
        self.place = place


class Line(ABC):
    """What takes time raises CallerHungUp, ScriptUsedUp or an Interruption."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self._began = timeline.now
        self._waiter: Waiter | None = None
        self._interruptions: deque[Interruption] = deque()
        self._roused = False
        self.unhurried = False
        """Whether silence is real: the application on the other end of a socket notices it by its own clock."""
        self.followers: list[Callable[[Event], None]] = []

    @property
    def now(self) -> float:
        """Seconds since the call began."""
        return round(self.timeline.now - self._began, 3)

    def emit(self, event: Event) -> None:
        """Report an event to whoever follows the call."""
        self.report(event)
        for follow in self.followers:
            follow(event)

    @abstractmethod
    def report(self, event: Event) -> None:
        """Tell the person's own script or page."""

    @abstractmethod
    async def play(self, seconds: float, accepts: Collection[Mode]) -> Heard | None:
        """Let something be heard for `seconds`; return what interrupted it, of the kinds accepted."""

    @abstractmethod
    async def listen(self, seconds: float, accepts: Collection[Mode]) -> Heard | None:
        """Wait for a key or words for at most `seconds` of silence."""

    @abstractmethod
    async def stay(self, seconds: float = float("inf"), *, patiently: bool = False) -> Heard | None:
        """Be in company, or wait for what others do. None when roused, or when `seconds` have passed.

        `patiently`: it is not this person's turn; only a hang-up, or talking over somebody, can come.
        """

    @abstractmethod
    def settle(self, *, keys_are_lost: bool = True) -> None:
        """A verb that listened has ended, and with it what the person was still pressing."""

    def news(self, *, lasting: bool = False) -> None:  # noqa: B027  # only a scripted person waits for news
        """Somebody outside did something: whoever stays on the line for that goes on.

        `lasting`: who does something else meanwhile notices it when they next stay on the line for news.
        """

    def close(self) -> None:  # noqa: B027
        """The call is over."""

    def interrupt(self, why: Interruption) -> None:
        """Break into whatever the call is waiting in."""
        self.news()
        self._interruptions.append(why)
        self._wake()

    def forget(self, place: object) -> None:
        """The call has left `place` by itself: a release from it comes too late."""
        self._interruptions = deque(
            each for each in self._interruptions if not (isinstance(each, Released) and each.place is place)
        )

    def rouse(self) -> None:
        """Something has changed around a person who stays in company; also kept for the next `stay`."""
        self._roused = True
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None:
            self.timeline.rouse(self._waiter)

    def _raise_interruption(self) -> None:
        if self._interruptions:
            raise self._interruptions.popleft()

    async def _pass(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        """Let `seconds` pass, or less when `until` comes true at a rousing."""
        ends = self.timeline.now + seconds
        while True:
            self._raise_interruption()
            left = ends - self.timeline.now
            if until() or left <= 0:
                return
            self._waiter = Waiter()
            try:
                in_time = await self.timeline.wait(left, self._waiter)
            finally:
                self._waiter = None
            if in_time:
                self._raise_interruption()
                return

    def _take_rousing(self) -> bool:
        roused, self._roused = self._roused, False
        return roused
