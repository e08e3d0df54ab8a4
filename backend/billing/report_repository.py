"""What the report of a billing run adds up, each sum in one statement."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, RowMapping, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

HELD = """EXISTS (SELECT FROM billing_exceptions h
                   WHERE h.run_id = d.run_id AND h.account_id = d.account_id AND h.status = 'held')"""
"""The account of draft `d` is left out of its run."""

_RUNS = """
SELECT r.id, r.cycle, r.period_start, r.period_end, r.status, r.prepared_at, p.name AS prepared_by, r.approved_at,
       a.name AS approved_by, r.billed_at, r.accounts_not_due, r.accounts_active,
       (SELECT count(*) FROM billing_exceptions x WHERE x.run_id = r.id AND x.status = 'open') AS open_exceptions,
       (SELECT count(*) FROM bill_drafts d WHERE d.run_id = r.id) AS drafts,
       (SELECT count(*) FROM bills b WHERE b.run_id = r.id) AS bills
  FROM billing_runs r LEFT JOIN staff p ON p.id = r.prepared_by LEFT JOIN staff a ON a.id = r.approved_by
"""
_LISTED = text(f"{_RUNS} ORDER BY r.period_end DESC, r.cycle LIMIT :count")
_ONE = text(f"{_RUNS} WHERE r.id = :run_id").bindparams(bindparam("run_id", type_=Uuid()))

_BEFORE = text("""
SELECT r.id, r.period_end, (SELECT max(b.issued_on) FROM bills b WHERE b.run_id = r.id) AS issued_on
  FROM billing_runs r WHERE r.cycle = :cycle AND r.period_end < :period_end AND r.status = 'billed'
 ORDER BY r.period_end DESC LIMIT 1
""")

_DRAFT_LINES = text(f"""
SELECT l.service_class, split_part(l.code, ':', 1) AS sort, sum(l.quantity) AS quantity,
       sum(l.amount_cents)::bigint AS amount_cents, count(DISTINCT d.account_id) AS bills
  FROM bill_drafts d
 CROSS JOIN LATERAL jsonb_to_recordset(d.lines)
         AS l (service_class text, code text, quantity numeric, amount_cents bigint)
 WHERE d.run_id = :run_id AND d.amount_cents > 0 AND NOT {HELD}
 GROUP BY GROUPING SETS ((l.service_class, split_part(l.code, ':', 1)), (l.service_class))
""").bindparams(bindparam("run_id", type_=Uuid()))

_BILL_LINES = text("""
SELECT l.service_class, split_part(l.code, ':', 1) AS sort, sum(l.quantity) AS quantity,
       sum(l.amount_cents)::bigint AS amount_cents, count(DISTINCT b.id) AS bills
  FROM bills b JOIN bill_lines l ON l.bill_id = b.id WHERE b.run_id = :run_id
 GROUP BY GROUPING SETS ((l.service_class, split_part(l.code, ':', 1)), (l.service_class))
""").bindparams(bindparam("run_id", type_=Uuid()))

_DRAFTS = text(f"""
SELECT count(*) FILTER (WHERE d.amount_cents > 0 AND NOT held) AS bills,
       count(*) FILTER (WHERE d.amount_cents > 0 AND NOT held AND d.is_estimated) AS estimated,
       count(*) FILTER (WHERE held) AS held,
       count(*) FILTER (WHERE d.amount_cents <= 0 AND NOT held) AS without_charges,
       coalesce(sum(d.amount_cents) FILTER (WHERE d.amount_cents > 0 AND NOT held), 0)::bigint AS amount_cents
  FROM bill_drafts d CROSS JOIN LATERAL (SELECT {HELD} AS held) h WHERE d.run_id = :run_id
""").bindparams(bindparam("run_id", type_=Uuid()))

_BILLED = text("""
SELECT count(*) AS bills, count(*) FILTER (WHERE b.is_estimated) AS estimated,
       coalesce(sum(b.amount_cents), 0)::bigint AS amount_cents,
       coalesce(sum(p.amount_cents), 0)::bigint AS posted_cents, max(b.issued_on) AS issued_on
  FROM bills b
  LEFT JOIN ledger_postings p ON p.entry_id = b.entry_id AND p.ledger_account_id = b.account_id
 WHERE b.run_id = :run_id
""").bindparams(bindparam("run_id", type_=Uuid()))

# One that closed within the period counts while its final bill is among the drafts.
_ACTIVE = text("""
SELECT count(*) FROM accounts a
 WHERE a.billing_cycle = :cycle AND a.opened_on <= :period_end
   AND (a.closed_on IS NULL OR a.closed_on > :period_end
        OR EXISTS (SELECT FROM bill_drafts d WHERE d.run_id = :run_id AND d.account_id = a.id))
