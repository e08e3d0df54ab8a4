"""Our charges as reconciliation looks at them: with what became of their payments, and what the processor gave back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Row, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

# Each refund tells of itself as often as it changes: its newest event counts.
_CHARGES = text("""
SELECT c.*, undone.idempotency_key AS reversal_key, coalesce(refunded.cents, 0)::bigint AS refunded_cents
  FROM charges c
  LEFT JOIN payments y ON y.id = c.payment_id
  LEFT JOIN ledger_entries undone ON undone.reverses_id = y.entry_id
  LEFT JOIN LATERAL (
       SELECT sum(r.amount_cents) AS cents
         FROM (SELECT DISTINCT ON (subject_id) amount_cents, state FROM gateway_events
                WHERE processor = c.processor AND charge_id = c.processor_charge_id AND kind = 'refund_changed'
                ORDER BY subject_id, happened_at DESC, received_at DESC) r
        WHERE r.state <> 'failed') refunded ON undone.id IS NOT NULL
 WHERE c.processor = :processor
   AND (c.id = ANY(:ids) OR c.processor_charge_id = ANY(:charge_ids)
        OR (c.resolved_at >= :first AND c.resolved_at < :before)
        OR (undone.posted_at >= :first AND undone.posted_at < :before))
""").bindparams(bindparam("ids", type_=ARRAY(Uuid())), bindparam("charge_ids", type_=ARRAY(Text())))


async def charges_of(
    session: AsyncSession,
    processor: str,
    ids: Sequence[UUID],
    charge_ids: Sequence[str],
    span: tuple[datetime, datetime],
) -> Sequence[Row[Any]]:
    """The charges of these ids (ours, the processor's), and those resolved or taken back in a span of time."""
    values = {"processor": processor, "ids": list(ids), "charge_ids": list(charge_ids)}
    return (await session.execute(_CHARGES, {**values, "first": span[0], "before": span[1]})).all()
