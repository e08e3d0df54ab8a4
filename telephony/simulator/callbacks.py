"""Sends status callbacks: at once and in order, or late, doubled and out of order where the conditions say so."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from telephony.simulator.conditions import Conditions
from telephony.simulator.requester import FetchFailed, Requester
from telephony.simulator.state.alerts import Alerts

OUT_OF_ORDER_SECONDS_MAX = 5.0
"""A resource whose last callback never comes gets those that were kept after this time."""


@dataclass(frozen=True)
class Callback:
    """One status callback about the call, message or conference `sid`."""

    sid: str
    url: str
    method: str
    parameters: Mapping[str, str]
    last: bool = False


@dataclass
class Callbacks:
    """The way of status callbacks to the application."""

    requester: Requester
    alerts: Alerts
    conditions: Conditions
    clock: Callable[[], datetime]
    _kept: dict[str, list[Callback]] = field(default_factory=dict, init=False)
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set, init=False)

    async def tell(self, callback: Callback) -> None:
        """Send one; when nothing is switched on, this returns when it has been answered."""
        if not callback.url:
            return
        now = self.conditions.callbacks
        if now.out_of_order:
            self._keep(callback)
        elif now.late_seconds:
            self._spawn(self._late([callback], now.late_seconds))
        else:
            await self._send(callback)

    async def settled(self) -> None:
        """Wait until nothing is on its way."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def close(self) -> None:
        """Forget what is on its way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _keep(self, callback: Callback) -> None:
        kept = self._kept.setdefault(callback.sid, [])
        kept.append(callback)
        if callback.last:
            self._release(callback.sid)
        elif len(kept) == 1:
            asyncio.get_running_loop().call_later(OUT_OF_ORDER_SECONDS_MAX, self._release, callback.sid)

    def _release(self, sid: str) -> None:
        kept = self._kept.pop(sid, [])
        if kept:
            self._spawn(self._late(kept[::-1], self.conditions.callbacks.late_seconds))

    async def _late(self, callbacks: list[Callback], seconds: float) -> None:
        await asyncio.sleep(seconds)
        for callback in callbacks:
            await self._send(callback)

    async def _send(self, callback: Callback) -> None:
        for _ in range(2 if self.conditions.callbacks.doubled else 1):
            try:
                await self.requester.fetch(callback.url, callback.method, callback.parameters, self.requester.cookies())
            except FetchFailed as failure:
                self.alerts.add(self.clock(), failure.code, callback.sid, failure.url, failure.detail)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
