"""The statements of the front desk."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.visit import Visit

_COLUMNS = """
SELECT v.*, h.number AS case_number, r.name AS registered_by_name, a.name AS admitted_by_name,
       t.name AS turned_away_by_name
  FROM visits v LEFT JOIN hand_offs h ON h.id = v.hand_off_id LEFT JOIN staff r ON r.id = v.registered_by
  LEFT JOIN staff a ON a.id = v.admitted_by LEFT JOIN staff t ON t.id = v.turned_away_by
"""
_EXPECTED = text(f"""{_COLUMNS}
 WHERE v.came_at IS NULL AND v.turned_away_at IS NULL AND v.expected_on BETWEEN :first AND :last
 ORDER BY v.expected_on, v.name, v.company, v.id
""")
_HERE = text(f"{_COLUMNS} WHERE v.came_at IS NOT NULL AND v.left_at IS NULL ORDER BY v.came_at, v.id")
_OVER = text(f"""{_COLUMNS}
 WHERE v.left_at >= :since OR v.turned_away_at >= :since ORDER BY coalesce(v.left_at, v.turned_away_at) DESC, v.id
 LIMIT :limit
""")
_OF_DAY = text(f"""{_COLUMNS}
 WHERE (v.came_at >= :since AND v.came_at < :until) OR (v.turned_away_at >= :since AND v.turned_away_at < :until)
 ORDER BY coalesce(v.came_at, v.turned_away_at), v.id LIMIT :limit
""")
_BY_KEY = text("SELECT id FROM visits WHERE idempotency_key = :key")
_LOCK = text("SELECT * FROM visits WHERE id = :id FOR UPDATE")
_HOLD_BADGE = text("SELECT pg_advisory_xact_lock(hashtextextended('badge:' || :badge, 0))")
_BADGE = text("SELECT name, company FROM visits WHERE badge = :badge AND came_at IS NOT NULL AND left_at IS NULL")
_ADMIT = text("""
UPDATE visits SET badge = :badge, escort = :escort, approved_by = :approved_by, came_at = :now, admitted_by = :staff_id
 WHERE id = :id
""")
_LEAVE = text("UPDATE visits SET left_at = greatest(:now, came_at) WHERE id = :id")
_TURN_AWAY = text("UPDATE visits SET turned_away_at = :now, turned_away_by = :staff_id, note = :note WHERE id = :id")


async def add(session: AsyncSession, values: dict[str, Any]) -> UUID:
    """A new row, unless its key has one already; the id of whichever it is."""
    await session.execute(insert(Visit).values(values).on_conflict_do_nothing())
    found = await by_key(session, values["idempotency_key"])
    assert found is not None
    return found


async def by_key(session: AsyncSession, key: str) -> UUID | None:
    """The visit that was written down under this key."""
    found: UUID | None = await session.scalar(_BY_KEY, {"key": key})
    return found


async def lock(session: AsyncSession, visit_id: UUID) -> RowMapping | None:
    """A visit, until the transaction ends nobody else's."""
    return (await session.execute(_LOCK, {"id": visit_id})).mappings().one_or_none()


async def wearer(session: AsyncSession, badge: str) -> RowMapping | None:
    """Who in the building wears this badge; nobody else gives it out until the transaction ends."""
    await session.execute(_HOLD_BADGE, {"badge": badge})
    return (await session.execute(_BADGE, {"badge": badge})).mappings().one_or_none()


async def admit(session: AsyncSession, values: dict[str, Any]) -> None:
    await session.execute(_ADMIT, values)


async def leave(session: AsyncSession, visit_id: UUID, now: datetime) -> None:
    await session.execute(_LEAVE, {"id": visit_id, "now": now})


async def turn_away(session: AsyncSession, visit_id: UUID, staff_id: UUID, note: str, now: datetime) -> None:
    await session.execute(_TURN_AWAY, {"id": visit_id, "staff_id": staff_id, "note": note, "now": now})


async def expected(session: AsyncSession, first: date, last: date) -> Sequence[RowMapping]:
    """Who is expected on these days and has not come."""
    return (await session.execute(_EXPECTED, {"first": first, "last": last})).mappings().all()


async def here(session: AsyncSession) -> Sequence[RowMapping]:
    """Who is in the building, whoever came first first."""
    return (await session.execute(_HERE)).mappings().all()


async def over(session: AsyncSession, since: datetime, limit: int) -> Sequence[RowMapping]:
    """Who has left or was turned away since then, newest first."""
    return (await session.execute(_OVER, {"since": since, "limit": limit})).mappings().all()


async def of_day(session: AsyncSession, since: datetime, until: datetime, limit: int) -> Sequence[RowMapping]:
    """Who came or was turned away between the two, whoever came first first."""
    return (await session.execute(_OF_DAY, {"since": since, "until": until, "limit": limit})).mappings().all()
