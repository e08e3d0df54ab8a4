"""Reading and writing captures."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.capture import AssistedCapture

_CUSTOMER = text("""
SELECT c.account_id, c.party, c.language, c.verification_level
  FROM hand_offs h JOIN conversations c ON c.id = h.conversation_id WHERE h.id = :hand_off_id
""")


async def customer(session: AsyncSession, hand_off_id: UUID) -> Row[Any]:
    """Who is on the other end of a case: the account that was proved, if any, the number, the language."""
    return (await session.execute(_CUSTOMER, {"hand_off_id": hand_off_id})).one()


async def add(session: AsyncSession, values: dict[str, Any]) -> bool:
    """A new capture; False while another of the same call is open."""
    statement = upsert(AssistedCapture).values(**values).on_conflict_do_nothing().returning(AssistedCapture.id)
    return (await session.execute(statement)).one_or_none() is not None


async def locked(session: AsyncSession, capture_id: UUID) -> AssistedCapture | None:
    """A capture, held until the transaction ends: its news comes one after the other."""
    query = select(AssistedCapture).where(AssistedCapture.id == capture_id).with_for_update()
    found: AssistedCapture | None = await session.scalar(query.execution_options(populate_existing=True))
    return found


async def newest(session: AsyncSession, hand_off_id: UUID) -> AssistedCapture | None:
    """The last capture of a case."""
    query = (
        select(AssistedCapture)
        .where(AssistedCapture.hand_off_id == hand_off_id)
        .order_by(AssistedCapture.created_at.desc(), AssistedCapture.id.desc())
        .limit(1)
    )
    found: AssistedCapture | None = await session.scalar(query)
    return found


async def let_lapse(session: AsyncSession, call_sid: str, before: datetime, now: datetime) -> None:
    """End the captures of a call that nobody has ended."""
    query = (
        update(AssistedCapture)
        .where(
            AssistedCapture.call_sid == call_sid,
            AssistedCapture.status.in_(("open", "completing")),
            AssistedCapture.created_at < before,
        )
        .values(status="failed", problem="lapsed", ended_at=now)
    )
    await session.execute(query)
