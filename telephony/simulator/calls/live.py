"""A person at the page: real time, keys and words as they come."""

from collections import deque
from collections.abc import Callable, Collection
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from telephony.simulator.calls.events import Event
from telephony.simulator.calls.line import CallerHungUp, Heard, Key, Line, Mode, Words
from telephony.simulator.calls.timeline import Timeline

SPEECH_SECONDS_MAX = 60.0

Push = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Speaking:
    """The person has begun to speak or type; the words will follow."""


@dataclass(frozen=True)
class Played:
    """The page has finished speaking the last sentence."""


@dataclass(frozen=True)
class HungUp:
    """The person has put the phone down."""


Signal = Heard | Speaking | Played | HungUp


class LiveLine(Line):
    """What the page sends goes in with `receive`; events go out with `push`."""

    def __init__(self, push: Push, timeline: Timeline | None = None) -> None:
        super().__init__(timeline or Timeline())
        self._push = push
        self._signals: deque[Signal] = deque()
        self._fresh = False
        self._real = ExitStack()
        self._real.enter_context(self.timeline.in_real_time())

    def report(self, event: Event) -> None:
        self._push({"type": "event", "event": event.as_dict()})

    def receive(self, signal: Signal) -> None:
        """Something the person did."""
        self._signals.append(signal)
        self._fresh = True
        self._wake()

    def close(self) -> None:
        self._real.close()

    async def play(self, seconds: float, accepts: Collection[Mode]) -> Heard | None:
        return await self._attend(seconds, accepts, ends_when_played=True)

    async def listen(self, seconds: float, accepts: Collection[Mode]) -> Heard | None:
        self._push({"type": "listening", "modes": sorted(accepts)})
        return await self._attend(seconds, accepts)

    async def stay(self, seconds: float = float("inf"), *, patiently: bool = False) -> Heard | None:
        if not patiently:
            self._push({"type": "listening", "modes": ["dtmf", "speech"]})
        return await self._attend(seconds, ("dtmf", "speech"), rousable=True)

    def settle(self, *, keys_are_lost: bool = True) -> None:
        self._push({"type": "listening", "modes": []})

    async def _attend(
        self,
        seconds: float,
        accepts: Collection[Mode],
        *,
        ends_when_played: bool = False,
        rousable: bool = False,
    ) -> Heard | None:
        ends = self.timeline.now + seconds
        while True:
            self._raise_interruption()
            if rousable and self._take_rousing():
                return None
            signal = self._next_signal(accepts, keep_words=ends_when_played)
            match signal:
                case HungUp():
                    raise CallerHungUp
                case Played() if ends_when_played:
                    return None
                case Speaking() if "speech" in accepts:
                    ends, ends_when_played = self.timeline.now + SPEECH_SECONDS_MAX, False
                case Key() | Words():
                    return signal
                case None:
                    left = ends - self.timeline.now
                    if left <= 0:
                        return None
                    await self._pass(left, until=lambda: self._fresh or (rousable and self._roused))

    def _next_signal(self, accepts: Collection[Mode], *, keep_words: bool) -> Signal | None:
        """The next thing the person did that counts now.

        What was typed while a sentence that cannot be interrupted was playing waits for the question.
        """
        self._fresh = False
        for signal in list(self._signals):
            if isinstance(signal, Words) and "speech" not in accepts:
                if not keep_words:
                    self._signals.remove(signal)
                continue
            self._signals.remove(signal)
            if not (isinstance(signal, Key) and "dtmf" not in accepts):
                return signal
        return None
