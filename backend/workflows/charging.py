"""From workflow threads to the event loop: steps of charges run there, over the application's connections."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import CancelledError
from contextvars import Context
from typing import Any
from uuid import UUID

from backend.charges.steps import Outcome, advance
from backend.charges.tools import Tools

AT_ONCE_MAX = 100
"""Runs at the same time: a processor that is silent must not keep every thread from the texts."""


class Charging:
    """Made on the event loop; `advance` is called from the threads of the workflows."""

    def __init__(self, tools: Tools, loop: asyncio.AbstractEventLoop) -> None:
        self._tools = tools
        self._loop = loop
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False
        self.active: set[str] = set()
        """The runs at work in this process."""

    @property
    def room(self) -> int:
        """How many more runs may begin."""
        return max(0, AT_ONCE_MAX - len(self.active))

    def advance(self, charge_id: str) -> Outcome:
        """What can be done for a charge now, waited for.

        :raises CancelledError: the process is stopping.
        """
        if self._closed:
            raise CancelledError
        work = self._kept(advance(self._tools, UUID(charge_id)))
        # In a context of its own: what the step sets off (a delivery) is not part of this thread's workflow.
        return Context().run(asyncio.run_coroutine_threadsafe, work, self._loop).result()

    async def _kept(self, work: Coroutine[Any, Any, Outcome]) -> Outcome:
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
