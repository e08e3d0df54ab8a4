"""A drawer's day: opened with a float, paid into, counted and closed; the difference is posted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal
from backend.database import announce
from backend.district.service import District
from backend.errors import ConflictError, NotFoundError
from backend.ledger import chart
from backend.ledger import rules as ledger_rules
from backend.ledger import service as ledger
from backend.models.cash import CashBatch
from backend.payments import cash_repository
from backend.payments.authority import clerk_of


class BatchNotFoundError(NotFoundError):
    """404: there is no such batch."""

    def __init__(self) -> None:
        super().__init__("batch_not_found", "There is no such cash batch. Check its id.")


class NoOpenBatchError(ConflictError):
    """409: this person has no drawer open."""

    def __init__(self) -> None:
        super().__init__("no_open_batch", "Open your drawer with its float first.")


class BatchOfAnotherDayError(ConflictError):
    """409: the open drawer is of an earlier day."""

    def __init__(self, batch_id: UUID, business_date: date) -> None:
        detail = f"Your open drawer is of {business_date}. Count and close it, then open today's."
        super().__init__("batch_of_another_day", detail, batch_id=batch_id, business_date=business_date)


class BatchClosedError(ConflictError):
    """409: it was counted and closed."""

    def __init__(self) -> None:
        super().__init__("batch_closed", "This cash batch is closed. Its count stands.")


class BatchOpenError(ConflictError):
    """409: this person has a drawer open, with another float or of another day."""

    def __init__(self, batch_id: UUID) -> None:
        super().__init__("batch_open", "Close the cash batch that is open first.", batch_id=batch_id)


class VoidsWaitError(ConflictError):
    """409: a void of a payment in it is not decided, so nobody knows what the count should be."""

    def __init__(self, count: int) -> None:
        detail = "Voids of payments in this drawer wait for a decision. Decide them, then count."
        super().__init__("voids_wait", detail, count=count)


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
    """A drawer as it stands. Cash is expected, and counted, with the float.

    Once it is closed: what was counted, the differences (counted less expected: positive is over), and the deposit,
    which is what was counted without the float that stays.
    """

    batch_id: UUID
    business_date: date
    opened_by: UUID
    opened_by_name: str
    opened_at: datetime
    float_cents: int
    tenders: tuple[Tender, ...]
    expected_cash_cents: int
    expected_checks_cents: int
    counted_cash_cents: int | None
    counted_checks_cents: int | None
    cash_difference_cents: int | None
    checks_difference_cents: int | None
    deposit_cents: int | None
    closed_by_name: str | None
    closed_at: datetime | None


async def open_batch(
    session: AsyncSession, principal: Principal, *, float_cents: int, district: District, now: datetime
) -> BatchReport:
    """Open one's drawer for today. A person has one open at a time; again with the same float it is the same.

    :raises BatchOpenError: another is open.
    """
    clerk, today = clerk_of(principal), now.astimezone(district.zone).date()
    values = {"business_date": today, "opened_by": clerk.id, "opened_at": now, "float_cents": float_cents}
    made = await cash_repository.open_batch(session, values)
    if made is not None:
        announce(session, "money", batch_id=made)
        return await report(session, made)
    known = await current_batch(session, principal)
    if known is None:
        return await open_batch(session, principal, float_cents=float_cents, district=district, now=now)
    if (known.business_date, known.float_cents) != (today, float_cents):
        raise BatchOpenError(known.batch_id)
    return known


async def hold_current(session: AsyncSession, clerk_id: UUID, today: date) -> CashBatch:
    """This person's drawer of today, which stays open until the transaction ends.

    :raises NoOpenBatchError: there is none. :raises BatchOfAnotherDayError: it is of an earlier day.
    """
    batch = await cash_repository.held_open_of(session, clerk_id)
    if batch is None:
        raise NoOpenBatchError
    if batch.business_date != today:
        raise BatchOfAnotherDayError(batch.id, batch.business_date)
    return batch


async def close_batch(
    session: AsyncSession,
    principal: Principal,
    batch_id: UUID,
    *,
    counted_cash_cents: int,
    counted_checks_cents: int,
    district: District,
    now: datetime,
) -> BatchReport:
    """Close a drawer with its count (cash with the float); post what is over or short. Again with the same count: once.

    :raises BatchNotFoundError: there is none. :raises BatchClosedError: closed with another count.
    :raises AboveAuthorityError: another's, and the role may not. :raises VoidsWaitError: a void waits.
    """
    clerk = clerk_of(principal)
    batch = await cash_repository.held_batch(session, batch_id, to_close=True)
    if batch is None:
        raise BatchNotFoundError
    if batch.opened_by != clerk.id:
        clerk_of(principal, district.policy.payments.roles.close_any_drawer)
    if batch.closed_at is not None:
        if (batch.counted_cents, batch.counted_checks_cents) != (counted_cash_cents, counted_checks_cents):
            raise BatchClosedError
        return await report(session, batch_id)
    if waiting := await cash_repository.voids_wait(session, batch_id):
        raise VoidsWaitError(waiting)
    cash, checks = _expected(batch.float_cents, await cash_repository.tenders(session, batch_id))
    off = [one for one in (counted_cash_cents - cash, counted_checks_cents - checks) if one]
    if off:
        batch.difference_entry_id = await _post_differences(session, batch, off, now)
    batch.counted_cents, batch.counted_checks_cents = counted_cash_cents, counted_checks_cents
    batch.closed_by, batch.closed_at = clerk.id, now
    await session.flush()
    announce(session, "money", batch_id=batch_id)
    return await report(session, batch_id)


async def _post_differences(session: AsyncSession, batch: CashBatch, off: Sequence[int], now: datetime) -> UUID:
    """One entry with the differences of cash and of checks, each by itself: a lack of one hides no excess of other."""
    postings = tuple(
        posting for cents in off for posting in ledger_rules.transfer(chart.CASH, chart.OVER_AND_SHORT, cents)
    )
    entry = ledger_rules.Entry(f"batch:{batch.id}", "adjustment", "Cash over or short", batch.business_date, postings)
    return (await ledger.post_entry(session, entry, now)).entry_id


def _expected(float_cents: int, tenders: Sequence[RowMapping]) -> tuple[int, int]:
    """What the count should find: cash with the float, checks."""
    taken = {row["method"]: int(row["cents"]) for row in tenders}
    return float_cents + taken.get("cash", 0), taken.get("check", 0)


async def current_batch(session: AsyncSession, principal: Principal) -> BatchReport | None:
    """One's own open drawer, of whatever day."""
    row = await cash_repository.open_row_of(session, clerk_of(principal).id)
    return None if row is None else await _report(session, row)


