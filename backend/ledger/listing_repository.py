"""An account's entries one after another with the balance after each, and what each is about."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import RowMapping, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

# An entry may hold several postings of the receivable; together they are one line.
_LINES = text("""
WITH lines AS (
    SELECT p.entry_id, e.effective_on, e.posted_at, sum(p.amount_cents)::bigint AS amount_cents, max(p.due_on) AS due_on
      FROM ledger_postings p JOIN ledger_entries e ON e.id = p.entry_id
     WHERE p.ledger_account_id = :account_id GROUP BY p.entry_id, e.effective_on, e.posted_at
), running AS (
    SELECT *, sum(amount_cents) OVER (ORDER BY effective_on, posted_at, entry_id)::bigint AS balance_cents FROM lines
), newest AS (
    SELECT * FROM running ORDER BY effective_on DESC, posted_at DESC, entry_id DESC LIMIT :count OFFSET :skip
)
SELECT n.entry_id, n.effective_on, n.due_on, n.amount_cents, n.balance_cents, e.kind, e.description, e.reverses_id,
       undone.kind AS reversed_kind, undone.effective_on AS reversed_on,
       EXISTS (SELECT FROM ledger_entries r WHERE r.reverses_id = n.entry_id) AS is_reversed,
       b.id AS bill_id, b.period_start, b.period_end, f.code AS fee_code, y.method, y.confirmation_number,
       x.reason_code AS return_reason
  FROM newest n JOIN ledger_entries e ON e.id = n.entry_id
  LEFT JOIN ledger_entries undone ON undone.id = e.reverses_id
  LEFT JOIN bills b ON b.entry_id = coalesce(e.reverses_id, e.id)
  LEFT JOIN fee_charges f ON f.entry_id = coalesce(e.reverses_id, e.id)
  LEFT JOIN payments y ON y.entry_id = coalesce(e.reverses_id, e.id)
  LEFT JOIN payment_returns x ON x.reversal_entry_id = e.id
 ORDER BY n.effective_on DESC, n.posted_at DESC, n.entry_id DESC
""").bindparams(bindparam("account_id", type_=Uuid()))


async def lines(session: AsyncSession, account_id: UUID, *, skip: int, count: int) -> Sequence[RowMapping]:
    """Entries with the balance after each, newest first."""
    values = {"account_id": account_id, "skip": skip, "count": count}
    return (await session.execute(_LINES, values)).mappings().all()
