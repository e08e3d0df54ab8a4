"""The statements of what a processor told us."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Interval, Row, RowMapping, Uuid, bindparam, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from backend.charges.repository import in_states
from backend.charges.rules import SOON
from backend.models.charge import UNRESOLVED, GatewayEvent

_OPEN = text("SELECT * FROM gateway_events WHERE handled_at IS NULL ORDER BY received_at, id LIMIT :limit")

_WON = text("""
SELECT EXISTS (SELECT FROM gateway_events WHERE processor = :processor AND subject_id = :dispute_id
                  AND kind = 'dispute_closed' AND state = 'won')
""")


_KEEP_OF_CHARGE = text(f"""
WITH kept AS (
    INSERT INTO gateway_events (id, processor, event_id, kind, reference, subject_id, charge_id, amount_cents, state,
                                reason, happened_at, received_at, handled_at)
    VALUES (:id, :processor, :event_id, :kind, :reference, :subject_id, :charge_id, :amount_cents, :state,
            :reason, :happened_at, :received_at, :handled_at)
    ON CONFLICT DO NOTHING RETURNING id
), looked AS (
    UPDATE charges SET look_at = now() + :soon
     WHERE id = :ours AND {in_states(UNRESOLVED)} AND EXISTS (SELECT FROM kept) RETURNING id
)
SELECT EXISTS (SELECT FROM kept) AS is_new, EXISTS (SELECT FROM looked) AS is_due,
       (SELECT status FROM charges WHERE id = :ours) AS status
""").bindparams(bindparam("ours", type_=Uuid()), bindparam("soon", type_=Interval()))


async def was_won(session: AsyncSession, processor: str, dispute_id: str) -> bool:
    """Whether the district has won this dispute already, as far as the processor has told."""
    return bool(await session.scalar(_WON, {"processor": processor, "dispute_id": dispute_id}))


async def keep(session: AsyncSession, values: dict[str, Any]) -> bool:
    """One event; False when it was there already."""
    statement = upsert(GatewayEvent).values(values).on_conflict_do_nothing().returning(GatewayEvent.id)
    return await session.scalar(statement) is not None


async def keep_of_charge(session: AsyncSession, values: dict[str, Any], charge_id: UUID | None) -> Row[Any]:
    """The same for one about a charge of ours: whether it `is_new`, and whether the charge, which had this `status`
    when it came, `is_due` to be looked at now."""
    return (await session.execute(_KEEP_OF_CHARGE, {**values, "ours": charge_id, "soon": SOON})).one()


async def set_handled(session: AsyncSession, event_id: UUID, now: datetime) -> bool:
    """Somebody has dealt with it; False when that was so before, or there is none."""
    mine = (GatewayEvent.id == event_id) & GatewayEvent.handled_at.is_(None)
    statement = update(GatewayEvent).where(mine).values(handled_at=now).returning(GatewayEvent.id)
    return await session.scalar(statement) is not None


async def unhandled(session: AsyncSession, limit: int) -> list[RowMapping]:
    """What somebody must look at, oldest first."""
    return list((await session.execute(_OPEN, {"limit": limit})).mappings())
