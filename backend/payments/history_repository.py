"""The query behind an account's payments."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.cash import LEFT_OF_CHARGE

_PAYMENTS = text(f"""
SELECT p.id, p.confirmation_number, p.method, p.amount_cents, p.received_on, p.bank_reference,
       CASE WHEN undone.id IS NULL THEN 'posted' WHEN returned.id IS NULL THEN 'voided' ELSE 'returned' END AS status,
       coalesce(void.status = 'pending', false) AS void_asked,
       returned.reason_code, returned.returned_on, returned.next_step,
       CASE WHEN undone.id IS NULL AND c.id IS NOT NULL THEN {LEFT_OF_CHARGE} ELSE 0 END AS refundable_cents
  FROM payments p
  LEFT JOIN charges c ON c.payment_id = p.id
  LEFT JOIN ledger_entries undone ON undone.reverses_id = p.entry_id
  LEFT JOIN payment_returns returned ON returned.payment_id = p.id
  LEFT JOIN payment_voids void ON void.payment_id = p.id AND void.status <> 'declined'
 WHERE p.account_id = :account_id AND p.received_on <= :today
 ORDER BY p.received_on DESC, p.id DESC LIMIT :limit
""")


async def payments_of(session: AsyncSession, account_id: UUID, today: date, limit: int) -> Sequence[RowMapping]:
    """The account's payments received up to `today`, newest first, with their voids and returns."""
    values = {"account_id": account_id, "today": today, "limit": limit}
    return (await session.execute(_PAYMENTS, values)).mappings().all()
