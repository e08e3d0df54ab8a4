"""A drawer's day: opened with a float, paid into, counted and closed; the difference is posted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Role
from backend.errors import ConflictError, ForbiddenError, NotFoundError
from backend.ledger import chart
from backend.ledger import rules as ledger_rules
from backend.ledger import service as ledger
from backend.models.cash import CashBatch
from backend.payments import cash_repository


class BatchNotFoundError(NotFoundError):
    """404: there is no such batch."""

    def __init__(self) -> None:
        super().__init__("batch_not_found", "There is no such cash batch. Check its id.")


class BatchClosedError(ConflictError):
    """409: it was counted and closed."""

    def __init__(self) -> None:
        super().__init__("batch_closed", "This cash batch is closed. Open a new one.")


class BatchOpenError(ConflictError):
    """409: this person has a drawer open."""

    def __init__(self, batch_id: UUID | None) -> None:
        super().__init__("batch_open", "Close the cash batch that is open first.", batch_id=batch_id)


class NotYourBatchError(ForbiddenError):
    """403: somebody else's drawer."""

    def __init__(self) -> None:
        super().__init__("not_your_batch", "This cash batch is somebody else's.")


@dataclass(frozen=True, slots=True)
class Tender:
    """What was taken in one tender; voided payments apart."""

    method: str
    count: int
    cents: int
    voided_count: int
    voided_cents: int


@dataclass(frozen=True, slots=True)
class BatchReport:
    """A drawer as it stands. Cash is expected with the float; differences (counted less expected) once it is closed."""

    batch_id: UUID
    business_date: date
    opened_by: UUID
    float_cents: int
    tenders: tuple[Tender, ...]
    expected_cash_cents: int
    expected_checks_cents: int
    counted_cash_cents: int | None
    counted_checks_cents: int | None
    difference_cents: int | None
    closed_at: datetime | None


async def open_batch(
    session: AsyncSession, staff_id: UUID, *, float_cents: int, business_date: date, now: datetime
) -> UUID:
    """Open a drawer for its clerk; its id. A person has one open at a time.

    :raises BatchOpenError: one is open.
    """
    values = {"business_date": business_date, "opened_by": staff_id, "opened_at": now, "float_cents": float_cents}
    made = await cash_repository.open_batch(session, values)
    if made is None:
        known = await cash_repository.open_batch_of(session, staff_id)
        raise BatchOpenError(known.id if known else None)
    return made


async def hold_open(session: AsyncSession, batch_id: UUID, staff_id: UUID) -> CashBatch:
    """One's own drawer, which stays open until this transaction ends.

    :raises BatchNotFoundError: there is none. :raises NotYourBatchError: another's. :raises BatchClosedError: closed.
    """
    batch = await cash_repository.held_batch(session, batch_id, to_close=False)
    if batch is None:
        raise BatchNotFoundError
    if batch.opened_by != staff_id:
        raise NotYourBatchError
    if batch.closed_at is not None:
        raise BatchClosedError
    return batch


async def close_batch(
    session: AsyncSession,
    batch_id: UUID,
    *,
    counted_cash_cents: int,
    counted_checks_cents: int,
    closed_by: UUID,
    role: Role,
    now: datetime,
) -> BatchReport:
    """Close a drawer with its count (cash with the float); post what is over or short. Again with the same count: once.

    :raises BatchNotFoundError: there is none. :raises BatchClosedError: closed with another count.
    :raises NotYourBatchError: another's, and the role is not lead or above.
    """
    batch = await cash_repository.held_batch(session, batch_id, to_close=True)
    if batch is None:
        raise BatchNotFoundError
    if batch.opened_by != closed_by and role is Role.CSR:
        raise NotYourBatchError
    if batch.closed_at is not None:
        if (batch.counted_cents, batch.counted_checks_cents) != (counted_cash_cents, counted_checks_cents):
            raise BatchClosedError
        return await report(session, batch_id)
    cash, checks = _expected(batch, await cash_repository.tenders(session, batch_id))
    off_cents = counted_cash_cents + counted_checks_cents - cash - checks
    if off_cents:
        batch.difference_entry_id = await _post_difference(session, batch, off_cents, now)
    batch.counted_cents, batch.counted_checks_cents = counted_cash_cents, counted_checks_cents
    batch.closed_by, batch.closed_at = closed_by, now
    await session.flush()
    return await report(session, batch_id)


async def _post_difference(session: AsyncSession, batch: CashBatch, off_cents: int, now: datetime) -> UUID:
    over = off_cents > 0
    debit, credit = (chart.CASH, chart.OVER_AND_SHORT) if over else (chart.OVER_AND_SHORT, chart.CASH)
    postings = ledger_rules.transfer(debit, credit, abs(off_cents))
    description = f"Cash batch {'over' if over else 'short'}"
    entry = ledger_rules.Entry(f"batch:{batch.id}", "adjustment", description, batch.business_date, postings)
    return (await ledger.post_entry(session, entry, now)).entry_id


def _expected(batch: CashBatch, tenders: Sequence[RowMapping]) -> tuple[int, int]:
    """What the count should find: cash with the float, checks."""
    taken = {row["method"]: int(row["cents"]) for row in tenders}
    return batch.float_cents + taken.get("cash", 0), taken.get("check", 0)


async def report(session: AsyncSession, batch_id: UUID) -> BatchReport:
    """The drawer by tender, with what should be in it and what was counted.

    :raises BatchNotFoundError: there is none.
    """
    batch = await cash_repository.batch(session, batch_id)
    if batch is None:
        raise BatchNotFoundError
    rows = await cash_repository.tenders(session, batch_id)
    cash, checks = _expected(batch, rows)
    counted = None if batch.counted_cents is None else batch.counted_cents + (batch.counted_checks_cents or 0)
    return BatchReport(
        batch_id=batch.id,
        business_date=batch.business_date,
        opened_by=batch.opened_by,
        float_cents=batch.float_cents,
        tenders=tuple(Tender(**row) for row in rows),
        expected_cash_cents=cash,
        expected_checks_cents=checks,
        counted_cash_cents=batch.counted_cents,
        counted_checks_cents=batch.counted_checks_cents,
        difference_cents=None if counted is None else counted - cash - checks,
        closed_at=batch.closed_at,
    )
