"""Recording payments, and what happens when a bank gives one back."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.errors import NotFoundError
from backend.ledger import service as ledger
from backend.models.payment import Payment, PaymentReturn
from backend.payments import repository


class PaymentNotFoundError(NotFoundError):
    """404: there is no such payment."""

    def __init__(self) -> None:
        super().__init__("payment_not_found", "There is no such payment. Check its id.")


@dataclass(frozen=True, slots=True)
class ReturnFee:
    """The charge for a returned payment (Civil Code 1719) and when it falls due."""

    amount_cents: int
    due_on: date


async def post_payment(
    session: AsyncSession,
    *,
    account_id: UUID,
    amount_cents: int,
    method: str,
    received_on: date,
    idempotency_key: str,
    now: datetime,
) -> Payment:
    """Record money received, once for each key.

    :raises ValueError: the amount is not positive.
    :raises ledger.ReceivableNotFoundError: no such account.
    :raises ledger.IdempotencyConflictError: the key was used before for something else.
    """
    if amount_cents <= 0:
        raise ValueError("a payment is more than nothing")
    posted = await ledger.post_receipt(
        session,
        account_id=account_id,
        amount_cents=amount_cents,
        description=f"Payment by {method.replace('_', ' ')}",
        received_on=received_on,
        idempotency_key=idempotency_key,
        now=now,
    )
    known = None if posted.is_new else await repository.payment_by_entry(session, posted.entry_id)
    if known is not None:
        return known
    payment = Payment(
        account_id=account_id,
        entry_id=posted.entry_id,
        method=method,
        amount_cents=amount_cents,
        received_on=received_on,
    )
    await repository.add_payment(session, payment)
    return payment


async def return_payment(
    session: AsyncSession,
    *,
    payment_id: UUID,
    returned_on: date,
    reason_code: str,
    fee: ReturnFee | None,
    idempotency_key: str,
    now: datetime,
) -> PaymentReturn:
    """Treat a payment as never made: what it paid is owed again, by its old due dates, and the fee with it.

    :raises PaymentNotFoundError: no such payment.
    :raises ledger.NotReversibleError: it was returned before, under another key.
    :raises ledger.IdempotencyConflictError: the key was used before for something else.
    """
    payment = await repository.payment_by_id(session, payment_id)
    if payment is None:
        raise PaymentNotFoundError
    reversal = await ledger.reverse_entry(
        session,
        payment.entry_id,
        effective_on=returned_on,
        description=f"Payment returned by the bank ({reason_code})",
        idempotency_key=idempotency_key,
        now=now,
    )
    known = None if reversal.is_new else await repository.return_of(session, payment_id)
    if known is not None and (known.fee_entry_id is None) != (fee is None):
        raise ledger.IdempotencyConflictError(idempotency_key)
    fee_entry_id = await _charge(session, payment, fee, returned_on, key=f"{idempotency_key}:fee", now=now)
    if known is not None:
        return known
    returned = PaymentReturn(
        payment_id=payment_id,
        account_id=payment.account_id,
        reversal_entry_id=reversal.entry_id,
        fee_entry_id=fee_entry_id,
        reason_code=reason_code,
        amount_cents=payment.amount_cents,
        returned_on=returned_on,
    )
    await repository.add_return(session, returned)
    return returned


async def _charge(
    session: AsyncSession, payment: Payment, fee: ReturnFee | None, charged_on: date, *, key: str, now: datetime
) -> UUID | None:
    if fee is None:
        return None
    posted = await ledger.post_fee(
        session,
        account_id=payment.account_id,
        amount_cents=fee.amount_cents,
        description="Returned payment fee",
        effective_on=charged_on,
        due_on=fee.due_on,
        idempotency_key=key,
        now=now,
    )
    return posted.entry_id
