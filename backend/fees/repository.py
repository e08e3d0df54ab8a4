"""Queries on fees and what decides them."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.fee import FeeCharge

# Two fees of one customer are charged one after the other: a count of returned payments is of the customer.
_LOCK_CUSTOMER = text("""
SELECT c.id FROM customers c JOIN accounts a ON a.customer_id = c.id WHERE a.id = :account_id
   FOR NO KEY UPDATE OF c
""")

_BY_KEY = text("""
SELECT f.id FROM fee_charges f JOIN ledger_entries e ON e.id = f.entry_id WHERE e.idempotency_key = :key
""")

_BY_CAUSE = text("SELECT id FROM fee_charges WHERE code = :code AND caused_by_entry_id = :entry_id")

_RETURNED_BEFORE = text("""
SELECT count(*) FROM fee_charges f JOIN accounts a ON a.id = f.account_id
 WHERE a.customer_id = :customer_id AND f.code = 'returned_payment' AND f.charged_on <= :charged_on
   AND NOT EXISTS (SELECT FROM ledger_entries r WHERE r.reverses_id = f.entry_id)
""")

_LOW_INCOME = text("""
SELECT EXISTS (SELECT FROM low_income_declarations
                WHERE account_id = :account_id AND declared_on <= :day AND expires_on > :day)
""")

_BILL = text("""
SELECT b.account_id, b.due_date, sums.bill_cents, sums.balance_cents, sums.due_later_cents
  FROM bills b
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(amount_cents), 0)::bigint AS balance_cents,
              coalesce(sum(amount_cents) FILTER (WHERE due_on > b.due_date), 0)::bigint AS due_later_cents,
              coalesce(sum(amount_cents) FILTER (WHERE due_on = b.due_date), 0)::bigint AS bill_cents
         FROM ledger_postings WHERE ledger_account_id = b.account_id AND effective_on <= :day) sums
 WHERE b.entry_id = :entry_id AND NOT EXISTS (SELECT FROM ledger_entries r WHERE r.reverses_id = b.entry_id)
""")

_LIST = text("""
SELECT f.id, f.code, f.amount_cents, f.charged_on, r.status AS reversal, r.id AS reversal_id,
       undone.id IS NOT NULL AS is_reversed
  FROM fee_charges f
  LEFT JOIN fee_reversals r ON r.fee_id = f.id AND r.status <> 'declined'
  LEFT JOIN ledger_entries undone ON undone.reverses_id = f.entry_id
 WHERE f.account_id = :account_id ORDER BY f.charged_on DESC, f.id DESC LIMIT :limit
""")


async def lock_customer(session: AsyncSession, account_id: UUID) -> UUID | None:
    """The customer of the account, locked until the transaction ends."""
    found: UUID | None = await session.scalar(_LOCK_CUSTOMER, {"account_id": account_id})
    return found


async def fee_by_key(session: AsyncSession, key: str) -> FeeCharge | None:
    found = await session.scalar(_BY_KEY, {"key": key})
    return await session.get(FeeCharge, found) if found else None


async def fee_by_cause(session: AsyncSession, code: str, entry_id: UUID) -> FeeCharge | None:
    found = await session.scalar(_BY_CAUSE, {"code": code, "entry_id": entry_id})
    return await session.get(FeeCharge, found) if found else None


async def returned_before(session: AsyncSession, customer_id: UUID, charged_on: date) -> int:
    """How many returned payments the customer was charged for, on all accounts, those taken back left out."""
    values = {"customer_id": customer_id, "charged_on": charged_on}
    return int((await session.execute(_RETURNED_BEFORE, values)).scalar_one())


async def is_low_income(session: AsyncSession, account_id: UUID, day: date) -> bool:
    return bool(await session.scalar(_LOW_INCOME, {"account_id": account_id, "day": day}))


async def bill_of_entry(session: AsyncSession, entry_id: UUID, day: date) -> RowMapping | None:
    """A bill that stands, with what its account owes on `day`."""
    return (await session.execute(_BILL, {"entry_id": entry_id, "day": day})).mappings().one_or_none()


async def add_fee(session: AsyncSession, fee: FeeCharge) -> None:
    session.add(fee)
    await session.flush()


async def fees_of(session: AsyncSession, account_id: UUID, limit: int) -> Sequence[RowMapping]:
    """The fees of an account, newest first, with what became of them."""
    return (await session.execute(_LIST, {"account_id": account_id, "limit": limit})).mappings().all()
