"""The statements of payment links. `look_at` is the database's own time."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import rows_of
from backend.models.charge import IS_ON_THE_WAY, Checkout
from backend.saved_methods.rules import FIRST_LOOK

_DUE = text("SELECT id FROM checkouts WHERE status = 'open' AND look_at <= now() ORDER BY look_at LIMIT 20")

# A page of whoever may see the account is for what is owed; a stranger's for what they named, which may be more.
_CLOSE_PAID = f"""
UPDATE checkouts k SET closing = true, look_at = now()
  FROM (SELECT (SELECT coalesce(sum(amount_cents), 0) FROM ledger_postings WHERE ledger_account_id = %(account_id)s)
               - (SELECT coalesce(sum(amount_cents), 0) FROM charges
                   WHERE account_id = %(account_id)s AND {IS_ON_THE_WAY}) AS cents) owed
 WHERE k.account_id = %(account_id)s AND k.status = 'open' AND NOT k.closing
   AND CASE WHEN k.shows_balance THEN k.most_cents ELSE k.least_cents END > greatest(owed.cents, 0)
RETURNING k.id
"""


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


async def open_of(
    session: AsyncSession, account_id: UUID, conversation_id: UUID | None, recipient: str | None
) -> list[UUID]:
    """The open checkouts for an account whose receipt would go to this conversation or number."""
    same = (
        Checkout.conversation_id.is_not_distinct_from(conversation_id),
        Checkout.recipient.is_not_distinct_from(recipient),
    )
    query = select(Checkout.id).where(Checkout.account_id == account_id, Checkout.status == "open", *same)
    return list(await session.scalars(query))


async def close_paid(session: AsyncSession, account_id: UUID) -> list[UUID]:
    """Let the open checkouts end that are for more than is owed now and not on its way; those."""
    return [row.id for row in await rows_of(session, _CLOSE_PAID, {"account_id": account_id})]


async def due(session: AsyncSession) -> list[UUID]:
    """The open checkouts that it is time to ask about, the longest waiting first."""
    return list(await session.scalars(_DUE))
