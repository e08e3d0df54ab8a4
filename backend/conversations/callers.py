"""Which calls are not taken: from a blocked number, and more an hour than a person makes."""

from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from backend.conversations import repository
from backend.conversations.schemas import TurnIn
from backend.district.service import District

HOUR = timedelta(hours=1)


async def turned_away(
    session: AsyncSession, said: TurnIn, district: District, now: datetime
) -> Literal["blocked", "too_many"] | None:
    """Why a call that has just begun, and is on record, is not taken; None: it is. A hidden number always is."""
    if said.channel != "voice" or said.kind != "start" or said.party is None:
        return None
    policy = district.policy.callers
    if said.party in policy.blocked:
        return "blocked"
    calls = await calls_since(session, said.party, now - HOUR)
    return "too_many" if calls > policy.calls_an_hour else None


async def calls_since(session: AsyncSession, party: str | None, since: datetime) -> int:
    """How many calls from this number have begun since then; 0 from a hidden one."""
    return await repository.calls_since(session, party, since) if party is not None else 0
