"""Queries on voids and refunds that are asked for, and on what decides them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.base import new_id
from backend.models.cash import PaymentVoid, Refund
from backend.models.ledger import LedgerAccount

LISTED_MAX = 500

_VOIDS = text("""
SELECT v.id, v.payment_id, p.confirmation_number, p.account_id, a.number AS account_number, p.method, p.amount_cents,
       v.reason, v.requested_by, asker.name AS requested_by_name, v.requested_at
  FROM payment_voids v
  JOIN payments p ON p.id = v.payment_id
  JOIN accounts a ON a.id = p.account_id
  JOIN staff asker ON asker.id = v.requested_by
 WHERE v.status = 'pending' ORDER BY v.requested_at, v.id LIMIT :limit
""")

_REFUNDS = text("""
SELECT f.id, f.account_id, a.number AS account_number, c.name AS customer_name, f.receipt_id, r.given_reference,
       f.amount_cents, f.reason, f.requested_by, asker.name AS requested_by_name, f.requested_at, h.method_label
  FROM refunds f
  LEFT JOIN charges h ON h.id = f.charge_id
  LEFT JOIN accounts a ON a.id = f.account_id
  LEFT JOIN customers c ON c.id = a.customer_id
  LEFT JOIN unapplied_receipts r ON r.id = f.receipt_id
  JOIN staff asker ON asker.id = f.requested_by
 WHERE f.status = 'pending' ORDER BY f.requested_at, f.id LIMIT :limit
""")

_PAID_A_REFUND = text("""
SELECT EXISTS (SELECT FROM payment_allocations a JOIN ledger_entries charged ON charged.id = a.charge_entry_id
                WHERE a.credit_entry_id = :entry_id AND a.undone_by_id IS NULL AND charged.kind = 'refund')
""")


async def paid_a_refund(session: AsyncSession, entry_id: UUID) -> bool:
    """Whether a payment's money, or part of it, was paid back since."""
    return bool((await session.execute(_PAID_A_REFUND, {"entry_id": entry_id})).scalar_one())


async def add_void(session: AsyncSession, values: dict[str, Any]) -> UUID | None:
    """Ask for a void; None when one of this payment waits or was agreed to."""
    statement = insert(PaymentVoid).values({"id": new_id(), "status": "pending", **values})
    return await session.scalar(statement.on_conflict_do_nothing().returning(PaymentVoid.id))


async def live_void(session: AsyncSession, payment_id: UUID) -> PaymentVoid | None:
    """The void of a payment that waits or was agreed to."""
    query = select(PaymentVoid).where(PaymentVoid.payment_id == payment_id, PaymentVoid.status != "declined")
    return await session.scalar(query)


async def void(session: AsyncSession, void_id: UUID) -> PaymentVoid | None:
    return await session.get(PaymentVoid, void_id)


async def held_void(session: AsyncSession, void_id: UUID) -> PaymentVoid | None:
    """The void, held until the transaction ends."""
    query = select(PaymentVoid).where(PaymentVoid.id == void_id).with_for_update()
    return await session.scalar(query.execution_options(populate_existing=True))


async def pending_voids(session: AsyncSession) -> Sequence[RowMapping]:
    return (await session.execute(_VOIDS, {"limit": LISTED_MAX})).mappings().all()


async def hold_receivable(session: AsyncSession, account_id: UUID) -> bool:
    """Hold the account's receivable, as everyone does who allocates on it; False when there is none."""
    query = select(LedgerAccount.id).where(LedgerAccount.id == account_id, LedgerAccount.account_id.is_not(None))
    return (await session.scalar(query.with_for_update(key_share=True))) is not None


async def pending_refund_cents(session: AsyncSession, account_id: UUID) -> int:
    """What is asked for already."""
    total = func.coalesce(func.sum(Refund.amount_cents), 0)
    query = select(total).where(Refund.account_id == account_id, Refund.status == "pending")
    return int((await session.execute(query)).scalar_one())


async def add_refund(session: AsyncSession, values: dict[str, Any]) -> UUID | None:
    """Ask for a refund; None when the key was used, or the receipt has one."""
    statement = insert(Refund).values({"id": new_id(), "status": "pending", **values})
    return await session.scalar(statement.on_conflict_do_nothing().returning(Refund.id))


async def refund_by_key(session: AsyncSession, idempotency_key: str) -> Refund | None:
    return await session.scalar(select(Refund).where(Refund.idempotency_key == idempotency_key))


async def refund(session: AsyncSession, refund_id: UUID) -> Refund | None:
    return await session.get(Refund, refund_id)


async def held_refund(session: AsyncSession, refund_id: UUID) -> Refund | None:
    """The refund, held until the transaction ends."""
    query = select(Refund).where(Refund.id == refund_id).with_for_update()
    return await session.scalar(query.execution_options(populate_existing=True))


async def pending_refunds(session: AsyncSession) -> Sequence[RowMapping]:
    return (await session.execute(_REFUNDS, {"limit": LISTED_MAX})).mappings().all()


def decide(row: PaymentVoid | Refund, status: str, decided_by: UUID, note: str, now: datetime) -> None:
    """Write down who decided, how and why."""
    row.status, row.decided_by, row.decision_note, row.decided_at = status, decided_by, note, now
