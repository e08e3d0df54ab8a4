"""Queries on returns: which payment one is for, what became of it, what waits for a person."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.cash import ReturnItem, UnappliedReceipt
from backend.models.payment import PaymentReturn
from backend.payments.files import account_number_in

LISTED_MAX = 500

# By our own trace number first; else by the account number that we gave as individual id, which is never to be
# another account's. The latest such payment, but none when two of the same day could be meant.
_MATCH = text("""
WITH possible AS (
    SELECT p.id, p.received_on, coalesce(p.bank_reference = :trace, false) AS by_trace
      FROM payments p JOIN accounts a ON a.id = p.account_id
     WHERE p.amount_cents = :cents AND p.received_on >= :since AND p.method NOT IN ('cash', 'card')
       AND ((p.bank_reference = :trace AND (a.number = :number
                                            OR NOT EXISTS (SELECT FROM accounts k WHERE k.number = :number)))
            OR (p.bank_reference IS NULL AND a.number = :number))
       AND NOT EXISTS (SELECT FROM ledger_entries r WHERE r.reverses_id = p.entry_id)
), ranked AS (
    SELECT id, count(*) OVER (PARTITION BY by_trace, received_on) AS equals
      FROM possible ORDER BY by_trace DESC, received_on DESC LIMIT 1
)
SELECT id FROM ranked WHERE equals = 1
""")

_OPEN_ITEMS = text("""
SELECT i.id, i.cause, i.reason_code, i.trace_number, i.given_reference, i.amount_cents, i.returned_on, i.payment_id,
       p.confirmation_number, a.id AS account_id, a.number AS account_number, f.file_name, i.line
  FROM return_items i
  LEFT JOIN file_imports f ON f.id = i.import_id
  LEFT JOIN payments p ON p.id = i.payment_id
  LEFT JOIN accounts a ON a.id = p.account_id
 WHERE i.status = 'open' ORDER BY i.returned_on, i.id LIMIT :limit
""")


async def matching_payment(
    session: AsyncSession, trace: str, individual_id: str, amount_cents: int, since: date
) -> UUID | None:
    """The payment received since `since` that a return is for, when there is exactly one."""
    values = {"trace": trace, "number": account_number_in(individual_id), "cents": amount_cents, "since": since}
    found: UUID | None = (await session.execute(_MATCH, values)).scalar_one_or_none()
    return found


async def matching_receipt(
    session: AsyncSession, trace: str, amount_cents: int, since: date
) -> UnappliedReceipt | None:
    """The money that was not applied yet, by the bank's own number of it."""
    query = select(UnappliedReceipt).where(
        UnappliedReceipt.bank_reference == trace,
        UnappliedReceipt.amount_cents == amount_cents,
        UnappliedReceipt.received_on >= since,
        UnappliedReceipt.status == "open",
    )
    found = (await session.scalars(query.with_for_update().limit(2))).all()
    return found[0] if len(found) == 1 else None


async def earlier_return(session: AsyncSession, trace: str, amount_cents: int, since: date) -> UUID | None:
    """The payment that this very return was taken for before, by its trace number."""
    query = select(PaymentReturn.payment_id).where(
        PaymentReturn.trace_number == trace,
        PaymentReturn.amount_cents == amount_cents,
        PaymentReturn.returned_on >= since,
    )
    return await session.scalar(query.order_by(PaymentReturn.returned_on.desc()).limit(1))


async def return_of(session: AsyncSession, payment_id: UUID) -> PaymentReturn | None:
    return await session.scalar(select(PaymentReturn).where(PaymentReturn.payment_id == payment_id))


async def receipt_applied_as(session: AsyncSession, payment_id: UUID) -> UnappliedReceipt | None:
    """The unapplied money that became this payment."""
    return await session.scalar(select(UnappliedReceipt).where(UnappliedReceipt.payment_id == payment_id))


async def add_return(session: AsyncSession, returned: PaymentReturn) -> None:
    session.add(returned)
    await session.flush()


async def add_item(session: AsyncSession, item: ReturnItem) -> None:
    session.add(item)
    await session.flush()


async def open_items(session: AsyncSession) -> Sequence[RowMapping]:
    """What waits, with the payment and the account where they are known."""
    return (await session.execute(_OPEN_ITEMS, {"limit": LISTED_MAX})).mappings().all()


async def finish_item(session: AsyncSession, item_id: UUID, values: dict[str, Any]) -> str | None:
    """The status the item had; it is changed only when that was `open`."""
    status = await session.scalar(select(ReturnItem.status).where(ReturnItem.id == item_id).with_for_update())
    if status == "open":
        await session.execute(update(ReturnItem).where(ReturnItem.id == item_id).values(values))
    return status
