"""From workflow threads to the event loop: steps of charges run there, over the application's connections."""

import asyncio
import threading
from collections import Counter
from collections.abc import Coroutine, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from contextvars import Context
from typing import Any
from uuid import UUID

from backend.charges.steps import advance_all
from backend.charges.tools import Tools

AT_ONCE_MAX = 100
"""Charges in hand at the same time: a processor that is silent must not keep every thread from the texts."""


class Charging:
    """Made on the event loop; `advance` is called from the threads of the workflows."""

    def __init__(self, tools: Tools, loop: asyncio.AbstractEventLoop) -> None:
        self._tools = tools
        self._loop = loop
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False
        self._in_hand: Counter[str] = Counter()
        self._counting = threading.Lock()

    @property
    def in_hand(self) -> int:
        """How many charges this process is at work on."""
        return len(self._in_hand)

    @property
    def room(self) -> int:
        """How many more it may begin with."""
        return max(0, AT_ONCE_MAX - self.in_hand)

    def has(self, charge_id: str) -> bool:
        """Whether this process is at work on it."""
        return charge_id in self._in_hand

    @contextmanager
    def hold(self, charge_ids: Sequence[str]) -> Iterator[None]:
        """These are in hand meanwhile; a charge may be so more than once."""
        with self._counting:
            self._in_hand.update(charge_ids)
        try:
            yield
        finally:
            with self._counting:
                self._in_hand -= Counter(charge_ids)

    def advance(self, charge_ids: Sequence[str]) -> list[str]:
        """What can be done for these now, waited for; those that failed.

        :raises CancelledError: the process is stopping.
        """
        if self._closed:
            raise CancelledError
        work = self._kept(advance_all(self._tools, [UUID(charge_id) for charge_id in charge_ids]))
        # In a context of its own: what the step sets off (a delivery) is not part of this thread's workflow.
        failed = Context().run(asyncio.run_coroutine_threadsafe, work, self._loop).result()
        return [str(charge_id) for charge_id in failed]

    async def _kept(self, work: Coroutine[Any, Any, list[UUID]]) -> list[UUID]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        try:
            return await task
        finally:
            self._tasks.discard(task)

    async def close(self, patience_seconds: float = 5.0) -> None:
        """Begin nothing more; let what is at work finish, for a while. On the event loop."""
        self._closed = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience_seconds)
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
