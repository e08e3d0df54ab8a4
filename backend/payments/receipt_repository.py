"""Queries on unapplied receipts, and on whose account a reference means."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, RowMapping, Text, any_, bindparam, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.account import Account
from backend.models.cash import Refund, UnappliedReceipt

LISTED_MAX = 500

_OPEN = text("""
SELECT r.id, r.given_reference, r.bank_reference, r.method, r.amount_cents, r.received_on, f.file_name,
       a.id AS account_id, a.number AS account_number, a.status AS account_status, c.name AS customer_name,
       EXISTS (SELECT FROM refunds x WHERE x.receipt_id = r.id AND x.status = 'pending') AS refund_asked
  FROM unapplied_receipts r
  LEFT JOIN file_imports f ON f.id = r.import_id
  LEFT JOIN accounts a ON a.number = r.given_reference
  LEFT JOIN customers c ON c.id = a.customer_id
 WHERE r.status = 'open' ORDER BY r.received_on, r.id LIMIT :limit
""")


async def account_of_number(session: AsyncSession, number: str) -> tuple[UUID, str] | None:
    """The account with this number, and its status."""
    row = (await session.execute(select(Account.id, Account.status).where(Account.number == number))).one_or_none()
    return None if row is None else (row.id, row.status)


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


async def by_entry(session: AsyncSession, entry_id: UUID) -> UnappliedReceipt | None:
    """The receipt that this entry posted."""
    return await session.scalar(select(UnappliedReceipt).where(UnappliedReceipt.entry_id == entry_id))


async def locked(session: AsyncSession, receipt_id: UUID) -> UnappliedReceipt | None:
    """The receipt, held until the transaction ends."""
    query = select(UnappliedReceipt).where(UnappliedReceipt.id == receipt_id).with_for_update()
    return await session.scalar(query.execution_options(populate_existing=True))


async def has_refund(session: AsyncSession, receipt_id: UUID) -> bool:
    """Whether somebody has asked to pay it back, or it was."""
    query = select(Refund.id).where(Refund.receipt_id == receipt_id, Refund.status != "declined")
    return (await session.scalar(query)) is not None


async def refunds_asked(session: AsyncSession, receipt_id: UUID) -> int:
    """How often somebody has asked to pay it back."""
    query = select(func.count()).where(Refund.receipt_id == receipt_id)
    return int((await session.execute(query)).scalar_one())


async def open_receipts(session: AsyncSession) -> Sequence[RowMapping]:
    """What waits for a person, with the closed account whose number was given, if that is why."""
    return (await session.execute(_OPEN, {"limit": LISTED_MAX})).mappings().all()
