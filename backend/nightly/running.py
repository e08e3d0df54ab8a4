"""Doing the work of a night: a step at a time, with connections of its own, on whichever thread asks."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date

import backend.models.staff  # noqa: F401  (foreign keys name its table, and nothing else here imports it)
from backend.billing.facts import Tariff
from backend.clock import Clock
from backend.database import Database
from backend.district.service import District
from backend.nightly import repository, rules, steps
from backend.nightly.files import files
from backend.nightly.processor_day import reconciliation
from backend.nightly.steps import Night
from backend.rates.service import RateBook
from backend.reads.layouts import ReadLayouts
from backend.settings import Settings

INBOX = "inbox"
_WORK: Mapping[str, Callable[[Night], Awaitable[None]]] = {
    "files": files,
    "drafts": steps.drafts,
    "arrangements": steps.arrangements,
    "late_fees": steps.late_fees,
    "prepare": steps.prepare,
    "bills": steps.bills,
    "budgets": steps.budgets,
    "credits": steps.credits,
    "bill_texts": steps.bill_texts,
    "reconciliation": reconciliation,
    "aging": steps.aging,
    "exceptions": steps.exceptions,
    "summary": steps.summary,
}
# A part may take longer than a request may, and waits for another night's part rather than failing.
_LIMITS = {"statement_timeout_ms": 300_000, "lock_timeout_ms": 120_000, "database_pool_size": 4}


def never() -> bool:
    """Nothing asks this night to stop."""
    return False


async def run_step(settings: Settings, business_date: date, step: str, stopping: Callable[[], bool] = never) -> None:
    """Do one step of a night, or what is left of it.

    :raises Exception: whatever stood in the way; what was done stays done, and doing the step again goes on from there.
    """
    database = Database.from_settings(settings.model_copy(update=_LIMITS))
    try:
        night = await _night(settings, database, business_date, stopping)
        await _run(night, step)
    finally:
        await database.close()


async def note_problem(settings: Settings, business_date: date, problem: str) -> None:
    """Say what stands in the way of a night (words without data)."""
    database = Database.from_settings(settings)
    try:
        async with database.transaction() as session:
            await repository.set_problem(session, business_date, problem)
    finally:
        await database.close()


async def run_nightly(settings: Settings, business_date: date) -> None:
    """The whole night at once, without a durable workflow around it: for scripts and measurements."""
    database = Database.from_settings(settings.model_copy(update=_LIMITS))
    try:
        night = await _night(settings, database, business_date, never)
        for step in rules.STEPS:
            await _run(night, step)
    finally:
        await database.close()


async def _run(night: Night, step: str) -> None:
    async with night.database.transaction() as session:
        rows = await repository.rows_of(session, night.business_date, step)
    if not any(row.part == rules.WHOLE for row in rows):
        await _WORK[step](night)
        await steps.finish_step(night, step)


async def _night(settings: Settings, database: Database, business_date: date, stopping: Callable[[], bool]) -> Night:
    """The night as it is on record, put there unless it is."""
    clock = Clock()
    async with database.transaction() as session:
        await clock.load(session)
        await repository.begin(session, business_date, settings.nightly_part_accounts, clock.now())
        run = await repository.run_of(session, business_date)
    assert run is not None
    district = District.load(settings.district_dir)
    return Night(
        database=database,
        district=district,
        tariff=Tariff(RateBook.load(settings.district_dir), district.policy.billing),
        layouts=ReadLayouts.load(settings.district_dir),
        inbox=settings.home / INBOX,
        business_date=business_date,
        now=clock.now(),
        part_accounts=run.part_accounts,
        stopping=stopping,
        settings=settings,
    )
