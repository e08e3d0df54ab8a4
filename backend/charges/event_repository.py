"""The statements of what a processor told us."""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, RowMapping, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from backend.charges.rules import SOON
from backend.database import row_of
from backend.models.charge import GatewayEvent

_OPEN = text("SELECT * FROM gateway_events WHERE handled_at IS NULL ORDER BY received_at, id LIMIT :limit")

_WON = text("""
SELECT EXISTS (SELECT FROM gateway_events WHERE processor = :processor AND subject_id = :dispute_id
                  AND kind = 'dispute_closed' AND state = 'won')
""")


_HEAR_OF_CHARGE = "SELECT * FROM hear_of_charge(CAST(%(kept)s AS jsonb), %(charge_id)s, %(succeeded)s, %(soon)s)"


async def was_won(session: AsyncSession, processor: str, dispute_id: str) -> bool:
    """Whether the district has won this dispute already, as far as the processor has told."""
    return bool(await session.scalar(_WON, {"processor": processor, "dispute_id": dispute_id}))


async def keep(session: AsyncSession, values: dict[str, Any]) -> bool:
    """One event; False when it was there already."""
    statement = upsert(GatewayEvent).values(values).on_conflict_do_nothing().returning(GatewayEvent.id)
    return await session.scalar(statement) is not None


async def hear_of_charge(
    session: AsyncSession, values: dict[str, Any], charge_id: UUID | None, *, succeeded: bool
) -> Row[Any]:
    """One event about a charge of ours, and what follows from it, in one statement: whether it `is_new`, and whether
    the charge `is_due` to be looked at now."""
    kept = orjson.dumps(values).decode()
    heard = {"kept": kept, "charge_id": charge_id, "succeeded": succeeded, "soon": SOON}
    told: Row[Any] = await row_of(session, _HEAR_OF_CHARGE, heard)
    return told


async def set_handled(session: AsyncSession, event_id: UUID, now: datetime) -> bool:
    """Somebody has dealt with it; False when that was so before, or there is none."""
    mine = (GatewayEvent.id == event_id) & GatewayEvent.handled_at.is_(None)
    statement = update(GatewayEvent).where(mine).values(handled_at=now).returning(GatewayEvent.id)
    return await session.scalar(statement) is not None


async def unhandled(session: AsyncSession, limit: int) -> list[RowMapping]:
    """What somebody must look at, oldest first."""
    return list((await session.execute(_OPEN, {"limit": limit})).mappings())