async def batches_of(session: AsyncSession, day: date) -> list[BatchReport]:
    """The drawers of a day, and those of earlier days that nobody has closed."""
    return [await _report(session, row) for row in await cash_repository.rows_of_day(session, day)]


async def report(session: AsyncSession, batch_id: UUID) -> BatchReport:
    """The drawer by tender, with what should be in it and what was counted.

    :raises BatchNotFoundError: there is none.
    """
    row = await cash_repository.batch_row(session, batch_id)
    if row is None:
        raise BatchNotFoundError
    return await _report(session, row)


async def _report(session: AsyncSession, row: RowMapping) -> BatchReport:
    tenders = await cash_repository.tenders(session, row["batch_id"])
    cash, checks = _expected(row["float_cents"], tenders)
    counted_cash, counted_checks = row["counted_cash_cents"], row["counted_checks_cents"]
    closed = row["closed_at"] is not None
    return BatchReport(
        **row,
        tenders=tuple(Tender(**one) for one in tenders),
        expected_cash_cents=cash,
        expected_checks_cents=checks,
        cash_difference_cents=counted_cash - cash if closed else None,
        checks_difference_cents=counted_checks - checks if closed else None,
        deposit_cents=counted_cash - row["float_cents"] + counted_checks if closed else None,
    )
