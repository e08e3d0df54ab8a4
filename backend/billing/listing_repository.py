"""Rows of a billing run as people read them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.billing.report_repository import HELD

_EXCEPTIONS = text("""
SELECT x.id, x.code, x.status, x.account_id, a.number AS account_number, a.service_class,
       concat_ws(' ', p.street, p.unit) AS service_address, x.meter_id, m.serial_number, x.detail, x.reason,
       s.name AS decided_by, x.decided_at, x.earlier, d.usage_units AS units, d.amount_cents,
       count(*) OVER () AS total
  FROM billing_exceptions x
  JOIN accounts a ON a.id = x.account_id
  LEFT JOIN bill_drafts d ON d.run_id = x.run_id AND d.account_id = x.account_id
  LEFT JOIN meters m ON m.id = x.meter_id
  LEFT JOIN LATERAL (
       SELECT q.street, q.unit FROM service_agreements g JOIN premises q ON q.id = g.premise_id
        WHERE g.account_id = a.id ORDER BY m.premise_id = q.id DESC NULLS LAST, g.started_on DESC, g.id LIMIT 1
  ) p ON true
  LEFT JOIN staff s ON s.id = x.decided_by
 WHERE x.run_id = :run_id AND x.status = coalesce(:status, x.status) AND x.code = coalesce(:code, x.code)
   AND x.account_id = coalesce(:account_id, x.account_id)
 ORDER BY x.status <> 'open', x.code, a.number, x.id OFFSET :skip LIMIT :count
""").bindparams(
    *(bindparam(name, type_=Uuid()) for name in ("run_id", "account_id")),
    *(bindparam(name, type_=Text()) for name in ("status", "code")),
)

_REGISTER = text(f"""
SELECT d.account_id, a.number AS account_number, d.service_class, d.period_start, d.period_end,
       d.usage_units AS units, d.amount_cents, d.is_estimated, {HELD} AS is_held,
       ARRAY(SELECT DISTINCT x.code FROM billing_exceptions x WHERE x.run_id = d.run_id
               AND x.account_id = d.account_id AND x.status <> 'resolved' ORDER BY x.code) AS exceptions
  FROM bill_drafts d JOIN accounts a ON a.id = d.account_id
 WHERE d.run_id = :run_id AND d.account_id > :after ORDER BY d.account_id LIMIT :count
""").bindparams(bindparam("run_id", type_=Uuid()), bindparam("after", type_=Uuid()))

_DRAFT = text(f"""
SELECT d.period_start, d.period_end, d.usage_units AS units, d.amount_cents, d.is_estimated, {HELD} AS is_held,
       d.lines, d.basis,
       (SELECT coalesce(jsonb_object_agg(m.id, m.serial_number), '{{}}') FROM meters m WHERE m.id IN (
            SELECT (used->>'meter_id')::uuid FROM jsonb_array_elements(d.basis->'meters') AS used)) AS serials
  FROM bill_drafts d WHERE d.run_id = :run_id AND d.account_id = :account_id
""").bindparams(*(bindparam(name, type_=Uuid()) for name in ("run_id", "account_id")))

_PAST_BILLS = text("""
SELECT b.id, b.period_start, b.period_end, b.usage_ccf AS units, b.amount_cents, b.is_estimated
  FROM bills b WHERE b.account_id = :account_id
   AND NOT EXISTS (SELECT FROM bill_cancellations c WHERE c.bill_id = b.id)
 ORDER BY b.period_end DESC, b.id DESC LIMIT :count
""").bindparams(bindparam("account_id", type_=Uuid()))


async def exceptions(session: AsyncSession, values: dict[str, Any]) -> Sequence[RowMapping]:
    """Open ones first, by code and account number; each row has the `total` of all pages."""
    return (await session.execute(_EXCEPTIONS, values)).mappings().all()


async def register(session: AsyncSession, run_id: UUID, after: UUID, count: int) -> Sequence[RowMapping]:
    """The drafts after an account, in the order of the accounts' ids."""
    values = {"run_id": run_id, "after": after, "count": count}
    return (await session.execute(_REGISTER, values)).mappings().all()


async def draft(session: AsyncSession, run_id: UUID, account_id: UUID) -> RowMapping | None:
    values = {"run_id": run_id, "account_id": account_id}
    return (await session.execute(_DRAFT, values)).mappings().one_or_none()


async def past_bills(session: AsyncSession, account_id: UUID, count: int) -> Sequence[RowMapping]:
    """The newest bills that stand, newest first."""
    values = {"account_id": account_id, "count": count}
    return (await session.execute(_PAST_BILLS, values)).mappings().all()
