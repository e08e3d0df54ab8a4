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
from backend.charges.service import claim_due_charges
from backend.charges.tools import Tools
from backend.database import Event
from backend.errors import HeadgateError
from backend.saved_methods.setups import due_setups, look_at_setup
from backend.workflows.charging import Charging

log = structlog.get_logger("backend.charges")


class Payments:
    """The payments of this process. `engine` is backend.workflows.engine, once DBOS runs."""

    def __init__(self, tools: Tools, loop: asyncio.AbstractEventLoop) -> None:
        self._tools = tools
        self.charging = Charging(tools, loop)

    async def hear(self, event: Event, engine: Any) -> None:
        """Look at what was just committed."""
        if event.kind == "charge" and self.charging.room:
            await self._start(event.data["charge_id"], engine)
        elif event.kind == "checkout_page":
            await self._look(self._at_checkout, UUID(event.data["checkout_id"]))
        elif event.kind == "setup_page":
            await self._look(self._at_setup, UUID(event.data["setup_id"]))

    async def sweep(self, engine: Any) -> None:
        """Look at what is due: an outcome that nobody knew, a bank debit, a page without a notification."""
        async with self._tools.database.transaction() as session:
            claimed = await claim_due_charges(session, self.charging.room)
        for charge_id in claimed:
            await self._start(str(charge_id), engine)
        await settle_disputes(self._tools)
        checkouts = await due_checkouts(self._tools.database)
        setups = await due_setups(self._tools.database)
        looks = [self._look(self._at_checkout, page) for page in checkouts]
        looks += [self._look(self._at_setup, page) for page in setups]
        await asyncio.gather(*looks)

    async def _start(self, charge_id: str, engine: Any) -> None:
        try:
            await asyncio.to_thread(engine.start_charge, charge_id)
        except Exception as problem:
            log.warning("charge_not_started", charge_id=charge_id, kind=type(problem).__name__)

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
