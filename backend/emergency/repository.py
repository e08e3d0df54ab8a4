"""The statements of emergencies."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.emergency import Emergency

_COLUMNS = """
SELECT e.id, e.kind, e.zones, e.text_en, e.text_es, e.reason, e.no_water, e.stands_down, e.started_at, e.ends_at,
       e.ended_at, e.campaign_id, s.name AS started_by, o.name AS ended_by
  FROM emergencies e JOIN staff s ON s.id = e.started_by LEFT JOIN staff o ON o.id = e.ended_by
"""
_ACTIVE = text(f"""{_COLUMNS}
 WHERE e.ended_at IS NULL AND e.started_at <= :now AND (e.ends_at IS NULL OR e.ends_at > :now) ORDER BY e.started_at
""")
_RECENT = text(f"{_COLUMNS} ORDER BY e.started_at DESC, e.id DESC LIMIT :limit")
_BY_KEY = text("SELECT id FROM emergencies WHERE idempotency_key = :key")
_ONE = text("SELECT * FROM emergencies WHERE id = :id FOR UPDATE")
_END = text("UPDATE emergencies SET ended_at = :now, ended_by = :staff_id WHERE id = :id")
_ZONES = text("""
SELECT DISTINCT p.zone FROM customer_phones f JOIN accounts a ON a.customer_id = f.customer_id
  JOIN service_agreements s ON s.account_id = a.id AND s.ended_on IS NULL JOIN premises p ON p.id = s.premise_id
 WHERE f.phone = :phone AND a.status = 'active'
""")
_ZONES_OF_CONVERSATIONS = text("""
SELECT v.id, array_agg(DISTINCT p.zone) AS zones FROM conversations v
  JOIN accounts a ON a.id = v.account_id
    OR a.customer_id IN (SELECT f.customer_id FROM customer_phones f WHERE f.phone = v.party)
  JOIN service_agreements s ON s.account_id = a.id AND s.ended_on IS NULL JOIN premises p ON p.id = s.premise_id
 WHERE v.id = ANY(:conversation_ids) GROUP BY v.id
""")
_ZONES_OF_ACCOUNT = text("""
SELECT DISTINCT p.zone FROM service_agreements s JOIN premises p ON p.id = s.premise_id
 WHERE s.account_id = :account_id AND s.ended_on IS NULL
""")
_ALL_ZONES = text("SELECT zone, count(*)::int AS premises FROM premises GROUP BY zone ORDER BY zone")
_ENDED_CAMPAIGNS = text("""
SELECT c.id FROM emergencies e JOIN campaigns c ON c.id = e.campaign_id
 WHERE c.status IN ('running', 'paused') AND (e.ended_at IS NOT NULL OR e.ends_at <= :now)
""")


async def add(session: AsyncSession, values: dict[str, Any]) -> None:
    await session.execute(insert(Emergency).values(values))


async def by_key(session: AsyncSession, key: str) -> UUID | None:
    """The emergency that was switched on under this key."""
    found: UUID | None = await session.scalar(_BY_KEY, {"key": key})
    return found


async def active(session: AsyncSession, now: datetime) -> Sequence[RowMapping]:
    """Those that hold at `now`, the oldest first."""
    return (await session.execute(_ACTIVE, {"now": now})).mappings().all()


async def recent(session: AsyncSession, limit: int) -> Sequence[RowMapping]:
    return (await session.execute(_RECENT, {"limit": limit})).mappings().all()


async def one(session: AsyncSession, emergency_id: UUID) -> RowMapping | None:
    """One, locked until the transaction ends."""
    return (await session.execute(_ONE, {"id": emergency_id})).mappings().one_or_none()


async def end(session: AsyncSession, emergency_id: UUID, staff_id: UUID, now: datetime) -> None:
    await session.execute(_END, {"id": emergency_id, "staff_id": staff_id, "now": now})


async def zones_of_phone(session: AsyncSession, phone: str) -> list[str]:
    """Where the customers of record with this number have water."""
    return list(await session.scalars(_ZONES, {"phone": phone}))


async def zones_of_conversations(session: AsyncSession, conversation_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Where whoever is in each conversation has water: by the account they proved, or the number they come from."""
    found = await session.execute(_ZONES_OF_CONVERSATIONS, {"conversation_ids": list(conversation_ids)})
    return {row.id: list(row.zones) for row in found}


async def zones_of_account(session: AsyncSession, account_id: UUID) -> list[str]:
    """Where an account has its water."""
    return list(await session.scalars(_ZONES_OF_ACCOUNT, {"account_id": account_id}))


async def all_zones(session: AsyncSession) -> Sequence[RowMapping]:
    """The district's zones, each with how many premises it has."""
    return (await session.execute(_ALL_ZONES)).mappings().all()


async def campaigns_of_ended(session: AsyncSession, now: datetime) -> list[UUID]:
    """Campaigns that still send for an emergency that is over."""
    return list(await session.scalars(_ENDED_CAMPAIGNS, {"now": now}))
