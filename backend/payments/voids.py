"""Taking a payment back the same day: one person asks, another agrees."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Role
from backend.district.service import District
from backend.errors import ConflictError, ForbiddenError, NotFoundError
from backend.ledger import service as ledger
from backend.models.cash import PaymentVoid
from backend.payments import cash_repository, repository
from backend.payments.service import PaymentNotFoundError, allocate_credits


class VoidNotFoundError(NotFoundError):
    """404: there is no such request."""

    def __init__(self) -> None:
        super().__init__("void_not_found", "There is no such void. Check its id.")


class NotVoidableError(ConflictError):
    """409: it is of another day, its drawer is closed, or it was taken back."""

    def __init__(self, detail: str) -> None:
        super().__init__("not_voidable", detail)


class AlreadyDecidedError(ConflictError):
    """409: somebody has decided otherwise."""

    def __init__(self, status: str) -> None:
        super().__init__("already_decided", "This was decided before.", status=status)


class SecondPersonError(ForbiddenError):
    """403: money goes back out only when another person, with the authority, agrees."""

    def __init__(self, detail: str) -> None:
        super().__init__("second_person_required", detail)


async def request_void(
    session: AsyncSession, payment_id: UUID, *, reason: str, requested_by: UUID, today: date, now: datetime
) -> UUID:
    """Ask for a payment of today to be taken back; the request's id.

    :raises PaymentNotFoundError: no such payment. :raises NotVoidableError: too late, or asked for before.
    """
    await _check(session, payment_id, today)
    values = {"payment_id": payment_id, "reason": reason, "requested_by": requested_by, "requested_at": now}
    made = await cash_repository.add_void(session, values)
    if made is None:
        raise NotVoidableError("A void of this payment was asked for before.")
    return made


async def _check(session: AsyncSession, payment_id: UUID, today: date) -> UUID:
    """The entry of a payment that can still be voided."""
    payment = await repository.payment_by_id(session, payment_id)
    if payment is None:
        raise PaymentNotFoundError
    if payment.import_id is not None or await repository.receipt_applied_as(session, payment_id) is not None:
        raise NotVoidableError("This money came by the bank, so only the bank can take it back.")
    if await cash_repository.entry_day(session, payment.entry_id) != today:
        raise NotVoidableError("A payment can be voided on its own day only. Ask for a refund instead.")
    if payment.batch_id is not None:
        batch = await cash_repository.held_batch(session, payment.batch_id, to_close=False)
        if batch is None or batch.closed_at is not None:
            raise NotVoidableError("Its cash batch is counted and closed. Ask for a refund instead.")
    return payment.entry_id


async def decide_void(
    session: AsyncSession,
    void_id: UUID,
    *,
    agree: bool,
    note: str,
    decided_by: UUID,
    role: Role,
    today: date,
    now: datetime,
    district: District,
) -> PaymentVoid:
    """Agree, and what the payment paid is owed again to the cent; or decline, and it stands. Again the same: once.

    :raises VoidNotFoundError: no such request. :raises AlreadyDecidedError: decided otherwise.
    :raises SecondPersonError: the one who asked, or a role below lead.
    :raises NotVoidableError: it has become too late. :raises ledger.NotReversibleError: the bank returned it.
    """
    void = await cash_repository.held_void(session, void_id)
    if void is None:
        raise VoidNotFoundError
    status = "posted" if agree else "declined"
    if void.status != "pending":
        if void.status != status:
            raise AlreadyDecidedError(void.status)
        return void
    if decided_by == void.requested_by:
        raise SecondPersonError("Another person than the one who asked decides.")
    if role is Role.CSR:
        raise SecondPersonError("A lead or a supervisor decides.")
    if agree:
        entry_id = await _check(session, void.payment_id, today)
        posted = await ledger.reverse_entry(
            session,
            entry_id,
            effective_on=today,
            description="Payment voided",
            idempotency_key=f"void:{void.payment_id}",
            now=now,
        )
        void.reversal_entry_id = posted.entry_id
    cash_repository.decide(void, status, decided_by, note, now)
    await session.flush()
    payment = await repository.payment_by_id(session, void.payment_id)
    if agree and payment is not None:
        await allocate_credits(session, [payment.account_id], district)
    return void


async def pending_voids(session: AsyncSession) -> Sequence[RowMapping]:
    """The requests that wait, oldest first."""
    return await cash_repository.pending_voids(session)
