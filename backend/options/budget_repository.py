"""Queries on budget bills: the bills they level, what they have put off, when they end."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import RowMapping, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.billing_option import BudgetBill, BudgetEntry
from backend.parts import WITHIN, Part

_STANDS = "NOT EXISTS (SELECT FROM ledger_entries r WHERE r.reverses_id = b.entry_id)"

_HISTORY = text(f"""
SELECT b.issued_on, b.amount_cents FROM bills b
 WHERE b.account_id = :account_id AND b.kind <> 'final' AND b.issued_on <= :today AND {_STANDS}
 ORDER BY b.issued_on DESC, b.id DESC LIMIT :bills
""")

_ON_ARRANGEMENT = text("SELECT EXISTS (SELECT FROM arrangements WHERE account_id = :account_id AND status = 'active')")

_TO_LEVEL = text(f"""
SELECT g.id AS budget_id, g.account_id, b.id AS bill_id, b.due_date, b.amount_cents - g.monthly_cents AS deferred_cents
  FROM budget_bills g JOIN bills b ON b.account_id = g.account_id AND b.issued_on >= g.started_on
 WHERE {WITHIN.format("g.account_id")} AND g.ended_on IS NULL AND b.kind <> 'final' AND b.issued_on <= :today
   AND b.amount_cents <> g.monthly_cents AND {_STANDS}
   AND NOT EXISTS (SELECT FROM budget_entries l WHERE l.bill_id = b.id AND l.kind = 'level')
 ORDER BY b.id
""")

# A bill that was leveled and then taken back: what was put off goes too, unless a settlement has asked for it since.
_TO_CANCEL = text(f"""
SELECT g.id AS budget_id, g.account_id, b.id AS bill_id, b.due_date, -l.deferred_cents AS deferred_cents
  FROM budget_bills g
  JOIN budget_entries l ON l.budget_id = g.id AND l.kind = 'level'
  JOIN bills b ON b.id = l.bill_id
 WHERE {WITHIN.format("g.account_id")} AND g.ended_on IS NULL AND NOT ({_STANDS})
   AND NOT EXISTS (SELECT FROM budget_entries o WHERE o.bill_id = b.id AND o.kind = 'cancel')
   AND NOT EXISTS (SELECT FROM budget_entries s WHERE s.budget_id = g.id AND s.kind = 'settle'
                      AND s.entry_id > l.entry_id)
 ORDER BY b.id
""")

_TO_END = text(f"""
SELECT g.id AS budget_id, g.account_id,
       CASE WHEN a.status = 'closed' THEN 'account_closed' ELSE 'default' END AS reason
  FROM budget_bills g JOIN accounts a ON a.id = g.account_id
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(amount_cents), 0)
              - coalesce(sum(amount_cents) FILTER (WHERE due_on >= :default_before), 0) AS overdue_cents
         FROM ledger_postings WHERE ledger_account_id = g.account_id AND effective_on <= :today) sums
 WHERE {WITHIN.format("g.account_id")} AND g.ended_on IS NULL AND (a.status = 'closed' OR sums.overdue_cents > 0)
 ORDER BY g.account_id
""")

_TO_RENEW = text(f"""
SELECT g.id AS budget_id, g.account_id, g.recalculate_on, g.monthly_cents, past.bills_cents
  FROM budget_bills g
 CROSS JOIN LATERAL (
       SELECT array_agg(amount_cents) AS bills_cents FROM (
            SELECT b.amount_cents FROM bills b
             WHERE b.account_id = g.account_id AND b.kind <> 'final' AND b.issued_on <= :today AND {_STANDS}
             ORDER BY b.issued_on DESC LIMIT :bills) last) past
 WHERE {WITHIN.format("g.account_id")} AND g.ended_on IS NULL AND g.recalculate_on <= :today
 ORDER BY g.account_id
""")

_DEFERRED = text("""
SELECT budget_id, sum(deferred_cents)::bigint AS deferred_cents FROM budget_entries
 WHERE budget_id = ANY(:budget_ids) GROUP BY budget_id
