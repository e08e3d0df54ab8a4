"""Queries on refunds of charges, and on what is left of one."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Interval, Row, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.cash import LEFT_OF_CHARGE, Refund

_CHARGE = text("""
SELECT id AS charge_id, account_id, amount_cents, fee_cents FROM charges WHERE payment_id = :payment_id
""")
_LEFT = text(f"""
SELECT {LEFT_OF_CHARGE} AS left_cents
  FROM charges c JOIN payments y ON y.id = c.payment_id
 WHERE c.id = :charge_id AND NOT EXISTS (SELECT FROM ledger_entries r WHERE r.reverses_id = y.entry_id)
""")
# In real time, as everything that goes to the processor, whatever the demonstration's clock says.
_CLAIM = text("""
UPDATE refunds f SET look_at = now() + :lease, looks = f.looks + 1, first_sent_at = coalesce(f.first_sent_at, now())
  FROM charges c
 WHERE c.id = f.charge_id AND f.id IN (
       SELECT id FROM refunds WHERE sending = 'waits' AND (looks = 0 OR look_at <= now())
        ORDER BY look_at LIMIT :limit FOR UPDATE SKIP LOCKED)
RETURNING f.id, f.amount_cents + f.fee_cents AS total_cents, f.looks, f.first_sent_at, c.processor,
          c.processor_charge_id
""").bindparams(bindparam("lease", type_=Interval()))
_SENT = text("""
UPDATE refunds SET sending = 'sent', processor_refund_id = :processor_refund_id, look_at = NULL
 WHERE id = :id AND sending = 'waits' RETURNING id
""")


async def charge_of_payment(session: AsyncSession, payment_id: UUID) -> Row[Any] | None:
    """The charge that a payment was made by."""
    return (await session.execute(_CHARGE, {"payment_id": payment_id})).one_or_none()


async def left_of_charge(session: AsyncSession, charge_id: UUID) -> int | None:
    """What of a charge's payment is not refunded nor asked for; None: it stands no more."""
    left: int | None = await session.scalar(_LEFT, {"charge_id": charge_id})
    return left


async def claim_to_send(session: AsyncSession, limit: int, lease: timedelta) -> Sequence[Row[Any]]:
    """The refunds that it is time to send; nobody else gets them for a while."""
    return (await session.execute(_CLAIM, {"limit": limit, "lease": lease})).all()


async def mark_sent(session: AsyncSession, refund_id: UUID, processor_refund_id: str | None) -> bool:
    """The processor has it; False when that was known, or it failed."""
    values = {"id": refund_id, "processor_refund_id": processor_refund_id}
    return (await session.execute(_SENT, values)).one_or_none() is not None


async def locked(session: AsyncSession, refund_id: UUID) -> Refund | None:
    """The refund, held until the transaction ends."""
    return await session.get(Refund, refund_id, with_for_update=True, populate_existing=True)


async def postpone(session: AsyncSession, refund_id: UUID, pause: timedelta) -> None:
    """Nothing was learned: send it again, under the same key, after a pause."""
    later = text("UPDATE refunds SET look_at = now() + :pause WHERE id = :id AND sending = 'waits'")
    await session.execute(later.bindparams(bindparam("pause", type_=Interval())), {"id": refund_id, "pause": pause})
