"""Money that came for nobody we know, or for a closed account: kept as a liability until a person says whose it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from backend.district.service import District
from backend.errors import ConflictError, NotFoundError
from backend.ledger import chart
from backend.ledger import rules as ledger_rules
from backend.ledger import service as ledger
from backend.models.cash import UnappliedReceipt
from backend.models.payment import Payment
from backend.payments import receipt_repository, repository
from backend.payments.files import REFERENCE_LENGTH_MAX, account_number_in
from backend.payments.service import check_amount, new_payment, post_new


class ReceiptNotFoundError(NotFoundError):
    """404: there is no such unapplied receipt."""

    def __init__(self) -> None:
        super().__init__("receipt_not_found", "There is no such unapplied receipt. Check its id.")


class ReceiptDecidedError(ConflictError):
    """409: it was applied, refunded or returned, or a refund of it is asked for."""

    def __init__(self, status: str) -> None:
        super().__init__("receipt_decided", "This receipt is not open any more.", status=status)


@dataclass(frozen=True, slots=True)
class NewReceipt:
    """Unapplied money to be kept; `reference` is what was given as account number."""

    reference: str
    amount_cents: int
    method: str
    received_on: date
    idempotency_key: str
    import_id: UUID | None = None
    batch_id: UUID | None = None
    bank_reference: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of money handed in: a payment on an account, or an unapplied receipt. Exactly one is set."""

    payment: Payment | None
    receipt: UnappliedReceipt | None


async def take_payment(session: AsyncSession, new: NewReceipt, *, district: District, now: datetime) -> Taken:
    """Post money on the account whose number was given, or keep it unapplied when there is no such open account.

    Once for each key, even when the account was closed in between.

    :raises AmountRefusedError: negative, zero or absurd.
    :raises ledger.IdempotencyConflictError: the key was used before for something else.
    """
    check_amount(new.amount_cents, district)
    account_id = await receipt_repository.account_for(session, account_number_in(new.reference), new.idempotency_key)
    if account_id is None:
        (receipt,) = await keep(session, [new], now)
        return Taken(None, receipt)
    made = new_payment(
        account_id=account_id,
        amount_cents=new.amount_cents,
        method=new.method,
        received_on=new.received_on,
        idempotency_key=new.idempotency_key,
        batch_id=new.batch_id,
        bank_reference=new.bank_reference,
    )
    return Taken(await post_new(session, made, district, now), None)


async def keep(session: AsyncSession, receipts: Sequence[NewReceipt], now: datetime) -> list[UnappliedReceipt]:
    """Keep money as unapplied, each once for its key; the receipts, in their order.

    :raises ledger.IdempotencyConflictError: a key was used before for something else.
    """
    posted = await ledger.post_entries(session, [_entry(new) for new in receipts], now)
    fresh = [
        UnappliedReceipt(
            entry_id=entry.entry_id,
            import_id=new.import_id,
            batch_id=new.batch_id,
            given_reference=new.reference[:REFERENCE_LENGTH_MAX],
            bank_reference=new.bank_reference,
            method=new.method,
            amount_cents=new.amount_cents,
            received_on=new.received_on,
            status="open",
        )
        for entry, new in zip(posted, receipts, strict=True)
        if entry.is_new
    ]
    await receipt_repository.add(session, fresh)
    return await receipt_repository.by_entries(session, [entry.entry_id for entry in posted])


def _entry(new: NewReceipt) -> ledger_rules.Entry:
    postings = ledger_rules.transfer(chart.CASH, chart.UNAPPLIED, new.amount_cents)
    description = f"Unapplied receipt by {new.method.replace('_', ' ')}"
    return ledger_rules.Entry(new.idempotency_key, "payment", description, new.received_on, postings)


async def apply_receipt(
    session: AsyncSession,
    receipt_id: UUID,
    *,
    account_id: UUID,
    note: str,
    decided_by: UUID,
    today: date,
    now: datetime,
    district: District,
) -> Payment:
    """A person says whose it is: the account is paid as of the day the money came. Again for the same account: once.

    :raises ReceiptNotFoundError: no such receipt. :raises ReceiptDecidedError: it is not open.
    :raises ledger.ReceivableNotFoundError: no such account.
    """
    receipt = await receipt_repository.locked(session, receipt_id)
    if receipt is None:
        raise ReceiptNotFoundError
    if receipt.status == "applied" and receipt.payment_id is not None:
        known = await repository.payment_by_id(session, receipt.payment_id)
        if known is not None and known.account_id == account_id:
            return known
    if receipt.status != "open" or await receipt_repository.has_refund(session, receipt_id):
        raise ReceiptDecidedError(receipt.status)
    new = new_payment(
        account_id=account_id,
        amount_cents=receipt.amount_cents,
        method=receipt.method,
        received_on=receipt.received_on,
        idempotency_key=f"apply:{receipt_id}",
        debit=chart.UNAPPLIED,
        posted_on=today,
        import_id=receipt.import_id,
        bank_reference=receipt.bank_reference,
    )
    payment = await post_new(session, new, district, now)
    receipt.status, receipt.payment_id = "applied", payment.id
    receipt.decided_by, receipt.decided_at, receipt.note = decided_by, now, note
    await session.flush()
    return payment


async def open_receipts(session: AsyncSession) -> Sequence[RowMapping]:
    """What waits for a person, oldest first, at most 500."""
    return await receipt_repository.open_receipts(session)
