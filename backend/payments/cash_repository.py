"""Queries on drawers."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.base import new_id
from backend.models.cash import CashBatch

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

_BATCH = """
SELECT b.id AS batch_id, b.business_date, b.opened_by, opener.name AS opened_by_name, b.opened_at, b.float_cents,
       b.counted_cents AS counted_cash_cents, b.counted_checks_cents, closer.name AS closed_by_name, b.closed_at
  FROM cash_batches b JOIN staff opener ON opener.id = b.opened_by LEFT JOIN staff closer ON closer.id = b.closed_by
"""
_BY_ID = text(f"{_BATCH} WHERE b.id = :batch_id")
_OPEN_OF = text(f"{_BATCH} WHERE b.opened_by = :staff_id AND b.closed_at IS NULL")
_OF_DAY = text(
    f"{_BATCH} WHERE b.business_date = :day OR (b.closed_at IS NULL AND b.business_date < :day) ORDER BY b.opened_at"
)

_VOIDS_WAIT = text("""
SELECT count(*) FROM payment_voids v JOIN payments p ON p.id = v.payment_id
 WHERE p.batch_id = :batch_id AND v.status = 'pending'
""")


async def open_batch(session: AsyncSession, values: dict[str, Any]) -> UUID | None:
    """Open a drawer; None when this person has one open."""
    statement = insert(CashBatch).values({"id": new_id(), **values}).on_conflict_do_nothing()
    return await session.scalar(statement.returning(CashBatch.id))


async def held_batch(session: AsyncSession, batch_id: UUID, *, to_close: bool) -> CashBatch | None:
    """The drawer, which cannot be closed by another until the transaction ends; alone when it is to be closed."""
    query = select(CashBatch).where(CashBatch.id == batch_id).with_for_update(read=not to_close)
    return await session.scalar(query.execution_options(populate_existing=True))


async def held_open_of(session: AsyncSession, staff_id: UUID) -> CashBatch | None:
    """This person's open drawer, which stays open until the transaction ends."""
    query = select(CashBatch).where(CashBatch.opened_by == staff_id, CashBatch.closed_at.is_(None))
    return await session.scalar(query.with_for_update(read=True).execution_options(populate_existing=True))


async def tenders(session: AsyncSession, batch_id: UUID) -> Sequence[RowMapping]:
    """`method`, `count`, `cents`, `voided_count`, `voided_cents` of each tender in the drawer."""
    return (await session.execute(_TENDERS, {"batch_id": batch_id})).mappings().all()


async def voids_wait(session: AsyncSession, batch_id: UUID) -> int:
    """How many voids of payments in the drawer nobody has decided."""
    return int((await session.execute(_VOIDS_WAIT, {"batch_id": batch_id})).scalar_one())


async def batch_row(session: AsyncSession, batch_id: UUID) -> RowMapping | None:
    return (await session.execute(_BY_ID, {"batch_id": batch_id})).mappings().one_or_none()


async def open_row_of(session: AsyncSession, staff_id: UUID) -> RowMapping | None:
    return (await session.execute(_OPEN_OF, {"staff_id": staff_id})).mappings().one_or_none()


async def rows_of_day(session: AsyncSession, day: date) -> Sequence[RowMapping]:
    """The drawers of a day, and those of earlier days that nobody has closed."""
    return (await session.execute(_OF_DAY, {"day": day})).mappings().all()
