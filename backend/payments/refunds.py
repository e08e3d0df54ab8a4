"""Paying money back: a credit balance, or unapplied money. One person asks, another with the authority decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Role
from backend.district.service import District
from backend.errors import ConflictError, NotFoundError
from backend.ledger import chart
from backend.ledger import rules as ledger_rules
from backend.ledger import service as ledger
from backend.models.cash import Refund
from backend.payments import cash_repository, receipt_repository
from backend.payments.service import allocate_credits
from backend.payments.unapplied import ReceiptDecidedError, ReceiptNotFoundError
from backend.payments.voids import AlreadyDecidedError, SecondPersonError


class RefundNotFoundError(NotFoundError):
    """404: there is no such refund."""

    def __init__(self) -> None:
        super().__init__("refund_not_found", "There is no such refund. Check its id.")


class NoSuchCreditError(ConflictError):
    """409: the account has less credit than that."""

    def __init__(self, available_cents: int) -> None:
        detail = "The account has less credit than that. What is asked for already counts."
        super().__init__("not_enough_credit", detail, available_cents=available_cents)


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decides and how; `note` is kept, and says why when it is declined."""

    approve: bool
    note: str
    decided_by: UUID
    role: Role


async def request_refund(
    session: AsyncSession, account_id: UUID, *, amount_cents: int, reason: str, requested_by: UUID, now: datetime
) -> UUID:
    """Ask for credit of an account to be paid back; the request's id.

    :raises ledger.ReceivableNotFoundError: no such account. :raises NoSuchCreditError: that much is not there.
    """
    if not await cash_repository.hold_receivable(session, account_id):
        raise ledger.ReceivableNotFoundError
    available = -await ledger.balance_cents(session, account_id)
    available -= await cash_repository.pending_refund_cents(session, account_id)
    if amount_cents <= 0 or amount_cents > available:
        raise NoSuchCreditError(max(0, available))
    values = {"account_id": account_id, "amount_cents": amount_cents, "reason": reason}
    made = await cash_repository.add_refund(session, {**values, "requested_by": requested_by, "requested_at": now})
    assert made is not None
    return made


async def request_receipt_refund(
    session: AsyncSession, receipt_id: UUID, *, reason: str, requested_by: UUID, now: datetime
) -> UUID:
    """Ask for unapplied money to be paid back, all of it.

    :raises ReceiptNotFoundError: no such receipt. :raises ReceiptDecidedError: it is not open.
    """
    receipt = await receipt_repository.locked(session, receipt_id)
    if receipt is None:
        raise ReceiptNotFoundError
    if receipt.status != "open":
        raise ReceiptDecidedError(receipt.status)
    values = {"receipt_id": receipt_id, "amount_cents": receipt.amount_cents, "reason": reason}
    made = await cash_repository.add_refund(session, {**values, "requested_by": requested_by, "requested_at": now})
    if made is None:
        raise ReceiptDecidedError("refund_pending")
    return made


async def decide_refund(
    session: AsyncSession, refund_id: UUID, decision: Decision, *, today: date, now: datetime, district: District
) -> Refund:
    """Agree, and the money is paid out; or decline with a reason. Again the same: once.

    :raises RefundNotFoundError: no such refund. :raises AlreadyDecidedError: decided otherwise.
    :raises SecondPersonError: the one who asked, or not enough authority for this amount.
    :raises NoSuchCreditError: the credit was used in the meantime.
    """
    refund = await cash_repository.held_refund(session, refund_id)
    if refund is None:
        raise RefundNotFoundError
    status = "posted" if decision.approve else "declined"
    if refund.status != "pending":
        if refund.status != status:
            raise AlreadyDecidedError(refund.status)
        return refund
    _check_authority(refund, decision, district)
    if decision.approve:
        refund.entry_id = await _pay_out(session, refund, today, now)
    cash_repository.decide(refund, status, decision.decided_by, decision.note, now)
    await session.flush()
    if decision.approve and refund.account_id is not None:
        await allocate_credits(session, [refund.account_id], district)
    return refund


def _check_authority(refund: Refund, decision: Decision, district: District) -> None:
    if decision.decided_by == refund.requested_by:
        raise SecondPersonError("Another person than the one who asked decides.")
    limit: int = getattr(district.policy.payments.refund_cents_max, decision.role.value)
    if refund.amount_cents > limit:
        raise SecondPersonError("This amount needs somebody with more authority.")


async def _pay_out(session: AsyncSession, refund: Refund, today: date, now: datetime) -> UUID:
    if refund.account_id is not None:
        await cash_repository.hold_receivable(session, refund.account_id)
        credit = -await ledger.balance_cents(session, refund.account_id)
        if refund.amount_cents > credit:
            raise NoSuchCreditError(max(0, credit))
        debit, description = refund.account_id, "Refund of a credit balance"
    else:
        debit, description = chart.UNAPPLIED, "Refund of unapplied money"
        assert refund.receipt_id is not None
        receipt = await receipt_repository.locked(session, refund.receipt_id)
        if receipt is None or receipt.status != "open":
            raise ReceiptDecidedError(receipt.status if receipt else "unknown")
        receipt.status = "refunded"
    postings = ledger_rules.transfer(debit, chart.CASH, refund.amount_cents)
    entry = ledger_rules.Entry(f"refund:{refund.id}", "refund", description, today, postings)
    return (await ledger.post_entry(session, entry, now)).entry_id


async def pending_refunds(session: AsyncSession) -> Sequence[RowMapping]:
    """The requests that wait, oldest first."""
    return await cash_repository.pending_refunds(session)
