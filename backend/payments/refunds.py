"""Paying money back: a credit balance, or unapplied money. One person asks, another with the authority decides."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal
from backend.database import announce
from backend.district.service import District
from backend.errors import ConflictError, NotFoundError
from backend.ledger import chart
from backend.ledger import rules as ledger_rules
from backend.ledger import service as ledger
from backend.models.cash import Refund
from backend.payments import receipt_repository, request_repository
from backend.payments.authority import AboveAuthorityError, AlreadyDecidedError, Clerk, SecondPersonError, clerk_of
from backend.payments.card_refunds import post_card_refund
from backend.payments.service import allocate_credits
from backend.payments.unapplied import ReceiptDecidedError, ReceiptNotFoundError


class RefundNotFoundError(NotFoundError):
    """404: there is no such refund."""

    def __init__(self) -> None:
        super().__init__("refund_not_found", "There is no such refund. Check its id.")


class NotEnoughCreditError(ConflictError):
    """409: the account has less credit than that."""

    def __init__(self, available_cents: int) -> None:
        detail = "The account has less credit than that. What is asked for already counts."
        super().__init__("not_enough_credit", detail, available_cents=available_cents)


@dataclass(frozen=True, slots=True)
class RefundState:
    """A request and what became of it. `status`: pending, posted or declined."""

    id: UUID
    account_id: UUID | None
    receipt_id: UUID | None
    amount_cents: int
    status: str


@dataclass(frozen=True, slots=True)
class RefundRow:
    """A request that waits, as the one who decides sees it: of an account, or of an unapplied receipt.

    `method_label`: what it goes back to through the processor, when it is of a payment by card or bank debit.
    """

    id: UUID
    account_id: UUID | None
    account_number: str | None
    customer_name: str | None
    receipt_id: UUID | None
    given_reference: str | None
    amount_cents: int
    reason: str
    requested_by_name: str
    requested_at: datetime
    method_label: str | None
    may_decide: bool


async def request_refund(
    session: AsyncSession,
    principal: Principal,
    account_id: UUID,
    *,
    amount_cents: int,
    reason: str,
    idempotency_key: str,
    now: datetime,
) -> RefundState:
    """Ask for credit of an account to be paid back, once for each key.

    :raises ledger.ReceivableNotFoundError: no such account. :raises NotEnoughCreditError: that much is not there.
    :raises ledger.IdempotencyConflictError: the key was used before for something else.
    """
    clerk = clerk_of(principal)
    if not await request_repository.hold_receivable(session, account_id):
        raise ledger.ReceivableNotFoundError
    known = await request_repository.refund_by_key(session, idempotency_key)
    if known is None:
        available = -await ledger.balance_cents(session, account_id)
        available -= await request_repository.pending_refund_cents(session, account_id)
        if not 0 < amount_cents <= available:
            raise NotEnoughCreditError(max(0, available))
        values = {"idempotency_key": idempotency_key, "account_id": account_id, "amount_cents": amount_cents}
        made = await _ask(session, clerk, {**values, "reason": reason}, now)
        if made is not None:
            return RefundState(made, account_id, None, amount_cents, "pending")
        known = await request_repository.refund_by_key(session, idempotency_key)
    if known is None or (known.account_id, known.amount_cents) != (account_id, amount_cents):
        raise ledger.IdempotencyConflictError(idempotency_key)
    return _shown(known)


async def request_receipt_refund(
    session: AsyncSession, principal: Principal, receipt_id: UUID, *, reason: str, now: datetime
) -> RefundState:
    """Ask for unapplied money to be paid back, all of it.

    :raises ReceiptNotFoundError: no such receipt. :raises ReceiptDecidedError: it is not open.
    """
    clerk = clerk_of(principal)
    receipt = await receipt_repository.locked(session, receipt_id)
    if receipt is None:
        raise ReceiptNotFoundError
    if receipt.status != "open" or await receipt_repository.has_refund(session, receipt_id):
        raise ReceiptDecidedError(receipt.status)
    cents = receipt.amount_cents
    count = await receipt_repository.refunds_asked(session, receipt_id)
    values = {"idempotency_key": f"receipt:{receipt_id}:{count + 1}", "receipt_id": receipt_id, "amount_cents": cents}
    made = await _ask(session, clerk, {**values, "reason": reason}, now)
    assert made is not None  # the receipt is held, so nobody else asks meanwhile
    return RefundState(made, None, receipt_id, cents, "pending")


async def _ask(session: AsyncSession, clerk: Clerk, values: dict[str, Any], now: datetime) -> UUID | None:
    asked = {**values, "requested_by": clerk.id, "requested_at": now}
    made = await request_repository.add_refund(session, asked)
    announce(session, "money", refund_id=made)
    return made


async def decide_refund(
    session: AsyncSession,
    principal: Principal,
    refund_id: UUID,
    *,
    approve: bool,
    note: str,
    district: District,
    now: datetime,
) -> RefundState:
    """Agree, and the money is paid out; or decline with a reason. Again the same: once.

    :raises RefundNotFoundError: no such refund. :raises AlreadyDecidedError: decided otherwise.
    :raises SecondPersonError: the one who asked. :raises AboveAuthorityError: above what the role may agree to.
    :raises NotEnoughCreditError: the credit was used in the meantime.
    """
    clerk = clerk_of(principal)
    asked = await request_repository.refund(session, refund_id)
    if asked is None:
        raise RefundNotFoundError
    await _hold_source(session, asked)
    refund = await request_repository.held_refund(session, refund_id)
    assert refund is not None
    status = "posted" if approve else "declined"
    if refund.status != "pending":
        if refund.status != status:
            raise AlreadyDecidedError(refund.status)
        return _shown(refund)
    if clerk.id == refund.requested_by:
        raise SecondPersonError
    if not _may_decide(clerk, refund.requested_by, refund.amount_cents if approve else 1, district):
        raise AboveAuthorityError
    if approve:
        refund.entry_id = await _pay_out(session, refund, now.astimezone(district.zone).date(), now)
    request_repository.decide(refund, status, clerk.id, note, now)
    if approve and refund.charge_id is not None:
        refund.sending, refund.look_at = "waits", now
    await session.flush()
    if approve and refund.account_id is not None:
        await allocate_credits(session, [refund.account_id], district)
    announce(session, "money", refund_id=refund_id)
    return _shown(refund)


async def _hold_source(session: AsyncSession, refund: Refund) -> None:
    """The account or the receipt before the request, as those hold them who ask."""
    if refund.account_id is not None:
        await request_repository.hold_receivable(session, refund.account_id)
    elif refund.receipt_id is not None:
        await receipt_repository.locked(session, refund.receipt_id)


def _may_decide(clerk: Clerk, requested_by: UUID, amount_cents: int, district: District) -> bool:
    """To decline moves no money: it is enough to have a say in refunds at all."""
    limit: int = getattr(district.policy.payments.refund_cents_max, clerk.role.value)
    return clerk.id != requested_by and amount_cents <= limit


async def _pay_out(session: AsyncSession, refund: Refund, today: date, now: datetime) -> UUID:
    if refund.charge_id is not None:
        return await post_card_refund(session, refund, today, now)
    if refund.account_id is not None:
        credit = -await ledger.balance_cents(session, refund.account_id)
        if refund.amount_cents > credit:
            raise NotEnoughCreditError(max(0, credit))
        debit, description = refund.account_id, "Refund of a credit balance"
    else:
        assert refund.receipt_id is not None  # a constraint of the table
        receipt = await receipt_repository.locked(session, refund.receipt_id)
        if receipt is None or receipt.status != "open":
            raise ReceiptDecidedError(receipt.status if receipt else "unknown")
        receipt.status = "refunded"
        debit, description = chart.UNAPPLIED, "Refund of unapplied money"
    postings = ledger_rules.transfer(debit, chart.CASH, refund.amount_cents)
    entry = ledger_rules.Entry(f"refund:{refund.id}", "refund", description, today, postings)
    return (await ledger.post_entry(session, entry, now)).entry_id


async def pending_refunds(session: AsyncSession, principal: Principal, *, district: District) -> list[RefundRow]:
    """The requests that wait, oldest first, and whether the one who asks may agree to each."""
    clerk = clerk_of(principal)
    rows = await request_repository.pending_refunds(session)
    return [
        RefundRow(
            **{name: value for name, value in row.items() if name != "requested_by"},
            may_decide=_may_decide(clerk, row["requested_by"], row["amount_cents"], district),
        )
        for row in rows
    ]


def _shown(refund: Refund) -> RefundState:
    return RefundState(refund.id, refund.account_id, refund.receipt_id, refund.amount_cents, refund.status)
