"""The nightly update of one business date: its steps one after another, how far it is, and what it came to."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from backend.billing.facts import Tariff
from backend.clock import Clock
from backend.database import Database
from backend.district.service import District
from backend.errors import ConflictError, NotFoundError
from backend.nightly import repository, rules, steps
from backend.nightly.files import files
from backend.nightly.rules import PartRow, StepState
from backend.nightly.steps import Night
from backend.parts import PART_ACCOUNTS
from backend.rates.service import RateBook
from backend.reads.layouts import ReadLayouts
from backend.settings import Settings

INBOX = "inbox"
_WORK: Mapping[str, Callable[[Night], Awaitable[None]]] = {
    "files": files,
    "drafts": steps.drafts,
    "late_fees": steps.late_fees,
    "arrangements": steps.arrangements,
    "prepare": steps.prepare,
    "bills": steps.bills,
    "budgets": steps.budgets,
    "credits": steps.credits,
    "exceptions": steps.exceptions,
    "summary": steps.summary,
}
# A part may take longer than a request may, and waits for another night's part rather than failing.
_LIMITS = {"statement_timeout_ms": 300_000, "lock_timeout_ms": 120_000, "database_pool_size": 2}


class FutureDateError(ConflictError):
    """409: the day is not over, or has not even begun."""

    def __init__(self, business_date: date, today: date) -> None:
        detail = f"{business_date} is in the future: today is {today}. Choose a date up to today."
        super().__init__("business_date_in_future", detail, today=today)


class NightNotFoundError(NotFoundError):
    """404: nobody has started the update of that date."""

    def __init__(self) -> None:
        super().__init__("night_not_found", "The nightly update of this date has not been started.")


@dataclass(frozen=True, slots=True)
class Progress:
    """A night as it stands. `status`: `running`, `waiting` (there is a `problem`; it is tried again) or `finished`."""

    business_date: date
    status: str
    started_at: datetime
    finished_at: datetime | None
    problem: str | None
    steps: tuple[StepState, ...]
    summary: dict[str, Any] | None


def check_date(business_date: date, today: date) -> None:
    """:raises FutureDateError: the date is after `today`."""
    if business_date > today:
        raise FutureDateError(business_date, today)


async def begin(session: AsyncSession, business_date: date, now: datetime) -> Progress:
    """Put the night on record (once) and say how it stands; the workflow does the rest."""
    await repository.begin(session, business_date, now)
    return await progress(session, business_date)


async def progress(session: AsyncSession, business_date: date) -> Progress:
    """How far the night is.

    :raises NightNotFoundError: it was never started.
    """
    run = await repository.run_of(session, business_date)
    if run is None:
        raise NightNotFoundError
    rows = await repository.rows_of(session, business_date)
    parts = -(-await repository.account_count(session) // PART_ACCOUNTS)
    status = "finished" if run.finished_at else "waiting" if run.problem else "running"
    return Progress(
        run.business_date,
        status,
        run.started_at,
        run.finished_at,
        run.problem,
        tuple(rules.states(rows, parts)),
        run.summary,
    )


async def summary(session: AsyncSession, business_date: date) -> dict[str, Any] | None:
    """What a finished night came to, step by step; None while it is not finished.

    :raises NightNotFoundError: it was never started.
    """
    return (await progress(session, business_date)).summary


async def refused_files(session: AsyncSession, business_date: date) -> list[PartRow]:
    """The files that were refused that night, with their problems."""
    rows = await repository.rows_of(session, business_date, "files")
    return [row for row in rows if row.counts.get("refused")]


async def latest(session: AsyncSession, count: int = 14) -> list[tuple[date, datetime | None, dict[str, Any] | None]]:
    """The newest nights: date, when it finished, summary."""
    return [(run.business_date, run.finished_at, run.summary) for run in await repository.latest_runs(session, count)]


def never() -> bool:
    """Nothing asks this night to stop."""
    return False


async def run_step(settings: Settings, business_date: date, step: str, stopping: Callable[[], bool] = never) -> None:
    """Do one step of a night, or what is left of it. Opens and closes connections of its own.

    :raises Exception: whatever stood in the way; what was done stays done, and doing the step again goes on from there.
    """
    database = Database.from_settings(settings.model_copy(update=_LIMITS))
    try:
        night = await _night(settings, database, business_date, stopping)
        async with database.transaction() as session:
            await repository.begin(session, business_date, night.now)
            done = any(row.part == rules.WHOLE for row in await repository.rows_of(session, business_date, step))
        if not done:
            await _WORK[step](night)
            await steps.finish_step(night, step)
    finally:
        await database.close()


async def note_problem(settings: Settings, business_date: date, problem: str | None) -> None:
    """Say what stands in the way of a night (a name, never data), or that nothing does any more."""
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


async def _night(settings: Settings, database: Database, business_date: date, stopping: Callable[[], bool]) -> Night:
    district, clock = District.load(settings.district_dir), Clock()
    async with database.transaction() as session:
        await clock.load(session)
    tariff = Tariff(RateBook.load(settings.district_dir), district.policy.billing)
    layouts = ReadLayouts.load(settings.district_dir)
    return Night(database, district, tariff, layouts, settings.home / INBOX, business_date, clock.now(), stopping)
