"""What holds now: for the queue, the greeting, the night, campaigns and the outbox. Reading only."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import BillingDownError
from backend.clock import NowDep
from backend.database import DatabaseDep, Event
from backend.emergency import repository, rules
from backend.emergency.rules import Area, StandDown

FRESH_SECONDS = 2.0
"""How long a process may not know that another one switched something on or off."""


@dataclass(frozen=True, slots=True)
class Active:
    """An emergency as it was switched on. `zones` is empty for the whole district."""

    id: UUID
    kind: str
    zones: tuple[str, ...]
    text_en: str
    text_es: str
    reason: str
    no_water: bool
    stands_down: bool
    started_by: str
    started_at: datetime
    ends_at: datetime | None
    ended_by: str | None
    ended_at: datetime | None
    campaign_id: UUID | None

    def is_active(self, now: datetime) -> bool:
        return self.ended_at is None and (self.ends_at is None or self.ends_at > now)

    @property
    def notice(self) -> dict[str, object]:
        """What customers are told, in both languages."""
        return {"id": self.id, "kind": self.kind, "text": {"en": self.text_en, "es": self.text_es}}


async def active(session: AsyncSession, now: datetime) -> list[Active]:
    """The emergencies that hold at `now`, the oldest first."""
    return [Active(**{**row, "zones": tuple(row["zones"])}) for row in await repository.active(session, now)]


async def stood_down(session: AsyncSession, now: datetime) -> StandDown:
    """Where dunning, late fees and shut-offs are stood down."""
    return rules.together([one.zones for one in await active(session, now) if one.stands_down])


async def no_water(session: AsyncSession, now: datetime) -> Area:
    """Where there is no water: callers from there come first."""
    return rules.together([one.zones for one in await active(session, now) if one.no_water])


async def without_water(session: AsyncSession, now: datetime, conversation_ids: Sequence[UUID]) -> frozenset[UUID]:
    """In which of these conversations somebody has their water where there is none now: they come first.

    Somebody of whom no place is known counts only when the whole district has none.
    """
    area = await no_water(session, now)
    if not area or not conversation_ids:
        return frozenset()
    zones = await repository.zones_of_conversations(session, conversation_ids)
    return frozenset(each for each in conversation_ids if area.covers(zones.get(each, ())))


async def shut_offs_stood_down(session: AsyncSession, now: datetime, account_id: UUID) -> bool:
    """Whether an emergency has stood shut-offs down where this account has its water."""
    area = await stood_down(session, now)
    return bool(area) and area.covers(await repository.zones_of_account(session, account_id))


async def campaigns_of_ended(session: AsyncSession, now: datetime) -> list[UUID]:
    """Campaigns that still send for an emergency that is over."""
    return await repository.campaigns_of_ended(session, now)


class Notices:
    """What callers are told, from memory: this is asked at every turn, and nearly always there is nothing."""

    def __init__(self) -> None:
        self._known: list[Active] = []
        self._read_at = float("-inf")

    async def hear(self, events: list[Event]) -> None:
        """Something was switched here: look anew. Called by the database after a commit."""
        if any(event.kind == "emergency" for event in events):
            self._read_at = float("-inf")

    async def current(self, session: AsyncSession, now: datetime) -> list[Active]:
        """The emergencies that hold; up to two seconds old."""
        if time.monotonic() - self._read_at > FRESH_SECONDS:
            self._known = await active(session, now)
            self._read_at = time.monotonic()
        return [one for one in self._known if one.is_active(now)]

    async def for_party(self, session: AsyncSession, now: datetime, party: str | None) -> list[dict[str, object]]:
        """The notices for whoever calls from `party`: those of their zones, or all when nobody knows where they are."""
        found = await self.current(session, now)
        if not found:
            return []
        zones: Sequence[str] | None = None
        if party is not None and any(one.zones for one in found):
            zones = await repository.zones_of_phone(session, party) or None
        return [one.notice for one in found if rules.concerns(one.zones, zones)]

    async def for_conversation(self, session: AsyncSession, now: datetime, conversation_id: UUID) -> list[Active]:
        """What holds where whoever is in the conversation has water; all of it when nobody knows where that is."""
        found = await self.current(session, now)
        if not any(one.zones for one in found):
            return found
        zones = (await repository.zones_of_conversations(session, [conversation_id])).get(conversation_id) or None
        return [one for one in found if rules.concerns(one.zones, zones)]


async def billing_is_up(database: DatabaseDep, now: NowDep, request: Request) -> None:
    """A dependency of routes that prove who somebody is: nobody is asked for a PIN when nothing can follow.

    :raises BillingDownError: account questions are switched off.
    """
    notices: Notices = request.app.state.notices
    async with database.single_statement() as session:
        if any(one.kind == "billing_down" for one in await notices.current(session, now)):
            raise BillingDownError


async def _notices(request: Request) -> Notices:
    notices: Notices = request.app.state.notices
    return notices


NoticesDep = Annotated[Notices, Depends(_notices)]
