"""What bills outside a run read and write."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

_ADD_LINES = text("""
INSERT INTO bill_lines (bill_id, line, code, detail, quantity, dollars_each, amount_cents, agreement_id, service_class)
SELECT b.bill_id, l.line, l.value->>'code', l.value->>'detail', (l.value->>'quantity')::numeric,
       (l.value->>'dollars_each')::numeric, (l.value->>'amount_cents')::bigint, (l.value->>'agreement_id')::uuid,
       l.value->>'service_class'
  FROM unnest(:bill_ids, :lines) AS b (bill_id, lines)
 CROSS JOIN LATERAL jsonb_array_elements(b.lines::jsonb) WITH ORDINALITY AS l (value, line)
ON CONFLICT DO NOTHING
""").bindparams(bindparam("bill_ids", type_=ARRAY(Uuid())), bindparam("lines", type_=ARRAY(Text())))

_DROP_ESTIMATES = text("""
DELETE FROM meter_reads r USING meters m, service_agreements g
 WHERE g.account_id = :account_id AND m.premise_id = g.premise_id AND r.meter_id = m.id
   AND r.kind = 'estimated' AND r.import_id IS NULL AND r.read_on BETWEEN :start AND :end
   AND NOT EXISTS (SELECT FROM bills b JOIN service_agreements o ON o.account_id = b.account_id
                    WHERE o.premise_id = m.premise_id AND b.period_start > r.read_on
                      AND NOT EXISTS (SELECT FROM bill_cancellations c WHERE c.bill_id = b.id))
""").bindparams(bindparam("account_id", type_=Uuid()))

_IS_BILLED = text("""
SELECT EXISTS (SELECT FROM bills b
                WHERE b.account_id = :account_id AND b.period_start <= :end AND b.period_end >= :start
                  AND NOT EXISTS (SELECT FROM bill_cancellations c WHERE c.bill_id = b.id))
""").bindparams(bindparam("account_id", type_=Uuid()))

# The last one of a chain of corrections first: a cancelled bill that another replaced comes after it.
_FINAL_BILLS = text("""
SELECT b.id, b.amount_cents, c.bill_id IS NOT NULL AS is_cancelled
  FROM bills b LEFT JOIN bill_cancellations c ON c.bill_id = b.id
 WHERE b.account_id = :account_id AND b.period_end = :last_day AND b.kind IN ('final', 'rebill')
 ORDER BY c.bill_id IS NOT NULL, c.replaced_by_id IS NOT NULL, b.id DESC
""").bindparams(bindparam("account_id", type_=Uuid()))


async def add_lines(session: AsyncSession, bill_ids: Sequence[UUID], lines: Sequence[str]) -> None:
    """`lines` are JSON arrays, one for each bill."""
    await session.execute(_ADD_LINES, {"bill_ids": list(bill_ids), "lines": list(lines)})


async def drop_estimates(session: AsyncSession, account_id: UUID, start: date, end: date) -> None:
    """Take back what a bill of these days estimated, unless a bill that stands began there."""
    await session.execute(_DROP_ESTIMATES, {"account_id": account_id, "start": start, "end": end})


async def is_billed(session: AsyncSession, account_id: UUID, start: date, end: date) -> bool:
    """Whether a bill that stands has any of these days."""
    values = {"account_id": account_id, "start": start, "end": end}
    return bool((await session.execute(_IS_BILLED, values)).scalar_one())


async def final_bills(session: AsyncSession, account_id: UUID, last_day: date) -> Sequence[Any]:
    """(id, amount, whether it was cancelled) of the final bills up to this day; one that stands first."""
    return (await session.execute(_FINAL_BILLS, {"account_id": account_id, "last_day": last_day})).all()
