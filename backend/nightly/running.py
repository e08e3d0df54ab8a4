"""Doing the work of a night: a step at a time, with connections of its own, on whichever thread asks."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime

from backend.billing.facts import Tariff
from backend.clock import Clock
from backend.database import Database
from backend.district.service import District
from backend.models.nightly import NightlyRun
from backend.nightly import repository, rules, steps
from backend.nightly.files import files
from backend.nightly.steps import Night
from backend.rates.service import RateBook
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
    "aging": steps.aging,
    "exceptions": steps.exceptions,
    "summary": steps.summary,
}
# A part may take longer than a request may, and waits for another night's part rather than failing.
_LIMITS = {"statement_timeout_ms": 300_000, "lock_timeout_ms": 120_000, "database_pool_size": 2}


def never() -> bool:
    """Nothing asks this night to stop."""
    return False


async def run_step(settings: Settings, business_date: date, step: str, stopping: Callable[[], bool] = never) -> None:
    """Do one step of a night, or what is left of it.

    :raises Exception: whatever stood in the way; what was done stays done, and doing the step again goes on from there.
    """
    database = Database.from_settings(settings.model_copy(update=_LIMITS))
    try:
        now = await _now(database)
        async with database.transaction() as session:
            await repository.begin(session, business_date, settings.nightly_part_accounts, now)
            run = await repository.run_of(session, business_date)
            done = any(row.part == rules.WHOLE for row in await repository.rows_of(session, business_date, step))
        assert run is not None
        if not done:
            night = _night(settings, database, run, now, stopping)
            await _WORK[step](night)
            await steps.finish_step(night, step)
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
    for step in rules.STEPS:
        await run_step(settings, business_date, step)


async def _now(database: Database) -> datetime:
    clock = Clock()
    async with database.transaction() as session:
        await clock.load(session)
    return clock.now()


def _night(
    settings: Settings, database: Database, run: NightlyRun, now: datetime, stopping: Callable[[], bool]
) -> Night:
    district = District.load(settings.district_dir)
    tariff = Tariff(RateBook.load(settings.district_dir), district.policy.billing)
    inbox = settings.home / INBOX
    return Night(database, district, tariff, inbox, run.business_date, now, run.part_accounts, stopping)
