"""Recording payments and what they pay. `returns` has what happens when a bank gives one back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.accounts import service as accounts
from backend.arrangements import service as arrangements
from backend.district.service import District
from backend.errors import HeadgateError, NotFoundError
from backend.ledger import chart
from backend.ledger import rules as ledger_rules
from backend.ledger import service as ledger
from backend.models.payment import Payment
from backend.payments import posting, repository, rules
from backend.payments.files import account_number_in
from backend.payments.posting import order_of
from backend.payments.repository import NewPayment


class PaymentNotFoundError(NotFoundError):
    """404: there is no such payment."""

    def __init__(self) -> None:
        super().__init__("payment_not_found", "There is no such payment. Check its id.")


class AmountRefusedError(HeadgateError):
    """422: no payment can be of this amount."""

    def __init__(self, reason: str) -> None:
        super().__init__(422, "amount_refused", f"Correct the amount: {reason}.")


@dataclass(frozen=True, slots=True)
class Paid:
    """What a payment pays of one charge. `due_on` is None for a charge that never fell due (a refund)."""

    description: str
    kind: str
    due_on: date | None
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the customer is told: the number to keep, what was paid, and what is owed now (negative: a credit).

    `fee_cents` came on top, for paying in that way, and paid nothing of the account.
    """

    payment_id: UUID
    confirmation_number: int
    account_id: UUID
    method: str
    amount_cents: int
    received_on: date
    paid: tuple[Paid, ...]
    left_as_credit_cents: int
    balance_cents: int
    status: str
    as_of: datetime
    fee_cents: int = 0


@dataclass(frozen=True, slots=True)
class Preview:
    """What a payment would pay, and what of it would stay the customer's credit."""

    paid: tuple[Paid, ...]
    left_as_credit_cents: int


def new_payment(
    *,
    account_id: UUID,
    amount_cents: int,
    method: str,
    received_on: date,
    idempotency_key: str,
    debit: UUID = chart.CASH,
    posted_on: date | None = None,
    batch_id: UUID | None = None,
    import_id: UUID | None = None,
    bank_reference: str | None = None,
    fee_cents: int = 0,
) -> NewPayment:
    """A payment to be posted: `debit` goes up, the receivable down. `posted_on`: when it was not received that day.

    A convenience fee that came with it is a line of the same entry, so it goes back when the payment does.
    """
    postings = ledger_rules.transfer(debit, account_id, amount_cents)
    if fee_cents:
        fee = ledger_rules.Posting(chart.CONVENIENCE_FEES, -fee_cents)
        postings = (ledger_rules.Posting(debit, amount_cents + fee_cents), postings[1], fee)
    description = f"Payment by {method.replace('_', ' ')}"
    entry = ledger_rules.Entry(idempotency_key, "payment", description, posted_on or received_on, postings)
    return NewPayment(
        account_id,
        debit,
        amount_cents,
        method,
        received_on,
        entry,
        batch_id=batch_id,
        import_id=import_id,
        bank_reference=bank_reference,
        fee_cents=fee_cents,
    )


async def post_payment(
    session: AsyncSession,
    *,
    account_id: UUID,
    amount_cents: int,
    method: str,
    received_on: date,
    idempotency_key: str,
    now: datetime,
    district: District | None = None,
    batch_id: UUID | None = None,
    bank_reference: str | None = None,
) -> Payment:
    """Record money received, once for each key, and let it pay what is owed. One round trip.

    `bank_reference` is the bank's own number of it, by which a return is matched.

    :raises ValueError: the amount is not positive.
    :raises ledger.ReceivableNotFoundError: no such account.
    :raises ledger.IdempotencyConflictError: the key was used before for something else.
    """
    if amount_cents <= 0:
        raise ValueError("a payment is more than nothing")
    new = new_payment(
        account_id=account_id,
        amount_cents=amount_cents,
        method=method,
        received_on=received_on,
        idempotency_key=idempotency_key,
        batch_id=batch_id,
        bank_reference=bank_reference,
    )
    return await post_new(session, new, district, now)


async def post_new(session: AsyncSession, new: NewPayment, district: District | None, now: datetime) -> Payment:
    """The same, for a payment that is made up already.

    :raises ledger_rules.UnsoundEntryError: an absurd amount.
    """
    ledger_rules.check(new.entry)
    return posting.confirmed(new, await repository.post(session, new, order_of(district), now))


