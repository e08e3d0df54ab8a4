"""Keeps the queue moving: offers are made as soon as something changes, and orders to telephony are carried out."""

import asyncio
import time
from contextlib import suppress
from typing import Any

import structlog

from backend.clock import Clock
from backend.database import Database, Event
from backend.district.service import District
from backend.queue.dispatch import dispatch

LOOK_SECONDS = 1.0
SUSPECT_AFTER_SECONDS = 30.0
MOVES_THE_QUEUE = frozenset({"hand_off", "queue", "presence"})

log = structlog.get_logger("backend.queue")


class Calls:
    """The queue of this process. Several processes may run it: one at a time makes offers."""

    def __init__(self, database: Database, district: District) -> None:
        self._database = database
        self._district = district
        self._stirred = asyncio.Event()
        self._handed: dict[str, float] = {}

    def hear(self, event: Event) -> None:
        """Something was committed that may free a person or bring a case."""
        if event.kind in MOVES_THE_QUEUE:
            self._stirred.set()

    async def run(self) -> None:
        """Dispatch at every change, and every second for what only time changes."""
        while True:
            self._stirred.clear()
            await self._dispatch()
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._stirred.wait()

    async def _dispatch(self) -> None:
        try:
            async with self._database.transaction() as session:
                # Another process may have moved the demonstration's clock.
                clock = Clock()
                await clock.load(session)
                await dispatch(session, self._district, clock.now())
        except Exception as problem:
            log.warning("queue_not_dispatched", kind=type(problem).__name__)

    async def sweep(self, engine: Any) -> None:
        """Orders that a crash left between their commit and the start of their workflow."""
        try:
            pending: list[str] = await asyncio.to_thread(engine.pending_orders)
        except Exception as problem:
            log.warning("call_orders_sweep_failed", kind=type(problem).__name__)
            return
        self._handed = {key: at for key, at in self._handed.items() if key in pending}
        for order_id in pending:
            since = self._handed.get(order_id)
            if since is None or time.monotonic() - since > SUSPECT_AFTER_SECONDS:
                await self.start(order_id, engine, again=since is not None)

    async def start(self, order_id: str, engine: Any, *, again: bool = False) -> None:
        """Have the order carried out."""
        self._handed[order_id] = time.monotonic()
        try:
            await asyncio.to_thread(engine.start_order, order_id, again=again)
        except Exception as problem:
            self._handed.pop(order_id, None)
            log.warning("call_order_not_started", order_id=order_id, kind=type(problem).__name__)
