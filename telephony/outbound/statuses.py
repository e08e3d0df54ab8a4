"""What became of our texts and notice calls, told to the backend many at a time: a text brings three callbacks.

While one report is on its way the next ones gather; whoever brought one waits until it is on record.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from telephony.backend_client import BackendClient

REPORTS_MAX = 200
_KNOWN_MAX = 20_000
# Twilio's states, in our words. What is not here (queued, sending …) says nothing new.
TEXT_STATUSES = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}
_RANKS = {"sent": 1, "failed": 2, "delivered": 2}


@dataclass(frozen=True, slots=True)
class Status:
    """A text's or call's new status: sent, delivered or failed (with the carrier's error). A message may be in several
    calls, each with a SID of its own."""

    message_id: str
    status: str
    sid: str
    error_code: str | None = None


class StatusReports:
    """Gathers statuses. Callbacks come in any order and twice: what is no news is not told again."""

    def __init__(self, backend: BackendClient) -> None:
        self._backend = backend
        self._waiting: dict[tuple[str, str], Status] = {}
        self._told: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._report: asyncio.Task[None] | None = None
        self._next: asyncio.Future[None] | None = None

    async def tell(self, status: Status) -> None:
        """Report one status; returns once it is on record.

        :raises CallError: the backend did not take it.
        """
        rank, key = _RANKS[status.status], (status.message_id, status.sid)
        if self._told.get(key, 0) >= rank:
            return
        before = self._waiting.get(key)
        if before is None or _RANKS[before.status] < rank:
            self._waiting[key] = status
        if self._next is None:
            self._next = asyncio.get_running_loop().create_future()
        recorded = self._next
        if self._report is None or self._report.done():
            self._report = asyncio.create_task(self._run())
        await asyncio.shield(recorded)

    async def _run(self) -> None:
        while self._next is not None:
            recorded, self._next = self._next, None
            batch, self._waiting = list(self._waiting.values()), {}
            try:
                for start in range(0, len(batch), REPORTS_MAX):
                    await self._send(batch[start : start + REPORTS_MAX])
            except Exception as problem:
                recorded.set_exception(problem)
                recorded.exception()  # whoever waited may have gone
            else:
                recorded.set_result(None)

    async def _send(self, batch: Sequence[Status]) -> None:
        await self._backend.message_statuses(
            [
                {
                    "message_id": one.message_id,
                    "status": one.status,
                    "provider_message_id": one.sid,
                    "error_code": one.error_code,
                }
                for one in batch
            ]
        )
        for one in batch:
            key = (one.message_id, one.sid)
            self._told[key] = max(_RANKS[one.status], self._told.get(key, 0))
        while len(self._told) > _KNOWN_MAX:
            self._told.popitem(last=False)
