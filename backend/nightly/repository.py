"""Rows of the nightly update, and what is open for people after it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.account import Account
from backend.models.nightly import NightlyRun, NightlyStep
from backend.nightly.rules import PartRow
from backend.parts import WITHIN, Part

_RUNS = text("""
SELECT id, cycle, period_end FROM billing_runs
 WHERE status = :status AND period_end <= :today ORDER BY period_end, cycle
""")

_BILLED = text(f"""
SELECT DISTINCT b.account_id FROM bills b
 WHERE b.issued_on = :today AND b.run_id IS NOT NULL AND {WITHIN.format("b.account_id")} ORDER BY b.account_id
""")

_TO_DO = text("""
SELECT (SELECT count(*) FROM billing_exceptions WHERE status = 'open') AS billing_exceptions,
       (SELECT count(*) FROM billing_runs WHERE status = 'prepared') AS runs_to_approve,
       (SELECT count(*) FROM unapplied_receipts WHERE status = 'open') AS unapplied_receipts,
       (SELECT count(*) FROM return_items WHERE status = 'open') AS return_items,
       (SELECT count(*) FROM fee_reversals WHERE status = 'pending') AS fee_reversals,
       (SELECT count(*) FROM refunds WHERE status = 'pending') AS refunds
""")


async def begin(session: AsyncSession, business_date: date, now: datetime) -> None:
    """The run of a date, unless it is there."""
    values = {"business_date": business_date, "started_at": now}
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


async def billing_runs(session: AsyncSession, status: str, today: date) -> Sequence[RowMapping]:
    """`id`, `cycle`, `period_end` of the runs in a status, oldest first."""
    return (await session.execute(_RUNS, {"status": status, "today": today})).mappings().all()


async def billed_accounts(session: AsyncSession, part: Part, today: date) -> list[UUID]:
    """The accounts of the part whose cycle was billed today."""
    return list(await session.scalars(_BILLED, {"today": today, **part.bounds}))


async def to_do(session: AsyncSession) -> dict[str, int]:
    """What waits for a person, by kind."""
    return dict((await session.execute(_TO_DO)).mappings().one())