""").bindparams(bindparam("run_id", type_=Uuid()))

# This run's own bills are not part of the beginning, even if the bills before went out on the same day.
_RECEIVABLE = text("""
SELECT coalesce(sum(p.amount_cents) FILTER (WHERE p.effective_on <= :since), 0)::bigint
         - (SELECT coalesce(sum(b.amount_cents), 0)::bigint FROM bills b
             WHERE b.run_id = :run_id AND b.issued_on <= :since) AS beginning_cents,
       coalesce(sum(p.amount_cents), 0)::bigint AS ending_cents
  FROM accounts a JOIN ledger_postings p ON p.ledger_account_id = a.id
 WHERE a.billing_cycle = :cycle AND p.effective_on <= :until
""").bindparams(bindparam("run_id", type_=Uuid()), *(bindparam(name, type_=Date()) for name in ("since", "until")))

# A reversal counts with what it takes back.
_BETWEEN = text("""
SELECT coalesce(undone.kind, e.kind) AS kind, sum(p.amount_cents)::bigint AS amount_cents
  FROM accounts a
  JOIN ledger_postings p ON p.ledger_account_id = a.id
  JOIN ledger_entries e ON e.id = p.entry_id
  LEFT JOIN ledger_entries undone ON undone.id = e.reverses_id
 WHERE a.billing_cycle = :cycle AND p.effective_on > :since AND p.effective_on <= :until
   AND NOT EXISTS (SELECT FROM bills b WHERE b.entry_id = e.id AND b.run_id = :run_id)
 GROUP BY 1
""").bindparams(bindparam("run_id", type_=Uuid()), *(bindparam(name, type_=Date()) for name in ("since", "until")))

_EXCEPTION_COUNTS = text("""
SELECT code, count(*) FILTER (WHERE status = 'open') AS open, count(*) FILTER (WHERE status = 'resolved') AS resolved,
       count(*) FILTER (WHERE status = 'released') AS released, count(*) FILTER (WHERE status = 'held') AS held
  FROM billing_exceptions WHERE run_id = :run_id GROUP BY code
""").bindparams(bindparam("run_id", type_=Uuid()))


async def listed_runs(session: AsyncSession, count: int) -> Sequence[RowMapping]:
    """The newest runs first."""
    return (await session.execute(_LISTED, {"count": count})).mappings().all()


async def one_run(session: AsyncSession, run_id: UUID) -> RowMapping | None:
    return (await session.execute(_ONE, {"run_id": run_id})).mappings().one_or_none()


async def run_before(session: AsyncSession, cycle: int, period_end: date) -> RowMapping | None:
    """`id`, `period_end`, `issued_on` of the cycle's last billed run before this one."""
    values = {"cycle": cycle, "period_end": period_end}
    return (await session.execute(_BEFORE, values)).mappings().one_or_none()


async def line_sums(session: AsyncSession, run_id: UUID, *, billed: bool) -> Sequence[RowMapping]:
    """By class and sort of line; the rows with `sort` None count the bills of a class."""
    query = _BILL_LINES if billed else _DRAFT_LINES
    return (await session.execute(query, {"run_id": run_id})).mappings().all()


async def draft_counts(session: AsyncSession, run_id: UUID) -> RowMapping:
    return (await session.execute(_DRAFTS, {"run_id": run_id})).mappings().one()


async def billed_counts(session: AsyncSession, run_id: UUID) -> RowMapping:
    return (await session.execute(_BILLED, {"run_id": run_id})).mappings().one()


async def active_accounts(session: AsyncSession, run_id: UUID, cycle: int, period_end: date) -> int:
    values = {"run_id": run_id, "cycle": cycle, "period_end": period_end}
    return int((await session.execute(_ACTIVE, values)).scalar_one())


async def receivable(session: AsyncSession, values: dict[str, Any]) -> RowMapping:
    """`beginning_cents` after the day `since` and `ending_cents` after the day `until`, of the accounts of `cycle`."""
    return (await session.execute(_RECEIVABLE, values)).mappings().one()


async def between(session: AsyncSession, values: dict[str, Any]) -> dict[str, int]:
    """What was posted to the accounts of `cycle` in between, by kind of entry, but for the bills of `run_id`."""
    return {row[0]: row[1] for row in await session.execute(_BETWEEN, values)}


async def exception_counts(session: AsyncSession, run_id: UUID) -> Sequence[RowMapping]:
    return (await session.execute(_EXCEPTION_COUNTS, {"run_id": run_id})).mappings().all()
