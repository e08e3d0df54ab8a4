"""Beginning a charge, and what other slices ask about charges. `steps` has what the workflow does with one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from backend.charges import repository, rules
from backend.charges.rules import LEAST_CENTS
from backend.database import announce
from backend.district.service import District
from backend.errors import ConflictError, HeadgateError, NotFoundError
from backend.gateway.values import MethodFacts, MethodKind
from backend.ledger.service import IdempotencyConflictError, ReceivableNotFoundError
from backend.models.base import new_id
from backend.models.charge import UNRESOLVED
from backend.payments.service import AmountRefusedError, check_amount
from backend.saved_methods import rules as method_rules
from backend.saved_methods import service as saved_methods
from backend.saved_methods.service import ChargeableMethod


class ChargeNotFoundError(NotFoundError):
    """404: there is no such charge."""

    def __init__(self) -> None:
        super().__init__("charge_not_found", "There is no such charge. Check its id.")


class PaymentInProgressError(ConflictError):
    """409 `payment_in_progress`: another payment of this account is at work; `charge_id`, `amount_cents`."""

    def __init__(self, charge_id: UUID, amount_cents: int) -> None:
        detail = "A payment for this account is being made just now. Wait until it is done, then look at the balance."
        super().__init__("payment_in_progress", detail, charge_id=str(charge_id), amount_cents=amount_cents)


class BalanceChangedError(ConflictError):
    """409 `balance_changed`: something was charged or paid since it was agreed to. Make a new offer."""

    def __init__(self) -> None:
        super().__init__("balance_changed", "The balance has changed since this was offered. Make a new offer.")


_REFUSALS: Mapping[str, Callable[[], HeadgateError]] = {
    "no_receivable": ReceivableNotFoundError,
    "balance_changed": BalanceChangedError,
    "no_method": saved_methods.MethodNotFoundError,
}


@dataclass(frozen=True, slots=True)
class Captured:
    """A card or bank account that was taken down for this one payment (by phone): a token, not kept on file."""

    processor: str
    facts: MethodFacts


@dataclass(frozen=True, slots=True)
class NewCharge:
    """A payment that somebody has agreed to.

    `idempotency_key` stands for that agreement: `offer:{offer}`, `autopay:{instruction}:{date}`. `fee_cents` is charged
    on top. `method` is on file for the account (its id, or what was looked up), or `Captured`. The customer is told in
    the conversation, else by text to `recipient`; without either, nobody is. `shows_balance` only to somebody who may
    see the account.
    `while_another`: also while another payment of the account is at work. `balance_cents`: only while so much is owed.
    """

    idempotency_key: str
    account_id: UUID
    amount_cents: int
    method: UUID | ChargeableMethod | Captured
    purpose: str
    channel: str
    language: str
    conversation_id: UUID | None = None
    recipient: str | None = None
    shows_balance: bool = False
    while_another: bool = False
    fee_cents: int = 0
    balance_cents: int | None = None


@dataclass(frozen=True, slots=True)
class ChargeState:
    """A charge as it stands. `failure` is a `DeclineReason`, `not_taken` or `refused`.

    `receipt_is_sent`: there is a thread or a telephone to send the receipt to.
    """

    id: UUID
    account_id: UUID
    amount_cents: int
    status: str
    method_label: str
    failure: str | None
    payment_id: UUID | None
    confirmation_number: int | None
    received_on: date
    fee_cents: int = 0
    receipt_is_sent: bool = True

    @property
    def is_pending(self) -> bool:
        """What the customer hears while nobody knows."""
        return self.status in UNRESOLVED


@dataclass(frozen=True, slots=True)
class PendingCharge:
    """Money on its way for an account. `status` is `pending` for a bank debit that was taken on."""

    id: UUID
    amount_cents: int
    status: str
    kind: MethodKind
    method_label: str
    created_at: datetime
    received_on: date


async def begin_charge(session: AsyncSession, new: NewCharge, *, district: District, now: datetime) -> ChargeState:
    """Charge it, once for its key, as soon as this transaction commits; the workflow does the rest.

    :raises AmountRefusedError: an amount that no payment can be.
    :raises saved_methods.MethodNotFoundError: the method is not on file for this account.
    :raises PaymentInProgressError: another payment of the account is at work.
    :raises IdempotencyConflictError: the key was used before for another payment.
    :raises BalanceChangedError: something else is owed. :raises ReceivableNotFoundError: no such account.
    """
    check_charge_amount(new.amount_cents, district)
    today = now.astimezone(district.zone).date()
    values = {**_terms(new), **await _method(session, new), "id": new_id(), "created_at": now, "received_on": today}
    begun = await repository.begin(session, values, while_another=new.while_another, owed=(new.balance_cents, today))
    if begun.outcome == "made":
        return _announced(session, begun)
    if begun.outcome == "known" and (begun.account_id, begun.amount_cents) == (new.account_id, new.amount_cents):
        return state_of(begun)
    raise _refusal(begun, new)


def _refusal(begun: Row[Any], new: NewCharge) -> HeadgateError:
    """Why nothing was begun."""
    if begun.outcome == "in_progress":
        return PaymentInProgressError(begun.id, begun.amount_cents)
    if begun.outcome == "known":
        return IdempotencyConflictError(new.idempotency_key)
    return _REFUSALS[begun.outcome]()


async def hold_account(session: AsyncSession, account_id: UUID) -> None:
    """Let nobody else begin a charge of the account, nor post to it, until this transaction ends.

    :raises ReceivableNotFoundError: no such account.
    """
    if not await repository.hold_account(session, account_id):
        raise ReceivableNotFoundError


def check_charge_amount(amount_cents: int, district: District) -> None:
    """:raises AmountRefusedError: less than any processor takes, or more than the district takes in one payment."""
    check_amount(amount_cents, district)
    if amount_cents < LEAST_CENTS:
        raise AmountRefusedError(f"a card or bank payment is at least ${LEAST_CENTS / 100:.2f}")


async def add_charge(session: AsyncSession, values: dict[str, Any]) -> ChargeState:
    """A new row, and the news of it for the workflow."""
    made = await repository.add(session, values)
    assert made is not None  # its id is new, and nobody else begins a charge of this account meanwhile
    return _announced(session, made)


def _announced(session: AsyncSession, made: Row[Any]) -> ChargeState:
    announce(session, "charge", charge_id=made.id)
    announce(session, "money", account_id=made.account_id)
    return state_of(made)


async def refuse_while_another(session: AsyncSession, account_id: UUID) -> None:
    """:raises PaymentInProgressError: another payment of the account is at work."""
    for row in await repository.on_the_way(session, account_id):
        # A bank debit that was taken on is done but for its bank; it does not stand in the way for days.
        if row.status != "pending":
            raise PaymentInProgressError(row.id, row.amount_cents)


def _terms(new: NewCharge) -> dict[str, Any]:
    return {
        "idempotency_key": new.idempotency_key,
        "account_id": new.account_id,
        "amount_cents": new.amount_cents,
        "fee_cents": new.fee_cents,
        "purpose": new.purpose,
        "channel": new.channel,
        "language": new.language,
        "conversation_id": new.conversation_id,
        "recipient": new.recipient,
        "shows_balance": new.shows_balance,
        "description": "Water bill payment",
    }


async def _method(session: AsyncSession, new: NewCharge) -> dict[str, Any]:
    if isinstance(new.method, Captured):
        facts = new.method.facts
        return {
            "processor": new.method.processor,
            "processor_customer": facts.customer,
            "method_token": facts.token,
            "method_kind": facts.kind.value,
            "method_label": method_rules.label(facts.brand, facts.last4, new.language),
        }
    saved = new.method
    if isinstance(saved, UUID):
        found = await saved_methods.find_chargeable(session, saved, new.account_id)
        if found is None:
            return {}
        saved = found
    return {
        "method_id": saved.id,
        "processor": saved.processor,
        "processor_customer": saved.customer,
        "method_token": saved.token,
        "method_kind": saved.kind.value,
        "method_label": method_rules.label(saved.brand, saved.last4, new.language),
    }


def state_of(charge: Row[Any], *, receipt_is_sent: bool = True) -> ChargeState:
    """A row as others see it."""
    return ChargeState(
        id=charge.id,
        account_id=charge.account_id,
        amount_cents=charge.amount_cents,
        status=charge.status,
        method_label=charge.method_label,
        failure=charge.decline_reason,
        payment_id=charge.payment_id,
        confirmation_number=charge.confirmation_number,
        received_on=charge.received_on,
        fee_cents=charge.fee_cents,
        receipt_is_sent=receipt_is_sent,
    )


async def charge_state(session: AsyncSession, charge_id: UUID) -> ChargeState:
    """A charge as it stands.

    :raises ChargeNotFoundError: there is none.
    """
    found = await repository.by_id(session, charge_id)
    if found is None:
        raise ChargeNotFoundError
    return state_of(found, receipt_is_sent=found.conversation_id is not None or found.recipient is not None)


async def pending_charges(session: AsyncSession, account_id: UUID) -> list[PendingCharge]:
    """What is on its way for an account: charges that are neither in the ledger nor refused, oldest first."""
    return [
        PendingCharge(
            id=row.id,
            amount_cents=row.amount_cents,
            status=row.status,
            kind=MethodKind(row.method_kind),
            method_label=row.method_label,
            created_at=row.created_at,
            received_on=row.received_on,
        )
        for row in await repository.on_the_way(session, account_id)
    ]


async def on_its_way_cents(session: AsyncSession, account_id: UUID) -> int:
    """How much of what an account owes is on its way. While any is, nobody shuts its water off."""
    return sum(row.amount_cents for row in await repository.on_the_way(session, account_id))


async def claim_due_charges(session: AsyncSession, limit: int) -> list[UUID]:
    """The charges that it is time to look at; whoever claims them looks, and nobody else does for a while."""
    return await repository.claim_due(session, limit) if limit else []


def next_step(charge: Row[Any]) -> rules.Step:
    """What the workflow does next with a charge."""
    return rules.next_step(charge.status, is_told=charge.told_at is not None)
