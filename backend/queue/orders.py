"""Orders to telephony: kept with what they belong to, carried out after the commit, each once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import announce
from backend.models.base import new_id
from backend.models.queue import CallLeg, CallOrder


async def give(session: AsyncSession, body: dict[str, Any], now: datetime, leg_id: UUID | None = None) -> UUID:
    """Have telephony do this (`what` and its values, see docs/contracts.md); the order's id."""
    order = CallOrder(id=new_id(), leg_id=leg_id, body=body, state="pending", created_at=now)
    session.add(order)
    await session.flush()
    announce(session, "call_order", order_id=order.id)
    return order.id


async def ring(session: AsyncSession, leg: CallLeg, seconds: int, now: datetime) -> None:
    """Ring the phone of a new leg."""
    session.add(leg)
    await session.flush()
    body = {"what": "ring", "leg_id": str(leg.id), "to": leg.number, "ring_seconds": seconds}
    await give(session, body, now, leg.id)


async def hang_up(session: AsyncSession, call_sid: str, now: datetime, words: str = "", language: str = "en") -> None:
    """End a call of ours; `words` names a sentence that is said first."""
    await give(session, {"what": "end", "call_sid": call_sid, "words": words, "language": language}, now)
