"""The statements of payment links. `look_at` is the database's own time."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.charge import Checkout
from backend.saved_methods.rules import FIRST_LOOK

_DUE = text("SELECT id FROM checkouts WHERE status = 'open' AND look_at <= now() ORDER BY look_at LIMIT 20")


async def add(session: AsyncSession, values: dict[str, Any]) -> None:
    """A new open checkout, unless its key was used before."""
    statement = upsert(Checkout).values(**values, look_at=func.now() + FIRST_LOOK)
    await session.execute(statement.on_conflict_do_nothing())


async def by_key(session: AsyncSession, key: str) -> Checkout | None:
    """The checkout of that key."""
    return await session.scalar(select(Checkout).where(Checkout.idempotency_key == key))


async def by_id(session: AsyncSession, checkout_id: UUID) -> Checkout | None:
    """One checkout."""
    return await session.get(Checkout, checkout_id)


async def change_open(
    session: AsyncSession, checkout_id: UUID, values: dict[str, Any], pause: timedelta | None = None
) -> bool:
    """Change a checkout that is still open, and look at it again after `pause`; False when it is not open."""
    changes = values if pause is None else {**values, "look_at": func.now() + pause}
    still_open = (Checkout.id == checkout_id) & (Checkout.status == "open")
    return await session.scalar(update(Checkout).where(still_open).values(changes).returning(Checkout.id)) is not None


async def due(session: AsyncSession) -> list[UUID]:
    """The open checkouts that it is time to ask about, the longest waiting first."""
    return list(await session.scalars(_DUE))
