"""Money that came for nobody we know, or for a closed account: kept as a liability until a person says whose it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal
from backend.database import announce
from backend.district.service import District
from backend.errors import ConflictError, NotFoundError
from backend.ledger import chart
from backend.ledger import rules as ledger_rules
from backend.ledger import service as ledger
from backend.models.cash import UnappliedReceipt
from backend.models.payment import Payment
from backend.payments import receipt_repository, repository
from backend.payments.authority import clerk_of
from backend.payments.files import REFERENCE_LENGTH_MAX
from backend.payments.service import new_payment, post_new


class ReceiptNotFoundError(NotFoundError):
    """404: there is no such unapplied receipt."""

    def __init__(self) -> None:
        super().__init__("receipt_not_found", "There is no such unapplied receipt. Check its id.")


class ReceiptDecidedError(ConflictError):
    """409: it was applied, refunded or returned, or a refund of it is asked for (`status` is then still `open`)."""

    def __init__(self, status: str) -> None:
        detail = "This receipt is not open any more, or a refund of it waits. Look at it again."
        super().__init__("receipt_decided", detail, status=status)


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
class ReceiptRow:
    """An unapplied receipt that waits; the account is a closed one whose number was given."""

    id: UUID
    given_reference: str
    bank_reference: str | None
    method: str
    amount_cents: int
    received_on: date
    file_name: str | None
    account_id: UUID | None
    account_number: str | None
    account_status: str | None
    customer_name: str | None
    refund_asked: bool


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
    if fresh:
        announce(session, "money")
    return await receipt_repository.by_entries(session, [entry.entry_id for entry in posted])


def _entry(new: NewReceipt) -> ledger_rules.Entry:
    postings = ledger_rules.transfer(chart.CASH, chart.UNAPPLIED, new.amount_cents)
    description = f"Unapplied receipt by {new.method.replace('_', ' ')}"
    return ledger_rules.Entry(new.idempotency_key, "payment", description, new.received_on, postings)


async def apply_receipt(
    session: AsyncSession,
    principal: Principal,
    receipt_id: UUID,
    *,
    account_id: UUID,
    note: str,
    district: District,
    now: datetime,
) -> Payment:
    """A person says whose it is: the account is paid as of the day the money came. Again for the same account: once.

    The account may be closed: what it owes is paid, the rest is its credit.

    :raises ReceiptNotFoundError: no such receipt. :raises ReceiptDecidedError: it is not open.
    :raises AboveAuthorityError: the role may not. :raises ledger.ReceivableNotFoundError: no such account.
    """
    clerk = clerk_of(principal, district.policy.payments.roles.apply_unapplied)
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
        posted_on=now.astimezone(district.zone).date(),
        import_id=receipt.import_id,
        bank_reference=receipt.bank_reference,
    )
    payment = await post_new(session, new, district, now)
    receipt.status, receipt.payment_id = "applied", payment.id
    receipt.decided_by, receipt.decided_at, receipt.note = clerk.id, now, note
    await session.flush()
    announce(session, "money", account_id=account_id)
    return payment


async def open_receipts(session: AsyncSession) -> list[ReceiptRow]:
    """What waits for a person, oldest first, at most 500."""
    return [ReceiptRow(**row) for row in await receipt_repository.open_receipts(session)]
