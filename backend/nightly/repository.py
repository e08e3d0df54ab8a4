"""Rows of the nightly update, and what its steps look for."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.account import Account
from backend.models.nightly import NightlyRun, NightlySchedule, NightlyStep
from backend.nightly.rules import PartRow
from backend.parts import WITHIN, Part

# A night that is made up later bills nothing that was approved after its day: its bills would be dated too early.
_RUNS = text("""
SELECT id, cycle, period_end FROM billing_runs
 WHERE status = :status AND period_end <= :today AND (status <> 'approved' OR approved_at < :day_ends)
 ORDER BY period_end, cycle
""")

# An account with a reversal may be found without need: what was reversed counts on both sides.
_TO_SETTLE = text(f"""
SELECT id FROM accounts JOIN (
    SELECT account_id FROM (
        SELECT ledger_account_id AS account_id, greatest(amount_cents, 0) AS charged_cents,
               greatest(-amount_cents, 0) AS credited_cents, 0 AS paid_cents
          FROM ledger_postings WHERE {WITHIN.format("ledger_account_id")}
         UNION ALL
        SELECT account_id, 0, 0, amount_cents FROM payment_allocations
         WHERE {WITHIN.format("account_id")} AND undone_by_id IS NULL) moved
     GROUP BY account_id HAVING least(sum(charged_cents), sum(credited_cents)) > sum(paid_cents)) open_both
    ON open_both.account_id = accounts.id
 ORDER BY id
""")


async def since(session: AsyncSession, today: date) -> date:
    """The first business date that is looked after; `today` when this is asked for the first time."""
    known: date | None = await session.scalar(select(NightlySchedule.since))
    if known is not None:
        return known
    await session.execute(insert(NightlySchedule).values(first=today, since=today).on_conflict_do_nothing())
    return (await session.execute(select(NightlySchedule.since))).scalar_one()


async def look_since(session: AsyncSession, day: date) -> None:
    """Nights before `day` are not made up for; those before the first day never are."""
    await session.execute(update(NightlySchedule).values(since=func.greatest(NightlySchedule.first, day)))


async def nights_between(session: AsyncSession, first: date, last: date) -> set[date]:
    """The business dates on record, finished or not."""
    query = select(NightlyRun.business_date).where(NightlyRun.business_date.between(first, last))
    return set(await session.scalars(query))


async def first_unfinished(session: AsyncSession, until: date) -> date | None:
    """The oldest night on record, of `until` or before, that is not finished."""
    query = select(NightlyRun.business_date).where(NightlyRun.finished_at.is_(None), NightlyRun.business_date <= until)
    return await session.scalar(query.order_by(NightlyRun.business_date).limit(1))


async def newest_night(session: AsyncSession) -> date | None:
    return await session.scalar(select(func.max(NightlyRun.business_date)))


async def begin(session: AsyncSession, business_date: date, part_accounts: int, now: datetime) -> None:
    """The run of a date, unless it is there."""
    values = {"business_date": business_date, "part_accounts": part_accounts, "started_at": now}
    await session.execute(insert(NightlyRun).values(values).on_conflict_do_nothing())


async def run_of(session: AsyncSession, business_date: date) -> NightlyRun | None:
    return await session.get(NightlyRun, business_date)


async def latest_runs(session: AsyncSession, count: int) -> Sequence[NightlyRun]:
    """The newest nights first."""
    return (await session.scalars(select(NightlyRun).order_by(NightlyRun.business_date.desc()).limit(count))).all()


async def set_problem(session: AsyncSession, business_date: date, problem: str | None) -> None:
    query = update(NightlyRun).where(NightlyRun.business_date == business_date).values(problem=problem)
    await session.execute(query)


async def finish(session: AsyncSession, business_date: date, summary: dict[str, Any], now: datetime) -> None:
    query = update(NightlyRun).where(NightlyRun.business_date == business_date)
    await session.execute(query.values(finished_at=now, summary=summary, problem=None))


async def claim(session: AsyncSession, business_date: date, step: str, part: int, now: datetime) -> bool:
    """Take a part for this transaction. False: it is done. One that another transaction works on is waited for."""
    values = {"business_date": business_date, "step": step, "part": part, "done_at": now, "counts": {}}
    query = insert(NightlyStep).values(values).on_conflict_do_nothing().returning(NightlyStep.part)
    return await session.scalar(query) is not None


async def note(session: AsyncSession, business_date: date, step: str, part: int, counts: Mapping[str, Any]) -> None:
    """What the part did."""
    mine = (NightlyStep.business_date == business_date) & (NightlyStep.step == step) & (NightlyStep.part == part)
    await session.execute(update(NightlyStep).where(mine).values(counts=dict(counts)))


async def rows_of(session: AsyncSession, business_date: date, step: str | None = None) -> list[PartRow]:
    """What is done of a night, or of one of its steps, in order."""
    query = select(NightlyStep.step, NightlyStep.part, NightlyStep.counts, NightlyStep.done_at)
    query = query.where(NightlyStep.business_date == business_date).order_by(NightlyStep.step, NightlyStep.part)
    if step is not None:
        query = query.where(NightlyStep.step == step)
    return [PartRow(*row) for row in await session.execute(query)]


async def account_count(session: AsyncSession) -> int:
    return int((await session.execute(select(func.count()).select_from(Account))).scalar_one())


async def billing_runs(session: AsyncSession, status: str, today: date, day_ends: datetime) -> Sequence[RowMapping]:
    """`id`, `cycle`, `period_end` of the runs in a status, oldest first; of approved ones, those before `day_ends`."""
    values = {"status": status, "today": today, "day_ends": day_ends}
    return (await session.execute(_RUNS, values)).mappings().all()


async def accounts_to_settle(session: AsyncSession, part: Part) -> list[UUID]:
    """The accounts of the part that have both a credit which pays nothing yet and a charge which is not paid."""
    return list(await session.scalars(_TO_SETTLE, part.bounds))
