"""Queries on leak adjustments, and on what decides them."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.leak import LeakAdjustment

_BILL = text("""
SELECT b.id, b.account_id, b.period_start, b.period_end, b.usage_ccf, a.service_class,
       EXISTS (SELECT FROM ledger_entries r WHERE r.reverses_id = b.entry_id) AS is_cancelled
  FROM bills b JOIN accounts a ON a.id = b.account_id WHERE b.id = :bill_id FOR NO KEY UPDATE OF a
""")

_WATER = text("""
SELECT agreement_id, code, quantity, dollars_each FROM bill_lines
 WHERE bill_id = :bill_id AND code LIKE 'volume:%' ORDER BY line
""")

_OTHERS = text("""
SELECT b.period_end, b.usage_ccf FROM bills b
 WHERE b.account_id = :account_id AND b.id <> :bill_id AND NOT b.is_estimated
   AND NOT EXISTS (SELECT FROM ledger_entries r WHERE r.reverses_id = b.entry_id) ORDER BY b.period_end
""")

_LATELY = text("""
SELECT max(l.adjusted_on) FROM leak_adjustments l
 WHERE l.account_id = :account_id AND l.adjusted_on > :since
   AND NOT EXISTS (SELECT FROM ledger_entries r WHERE r.reverses_id = l.entry_id)
""")

_STANDS = text("""
SELECT l.entry_id FROM leak_adjustments l
 WHERE l.bill_id = :bill_id AND NOT EXISTS (SELECT FROM ledger_entries r WHERE r.reverses_id = l.entry_id)
""")


async def locked_bill(session: AsyncSession, bill_id: UUID) -> RowMapping | None:
    """The bill with the class of its account, which is locked until the transaction ends."""
    return (await session.execute(_BILL, {"bill_id": bill_id})).mappings().one_or_none()


async def water_lines(session: AsyncSession, bill_id: UUID) -> Sequence[RowMapping]:
    return (await session.execute(_WATER, {"bill_id": bill_id})).mappings().all()


async def other_bills(session: AsyncSession, account_id: UUID, bill_id: UUID) -> Sequence[RowMapping]:
    """When the account's other bills that stand and were measured end, and what they used."""
    values = {"account_id": account_id, "bill_id": bill_id}
    return (await session.execute(_OTHERS, values)).mappings().all()


async def adjusted_since(session: AsyncSession, account_id: UUID, since: date) -> date | None:
    """When the account last had an adjustment that stands, after `since`."""
    found: date | None = await session.scalar(_LATELY, {"account_id": account_id, "since": since})
    return found


async def adjustment_of(session: AsyncSession, bill_id: UUID) -> LeakAdjustment | None:
    return await session.get(LeakAdjustment, bill_id)


async def entry_that_stands(session: AsyncSession, bill_id: UUID) -> UUID | None:
    """The entry of the bill's adjustment, unless it was taken back."""
    found: UUID | None = await session.scalar(_STANDS, {"bill_id": bill_id})
    return found


async def add(session: AsyncSession, adjustment: LeakAdjustment) -> None:
    session.add(adjustment)
    await session.flush()
