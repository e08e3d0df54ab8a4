"""Taking back a payment of the counter on its own day: one person asks, another agrees."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal
from backend.database import announce
from backend.district.service import District
from backend.errors import ConflictError, NotFoundError
from backend.ledger import service as ledger
from backend.models.cash import PaymentVoid
from backend.models.payment import Payment
from backend.payments import cash_repository, repository, request_repository
from backend.payments.authority import AlreadyDecidedError, Clerk, SecondPersonError, clerk_of, reaches
from backend.payments.service import PaymentNotFoundError, account_of, allocate_credits


class VoidNotFoundError(NotFoundError):
    """404: there is no such request."""

    def __init__(self) -> None:
        super().__init__("void_not_found", "There is no such void. Check its id.")


class NotVoidableError(ConflictError):
    """409: it came by the bank, it is of another day, its drawer is closed, or its money went out again."""

    def __init__(self, detail: str) -> None:
        super().__init__("not_voidable", detail)


@dataclass(frozen=True, slots=True)
class Void:
    """A request and what became of it. `status`: pending, posted or declined."""

    id: UUID
    payment_id: UUID
    status: str


@dataclass(frozen=True, slots=True)
class VoidRow:
    """A request that waits, as the one who decides sees it."""

    id: UUID
    payment_id: UUID
    confirmation_number: int
    account_id: UUID
    account_number: str
    method: str
    amount_cents: int
    reason: str
    requested_by_name: str
    requested_at: datetime
    may_decide: bool


async def request_void(
    session: AsyncSession, principal: Principal, payment_id: UUID, *, reason: str, district: District, now: datetime
) -> Void:
    """Ask for a payment of today to be taken back. A payment has one live request; asked again, it is the same.

    :raises PaymentNotFoundError: no such payment. :raises NotVoidableError: too late, or not of the counter.
    """
    clerk = clerk_of(principal)
    known = await request_repository.live_void(session, payment_id)
    if known is None:
        await _check(session, payment_id, now.astimezone(district.zone).date())
        values = {"payment_id": payment_id, "reason": reason, "requested_by": clerk.id, "requested_at": now}
        made = await request_repository.add_void(session, values)
        announce(session, "money", payment_id=payment_id)
        if made is not None:
            return Void(made, payment_id, "pending")
        known = await request_repository.live_void(session, payment_id)
    if known is None:
        raise NotVoidableError("Somebody has just decided a void of this payment. Look at it again.")
    return _shown(known)


async def _check(session: AsyncSession, payment_id: UUID, today: date) -> Payment:
    """The payment, which can still be voided; its drawer stays open until the transaction ends."""
    payment = await repository.payment_by_id(session, payment_id)
    if payment is None:
        raise PaymentNotFoundError
    if payment.batch_id is None:
        raise NotVoidableError("Only a payment taken at the counter can be voided. Return it or refund it instead.")
    batch = await cash_repository.held_batch(session, payment.batch_id, to_close=False)
    if batch is None or batch.closed_at is not None:
        raise NotVoidableError("Its cash batch is counted and closed. Ask for a refund instead.")
    if await request_repository.entry_day(session, payment.entry_id) != today:
        raise NotVoidableError("A payment can be voided on its own day only. Ask for a refund instead.")
    if await request_repository.paid_a_refund(session, payment.entry_id):
        raise NotVoidableError("Its money was paid back already.")
    return payment


async def decide_void(
    session: AsyncSession,
    principal: Principal,
    void_id: UUID,
    *,
    approve: bool,
    note: str,
    district: District,
    now: datetime,
) -> Void:
    """Agree, and what the payment paid is owed again to the cent; or decline, and it stands. Again the same: once.

    :raises VoidNotFoundError: no such request. :raises AlreadyDecidedError: decided otherwise.
    :raises SecondPersonError: the one who asked. :raises AboveAuthorityError: the role may not.
    :raises NotVoidableError: it has become too late. :raises ledger.NotReversibleError: the bank returned it.
    """
    clerk = clerk_of(principal, district.policy.payments.roles.decide_void)
    asked = await request_repository.void(session, void_id)
    if asked is None:
        raise VoidNotFoundError
    # The account before the request, as everyone holds them who moves its money.
    account_id = await account_of(session, asked.payment_id)
    await request_repository.hold_receivable(session, account_id)
    void = await request_repository.held_void(session, void_id)
    assert void is not None
    status = "posted" if approve else "declined"
    if void.status != "pending":
        if void.status != status:
            raise AlreadyDecidedError(void.status)
        return _shown(void)
    if clerk.id == void.requested_by:
        raise SecondPersonError
    if approve:
        await _post(session, void, district, now)
    request_repository.decide(void, status, clerk.id, note, now)
    await session.flush()
    if approve:
        await allocate_credits(session, [account_id], district)
    announce(session, "money", payment_id=void.payment_id)
    return _shown(void)


async def _post(session: AsyncSession, void: PaymentVoid, district: District, now: datetime) -> None:
    today = now.astimezone(district.zone).date()
    payment = await _check(session, void.payment_id, today)
    posted = await ledger.reverse_entry(
        session,
        payment.entry_id,
        effective_on=today,
        description="Payment voided",
        idempotency_key=f"void:{void.payment_id}",
        now=now,
    )
    void.reversal_entry_id = posted.entry_id


async def pending_voids(session: AsyncSession, principal: Principal, *, district: District) -> list[VoidRow]:
    """The requests that wait, oldest first, and whether the one who asks may decide each."""
    clerk = clerk_of(principal)
    rows = await request_repository.pending_voids(session)
    return [
        VoidRow(
            **{name: value for name, value in row.items() if name != "requested_by"},
            may_decide=_may_decide(clerk, row["requested_by"], district),
        )
        for row in rows
    ]


def _may_decide(clerk: Clerk, requested_by: UUID, district: District) -> bool:
    return clerk.id != requested_by and reaches(clerk.role, district.policy.payments.roles.decide_void)


def _shown(void: PaymentVoid) -> Void:
    return Void(void.id, void.payment_id, void.status)
