"""Work that goes on after the button that started it: one of a name at a time in this process.

Only for work that is safe to stop at any moment and to start again, here or in another process.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from backend.errors import HeadgateError

log = structlog.get_logger("backend.console")


class Errands:
    """What is under way, by name; and why the last one of a name came to nothing."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._refused: dict[str, str] = {}

    def start(self, name: str, work: Callable[[], Awaitable[object]], then: Callable[[], None]) -> None:
        """Begin `work` unless it is under way; `then` is called when it has ended, well or not."""
        if self.is_under_way(name):
            return
        self._refused.pop(name, None)
        task = asyncio.create_task(self._run(name, work))
        self._tasks[name] = task
        task.add_done_callback(lambda _: then())

    def is_under_way(self, name: str) -> bool:
        task = self._tasks.get(name)
        return task is not None and not task.done()

    def refused(self, name: str) -> str | None:
        """The error that ended the last one of this name; None when it ended well, or there was none."""
        return self._refused.get(name)

    async def stop(self) -> None:
        """End everything; what was done stays done."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _run(self, name: str, work: Callable[[], Awaitable[object]]) -> None:
        try:
            await work()
        except HeadgateError as refused:
            self._refused[name] = refused.error
        except Exception as problem:
            # Only the type: the message of an exception can hold customer data.
            log.warning("console_errand_failed", errand=name, kind=type(problem).__name__)
            self._refused[name] = "other"
