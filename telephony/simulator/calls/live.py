"""A caller at the page: real time, keys and words as they come."""

import asyncio
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from telephony.simulator.calls.events import Event
from telephony.simulator.calls.line import (
    CallerHungUp,
    EndedByRest,
    Goto,
    Heard,
    Key,
    Mode,
    TakenOver,
    Words,
)

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


Signal = Heard | Speaking | Played | HungUp | Goto | EndedByRest


class LiveLine:
    """What the page sends goes in with `receive`; events go out with `push`."""

    def __init__(self, push: Push) -> None:
        self._push = push
        self._signals: asyncio.Queue[Signal] = asyncio.Queue()
        self._began = time.monotonic()
        self._unheard: Words | None = None

    @property
    def now(self) -> float:
        return round(time.monotonic() - self._began, 3)

    def emit(self, event: Event) -> None:
        self._push({"type": "event", "event": event.as_dict()})

    def receive(self, signal: Signal) -> None:
        """Something the person did."""
        self._signals.put_nowait(signal)

    async def play(self, seconds: float, accepts: Collection[Mode]) -> Heard | None:
        return await self._wait(seconds, accepts, ends_when_played=True)

    async def listen(self, seconds: float, accepts: Collection[Mode]) -> Heard | None:
        self._push({"type": "listening", "modes": sorted(accepts)})
        unheard, self._unheard = self._unheard, None
        if unheard is not None and "speech" in accepts:
            return unheard
        return await self._wait(seconds, accepts, ends_when_played=False)

    def settle(self) -> None:
        self._push({"type": "listening", "modes": []})

    def take_over(self, goto: Goto) -> None:
        self.receive(goto)

    def end(self) -> None:
        self.receive(EndedByRest())

    async def _wait(self, seconds: float, accepts: Collection[Mode], *, ends_when_played: bool) -> Heard | None:
        deadline = self.now + seconds
        while (left := deadline - self.now) > 0:
            try:
                signal = await asyncio.wait_for(self._signals.get(), left)
            except TimeoutError:
                return None
            match signal:
                case HungUp():
                    raise CallerHungUp
                case Goto():
                    raise TakenOver(signal)
                case EndedByRest():
                    raise signal
                case Played() if ends_when_played:
                    return None
                case Speaking() if "speech" in accepts:
                    deadline, ends_when_played = self.now + SPEECH_SECONDS_MAX, False
                case Key() if "dtmf" in accepts:
                    return signal
                case Words() if "speech" in accepts:
                    return signal
                case Words():
                    # Typed while a sentence that cannot be interrupted was playing: not lost on its writer.
                    self._unheard = signal
        return None
