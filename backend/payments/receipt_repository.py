"""Queries on unapplied receipts, and on whose account a reference means."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, RowMapping, Text, any_, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.account import Account
from backend.models.cash import Refund, UnappliedReceipt

# A key that was used before means the account it was used for, whatever has become of that account since.
_ACCOUNT_FOR = text("""
SELECT a.id FROM accounts a
 WHERE a.number = :number AND (
       EXISTS (SELECT FROM ledger_entries e JOIN payments p ON p.entry_id = e.id
                WHERE e.idempotency_key = :key AND p.account_id = a.id)
       OR (a.status = 'active' AND NOT EXISTS (
           SELECT FROM ledger_entries e JOIN unapplied_receipts r ON r.entry_id = e.id WHERE e.idempotency_key = :key)))
""")

_OPEN = text("""
SELECT r.id, r.given_reference, r.method, r.amount_cents, r.received_on, f.file_name,
       (SELECT x.id FROM refunds x WHERE x.receipt_id = r.id AND x.status = 'pending') AS refund_id
  FROM unapplied_receipts r LEFT JOIN file_imports f ON f.id = r.import_id
 WHERE r.status = 'open' ORDER BY r.received_on, r.id LIMIT 500
""")


async def account_for(session: AsyncSession, number: str, idempotency_key: str) -> UUID | None:
    """The open account with this number; None when the money belongs with the unapplied."""
    values = {"number": number, "key": idempotency_key}
    found: UUID | None = (await session.execute(_ACCOUNT_FOR, values)).scalar_one_or_none()
    return found


async def open_accounts(session: AsyncSession, numbers: Sequence[str]) -> dict[str, UUID]:
    """The open accounts with these numbers, by number."""
    given = bindparam("numbers", list(numbers), type_=ARRAY(Text()))
    query = select(Account.number, Account.id).where(Account.number == any_(given), Account.status == "active")
    return {row.number: row.id for row in await session.execute(query)}


async def add(session: AsyncSession, receipts: Sequence[UnappliedReceipt]) -> None:
    session.add_all(receipts)
    await session.flush()


async def by_entries(session: AsyncSession, entry_ids: Sequence[UUID]) -> list[UnappliedReceipt]:
    """The receipts that those entries posted, in the order of the entries."""
    rows = await session.scalars(select(UnappliedReceipt).where(UnappliedReceipt.entry_id.in_(entry_ids)))
    found = {receipt.entry_id: receipt for receipt in rows}
    return [found[entry_id] for entry_id in entry_ids]


async def locked(session: AsyncSession, receipt_id: UUID) -> UnappliedReceipt | None:
    """The receipt, held until the transaction ends."""
    query = select(UnappliedReceipt).where(UnappliedReceipt.id == receipt_id).with_for_update()
    return await session.scalar(query.execution_options(populate_existing=True))


async def has_refund(session: AsyncSession, receipt_id: UUID) -> bool:
    """Whether somebody has asked to pay it back, or it was."""
    query = select(Refund.id).where(Refund.receipt_id == receipt_id, Refund.status != "declined")
    return (await session.scalar(query)) is not None


async def open_receipts(session: AsyncSession) -> Sequence[RowMapping]:
    return (await session.execute(_OPEN)).mappings().all()
