"""Queries on drawers, voids and refunds."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.base import new_id
from backend.models.cash import CashBatch, PaymentVoid, Refund
from backend.models.ledger import LedgerAccount, LedgerEntry

# What lies in the drawer by tender: payments that were not voided, and money that is still nobody's.
_TENDERS = text("""
SELECT method, count(*) FILTER (WHERE NOT voided) AS count,
       coalesce(sum(amount_cents) FILTER (WHERE NOT voided), 0)::bigint AS cents,
       count(*) FILTER (WHERE voided) AS voided_count,
       coalesce(sum(amount_cents) FILTER (WHERE voided), 0)::bigint AS voided_cents
  FROM (SELECT p.method, p.amount_cents,
               EXISTS (SELECT FROM payment_voids v WHERE v.payment_id = p.id AND v.status = 'posted') AS voided
          FROM payments p
         WHERE p.batch_id = :batch_id
        UNION ALL
        SELECT r.method, r.amount_cents, false FROM unapplied_receipts r WHERE r.batch_id = :batch_id) taken
 GROUP BY method ORDER BY method
""")

_VOIDS = text("""
SELECT v.id, v.payment_id, p.confirmation_number, p.method, p.amount_cents, v.reason, v.status, v.requested_by,
       v.requested_at, v.decided_by, v.decided_at, v.decision_note
  FROM payment_voids v JOIN payments p ON p.id = v.payment_id
 WHERE v.status = 'pending' ORDER BY v.requested_at LIMIT 500
""")

_REFUNDS = text("""
SELECT f.id, f.account_id, f.receipt_id, f.amount_cents, f.reason, f.status, f.requested_by, f.requested_at
  FROM refunds f WHERE f.status = 'pending' ORDER BY f.requested_at LIMIT 500
""")


async def open_batch(session: AsyncSession, values: dict[str, Any]) -> UUID | None:
    """Open a drawer; None when this person has one open."""
    statement = insert(CashBatch).values({"id": new_id(), **values}).on_conflict_do_nothing()
    return await session.scalar(statement.returning(CashBatch.id))


async def open_batch_of(session: AsyncSession, staff_id: UUID) -> CashBatch | None:
    return await session.scalar(select(CashBatch).where(CashBatch.opened_by == staff_id, CashBatch.closed_at.is_(None)))


async def batch(session: AsyncSession, batch_id: UUID) -> CashBatch | None:
    return await session.get(CashBatch, batch_id)


async def held_batch(session: AsyncSession, batch_id: UUID, *, to_close: bool) -> CashBatch | None:
    """The drawer, which cannot be closed by another until the transaction ends; alone when it is to be closed."""
    query = select(CashBatch).where(CashBatch.id == batch_id).with_for_update(read=not to_close)
    return await session.scalar(query.execution_options(populate_existing=True))


async def tenders(session: AsyncSession, batch_id: UUID) -> Sequence[RowMapping]:
    """`method`, `count`, `cents`, `voided_count`, `voided_cents` of each tender in the drawer."""
    return (await session.execute(_TENDERS, {"batch_id": batch_id})).mappings().all()


async def entry_day(session: AsyncSession, entry_id: UUID) -> Any:
    """The day an entry was posted for."""
    return await session.scalar(select(LedgerEntry.effective_on).where(LedgerEntry.id == entry_id))


async def add_void(session: AsyncSession, values: dict[str, Any]) -> UUID | None:
    """Ask for a void; None when one of this payment waits or was agreed to."""
    statement = insert(PaymentVoid).values({"id": new_id(), "status": "pending", **values})
    return await session.scalar(statement.on_conflict_do_nothing().returning(PaymentVoid.id))


async def held_void(session: AsyncSession, void_id: UUID) -> PaymentVoid | None:
    query = select(PaymentVoid).where(PaymentVoid.id == void_id).with_for_update()
    return await session.scalar(query.execution_options(populate_existing=True))


async def pending_voids(session: AsyncSession) -> Sequence[RowMapping]:
    return (await session.execute(_VOIDS)).mappings().all()


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
    """Ask for a refund; None when this receipt has one."""
    statement = insert(Refund).values({"id": new_id(), "status": "pending", **values})
    return await session.scalar(statement.on_conflict_do_nothing().returning(Refund.id))


async def refund(session: AsyncSession, refund_id: UUID) -> Refund | None:
    return await session.get(Refund, refund_id)


async def held_refund(session: AsyncSession, refund_id: UUID) -> Refund | None:
    query = select(Refund).where(Refund.id == refund_id).with_for_update()
    return await session.scalar(query.execution_options(populate_existing=True))


async def pending_refunds(session: AsyncSession) -> Sequence[RowMapping]:
    return (await session.execute(_REFUNDS)).mappings().all()


def decide(row: PaymentVoid | Refund, status: str, decided_by: UUID, note: str, now: datetime) -> None:
    """Write down who decided, how and why."""
    row.status, row.decided_by, row.decision_note, row.decided_at = status, decided_by, note, now
