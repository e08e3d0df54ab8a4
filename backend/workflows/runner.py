"""Starts DBOS beside the event loop, keeps outbox, campaigns, payments and queue moving, begins the nights due.

Started in the background: the API answers before DBOS is up. The outbox and campaigns need no DBOS: what they have to
do is in their rows (see `backend/outbox/pump.py`).
"""

import asyncio
import importlib
import threading
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import date
from typing import Any

import structlog

from backend.campaigns.filling import Filling
from backend.charges.tools import Tools
from backend.clock import Clock
from backend.database import Database, Event
from backend.district.service import District
from backend.nightly import service as nightly
from backend.outbox.pump import Pump
from backend.settings import Settings
from backend.workflows.calls import Calls
from backend.workflows.payments import Payments

SWEEP_SECONDS = 3.0
RETRY_SECONDS = 2.0
OF_PAYMENTS = frozenset({"charge", "checkout_page", "setup_page"})

log = structlog.get_logger("backend.workflows")


class Workflows:
    """The durable work of this process. `ready` once DBOS runs."""

    def __init__(self, settings: Settings, database: Database, district: District, tools: Tools | None = None) -> None:
        self._settings = settings
        self._database = database
        self._district = district
        self._payments = Payments(tools, asyncio.get_running_loop()) if tools else None
        self._pump = Pump(settings, database, district)
        self._filling = Filling(settings, database, district, self._pump.wake)
        self._calls = Calls(database, district)
        self._tasks: list[asyncio.Task[None]] = []
        self._starting: set[asyncio.Task[None]] = set()
        self._engine: Any = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._look = asyncio.Event()
        self._of_engine = threading.Lock()
        self._stopping = False
        self.ready = False

    def start(self) -> None:
        """Begin to launch; returns at once."""
        self._loop = asyncio.get_running_loop()
        self._tasks = [
            asyncio.create_task(self._run(), name="workflows"),
            asyncio.create_task(self._pump.run(), name="outbox"),
            asyncio.create_task(self._filling.run(), name="campaigns"),
        ]

    async def stop(self) -> None:
        """Stop; work in progress goes on when the next process starts."""
        self.ready, self._stopping = False, True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*self._starting, return_exceptions=True)
        if self._payments is not None:
            await self._payments.charging.close()
        await asyncio.to_thread(self._destroy)

    async def hear(self, events: list[Event]) -> None:
        """Begin the work that was just committed; called by the database after a commit."""
        for event in events:
            if event.kind == "outbound":
                self._pump.wake()
            elif event.kind in ("campaign_filling", "campaign"):
                self._filling.wake()
        for event in events if self.ready else ():
            self._calls.hear(event)
            if event.kind == "call_order":
                self._begin(self._calls.start(event.data["order_id"], self._engine))
            elif event.kind == "billing_run_preparing":
                self._begin(self._prepare(event.data["run_id"]))
            elif self._payments is not None and event.kind in OF_PAYMENTS:
                self._begin(self._payments.hear(event, self._engine))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)

    async def start_nightly(self, business_date: date) -> None:
        """See that the nightly update of a date is under way, at once where it waits. Only when `ready`."""
        await asyncio.to_thread(self._engine.start_nightly, business_date, hurry=True)

    async def _run(self) -> None:
        while not self.ready:
            try:
                await asyncio.to_thread(self._launch)
                self.ready = True
            except Exception as problem:
                log.warning("workflows_not_started", kind=type(problem).__name__)
                await asyncio.to_thread(self._destroy)
                await asyncio.sleep(RETRY_SECONDS)
        log.info("workflows_started")
        # Side by side: a processor that does not answer must not hold up the nights. A group ends when all of it has;
        # `gather` that is cancelled leaves behind whoever has to cancel a statement first.
        async with asyncio.TaskGroup() as group:
            group.create_task(self._again_and_again(self._sweep_payments))
            group.create_task(self._again_and_again(lambda: self._calls.sweep(self._engine)))
            group.create_task(self._plan_nights_in_time())
            group.create_task(self._calls.run())

    async def _again_and_again(self, sweep: Callable[[], Awaitable[None]]) -> None:
        while True:
            await sweep()
            await asyncio.sleep(SWEEP_SECONDS)

    async def _plan_nights_in_time(self) -> None:
        """At every sweep, and as soon as a night is over."""
        while True:
            self._look.clear()
            await self._plan_nights()
            with suppress(TimeoutError):
                # Not wait_for: when the night ends as the backend is told to stop, it loses the cancellation (3.11).
                async with asyncio.timeout(SWEEP_SECONDS):
                    await self._look.wait()

    async def _plan_nights(self) -> None:
        try:
            async with self._database.transaction() as session:
                # Another process may have moved the demonstration's clock.
                clock = Clock()
                await clock.load(session)
                part_accounts = self._settings.nightly_part_accounts
                night = await nightly.plan(session, self._district, clock.now(), part_accounts)
            if night is not None:
                await asyncio.to_thread(self._engine.start_nightly, night, hurry=False)
        except Exception as problem:
            log.warning("nights_not_planned", kind=type(problem).__name__)

    async def _sweep_payments(self) -> None:
        try:
            if self._payments is not None:
                await self._payments.sweep(self._engine)
        except Exception as problem:
            log.warning("payments_sweep_failed", kind=type(problem).__name__)

    async def _prepare(self, run_id: str) -> None:
        try:
            await asyncio.to_thread(self._engine.start_preparation, run_id)
        except Exception as problem:
            log.warning("preparation_not_started", run_id=run_id, kind=type(problem).__name__)

    def _launch(self) -> None:
        # A thread cannot be cancelled: told to stop in mid-launch, `_destroy` has to come after it, not into it.
        with self._of_engine:
            if self._stopping:
                return
            # DBOS takes a good part of a second to import; nothing of it is loaded before it is needed.
            self._engine = importlib.import_module("backend.workflows.engine")
            charging = self._payments.charging if self._payments else None
            self._engine.launch(self._settings, self._night_is_over, charging)

    def _night_is_over(self) -> None:
        """Called on a workflow's thread: the next night need not wait for the sweep."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._look.set)

    def _destroy(self) -> None:
        with self._of_engine:
            if self._engine is not None:
                self._engine.destroy()
