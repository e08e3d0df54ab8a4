"""The report of a billing run: its sums by class, its exceptions, and whether everything agrees."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from backend.billing import report_repository as repository
from backend.billing import tie_out
from backend.billing.errors import RunNotFoundError
from backend.billing.rules import EXCEPTION_CODES
from backend.billing.tie_out import Check, ClassSums, Counts, LineSum, Receivable, Variance

RUNS_SHOWN = 24


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run in a list. `prepared_by` is None when the nightly update prepared it; `bills` are those that are out."""

    id: UUID
    cycle: int
    period_start: date
    period_end: date
    status: str
    prepared_at: datetime
    prepared_by: str | None
    approved_at: datetime | None
    approved_by: str | None
    billed_at: datetime | None
    drafts: int
    bills: int
    open_exceptions: int


@dataclass(frozen=True, slots=True)
class ExceptionCount:
    """How many exceptions of a code the run has, by what was decided."""

    code: str
    open: int
    resolved: int
    released: int
    held: int


@dataclass(frozen=True, slots=True)
class RunReport:
    """The whole report; see each part. `before` is the period's end of the cycle's last billed run, if there is one."""

    run: RunRow
    counts: Counts
    exceptions: list[ExceptionCount]
    by_class: list[ClassSums]
    receivable: Receivable
    before: date | None
    variance: list[Variance]
    checks: list[Check]

    @property
    def ties(self) -> bool:
        """Every check agrees."""
        return all(check.ties for check in self.checks)

    @property
    def amount_cents(self) -> int:
        """What the run bills."""
        return sum(one.amount_cents for one in self.by_class)


def dollars(cents: int) -> str:
    """-1234 → "-12.34", for files."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


async def runs(session: AsyncSession, count: int = RUNS_SHOWN) -> list[RunRow]:
    """The newest runs first."""
    return [_run(row) for row in await repository.listed_runs(session, count)]


async def run_row(session: AsyncSession, run_id: UUID) -> RunRow:
    """:raises RunNotFoundError: no such run."""
    row = await repository.one_run(session, run_id)
    if row is None:
        raise RunNotFoundError
    return _run(row)


async def run_report(session: AsyncSession, run_id: UUID, *, today: date) -> RunReport:
    """The report as things stand: of the drafts until the bills are out, then of the bills.

    :raises RunNotFoundError: no such run.
    """
    row = await repository.one_run(session, run_id)
    if row is None:
        raise RunNotFoundError
    run, drafts = _run(row), await repository.draft_counts(session, run_id)
    bills = await repository.billed_counts(session, run_id)
    is_billed = run.status == "billed"
    before = await repository.run_before(session, run.cycle, run.period_end)
    classes = await _register(session, run_id, billed=is_billed)
    classes_before = await _register(session, before["id"], billed=True) if before else []
    counts = Counts(
        accounts_active=row["accounts_active"]
        or await repository.active_accounts(session, run_id, run.cycle, run.period_end),
        not_due=row["accounts_not_due"],
        held=drafts["held"],
        without_charges=drafts["without_charges"],
        bills=bills["bills"] if is_billed else drafts["bills"],
        estimated=bills["estimated"] if is_billed else drafts["estimated"],
    )
    receivable = await _receivable(session, run, before, today, to_bill=drafts, billed=bills)
    posted_cents = bills["posted_cents"] if is_billed else None
    # A run that another system made has bills, but no drafts.
    bills_cents = drafts["amount_cents"] if run.drafts else bills["amount_cents"]
    checks = tie_out.checks(counts, classes, receivable, bills_cents=bills_cents, posted_cents=posted_cents)
    return RunReport(
        run=run,
        counts=counts,
        exceptions=await _exceptions(session, run_id),
        by_class=classes,
        receivable=receivable,
        before=before["period_end"] if before else None,
        variance=tie_out.variances(classes, classes_before),
        checks=checks,
    )


def _run(row: RowMapping) -> RunRow:
    return RunRow(**{name: row[name] for name in RunRow.__slots__})


async def _register(session: AsyncSession, run_id: UUID, *, billed: bool) -> list[ClassSums]:
    rows = await repository.line_sums(session, run_id, billed=billed)
    lines = [
        LineSum(row["service_class"], row["sort"], row["quantity"], row["amount_cents"]) for row in rows if row["sort"]
    ]
    return tie_out.register(lines, {row["service_class"]: row["bills"] for row in rows if row["sort"] is None})


async def _receivable(
    session: AsyncSession,
    run: RunRow,
    before: RowMapping | None,
    today: date,
    *,
    to_bill: RowMapping,
    billed: RowMapping,
) -> Receivable:
    """The roll of what is owed; bills of this run that have not gone out are added as if they went out now."""
    since = before["issued_on"] if before and before["issued_on"] else run.period_start - timedelta(days=1)
    until = billed["issued_on"] if run.status == "billed" and billed["issued_on"] else max(today, since)
    values = {"run_id": run.id, "cycle": run.cycle, "since": since, "until": until}
    sums = await repository.receivable(session, values)
    kinds = await repository.between(session, values)
    run_cents = billed["amount_cents"] if run.status == "billed" else to_bill["amount_cents"]
    return Receivable(
        since=since,
        until=until,
        beginning_cents=sums["beginning_cents"],
        billed_cents=run_cents,
        other_bills_cents=kinds.pop("bill", 0),
        fees_cents=kinds.pop("fee", 0),
        payments_cents=-kinds.pop("payment", 0),
        refunds_cents=kinds.pop("refund", 0),
        adjustments_cents=sum(kinds.values()),
        ending_cents=sums["ending_cents"] + run_cents - billed["amount_cents"],
    )


async def _exceptions(session: AsyncSession, run_id: UUID) -> list[ExceptionCount]:
    found = {row["code"]: ExceptionCount(**row) for row in await repository.exception_counts(session, run_id)}
    return [found[code] for code in EXCEPTION_CODES if code in found]
