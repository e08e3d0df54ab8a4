"""What became of the texts we sent, told to the backend many at a time: a campaign brings three callbacks a text.

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
    """One text's new status: sent, delivered or failed (with the carrier's error)."""

    message_id: str
    status: str
    sid: str
    error_code: str | None = None


class StatusReports:
    """Gathers statuses. Callbacks come in any order and twice: what is no news is not told again."""

    def __init__(self, backend: BackendClient) -> None:
        self._backend = backend
        self._waiting: dict[str, Status] = {}
        self._told: OrderedDict[str, int] = OrderedDict()
        self._report: asyncio.Task[None] | None = None
        self._next: asyncio.Future[None] | None = None

    async def tell(self, status: Status) -> None:
        """Report one status; returns once it is on record.

        :raises CallError: the backend did not take it.
        """
        rank = _RANKS[status.status]
        if self._told.get(status.message_id, 0) >= rank:
            return
        before = self._waiting.get(status.message_id)
        if before is None or _RANKS[before.status] < rank:
            self._waiting[status.message_id] = status
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
            self._told[one.message_id] = max(_RANKS[one.status], self._told.get(one.message_id, 0))
        while len(self._told) > _KNOWN_MAX:
            self._told.popitem(last=False)
