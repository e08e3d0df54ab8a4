"""The nights on record: which are due, how far each one is, and what it came to. `running` does their work."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from backend.district.service import District
from backend.errors import ConflictError, NotFoundError
from backend.nightly import nights, repository, rules
from backend.nightly.rules import PartRow, StepState


class FutureDateError(ConflictError):
    """409 `business_date_in_future`: the day has not begun."""

    def __init__(self, business_date: date, today: date) -> None:
        detail = f"{business_date} is in the future: today is {today}. Choose a date up to today."
        super().__init__("business_date_in_future", detail, today=today)


class PastDateError(ConflictError):
    """409 `business_date_too_old`: nobody may post into the books of so long ago."""

    def __init__(self, business_date: date, first: date) -> None:
        detail = f"{business_date} is too long ago: its books are closed. Choose a date from {first} on."
        super().__init__("business_date_too_old", detail, first=first)


class NightNotFoundError(NotFoundError):
    """404 `night_not_found`: nobody has started the update of that date."""

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


async def plan(session: AsyncSession, district: District, now: datetime, part_accounts: int) -> date | None:
    """Put the nights that are due at `now` on record; the oldest that is not finished, which is to run next.

    The first time, nothing is due yet: what was before today, another system has looked after.
    """
    policy = district.policy.nightly
    newest = nights.newest_night(now, district.zone, policy.starts)
    await _plan_until(session, newest, district, now, part_accounts)
    return await next_night(session, now.astimezone(district.zone).date())


async def next_night(session: AsyncSession, today: date) -> date | None:
    """The oldest night on record that is not finished: the one that is at work, or comes next.

    None of the future: where the demonstration's clock was turned back, those wait for their day.
    """
    return await repository.first_unfinished(session, today)


async def clock_moved(session: AsyncSession, district: District, now: datetime) -> None:
    """The demonstration's clock was set: of the nights it jumped over only the newest is made; nobody missed them."""
    await repository.since(session, now.astimezone(district.zone).date())
    newest = nights.newest_night(now, district.zone, district.policy.nightly.starts)
    await repository.look_since(session, newest)


async def begin(
    session: AsyncSession, business_date: date, district: District, now: datetime, part_accounts: int
) -> Progress:
    """Put the night on record (once), after those before it that were missed, and say how it stands.

    :raises FutureDateError: the date is after today. :raises PastDateError: it is too long ago.
    """
    today = now.astimezone(district.zone).date()
    if business_date > today:
        raise FutureDateError(business_date, today)
    first = today - timedelta(days=district.policy.nightly.catch_up_nights)
    if business_date < first and await repository.run_of(session, business_date) is None:
        raise PastDateError(business_date, first)
    await _plan_until(session, business_date - nights.DAY, district, now, part_accounts)
    await repository.begin(session, business_date, part_accounts, now)
    return await progress(session, business_date)


async def _plan_until(
    session: AsyncSession, newest: date, district: District, now: datetime, part_accounts: int
) -> None:
    policy = district.policy.nightly
    since = await repository.since(session, now.astimezone(district.zone).date())
    if newest < since:
        return
    known, back_max = await repository.nights_between(session, since, newest), policy.catch_up_nights

    def is_wanted(day: date) -> bool:
        return policy.closed_days or district.office(day.year).hours_on(day) is not None

    for day in nights.nights_due(newest, since, known=known, back_max=back_max, is_wanted=is_wanted):
        await repository.begin(session, day, part_accounts, now)


async def progress(session: AsyncSession, business_date: date) -> Progress:
    """How far the night is.

    :raises NightNotFoundError: it was never started.
    """
    run = await repository.run_of(session, business_date)
    if run is None:
        raise NightNotFoundError
    rows = await repository.rows_of(session, business_date)
    parts = -(-await repository.account_count(session) // run.part_accounts)
    problem = run.problem
    if run.finished_at is None and problem is None:
        oldest = await repository.first_unfinished(session, business_date)
        if oldest is not None and oldest < business_date:
            problem = f"The update of {oldest} comes first."
    return Progress(
        run.business_date,
        "finished" if run.finished_at else "waiting" if problem else "running",
        run.started_at,
        run.finished_at,
        problem,
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
    return [row for row in rows if row.counts.get("files_refused")]


async def latest(session: AsyncSession, count: int = 14) -> list[tuple[date, datetime | None, dict[str, Any] | None]]:
    """The newest nights: date, when it finished, summary."""
    return [(run.business_date, run.finished_at, run.summary) for run in await repository.latest_runs(session, count)]
