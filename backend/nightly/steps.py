"""What each step of a night does. A part of a step is one transaction, with the row that says it is done.

So a kill between any two statements leaves all of a part or none of it, and a part that another process works on
is waited for and then passed over: two nights at once are one.
"""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from backend.arrangements.service import check_arrangements
from backend.billing import service as billing
from backend.billing.errors import OpenExceptionsError
from backend.billing.facts import Tariff
from backend.database import Database
from backend.district.service import District
from backend.enrolments.reminders import text_bills
from backend.fees.delinquency import charge_delinquent
from backend.fees.late import charge_late_fees
from backend.ledger import reports
from backend.nightly import item_repository, items, repository, rules
from backend.nightly.rules import WHOLE
from backend.options.budget_checks import check_budgets
from backend.options.draws import draw_due
from backend.parts import Part, account_parts
from backend.payments import service as payments
from backend.reads.layouts import ReadLayouts
from backend.settings import Settings

Counts = dict[str, Any]
Work = Callable[[AsyncSession], Awaitable[Counts]]
PartWork = Callable[[AsyncSession, Part], Awaitable[Counts]]


@dataclass(frozen=True)
class Night:
    """One business date's update: where it works, by which rules, and at which moment it says things happened.

    `stopping()` is true once the process is to end: no further part begins.
    """

    database: Database
    district: District
    tariff: Tariff
    layouts: ReadLayouts
    inbox: Path
    business_date: date
    now: datetime
    part_accounts: int
    stopping: Callable[[], bool]
    settings: Settings

    @property
    def day_ends(self) -> datetime:
        """The moment at which the business date is over, in the district's time zone."""
        return datetime.combine(self.business_date + timedelta(days=1), time(), self.district.zone)

    @property
    def billed_at_once(self) -> int:
        """Accounts a part of the steps that draft and bill."""
        return rules.billed_at_once(self.part_accounts)


class NightStoppedError(Exception):
    """The process ends; the night goes on from the next part when it is started again."""


async def once(night: Night, step: str, part: int, work: Work) -> Counts | None:
    """Do a part's work in one transaction with its row; None when it was done before.

    :raises NightStoppedError: the process is to end.
    """
    if night.stopping():
        raise NightStoppedError
    async with night.database.transaction() as session:
        if not await repository.claim(session, night.business_date, step, part, night.now):
            return None
        counts = await work(session)
        await repository.note(session, night.business_date, step, part, counts)
        return counts


async def by_accounts(night: Night, step: str, work: PartWork) -> None:
    """Do `work` for all accounts, part by part, leaving out the parts that are done."""
    async with night.database.transaction() as session:
        parts = await account_parts(session, night.part_accounts)
        done = {row.part for row in await repository.rows_of(session, night.business_date, step)}
    for part in parts:

        async def one(session: AsyncSession, part: Part = part) -> Counts:
            return await work(session, part)

        if part.number not in done:
            await once(night, step, part.number, one)


async def drafts(night: Night) -> None:
    """Recurring payments and autopay that are due."""

    async def work(session: AsyncSession, part: Part) -> Counts:
        return dict(await draw_due(session, night.business_date, night.now, part, district=night.district))

    await by_accounts(night, "drafts", work)


async def arrangements(night: Night) -> None:
    """Installments kept, arrangements completed or broken."""

    async def work(session: AsyncSession, part: Part) -> Counts:
        checked = await check_arrangements(session, night.business_date, part, district=night.district)
        await items.add_broken_arrangements(session, night.business_date, checked.broken)
        return {
            "installments_kept": checked.installments_kept,
            "arrangements_completed": len(checked.completed),
            "arrangements_broken": len(checked.broken),
        }

    await by_accounts(night, "arrangements", work)


async def late_fees(night: Night) -> None:
    """A late fee for each bill that is late, and the charge of those who enter the shut-off list."""

    async def work(session: AsyncSession, part: Part) -> Counts:
        late = await charge_late_fees(session, night.business_date, night.now, part, district=night.district)
        listed = await charge_delinquent(session, night.business_date, night.now, part, district=night.district)
        return {**late, **listed}

    await by_accounts(night, "late_fees", work)


