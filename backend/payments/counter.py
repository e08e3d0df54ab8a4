"""Money handed over at the counter: into the clerk's own drawer, on the account whose number was given."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal
from backend.conversations.redaction import redact
from backend.database import announce
from backend.district.service import District
from backend.errors import HeadgateError
from backend.ledger import service as ledger
from backend.payments import batches, receipt_repository, repository, unapplied
from backend.payments.authority import clerk_of
from backend.payments.files import account_number_in
from backend.payments.service import check_amount, new_payment, post_new


class ReferenceRefusedError(HeadgateError):
    """422: a card number or the like where the terminal's or the check's own number belongs."""

    def __init__(self, kind: str) -> None:
        detail = "Give the number of the check or the reference of the card terminal, never a card or bank number."
        super().__init__(422, "reference_refused", detail, found=kind)


class ReferenceNeededError(HeadgateError):
    """422: a check or a card payment without its number."""

    def __init__(self) -> None:
        detail = "A check needs its number, a card payment the reference that the card terminal printed."
        super().__init__(422, "reference_needed", detail)


@dataclass(frozen=True, slots=True)
class Given:
    """What was handed over; `reference` is the check's number, or what the card terminal printed."""

    account_number: str
    amount_cents: int
    method: str
    idempotency_key: str
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of it: a payment on an account, or an unapplied receipt. Exactly one is set."""

    payment_id: UUID | None
    receipt_id: UUID | None
    is_new: bool


async def take_payment(
    session: AsyncSession, principal: Principal, given: Given, *, district: District, now: datetime
) -> Taken:
    """Post money once for its key; kept unapplied when no open account has that number, so that none is ever lost.

    :raises AmountRefusedError: negative, zero or absurd. :raises ReferenceRefusedError: a card number as reference.
    :raises ReferenceNeededError: a check or card payment without reference.
    :raises NoOpenBatchError: no drawer is open. :raises BatchOfAnotherDayError: yesterday's is.
    :raises ledger.IdempotencyConflictError: the key was used before for something else.
    """
    clerk = clerk_of(principal)
    check_amount(given.amount_cents, district)
    key = f"counter:{given.idempotency_key}"
    known = await _known(session, given, key)
    if known is not None:
        return known
    reference = _reference(given)
    today = now.astimezone(district.zone).date()
    batch = await batches.hold_current(session, clerk.id, today)
    number = account_number_in(given.account_number)
    account = await receipt_repository.account_of_number(session, number)
    announce(session, "money", batch_id=batch.id)
    if account is None or account[1] != "active":
        receipt = unapplied.NewReceipt(
            number, given.amount_cents, given.method, today, key, batch_id=batch.id, bank_reference=reference
        )
        (kept,) = await unapplied.keep(session, [receipt], now)
        return Taken(None, kept.id, is_new=True)
    new = new_payment(
        account_id=account[0],
        amount_cents=given.amount_cents,
        method=given.method,
        received_on=today,
        idempotency_key=key,
        batch_id=batch.id,
        bank_reference=reference,
    )
    payment = await post_new(session, new, district, now)
    return Taken(payment.id, None, is_new=True)


async def _known(session: AsyncSession, given: Given, key: str) -> Taken | None:
    """What this key was used for before, whatever has become of the account, the drawer or the day since."""
    row = await repository.taken_by_key(session, key)
    if row is None:
        return None
    meant = (account_number_in(given.account_number), given.amount_cents, given.method)
    if (row["number"], row["amount_cents"], row["method"]) != meant:
        raise ledger.IdempotencyConflictError(given.idempotency_key)
    return Taken(row["payment_id"], row["receipt_id"], is_new=False)


def _reference(given: Given) -> str | None:
    reference = (given.reference or "").strip() or None
    if reference is None and given.method != "cash":
        raise ReferenceNeededError
    found = redact(reference).refused if reference else None
    if found:
        raise ReferenceRefusedError(found)
    return reference
