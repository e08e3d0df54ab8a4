"""Reading and writing offers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import row_of, rows_of
from backend.models.charge import IS_ON_THE_WAY

_PLACE_OFFER = "SELECT place_offer(CAST(%(placed)s AS jsonb))"
_LOCKED = text("SELECT * FROM payment_offers WHERE id = :id AND conversation_id = :conversation_id FOR UPDATE")
# With what is on file to pay with, if it still is: columns of it are NULL for what is keyed in, or was taken off file.
_LOCKED_WITH_METHOD = """
SELECT o.*, m.id AS chargeable_id, m.processor, m.token, m.kind, m.brand, m.last4, k.token AS processor_customer
  FROM payment_offers o
  LEFT JOIN (saved_methods m
             JOIN saved_method_accounts a ON a.method_id = m.id AND a.ended_at IS NULL
             JOIN processor_customers k ON k.customer_id = m.customer_id AND k.processor = m.processor)
    ON m.id = o.method_id AND a.account_id = o.account_id AND m.ended_at IS NULL
 WHERE o.id = %(id)s AND o.conversation_id = %(conversation_id)s FOR UPDATE OF o
"""
# What an account has to pay with, the newest first, beside what is on its way already; without a method, one row.
_MEANS = f"""
SELECT (SELECT coalesce(sum(amount_cents), 0) FROM charges
         WHERE account_id = wanted.id AND {IS_ON_THE_WAY})::bigint AS on_its_way_cents, m.*
  FROM (SELECT CAST(%(account_id)s AS uuid) AS id) wanted
  LEFT JOIN (saved_methods m JOIN saved_method_accounts a ON a.method_id = m.id)
    ON a.account_id = wanted.id AND a.ended_at IS NULL AND m.ended_at IS NULL ORDER BY m.saved_at DESC, m.id
"""
_CHARGE_OF = "SELECT charge_id FROM payment_offers WHERE id = %(id)s AND conversation_id = %(conversation_id)s"
_AGREE = text("UPDATE payment_offers SET agreed_at = :now, expires_at = :expires_at WHERE id = :id")
_ANSWER = """
UPDATE payment_offers SET status = %(status)s, answered_at = %(now)s, charge_id = %(charge_id)s WHERE id = %(id)s
"""
_DECLINE_TEXTED = text("""
UPDATE payment_offers o SET status = 'declined', answered_at = :now FROM conversations c
 WHERE o.payer = :phone AND o.status = 'open' AND c.id = o.conversation_id AND c.channel = 'sms' RETURNING o.id
""")
_CONVERSATION = text("""
SELECT id, channel, party, language, account_id, verification_level, wrong_account_numbers
  FROM conversations WHERE id = :id AND ended_at IS NULL
""")
_PLACE = text("SELECT id, channel, party, language FROM conversations WHERE id = :id")
_COUNT_WRONG = text("UPDATE conversations SET wrong_account_numbers = wrong_account_numbers + 1 WHERE id = :id")


async def conversation(session: AsyncSession, conversation_id: UUID) -> Row[Any] | None:
    """An open conversation: where it is, and what was proved in it."""
    return (await session.execute(_CONVERSATION, {"id": conversation_id})).one_or_none()


async def place_of(session: AsyncSession, conversation_id: UUID) -> Row[Any]:
    """Where a conversation is or was, also when it has ended."""
    return (await session.execute(_PLACE, {"id": conversation_id})).one()


async def count_wrong_number(session: AsyncSession, conversation_id: UUID) -> None:
    """An account number was named that nobody has."""
    await session.execute(_COUNT_WRONG, {"id": conversation_id})


async def means(session: AsyncSession, account_id: UUID) -> Sequence[Row[Any]]:
    """The live methods of an account, the newest first, each with the `on_its_way_cents` of the account."""
    return await rows_of(session, _MEANS, {"account_id": account_id})


async def place(session: AsyncSession, values: dict[str, Any]) -> None:
    """A new open offer, in place of the open one that this payer has for this account."""
    await rows_of(session, _PLACE_OFFER, {"placed": orjson.dumps(values).decode()})


async def locked(session: AsyncSession, offer_id: UUID, conversation_id: UUID) -> Row[Any] | None:
    """The offer, held until the transaction ends, so that it is answered once."""
    return (await session.execute(_LOCKED, {"id": offer_id, "conversation_id": conversation_id})).one_or_none()


async def locked_with_method(session: AsyncSession, offer_id: UUID, conversation_id: UUID) -> Row[Any] | None:
    """The same, with what is charged of its method (`chargeable_id` is NULL for what cannot be)."""
    values = {"id": offer_id, "conversation_id": conversation_id}
    found: Row[Any] | None = await row_of(session, _LOCKED_WITH_METHOD, values)
    return found


async def charge_of(session: AsyncSession, offer_id: UUID, conversation_id: UUID) -> UUID | None:
    """The charge that an accepted offer became. Asked again and again while a caller waits, so nothing is held."""
    found = await row_of(session, _CHARGE_OF, {"id": offer_id, "conversation_id": conversation_id})
    return found.charge_id if found else None


async def agree(session: AsyncSession, offer_id: UUID, now: datetime, expires_at: datetime) -> None:
    """The caller has said yes and keys in what they pay with."""
    await session.execute(_AGREE, {"id": offer_id, "now": now, "expires_at": expires_at})


async def answer(
    session: AsyncSession, offer_id: UUID, status: str, now: datetime, charge_id: UUID | None = None
) -> None:
    """Keep how it was answered."""
    await rows_of(session, _ANSWER, {"id": offer_id, "status": status, "now": now, "charge_id": charge_id})


async def decline_texted(session: AsyncSession, phone: str, now: datetime) -> int:
    """Decline what this telephone was offered in texts; how many."""
    return len((await session.execute(_DECLINE_TEXTED, {"phone": phone, "now": now})).all())
