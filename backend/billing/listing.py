"""The rows of a billing run: its exceptions, its drafts, one account with all that made its bill; and both as CSV."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from backend.billing import listing_repository as repository
from backend.billing import report
from backend.billing.errors import AccountNotInRunError

FIRST = UUID(int=0)
PAGE = 200
CSV_PAGE = 5_000
PAST_BILLS = 13


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    """One exception with what a person needs to decide it; `units` and `amount_cents` are the draft's."""

    id: UUID
    code: str
    status: str
    account_id: UUID
    account_number: str
    service_class: str
    service_address: str
    meter_id: UUID | None
    serial_number: str | None
    detail: Mapping[str, Any]
    reason: str | None
    decided_by: str | None
    decided_at: datetime | None
    earlier: list[dict[str, Any]]
    units: Decimal | None
    amount_cents: int | None


@dataclass(frozen=True, slots=True)
class ExceptionPage:
    """Some exceptions, and how many there are of their kind."""

    rows: list[ExceptionRow]
    total: int


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One account's draft. `exceptions` are the codes that are not resolved; `is_held`: it is left out of the run."""

    account_id: UUID
    account_number: str
    service_class: str
    period_start: date
    period_end: date
    units: Decimal
    amount_cents: int
    is_estimated: bool
    is_held: bool
    exceptions: list[str]


@dataclass(frozen=True, slots=True)
class PastBill:
    """A bill that stands, as the account's history of use."""

    id: UUID
    period_start: date
    period_end: date
    units: int
    amount_cents: int
    is_estimated: bool

    @property
    def units_per_day(self) -> Decimal:
        days = (self.period_end - self.period_start).days + 1
        return round(Decimal(self.units) / days, 3)


@dataclass(frozen=True, slots=True)
class DraftDetail:
    """What one account's bill will be: `lines` and `meters` in the shapes of `BillDraft`, meters with their serials."""

    period_start: date
    period_end: date
    units: Decimal
    amount_cents: int
    is_estimated: bool
    is_held: bool
    lines: list[dict[str, Any]]
    meters: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class AccountInRun:
    """One account of a run: its draft (None: nothing is left to bill), its exceptions, and its last bills."""

    draft: DraftDetail | None
    exceptions: list[ExceptionRow]
    past_bills: list[PastBill]


async def exceptions(
    session: AsyncSession,
    run_id: UUID,
    *,
    status: str | None = None,
    code: str | None = None,
    account_id: UUID | None = None,
    skip: int = 0,
    count: int = PAGE,
) -> ExceptionPage:
    """The exceptions of a run, open ones first, then by code and account number."""
    asked = {"run_id": run_id, "status": status, "code": code, "account_id": account_id, "skip": skip, "count": count}
    rows = await repository.exceptions(session, asked)
    total = int(rows[0]["total"]) if rows else skip
    return ExceptionPage([ExceptionRow(**_without(row, "total")) for row in rows], total)


async def register(
    session: AsyncSession, run_id: UUID, *, after: UUID | None = None, count: int = PAGE
) -> list[RegisterRow]:
    """The drafts of a run in the order of the accounts' ids, from the account `after`."""
    return [RegisterRow(**row) for row in await repository.register(session, run_id, after or FIRST, count)]


async def account_in_run(session: AsyncSession, run_id: UUID, account_id: UUID) -> AccountInRun:
    """One account of a run with all that made its bill. The caller has reached the account by `backend.access`.

    :raises AccountNotInRunError: the run has neither a draft nor an exception of it.
    """
    row = await repository.draft(session, run_id, account_id)
    found = await exceptions(session, run_id, account_id=account_id)
    if row is None and not found.rows:
        raise AccountNotInRunError
    bills = [PastBill(**bill) for bill in await repository.past_bills(session, account_id, PAST_BILLS)]
    return AccountInRun(_draft(row) if row else None, found.rows, bills)


def _draft(row: RowMapping) -> DraftDetail:
    serials = row["serials"]
    meters = [{**meter, "serial_number": serials.get(meter["meter_id"])} for meter in row["basis"]["meters"]]
    return DraftDetail(**_without(row, "serials", "basis"), meters=meters)


def _without(row: RowMapping, *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


async def register_csv(session: AsyncSession, run_id: UUID) -> str:
    """Every draft of a run, a line each, with a line of totals at the end: held and empty drafts are not in it."""
    rows: list[RegisterRow] = []
    after: UUID | None = None
    while page := await register(session, run_id, after=after, count=CSV_PAGE):
        rows += page
        after = page[-1].account_id
    names = "account_number,service_class,period_start,period_end,days,units,amount,estimated,held,exceptions"
    billed = [row for row in rows if not row.is_held and row.amount_cents > 0]
    units, cents = sum((row.units for row in billed), Decimal(0)), sum(row.amount_cents for row in billed)
    total = ["TOTAL", f"{len(billed)} bills", "", "", "", _number(units), report.dollars(cents), "", "", ""]
    return _csv(names.split(","), [*(_register_fields(row) for row in rows), total])


def _register_fields(row: RegisterRow) -> list[str]:
    days = (row.period_end - row.period_start).days + 1
    return [
        row.account_number,
        row.service_class,
        row.period_start.isoformat(),
        row.period_end.isoformat(),
        str(days),
        _number(row.units),
        report.dollars(row.amount_cents),
        "yes" if row.is_estimated else "",
        "yes" if row.is_held else "",
        " ".join(row.exceptions),
    ]


async def exceptions_csv(session: AsyncSession, run_id: UUID) -> str:
    """Every exception of a run, a line each."""
    rows: list[ExceptionRow] = []
    while page := (await exceptions(session, run_id, skip=len(rows), count=CSV_PAGE)).rows:
        rows += page
    names = "code,status,account_number,service_class,service_address,meter,units,amount,facts,reason,decided_by"
    return _csv(names.split(","), [_exception_fields(row) for row in rows])


def _exception_fields(row: ExceptionRow) -> list[str]:
    facts = "; ".join(f"{name}: {value}" for name, value in row.detail.items())
    return [
        row.code,
        row.status,
        row.account_number,
        row.service_class,
        row.service_address,
        row.serial_number or "",
        "" if row.units is None else _number(row.units),
        "" if row.amount_cents is None else report.dollars(row.amount_cents),
        facts,
        row.reason or "",
        row.decided_by or "",
    ]


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _csv(names: list[str], rows: Iterable[list[str]]) -> str:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([_plain(value) for value in row] for row in rows)
    return written.getvalue()


def _plain(value: str) -> str:
    """What a spreadsheet would take for a formula is marked as text."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) and not _is_number(value) else value


def _is_number(value: str) -> bool:
    return value.lstrip("-").replace(".", "", 1).isdigit()
