"""A backend in a process of its own that kills itself (SIGKILL) at a given moment of a charge.

The moments are all there are: before each commit of each connection (the application's, the workflows', the outbox's),
after each statement that is a transaction of its own, and before and after each call to the card processor and to
telephony. They are counted from the first step of the
first charge. What is on disk between two of them is the same, so killing at each one is killing everywhere.
"""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from backend.app import create_app
from backend.gateway.sandbox.calls import SandboxCalls
from backend.outbox import carrier
from backend.settings import Settings
from backend.workflows.charging import Charging

NEVER = 0
ROOT = Path(__file__).parents[3]


@cache
def _context() -> ForkServerContext:
    """Children of a server that has imported everything already: they start in no time, and own no thread of ours."""
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload([__name__, "dbos", "backend.workflows.engine", "backend.gateway.sandbox.adapter"])
    # The server looks for modules where any new Python would, not where this one does.
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, [before])])
    try:
        forkserver.ensure_running()
    finally:
        os.environ.pop("PYTHONPATH") if before is None else os.environ.update(PYTHONPATH=before)
    return made


class Tripwire:
    """Counts the moments once it is armed, and kills this process at one of them."""

    def __init__(self, kill_at: int, moments: Any) -> None:
        self._kill_at = kill_at
        self._moments = moments
        self._armed = False

    def arm(self) -> None:
        self._armed = True

    def pass_by(self, *_: object) -> None:
        """One moment."""
        if not self._armed:
            return
        with self._moments.get_lock():
            self._moments.value += 1
            if self._moments.value == self._kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    def install(self) -> None:
        """Into this process, for good."""
        event.listen(Engine, "commit", self.pass_by)
        advance, call, hand_over = Charging.advance, SandboxCalls._call, carrier.hand_over

        def begin(charging: Charging, charge_ids: Any) -> Any:
            self.arm()
            return advance(charging, charge_ids)

        async def ask(calls: SandboxCalls, *arguments: Any, **options: Any) -> Any:
            self.pass_by()
            try:
                return await call(calls, *arguments, **options)
            finally:
                self.pass_by()

        async def send(session: Any, row: Any) -> Any:
            self.pass_by()
            try:
                return await hand_over(session, row)
            finally:
                self.pass_by()

        Charging.advance, SandboxCalls._call = begin, ask  # type: ignore[method-assign]
        carrier.hand_over = send


def serve(values: dict[str, Any], kill_at: int, moments: Any) -> None:
    """The application with its workflows, until SIGTERM or until the tripwire."""
    Tripwire(kill_at, moments).install()
    asyncio.run(_live(Settings(**values)))


async def _live(settings: Settings) -> None:
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        await stopped.wait()


class Backend:
    """One such process. `moments`: how many it has passed."""

    def __init__(self, process: ForkServerProcess, counter: Any) -> None:
        self._process = process
        self._counter = counter

    @property
    def moments(self) -> int:
        return int(self._counter.value)

    @property
    def killed(self) -> bool:
        """Whether it is dead by SIGKILL."""
        return self._process.exitcode == -signal.SIGKILL

    def kill(self) -> None:
        """From outside, wherever it is."""
        self._process.kill()
        self._process.join(20)


@contextmanager
def backend(values: dict[str, Any], kill_at: int = NEVER) -> Iterator[Backend]:
    """Start one; stop it at the end unless it is dead."""
    context = _context()
    moments = context.Value("i", 0)
    process = context.Process(target=serve, args=(values, kill_at, moments), daemon=True)
    process.start()
    try:
        yield Backend(process, moments)
    finally:
        process.terminate()
        process.join(20)
        if process.is_alive():
            process.kill()
            process.join()
