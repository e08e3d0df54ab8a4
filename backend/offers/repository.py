"""Reading and writing offers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.pay_by_text import PaymentOffer

# Ten messages at once make offers one after the other: each replaces the one before.
_LOCK_PAYER = text("SELECT pg_advisory_xact_lock(hashtextextended(CAST(:account_id AS text) || :payer, 0))")

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


async def replace_open(session: AsyncSession, account_id: UUID, payer: str, now: datetime) -> None:
    """Let the open offer of this payer for this account count no more."""
    await session.execute(_LOCK_PAYER, {"account_id": str(account_id), "payer": payer})
    query = (
        update(PaymentOffer)
        .where(PaymentOffer.account_id == account_id, PaymentOffer.payer == payer, PaymentOffer.status == "open")
        .values(status="replaced", answered_at=now)
    )
    await session.execute(query)


async def add(session: AsyncSession, values: dict[str, Any]) -> PaymentOffer:
    """A new open offer."""
    made = PaymentOffer(**values)
    session.add(made)
    await session.flush()
    return made


async def locked(session: AsyncSession, offer_id: UUID, conversation_id: UUID) -> PaymentOffer | None:
    """The offer, held until the transaction ends, so that it is answered once."""
    query = select(PaymentOffer).where(PaymentOffer.id == offer_id, PaymentOffer.conversation_id == conversation_id)
    found: PaymentOffer | None = await session.scalar(query.with_for_update().execution_options(populate_existing=True))
    return found


async def charge_of(session: AsyncSession, offer_id: UUID, conversation_id: UUID) -> UUID | None:
    """The charge that an accepted offer became. Asked again and again while a caller waits, so nothing is held."""
    query = select(PaymentOffer.charge_id).where(
        PaymentOffer.id == offer_id, PaymentOffer.conversation_id == conversation_id
    )
    found: UUID | None = await session.scalar(query)
    return found


async def agree(session: AsyncSession, offer: PaymentOffer, now: datetime, expires_at: datetime) -> None:
    """The caller has said yes and keys in what they pay with."""
    offer.agreed_at, offer.expires_at = now, expires_at
    await session.flush()


async def answer(
    session: AsyncSession, offer: PaymentOffer, status: str, now: datetime, charge_id: UUID | None = None
) -> None:
    """Keep how it was answered."""
    offer.status, offer.answered_at, offer.charge_id = status, now, charge_id
    await session.flush()
