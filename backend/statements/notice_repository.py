"""What a statement's notices are made of, as it was on the day the bill was issued."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

_FACTS = text("""
SELECT a.status, a.paperless, autopay.method_label AS autopay_method, recurring.method_label AS recurring_method,
       recurring.amount_cents AS recurring_cents, recurring.day_of_month, plan.installment_cents, plan.installment_on,
       returned.amount_cents AS returned_cents,
       returned.received_on AS returned_received_on, held.kind AS hold_kind, budget.recalculate_on,
       budget.deferred_cents
  FROM accounts a
  LEFT JOIN LATERAL (
       SELECT method_label FROM payment_instructions i WHERE i.account_id = a.id AND i.kind = 'autopay'
          AND i.started_on <= :day AND (i.ended_on IS NULL OR i.ended_on > :day) LIMIT 1) autopay ON true
  LEFT JOIN LATERAL (
       SELECT method_label, amount_cents, day_of_month FROM payment_instructions i
        WHERE i.account_id = a.id AND i.kind = 'recurring' AND i.started_on <= :day
          AND (i.ended_on IS NULL OR i.ended_on > :day) LIMIT 1) recurring ON true
 CROSS JOIN LATERAL (
       SELECT (array_agg(i.amount_cents ORDER BY i.due_on))[1] AS installment_cents, min(i.due_on) AS installment_on
         FROM arrangements g JOIN arrangement_installments i ON i.arrangement_id = g.id
        WHERE g.account_id = a.id AND g.status = 'active' AND g.agreed_on <= :day AND i.due_on >= :day
          AND (i.kept_on IS NULL OR i.kept_on > :day)) plan
  LEFT JOIN LATERAL (
       SELECT r.amount_cents, p.received_on FROM payment_returns r JOIN payments p ON p.id = r.payment_id
        WHERE r.account_id = a.id AND r.returned_on > :since AND r.returned_on <= :day
        ORDER BY r.returned_on DESC LIMIT 1) returned ON true
  LEFT JOIN LATERAL (
       SELECT h.kind FROM account_holds h WHERE h.account_id = a.id AND h.started_on <= :day
          AND (h.ended_on IS NULL OR h.ended_on >= :day) ORDER BY h.kind LIMIT 1) held ON true
  LEFT JOIN LATERAL (
       SELECT g.recalculate_on, (
                SELECT coalesce(sum(l.deferred_cents), 0)::bigint FROM budget_entries l
                  JOIN ledger_entries e ON e.id = l.entry_id
                 WHERE l.budget_id = g.id AND e.effective_on <= :day) AS deferred_cents
         FROM budget_bills g WHERE g.account_id = a.id AND g.started_on <= :day
          AND (g.ended_on IS NULL OR g.ended_on > :day) LIMIT 1) budget ON true
 WHERE a.id = :account_id
""")

_METERS = text("SELECT id, serial_number, size_inches FROM meters WHERE id = ANY(:ids)").bindparams(
    bindparam("ids", type_=ARRAY(Uuid()))
)


async def facts_on(session: AsyncSession, account_id: UUID, day: date, since: date) -> dict[str, Any]:
    """How the account pays, its plan, holds and budget bill on `day`, and a payment returned after `since`."""
    values = {"account_id": account_id, "day": day, "since": since}
    return dict((await session.execute(_FACTS, values)).mappings().one())


async def meters(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    """Meter → its serial number and size."""
    rows = await session.execute(_METERS, {"ids": list(ids)})
    return {row.id: (row.serial_number, row.size_inches) for row in rows}
