"""Bill cycles: which are due, the preliminary billing ledger, and the bills that come of it.

A run goes part by part, each part in one transaction with the mark of how far it came: killed anywhere, it goes on
from the last part that was committed, and a bill's idempotency key keeps it from being posted twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend.billing import calendar, repository, rules, service_repository
from backend.billing.errors import (
    OpenExceptionsError,
    PeriodPassedError,
    RunNotFoundError,
    WrongRunStatusError,
)
from backend.billing.facts import Tariff
from backend.billing.reckoning import Decision, reckon
from backend.database import Database, announce
from backend.ledger.bulk import BillToPost, post_bills
from backend.models.account import Account
from backend.models.base import new_id
from backend.models.billing import BillingException, BillingRun

PART = 500
"""Accounts a part."""
FIRST = UUID(int=0)
OVERTAKEN = "Another bill has taken these days in."
GONE = "Not found any more when the run was prepared again."


@dataclass(frozen=True, slots=True)
class PartDone:
    """What one part did; `is_last` when nothing is left of the step."""

    accounts: int
    bills: int
    amount_cents: int
    is_last: bool


@dataclass(frozen=True, slots=True)
class DueCycle:
    """A cycle whose meters have been read for a period that nobody has prepared yet."""

    cycle: int
    period_end: date


async def due_cycles(session: AsyncSession, tariff: Tariff, today: date) -> list[DueCycle]:
    """The cycles to prepare on `today`: those about whose read day enough meters were read, or that waited for it."""
    last = await repository.last_period_ends(session)
    used = await _used_cycles(session)
    due = []
    for cycle in sorted(used & tariff.policy.cycles.keys()):
        rhythm = tariff.rhythm(cycle)
        read_day = calendar.next_read_day(rhythm, last.get(cycle), today)
        if read_day > today:
            continue
        until = min(today, read_day + timedelta(days=rhythm.window_days))
        first = read_day - timedelta(days=rhythm.window_days)
        so_far = await repository.read_so_far(session, cycle, (first, until))
        if (end := calendar.period_end(rhythm, read_day, so_far, today)) is not None:
            due.append(DueCycle(cycle, end))
    return due


async def unscheduled_cycles(session: AsyncSession, tariff: Tariff) -> list[int]:
    """Cycles with active accounts of which the policy knows no read day: nobody would bill them."""
    return sorted(await _used_cycles(session) - tariff.policy.cycles.keys())


async def _used_cycles(session: AsyncSession) -> set[int]:
    return set(await session.scalars(select(Account.billing_cycle).where(Account.status == "active").distinct()))


async def begin_run(
    session: AsyncSession, *, cycle: int, period_end: date, now: datetime, prepared_by: UUID | None = None
) -> UUID:
    """The run of a cycle and a period: made now, or known from before.

    :raises PeriodPassedError: the cycle has a later run.
    """
    runs = await session.execute(
        select(BillingRun.id, BillingRun.period_end)
        .where(BillingRun.cycle == cycle)
        .order_by(BillingRun.period_end.desc())
        .limit(1)
    )
    newest = runs.one_or_none()
    if newest is not None and newest.period_end > period_end:
        raise PeriodPassedError(newest.period_end)
    start = newest.period_end + timedelta(days=1) if newest else period_end - timedelta(days=29)
    values = {
        "id": new_id(),
        "cycle": cycle,
        "period_start": start,
        "period_end": period_end,
        "status": "preparing",
        "prepared_at": now,
        "prepared_by": prepared_by,
    }
    if newest is None or newest.period_end < period_end:
        await session.execute(insert(BillingRun).values(values).on_conflict_do_nothing())
    found = select(BillingRun.id).where(BillingRun.cycle == cycle, BillingRun.period_end == period_end)
    run_id: UUID = (await session.execute(found)).scalar_one()
    announce(session, "billing_run_preparing", run_id=run_id)
    return run_id


async def locked_run(session: AsyncSession, run_id: UUID) -> BillingRun:
    """The run, for this transaction alone.

    :raises RunNotFoundError: there is none.
    """
    query = select(BillingRun).where(BillingRun.id == run_id).with_for_update()
    run = await session.scalar(query.execution_options(populate_existing=True))
    if run is None:
        raise RunNotFoundError
    return run


async def prepare_part(session: AsyncSession, tariff: Tariff, run_id: UUID, *, count: int = PART) -> PartDone:
    """Reckon the next accounts of the run, and find what is unusual about them."""
    run = await locked_run(session, run_id)
    if run.status != "preparing":
        return PartDone(0, 0, 0, is_last=True)
    accounts = await repository.next_accounts(session, run.cycle, run.period_end, run.prepared_through or FIRST, count)
    reckoned = await reckon(session, tariff, run, accounts, Decision("resolved", GONE, None, run.prepared_at))
    drafts = reckoned.drafts
    run.accounts_not_due += reckoned.not_due
    if accounts:
        run.prepared_through = accounts[-1].id
    is_last = len(accounts) < count
    if is_last:
        run.status = "prepared"
        announce(session, "billing_run_prepared", run_id=run_id)
    return PartDone(len(accounts), len(drafts), sum(draft.amount_cents for draft in drafts), is_last)


async def prepare_again(session: AsyncSession, run_id: UUID, *, now: datetime, prepared_by: UUID | None = None) -> None:
    """Let a run that nobody has approved be prepared anew, because reads, rates or accounts were mended.

    The workflow that hears of it does so at once, else the next night. Decisions stand where the same is found again.

    :raises RunNotFoundError: no such run.
    :raises WrongRunStatusError: it is approved; from then on nothing in it changes.
    """
    run = await locked_run(session, run_id)
    if run.status not in ("preparing", "prepared"):
        raise WrongRunStatusError(run.status, "prepared")
    run.status, run.prepared_at, run.prepared_through, run.accounts_not_due = "preparing", now, None, 0
    run.prepared_by = prepared_by or run.prepared_by
    await repository.drop_drafts(session, run_id)
    announce(session, "billing_run_preparing", run_id=run_id)


async def prepare_run(
    database: Database,
    tariff: Tariff,
    *,
    cycle: int,
    period_end: date,
    now: datetime,
    prepared_by: UUID | None = None,
) -> UUID:
    """The preliminary billing ledger of a cycle, ready for review; the run's id. Again, it goes on or is done."""
    async with database.transaction() as session:
        run_id = await begin_run(session, cycle=cycle, period_end=period_end, now=now, prepared_by=prepared_by)
    while True:
        async with database.transaction() as session:
            done = await prepare_part(session, tariff, run_id)
        if done.is_last:
            return run_id


