"""Finds the people of running campaigns, part by part, puts their texts and calls into the outbox, ends what is done.

A part is one transaction with the mark how far it went, so a kill leaves all of a part or none of it.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from backend.campaigns import repository, rules, service
from backend.campaigns.preview import Choosing, Chosen
from backend.campaigns.rules import Audience
from backend.clock import Clock
from backend.database import Database, announce
from backend.district.service import District
from backend.emergency import facts as emergency
from backend.outbox import service as outbox
from backend.outbox.service import BulkMessage
from backend.settings import Settings

PART_ACCOUNTS = 500
IDLE_SECONDS = 3.0

log = structlog.get_logger("backend.campaigns")


class Filling:
    """One in each backend; a campaign is locked while a part of it is done. `run` until cancelled."""

    def __init__(self, settings: Settings, database: Database, district: District, filled: Callable[[], None]) -> None:
        self._settings = settings
        self._database = database
        self._district = district
        self._filled = filled
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """A campaign was started."""
        self._woken.set()

    async def run(self) -> None:
        """Fill and end campaigns until cancelled."""
        while True:
            self._woken.clear()
            try:
                went_on = await self.round()
            except Exception as problem:
                log.warning("campaigns_not_filled", kind=type(problem).__name__)
                went_on = False
            if not went_on:
                with suppress(TimeoutError):
                    async with asyncio.timeout(IDLE_SECONDS):
                        await self._woken.wait()

    async def round(self) -> bool:
        """One part of each running campaign; whether any had a part left."""
        async with self._database.transaction() as session:
            clock = Clock()
            await clock.load(session)
            now = clock.now()
            for campaign_id in await emergency.campaigns_of_ended(session, now):
                await service.cancel_for_emergency(session, campaign_id, now)
            running = await repository.running(session)
        went_on = False
        for campaign_id in running:
            async with self._database.transaction() as session:
                went_on |= await self._go_on(session, campaign_id, now)
        return went_on

    async def _go_on(self, session: AsyncSession, campaign_id: UUID, now: datetime) -> bool:
        row = await repository.lock(session, campaign_id)
        if row is None or row["status"] != "running":
            return False
        if row["filled_at"] is None:
            await self._fill(session, row, now)
            return True
        if not await repository.has_unfinished(session, campaign_id):
            await repository.end(session, campaign_id, "finished", now, staff_id=None, note=None)
            announce(session, "campaign", campaign_id=campaign_id)
        return False

    async def _fill(self, session: AsyncSession, row: RowMapping, now: datetime) -> None:
        after = row["filled_to"] or repository.BEFORE_ALL
        last = await repository.last_of_part(session, after, PART_ACCOUNTS)
        left_out = Counter[str](row["left_out"])
        if last is not None:
            left_out.update(await self._fill_part(session, row, (after, last), now))
        await repository.note_filled(session, row["id"], last, left_out, is_all=last is None, now=now)
        announce(session, "campaign", campaign_id=row["id"])

    async def _fill_part(
        self, session: AsyncSession, row: RowMapping, part: tuple[UUID, UUID], now: datetime
    ) -> Counter[str]:
        kind, audience = row["kind"], Audience.from_json(row["audience"])
        found = await repository.candidates(session, kind, audience, part, self._district.today(now))
        choosing = Choosing(kind, service.words_of(row), self._district, await emergency.stood_down(session, now))
        phones = [one.phone for one in found if one.phone is not None]
        seen = await repository.seen(session, row["id"], phones, [one.customer_id for one in found])
        choosing.phones, choosing.customers = seen
        await self._enqueue(session, row, choosing.choose(found), now)
        return choosing.left_out

    async def _enqueue(self, session: AsyncSession, row: RowMapping, people: list[Chosen], now: datetime) -> None:
        messages = [
            BulkMessage(
                str(one.candidate.phone), one.text, one.language, one.candidate.account_id, one.segments, one.channel
            )
            for one in people
        ]
        message_ids = await outbox.enqueue_many(
            session,
            messages,
            campaign_id=row["id"],
            kind=rules.MESSAGE_KIND[row["kind"]],
            purpose=f"campaign_{row['kind']}",
            now=now,
        )
        recipients = [
            {
                "campaign_id": row["id"],
                "phone": one.candidate.phone,
                "customer_id": one.candidate.customer_id,
                "account_id": one.candidate.account_id,
                "message_id": message_id,
                "language": one.language,
                "segments": one.segments,
            }
            for one, message_id in zip(people, message_ids, strict=True)
        ]
        await repository.add_recipients(session, recipients)