async def prepare(night: Night) -> None:
    """The preliminary billing ledger of every cycle whose meters have been read."""

    async def begin(session: AsyncSession) -> Counts:
        due = await billing.due_cycles(session, night.tariff, night.business_date)
        for cycle in due:
            await billing.begin_run(session, cycle=cycle.cycle, period_end=cycle.period_end, now=night.now)
        return {"runs": len(due), "cycles_unscheduled": len(await billing.unscheduled_cycles(session, night.tariff))}

    await once(night, "prepare", 1, begin)
    while found := await _next_run(night, "prepare", "preparing"):
        run, part = found

        async def work(session: AsyncSession, run: RowMapping = run) -> Counts:
            done = await billing.prepare_part(session, night.tariff, run["id"], count=night.billed_at_once)
            return {"cycle": str(run["cycle"]), "accounts": done.accounts, "drafts": done.bills}

        await once(night, "prepare", part, work)


async def bills(night: Night) -> None:
    """The bills of every run that a person has approved."""
    while found := await _next_run(night, "bills", "approved"):
        run, part = found

        async def work(session: AsyncSession, run: RowMapping = run) -> Counts:
            head = {"cycle": str(run["cycle"]), "period_end": run["period_end"].isoformat()}
            try:
                done = await billing.bill_part(
                    session,
                    night.tariff,
                    run["id"],
                    issued_on=night.business_date,
                    now=night.now,
                    count=night.billed_at_once,
                )
            except OpenExceptionsError:
                await items.add_held_run(session, night.business_date, run["cycle"], run["period_end"])
                return {**head, "runs_held": 1}
            return {**head, "bills": done.bills, "bills_cents": done.amount_cents}

        await once(night, "bills", part, work)


async def budgets(night: Night) -> None:
    """Budget bills: level what was billed, end those in default, renew those a year old."""

    async def work(session: AsyncSession, part: Part) -> Counts:
        return dict(await check_budgets(session, night.business_date, night.now, part, district=night.district))

    await by_accounts(night, "budgets", work)


async def credits(night: Night) -> None:
    """Credits that pay nothing yet pay what is owed: bills that have just gone out, charges that were freed."""

    async def work(session: AsyncSession, part: Part) -> Counts:
        to_settle = await repository.accounts_to_settle(session, part)
        return {"allocations": await payments.allocate_credits(session, to_settle, night.district)}

    await by_accounts(night, "credits", work)


async def bill_texts(night: Night) -> None:
    """A text about each new bill, and about each that is due soon, to those who pay by text."""

    async def work(session: AsyncSession, part: Part) -> Counts:
        return await text_bills(session, night.business_date, night.now, part, district=night.district)

    await by_accounts(night, "bill_texts", work)


async def aging(night: Night) -> None:
    """What is owed at the end of the day, by how late it is."""

    async def work(session: AsyncSession, part: Part) -> Counts:
        return asdict(await reports.aging_of_part(session, part, night.business_date))

    await by_accounts(night, "aging", work)


async def exceptions(night: Night) -> None:
    """What waits for people after this night, for the leads' morning."""
    await once(night, "exceptions", WHOLE, item_repository.to_do)


async def summary(night: Night) -> None:
    """Add everything up, check that the books balance, and close the night."""

    async def work(session: AsyncSession) -> Counts:
        books = await reports.day_of_books(session, night.business_date)
        balance: Counts = {"trial_balance_cents": sum(line.closing_cents for line in books)}
        done = rules.totals(await repository.rows_of(session, night.business_date))
        listed = [{**asdict(line), "closing_cents": line.closing_cents} for line in books]
        await repository.finish(session, night.business_date, {**done, **balance, "books": listed}, night.now)
        return balance

    await once(night, "summary", WHOLE, work)


async def finish_step(night: Night, step: str) -> None:
    """The row that says the whole step is done; nothing is in its way any more."""

    async def nothing(session: AsyncSession) -> Counts:
        await repository.set_problem(session, night.business_date, None)
        return {}

    await once(night, step, WHOLE, nothing)


async def _next_run(night: Night, step: str, status: str) -> tuple[RowMapping, int] | None:
    """The oldest billing run in `status` that was not held up this night, and the part of `step` that comes next.

    The part is read before the run: a process that runs beside this one and finishes the run in between has done that
    part too, and so it is not done again for nothing.
    """
    async with night.database.transaction() as session:
        part = max((row.part for row in await repository.rows_of(session, night.business_date, step)), default=0) + 1
        rows = await repository.rows_of(session, night.business_date, "bills")
        held = {(row.counts["cycle"], row.counts["period_end"]) for row in rows if "runs_held" in row.counts}
        runs = await repository.billing_runs(session, status, night.business_date, night.day_ends)
    left = (run for run in runs if (str(run["cycle"]), run["period_end"].isoformat()) not in held)
    return next(((run, part) for run in left), None)