async def post_payments(
    session: AsyncSession, payments: Sequence[NewPayment], district: District | None, now: datetime
) -> list[UUID]:
    """Record many payments (`new_payment`), each once for its key, in four round trips; their ids, in their order.

    All of one import, or none of an import.

    :raises ledger.IdempotencyConflictError: a key was used before for something else; nothing is recorded.
    """
    if not payments:
        return []
    posted = await ledger.post_entries(session, [new.entry for new in payments], now)
    fresh = [(entry.entry_id, new) for entry, new in zip(posted, payments, strict=True) if entry.is_new]
    await repository.add_payments(session, fresh, payments[0].import_id)
    await allocate_credits(session, sorted({new.account_id for _, new in fresh}), district)
    ids = await repository.payments_by_entries(session, [entry.entry_id for entry in posted])
    return [ids[entry.entry_id] for entry in posted]


async def allocate_credits(session: AsyncSession, account_ids: Sequence[UUID], district: District | None = None) -> int:
    """Let credits that nothing was paid with pay the unpaid charges of these accounts, in the district's order.

    For after bills have posted. Doing it again changes nothing; how many allocations were made.
    """
    return await repository.allocate(session, account_ids, order_of(district)) if account_ids else 0


async def undo_installments(session: AsyncSession, payment: Payment) -> None:
    """Before a payment is reversed: the installments of an arrangement that it had kept are owed again."""
    paid_on = await repository.entry_day(session, payment.entry_id)
    await arrangements.undo_payment(session, payment.account_id, paid_on=paid_on, amount_cents=payment.amount_cents)


async def account_of(session: AsyncSession, payment_id: UUID) -> UUID:
    """The account that the payment is on.

    :raises PaymentNotFoundError: no such payment.
    """
    found = await repository.account_of(session, payment_id)
    if found is None:
        raise PaymentNotFoundError
    return found


async def account_of_number(session: AsyncSession, number: str) -> UUID:
    """The account with this number, open or closed.

    :raises accounts.AccountNotFoundError: none has it.
    """
    found = await accounts.candidates_by_account_number(session, account_number_in(number))
    if not found:
        raise accounts.AccountNotFoundError
    return found[0].account_id


async def receipt(session: AsyncSession, payment_id: UUID, now: datetime, *, account_id: UUID | None = None) -> Receipt:
    """The receipt of a payment (of `account_id`, when given), as things are now.

    `status`: `posted`, `returned` or `voided`.

    :raises PaymentNotFoundError: no such payment, or it is on another account.
    """
    row = await repository.receipt_row(session, payment_id)
    if row is None or account_id not in (None, row["account_id"]):
        raise PaymentNotFoundError
    paid = tuple(Paid(**line) for line in await repository.paid_by(session, payment_id))
    spent = sum(line.amount_cents for line in paid)
    return Receipt(
        payment_id=payment_id,
        confirmation_number=row["confirmation_number"],
        account_id=row["account_id"],
        method=row["method"],
        amount_cents=row["amount_cents"],
        received_on=row["received_on"],
        paid=paid,
        left_as_credit_cents=row["amount_cents"] - spent if row["status"] == "posted" else 0,
        balance_cents=await ledger.balance_cents(session, row["account_id"]),
        status=row["status"],
        as_of=now,
        fee_cents=row["fee_cents"],
    )


async def preview(session: AsyncSession, account_id: UUID, amount_cents: int, district: District) -> Preview:
    """What a payment of this amount would pay, and what would be left as credit. Nothing is recorded.

    :raises AmountRefusedError: no payment can be of this amount.
    """
    check_amount(amount_cents, district)
    unpaid = await repository.unpaid_charges(session, account_id)
    by_key = {(str(row["entry_id"]), int(row["line"])): row for row in unpaid}
    charges = [
        rules.Charge(key, row["left_cents"], row["is_fee"], row["charged_on"], row["falls_due_on"])
        for key, row in by_key.items()
    ]
    plan = await repository.plan_agreed_on(session, account_id)
    parts = rules.allocate(amount_cents, rules.in_order(charges, order_of(district), plan))
    paid = [
        Paid(by_key[charge.key]["description"], by_key[charge.key]["kind"], by_key[charge.key]["due_on"], cents)
        for charge, cents in parts
    ]
    return Preview(tuple(paid), amount_cents - sum(line.amount_cents for line in paid))


def check_amount(amount_cents: int, district: District) -> None:
    """:raises AmountRefusedError: not positive, or more than the district takes in one payment."""
    try:
        rules.check_amount(amount_cents, district.policy.payments.largest_cents)
    except rules.AmountRefusedError as refused:
        raise AmountRefusedError(str(refused)) from refused
