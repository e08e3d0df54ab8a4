"""The clock that the people on a call share.

It stands still while anybody is busy (a webhook is being answered, a document read), and when everybody only waits it
jumps to whatever happens next. People who meet (a transfer, a queue, a conference) go on with one clock: their
timelines are joined. Where a person at a page takes part, or a script says `hold`, time passes as it does outside.
"""

import asyncio
import heapq
import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_order = itertools.count()


@dataclass(eq=False)
class Waiter:
    """One person's waiting. `awake` says that it is over, though the person may not have noticed yet."""

    future: "asyncio.Future[bool]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    awake: bool = False


class Timeline:
    """Seconds since the first of its calls began."""

    def __init__(self) -> None:
        self._reached = 0.0
        self._waiting: list[tuple[float, int, Waiter]] = []
        self._busy = 0
        self._real = 0
        self._real_since = 0.0
        self._next: asyncio.Handle | None = None
        self._joined: Timeline | None = None
        self._shift = 0.0

    @property
    def now(self) -> float:
        """The present moment. After a join the numbering goes on as it was."""
        if self._joined is not None:
            return self._joined.now - self._shift
        return self._reached + (time.monotonic() - self._real_since if self._real else 0.0)

    async def wait(self, seconds: float, waiter: Waiter) -> bool:
        """Let time pass, for ever if `seconds` is infinite. False when `rouse` cut it short."""
        root = self._root()
        if seconds != float("inf"):
            heapq.heappush(root._waiting, (root.now + max(seconds, 0.0), next(_order), waiter))
        root._rest()
        try:
            return await waiter.future
        finally:
            if not waiter.awake:
                waiter.awake = True
                self._root()._busy += 1

    def rouse(self, waiter: Waiter, *, in_time: bool = False) -> None:
        """End somebody's waiting now."""
        if waiter.awake:
            return
        waiter.awake = True
        self._root()._busy += 1
        if not waiter.future.done():
            waiter.future.set_result(in_time)

    @contextmanager
    def attended(self) -> Iterator[None]:
        """Time stands still inside, except in the waiting of whoever is inside."""
        self._root()._busy += 1
        try:
            yield
        finally:
            self._root()._rest()

    @contextmanager
    def in_real_time(self) -> Iterator[None]:
        """Time passes as it does outside."""
        self._root()._set_real(1)
        try:
            yield
        finally:
            self._root()._set_real(-1)

    def join(self, other: "Timeline") -> None:
        """From now on both are one: this moment here is this moment there."""
        root, guest = self._root(), other._root()
        if root is guest:
            return
        shift = root.now - guest.now
        root._set_real(guest._real)
        for due, order, waiter in guest._waiting:
            heapq.heappush(root._waiting, (due + shift, order, waiter))
        root._busy += guest._busy
        guest._stop()
        guest._waiting, guest._busy, guest._real = [], 0, 0
        guest._joined, guest._shift = root, shift
        root._settle()

    def _root(self) -> "Timeline":
        timeline = self
        while timeline._joined is not None:
            timeline = timeline._joined
        return timeline

    def _rest(self) -> None:
        self._busy -= 1
        self._settle()

    def _set_real(self, change: int) -> None:
        self._reached, self._real_since = self.now, time.monotonic()
        self._real += change
        self._settle()

    def _settle(self) -> None:
        """Arrange for the next thing to happen."""
        self._stop()
        while self._waiting and self._waiting[0][2].awake:
            heapq.heappop(self._waiting)
        if not self._waiting:
            return
        loop = asyncio.get_running_loop()
        if self._real:
            self._next = loop.call_later(max(self._waiting[0][0] - self.now, 0.0), self._happen)
        elif not self._busy:
            self._next = loop.call_soon(self._happen)

    def _stop(self) -> None:
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _happen(self) -> None:
        self._next = None
        if self._waiting and (self._real or not self._busy):
            due, _, waiter = heapq.heappop(self._waiting)
            if not self._real:
                self._reached = max(self._reached, due)
            self.rouse(waiter, in_time=True)
        self._settle()
