"""Queries on requests to take a fee back."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import RowMapping, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.fee import FeeReversal

_CODES_REVERSED = text("""
SELECT f.code FROM fee_reversals r JOIN fee_charges f ON f.id = r.fee_id
 WHERE f.account_id = :account_id AND r.status = 'posted' AND (r.decided_at AT TIME ZONE :zone)::date > :since
""")

_WORKLIST = text("""
SELECT r.id, r.fee_id, f.account_id, a.number AS account_number, c.name AS customer_name, f.code, f.amount_cents,
       f.charged_on, r.reason_code, r.note, r.requested_role, r.requested_by, asker.name AS requested_by_name,
       r.requested_at, r.status, decider.name AS decided_by_name, r.decided_at, r.decision_note,
       (SELECT count(*) FROM fee_reversals o JOIN fee_charges g ON g.id = o.fee_id
         WHERE g.account_id = f.account_id AND o.status = 'posted' AND o.id <> r.id
           AND (o.decided_at AT TIME ZONE :zone)::date > :since)::int AS reversed_lately
  FROM fee_reversals r
  JOIN fee_charges f ON f.id = r.fee_id
  JOIN accounts a ON a.id = f.account_id
  JOIN customers c ON c.id = a.customer_id
  LEFT JOIN staff asker ON asker.id = r.requested_by
  LEFT JOIN staff decider ON decider.id = r.decided_by
 WHERE (r.status = 'pending') = :pending
 ORDER BY CASE WHEN :pending THEN r.requested_at END, r.decided_at DESC, r.id LIMIT :limit
""")


async def by_id(session: AsyncSession, reversal_id: UUID) -> FeeReversal | None:
    return await session.get(FeeReversal, reversal_id)


async def locked(session: AsyncSession, reversal_id: UUID) -> FeeReversal:
    """The request as it is now, locked until the transaction ends."""
    query = select(FeeReversal).where(FeeReversal.id == reversal_id).with_for_update()
    return (await session.scalars(query.execution_options(populate_existing=True))).one()


async def live_reversal(session: AsyncSession, fee_id: UUID) -> FeeReversal | None:
    """The posted or pending request of a fee."""
    query = select(FeeReversal).where(FeeReversal.fee_id == fee_id, FeeReversal.status != "declined")
    return await session.scalar(query)


async def codes_reversed(session: AsyncSession, account_id: UUID, since: date, zone: str) -> tuple[str, ...]:
    """The codes of the account's fees that were taken back after `since`."""
    values = {"account_id": account_id, "since": since, "zone": zone}
    return tuple(await session.scalars(_CODES_REVERSED, values))


async def add(session: AsyncSession, reversal: FeeReversal) -> None:
    session.add(reversal)
    await session.flush()


async def worklist(session: AsyncSession, *, pending: bool, since: date, zone: str, limit: int) -> Sequence[RowMapping]:
    """Requests with what one needs to decide: the pending ones oldest first, the decided ones newest first."""
    values = {"pending": pending, "since": since, "zone": zone, "limit": limit}
    return (await session.execute(_WORKLIST, values)).mappings().all()
