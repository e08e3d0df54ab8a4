"""Queries on arrangements, their installments, and the money that came in for them."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import RowMapping, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.arrangement import Arrangement, Installment
from backend.parts import WITHIN, Part

# A payment of the very day counts when it was posted after the agreement: ids sort by time.
_SINCE = "({0}.effective_on > g.agreed_on OR ({0}.effective_on = g.agreed_on AND {0}.entry_id > g.id))"

# What came in: payments, adjustments, and old charges taken back; less what went out again. A payment from before the
# agreement that comes back later is owed beside the plan, and is no installment missed.
_ACTIVE = text(f"""
SELECT g.id, g.account_id, i.number, i.due_on, i.amount_cents, i.kept_on,
       (received.cents - charged.cents)::bigint AS toward_cents
  FROM arrangements g
 CROSS JOIN LATERAL (
       SELECT -coalesce(sum(p.amount_cents), 0) AS cents
         FROM ledger_postings p JOIN ledger_entries e ON e.id = p.entry_id
         LEFT JOIN ledger_postings undone
                ON undone.entry_id = e.reverses_id AND undone.ledger_account_id = p.ledger_account_id
        WHERE p.ledger_account_id = g.account_id AND p.effective_on <= :today AND {_SINCE.format("p")}
          AND (p.due_on IS NULL OR p.due_on <= g.agreed_on)
          AND (p.amount_cents < 0 OR p.due_on IS NULL OR e.kind = 'reversal')
          AND NOT coalesce(undone.amount_cents < 0 AND NOT {_SINCE.format("undone")}, false)) received
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(p.amount_cents), 0) AS cents FROM ledger_postings p
        WHERE p.ledger_account_id = g.account_id AND p.due_on > g.agreed_on AND p.due_on <= :today
          AND p.effective_on <= :today) charged
  JOIN arrangement_installments i ON i.arrangement_id = g.id
 WHERE g.status = 'active' AND {WITHIN.format("g.account_id")}
 ORDER BY g.id, i.number
""")


async def active(session: AsyncSession, part: Part, today: date) -> Sequence[RowMapping]:
    """Each installment of each active arrangement of the part, with `toward_cents` as of `today`."""
    return (await session.execute(_ACTIVE, {"today": today, **part.bounds})).mappings().all()


async def keep(session: AsyncSession, arrangement_id: UUID, numbers: Sequence[int], kept_on: date) -> None:
    """Mark installments as kept."""
    mine = (Installment.arrangement_id == arrangement_id) & Installment.number.in_(numbers)
    await session.execute(update(Installment).where(mine).values(kept_on=kept_on))


async def set_status(session: AsyncSession, arrangement_id: UUID, status: str) -> None:
    await session.execute(update(Arrangement).where(Arrangement.id == arrangement_id).values(status=status))
