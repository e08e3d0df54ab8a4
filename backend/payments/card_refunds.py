"""A payment by card or bank debit paid back to where it came from, whole or in part: asked for by one, agreed to by
another (`refunds`). What was paid with it is owed again; `backend/charges/refunds.py` sends the money.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal
from backend.database import announce
from backend.errors import ConflictError
from backend.ledger import chart
from backend.ledger import rules as ledger_rules
from backend.ledger import service as ledger
from backend.models.cash import Refund
from backend.payments import refund_repository, request_repository
from backend.payments.authority import clerk_of
from backend.payments.return_items import Cause, Given, add_item

WORDS = "Refund to the card or bank account"


class NotRefundableError(ConflictError):
    """409 `not_refundable`: there is nothing of this payment to send back through the processor."""

    def __init__(self, detail: str) -> None:
        super().__init__("not_refundable", detail)


class TooMuchRefundedError(ConflictError):
    """409 `too_much_refunded`: `left_cents` of the payment are not refunded or asked for yet."""

    def __init__(self, left_cents: int) -> None:
        detail = "That is more than is left of the payment. What is asked for already counts."
        super().__init__("too_much_refunded", detail, left_cents=left_cents)


async def request_card_refund(
    session: AsyncSession,
    principal: Principal,
    payment_id: UUID,
    *,
    amount_cents: int,
    reason: str,
    idempotency_key: str,
    now: datetime,
) -> UUID:
    """Ask for (part of) a payment to go back to the card or bank account it came from, once for each key.

    A convenience fee goes back with the whole payment.

    :raises NotRefundableError: it was not made through the processor, or was returned or voided.
    :raises TooMuchRefundedError: so much is not left. :raises ledger.IdempotencyConflictError: the key is another's.
    """
    clerk = clerk_of(principal)
    paid = await refund_repository.charge_of_payment(session, payment_id)
    if paid is None:
        raise NotRefundableError("This payment came in another way than through the processor. Refund the credit.")
    await request_repository.hold_receivable(session, paid.account_id)
    known = await request_repository.refund_by_key(session, idempotency_key)
    if known is not None:
        if (known.charge_id, known.amount_cents) != (paid.charge_id, amount_cents):
            raise ledger.IdempotencyConflictError(idempotency_key)
        return known.id
    left_cents = await _left(session, paid.charge_id)
    if not 0 < amount_cents <= left_cents:
        raise TooMuchRefundedError(left_cents)
    values = {
        "idempotency_key": idempotency_key,
        "account_id": paid.account_id,
        "charge_id": paid.charge_id,
        "amount_cents": amount_cents,
        "fee_cents": paid.fee_cents if amount_cents == paid.amount_cents else 0,
        "reason": reason,
        "requested_by": clerk.id,
        "requested_at": now,
    }
    made = await request_repository.add_refund(session, values)
    if made is None:
        raise ledger.IdempotencyConflictError(idempotency_key)  # another account's, made meanwhile
    return made


async def _left(session: AsyncSession, charge_id: UUID) -> int:
    left_cents = await refund_repository.left_of_charge(session, charge_id)
    if left_cents is None:
        raise NotRefundableError("This payment was returned or voided: its money is not ours to refund.")
    return left_cents


async def post_card_refund(session: AsyncSession, refund: Refund, today: date, now: datetime) -> UUID:
    """What was paid is owed again; the entry. The caller holds the receivable, and lets the refund wait to be sent.

    :raises NotRefundableError: the payment was returned or voided since it was asked for.
    """
    assert refund.account_id is not None and refund.charge_id is not None  # the caller chose such
    await _left(session, refund.charge_id)
    postings = ledger_rules.transfer(refund.account_id, chart.CASH, refund.amount_cents)
    if refund.fee_cents:
        fee = ledger_rules.Posting(chart.CONVENIENCE_FEES, refund.fee_cents)
        postings = (postings[0], ledger_rules.Posting(chart.CASH, -refund.amount_cents - refund.fee_cents), fee)
    entry = ledger_rules.Entry(f"refund:{refund.id}", "refund", WORDS, today, postings)
    return (await ledger.post_entry(session, entry, now)).entry_id


async def refunds_to_send(session: AsyncSession, limit: int, lease: timedelta) -> Sequence[Row[Any]]:
    """Those that it is time to send, with `total_cents` and the charge at its processor; nobody else has them for a
    while."""
    return await refund_repository.claim_to_send(session, limit, lease)


async def send_later(session: AsyncSession, refund_id: UUID, pause: timedelta) -> None:
    """The processor has not answered: send it again, under the same key, after a pause."""
    await refund_repository.postpone(session, refund_id, pause)


async def was_sent(session: AsyncSession, refund_id: UUID, processor_refund_id: str | None) -> bool:
    """The processor has it; False when that was known, it failed, or it is no refund of ours."""
    return await refund_repository.mark_sent(session, refund_id, processor_refund_id)


async def fail_refund(session: AsyncSession, refund_id: UUID, code: str, *, today: date, now: datetime) -> bool:
    """It has not gone, or has come back: the ledger says so, and a person sees to it, once. `code` says which."""
    refund = await refund_repository.locked(session, refund_id)
    if refund is None or refund.sending not in ("waits", "sent") or refund.entry_id is None:
        return False
    await ledger.reverse_entry(
        session,
        refund.entry_id,
        effective_on=today,
        description="Refund that did not arrive",
        idempotency_key=f"refund:{refund_id}:failed",
        now=now,
    )
    refund.sending, refund.look_at = "failed", None
    await session.flush()
    given = Given(today, code, reference=str(refund_id))
    await add_item(session, given, refund.amount_cents + refund.fee_cents, Cause.CREDIT_RETURNED)
    announce(session, "money", account_id=refund.account_id)
    return True
