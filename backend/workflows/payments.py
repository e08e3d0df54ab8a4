"""Keeps payments moving: what was announced is looked at at once, and what is due when its time comes.

Charges are looked at by workflows; a page that a customer was sent to is asked about right here, for that only reads.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import structlog

from backend.charges.checkouts import due_checkouts, look_at_checkout
from backend.charges.disputes import settle_disputes
from backend.charges.refunds import send_refunds
from backend.charges.service import claim_due_charges
from backend.charges.tools import Tools
from backend.database import Event
from backend.errors import HeadgateError
from backend.saved_methods.setups import due_setups, look_at_setup
from backend.workflows.charging import Charging

log = structlog.get_logger("backend.charges")


GATHER_SECONDS = 0.2
"""While charges are in hand already, new ones wait so long for others to share a run with: a run costs as much for ten
as for one. Whoever is alone does not wait."""
ROOM_LOOKS = 20
OVERTAKEN_SECONDS = 0.5
"""The processor's own news of a charge that is in hand usually overtakes the answer to it by a moment."""


class Payments:
    """The payments of this process. `engine` is backend.workflows.engine, once DBOS runs."""

    def __init__(self, tools: Tools, loop: asyncio.AbstractEventLoop) -> None:
        self._tools = tools
        self._waiting: list[str] = []
        self.charging = Charging(tools, loop)

    async def hear(self, event: Event, engine: Any) -> None:
        """Look at what was just committed."""
        if event.kind == "charge":
            await self._hear_charge(event.data["charge_id"], engine)
        elif event.kind == "checkout_page":
            await self._look(self._at_checkout, UUID(event.data["checkout_id"]))
        elif event.kind == "setup_page":
            await self._look(self._at_setup, UUID(event.data["setup_id"]))

    async def _hear_charge(self, charge_id: str, engine: Any) -> None:
        if self.charging.has(charge_id):
            await asyncio.sleep(OVERTAKEN_SECONDS)
            if not self.charging.has(charge_id):
                return  # what became of it is known; if not, it is due to be looked at in a moment
        if not await self._has_room():
            return
        self._waiting.append(charge_id)
        if len(self._waiting) > 1:
            return  # whoever came first takes it along
        if self.charging.in_hand:
            await asyncio.sleep(GATHER_SECONDS)
        gathered, self._waiting = self._waiting, []
        await self._start(gathered, engine)

    async def _has_room(self) -> bool:
        """In a crowd room comes in a moment. While the processor is silent none does: then the sweep begins with it."""
        for _ in range(ROOM_LOOKS):
            if self.charging.room:
                return True
            await asyncio.sleep(GATHER_SECONDS)
        return self.charging.room > 0

    async def sweep(self, engine: Any) -> None:
        """Look at what is due: an outcome that nobody knew, a bank debit, a page without a notification."""
        async with self._tools.database.transaction() as session:
            claimed = await claim_due_charges(session, self.charging.room)
        if claimed:
            await self._start([str(charge_id) for charge_id in claimed], engine)
        await settle_disputes(self._tools)
        await send_refunds(self._tools)
        checkouts = await due_checkouts(self._tools.database)
        setups = await due_setups(self._tools.database)
        async with asyncio.TaskGroup() as looks:
            for page in checkouts:
                looks.create_task(self._look(self._at_checkout, page))
            for page in setups:
                looks.create_task(self._look(self._at_setup, page))

    async def _start(self, charge_ids: list[str], engine: Any) -> None:
        try:
            with self.charging.hold(charge_ids):
                await asyncio.to_thread(engine.start_charges, charge_ids)
        except Exception as problem:
            log.warning("charges_not_started", charges=len(charge_ids), kind=type(problem).__name__)

    async def _at_checkout(self, checkout_id: UUID) -> None:
        await look_at_checkout(self._tools, checkout_id)

    async def _at_setup(self, setup_id: UUID) -> None:
        await look_at_setup(self._tools.database, self._tools.gateway, setup_id, now=self._tools.clock.now())

    async def _look(self, look: Callable[[UUID], Awaitable[None]], page: UUID) -> None:
        try:
            await look(page)
        except HeadgateError as away:
            log.warning("page_not_known", page=str(page), why=away.error)
        except Exception as problem:
            log.warning("page_look_failed", page=str(page), kind=type(problem).__name__)