""")

_MONTHS = text("""
SELECT b.issued_on, b.amount_cents AS used_cents, (b.amount_cents - l.deferred_cents)::bigint AS asked_cents
  FROM budget_entries l JOIN bills b ON b.id = l.bill_id
 WHERE l.budget_id = :budget_id AND l.kind = 'level'
   AND NOT EXISTS (SELECT FROM budget_entries o WHERE o.bill_id = b.id AND o.kind = 'cancel')
 ORDER BY b.issued_on DESC, b.id DESC LIMIT 24
""")


async def live_budget(session: AsyncSession, account_id: UUID) -> BudgetBill | None:
    query = select(BudgetBill).where(BudgetBill.account_id == account_id, BudgetBill.ended_on.is_(None))
    return await session.scalar(query)


async def add(session: AsyncSession, budget: BudgetBill) -> None:
    session.add(budget)
    await session.flush()


async def history(session: AsyncSession, account_id: UUID, today: date, bills: int) -> Sequence[RowMapping]:
    """The account's last bills that stand, newest first, final bills left out."""
    values = {"account_id": account_id, "today": today, "bills": bills}
    return (await session.execute(_HISTORY, values)).mappings().all()


async def on_arrangement(session: AsyncSession, account_id: UUID) -> bool:
    return bool(await session.scalar(_ON_ARRANGEMENT, {"account_id": account_id}))


async def bills_to_level(session: AsyncSession, part: Part, today: date) -> Sequence[RowMapping]:
    """Bills of budget accounts that ask for another amount than the monthly one."""
    return (await session.execute(_TO_LEVEL, {"today": today, **part.bounds})).mappings().all()


async def bills_to_cancel(session: AsyncSession, part: Part) -> Sequence[RowMapping]:
    """Leveled bills that were taken back since."""
    return (await session.execute(_TO_CANCEL, part.bounds)).mappings().all()


async def budgets_to_end(session: AsyncSession, part: Part, today: date, default_before: date) -> Sequence[RowMapping]:
    """Budgets of closed accounts, and those with a charge unpaid that was due before `default_before`."""
    values = {"today": today, "default_before": default_before, **part.bounds}
    return (await session.execute(_TO_END, values)).mappings().all()


async def budgets_to_renew(session: AsyncSession, part: Part, today: date, bills: int) -> Sequence[RowMapping]:
    """Budgets whose year is over, with the amounts of the account's last bills."""
    return (await session.execute(_TO_RENEW, {"today": today, "bills": bills, **part.bounds})).mappings().all()


async def deferred(session: AsyncSession, budget_ids: Sequence[UUID]) -> dict[UUID, int]:
    """What each budget has put off so far, in cents; negative: paid ahead. Budgets without entries are left out."""
    rows = await session.execute(_DEFERRED, {"budget_ids": list(budget_ids)})
    return {row.budget_id: row.deferred_cents for row in rows}


async def add_entries(session: AsyncSession, entries: Sequence[Mapping[str, object]]) -> None:
    await session.execute(insert(BudgetEntry), list(entries))


async def end(session: AsyncSession, budget_ids: Sequence[UUID], today: date, reason: str) -> None:
    query = update(BudgetBill).where(BudgetBill.id.in_(budget_ids))
    await session.execute(query.values(ended_on=today, end_reason=reason))


async def renew(session: AsyncSession, budget_id: UUID, monthly_cents: int, recalculate_on: date) -> None:
    query = update(BudgetBill).where(BudgetBill.id == budget_id)
    await session.execute(query.values(monthly_cents=monthly_cents, recalculate_on=recalculate_on))


async def months(session: AsyncSession, budget_id: UUID) -> Sequence[RowMapping]:
    """The leveled bills of a budget, newest first: what was used and what was asked for."""
    return (await session.execute(_MONTHS, {"budget_id": budget_id})).mappings().all()