async def open_exceptions(session: AsyncSession, run_id: UUID) -> int:
    """How many exceptions of the run nobody has decided."""
    query = select(func.count()).where(BillingException.run_id == run_id, BillingException.status == "open")
    return int((await session.execute(query)).scalar_one())


async def bill_part(
    session: AsyncSession, tariff: Tariff, run_id: UUID, *, issued_on: date, now: datetime, count: int = PART
) -> PartDone:
    """Post the next bills of an approved run.

    :raises WrongRunStatusError: nobody has approved it.
    :raises OpenExceptionsError: an exception is open after all.
    """
    run = await locked_run(session, run_id)
    if run.status == "billed":
        return PartDone(0, 0, 0, is_last=True)
    if run.status != "approved":
        raise WrongRunStatusError(run.status, "approved")
    if open_count := await open_exceptions(session, run_id):
        raise OpenExceptionsError(open_count)
    rows = await _next_drafts(session, run, count, now)
    chosen = [row for row in rows if row.to_bill]
    due_date = issued_on + timedelta(days=tariff.policy.due_days)
    await _post(session, run_id, chosen, (issued_on, due_date), now)
    if rows:
        run.billed_through = rows[-1].account_id
    is_last = len(rows) < count
    if is_last:
        run.status, run.billed_at = "billed", now
    return PartDone(len(rows), len(chosen), sum(row.amount_cents for row in chosen), is_last)


async def _next_drafts(session: AsyncSession, run: BillingRun, count: int, now: datetime) -> Sequence[Any]:
    """The next drafts with their accounts locked; those whose days a final bill has taken in are held back."""
    asked = (run.id, run.billed_through or FIRST, count)
    await repository.lock_accounts(session, *asked)
    await repository.hold_overtaken(session, asked, OVERTAKEN, now)
    return await repository.next_drafts(session, *asked)


async def _post(
    session: AsyncSession, run_id: UUID, rows: Sequence[Any], dates: tuple[date, date], now: datetime
) -> None:
    posted = await post_bills(
        session,
        [
            BillToPost(
                account_id=row.account_id,
                amount_cents=row.amount_cents,
                usage_ccf=int(row.usage_units),
                period=(row.period_start, row.period_end),
                issued_on=dates[0],
                due_date=dates[1],
                idempotency_key=f"bill:{run_id}:{row.account_id}",
                run_id=run_id,
                kind=row.kind,
                is_estimated=row.is_estimated,
            )
            for row in rows
        ],
        now,
    )
    fresh = [bill for bill in posted if bill.is_new]
    if fresh:
        ids, accounts = [bill.bill_id for bill in fresh], [bill.account_id for bill in fresh]
        await repository.add_draft_lines(session, run_id, ids, accounts)
        await service_repository.add_of_drafts(session, run_id, ids, accounts)
    meters = [meter for row in rows if row.basis for meter in row.basis["meters"]]
    if estimates := rules.made_up_reads(meters):
        await repository.add_estimates(session, [(new_id(), *estimate) for estimate in estimates])
    if ended := [row.account_id for row in rows if row.kind == "final"]:
        await repository.close_accounts(session, ended)


async def bill_run(database: Database, tariff: Tariff, run_id: UUID, *, issued_on: date, now: datetime) -> PartDone:
    """Post every bill of an approved run; the sums of what this call did. Again, it goes on or is done.

    :raises WrongRunStatusError: nobody has approved it.
    :raises OpenExceptionsError: an exception is open after all.
    """
    accounts = bills = cents = 0
    while True:
        async with database.transaction() as session:
            done = await bill_part(session, tariff, run_id, issued_on=issued_on, now=now)
        accounts, bills, cents = accounts + done.accounts, bills + done.bills, cents + done.amount_cents
        if done.is_last:
            return PartDone(accounts, bills, cents, is_last=True)
