"""A payment that the bank gives back: as if it had never been made, and what that means for the next attempt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from backend.accounts import service as accounts
from backend.district.service import District
from backend.errors import ConflictError, NotFoundError
from backend.fees import service as fees
from backend.ledger import service as ledger
from backend.models.cash import ReturnItem
from backend.models.payment import Payment, PaymentReturn
from backend.options import service as options
from backend.outbox import service as outbox
from backend.payments import notices, repository, return_repository, return_rules
from backend.payments.nacha import FileReturn
from backend.payments.return_rules import NextStep, ReturnRule
from backend.payments.service import PaymentNotFoundError, allocate_credits


class ReturnItemNotFoundError(NotFoundError):
    """404: there is no such item."""

    def __init__(self) -> None:
        super().__init__("return_item_not_found", "There is no such item. Check its id.")


class ReturnItemDoneError(ConflictError):
    """409: somebody has dealt with it."""

    def __init__(self) -> None:
        super().__init__("return_item_done", "Somebody has dealt with this already.")


@dataclass(frozen=True, slots=True)
class Given:
    """How a return came to us: by a file (with its line), or by hand (neither)."""

    returned_on: date
    reason_code: str
    import_id: UUID | None = None
    line: int | None = None
    trace_number: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class _Case:
    """One payment given back."""

    payment: Payment
    rule: ReturnRule
    given: Given
    district: District
    key: str
    now: datetime


async def return_payment(
    session: AsyncSession,
    *,
    payment_id: UUID,
    given: Given,
    district: District,
    now: datetime,
    idempotency_key: str | None = None,
) -> PaymentReturn:
    """Treat a payment as never made: what it paid is owed again, by its old due dates.

    By the rule of the reason the customer is charged a fee (Civil Code 1719), autopay ends, the customer is told, and
    a person gets an item. Once for each key; without one it is `return:{payment}`.

    :raises PaymentNotFoundError: no such payment.
    :raises ledger.NotReversibleError: it was returned or voided before.
    :raises ledger.IdempotencyConflictError: the key was used before for something else.
    """
    payment = await repository.payment_by_id(session, payment_id)
    if payment is None:
        raise PaymentNotFoundError
    rule = return_rules.rule_of(given.reason_code)
    case = _Case(payment, rule, given, district, idempotency_key or f"return:{payment_id}", now)
    known = await repository.return_of(session, payment_id)
    if known is not None:
        await _reverse(session, case)
        return known
    # The fee first: it holds the customer, then the reversal holds the account; everyone takes them in this order.
    fee_entry_id, fee_cents = await _charge_fee(session, case)
    reversal = await _reverse(session, case)
    returned = PaymentReturn(
        payment_id=payment_id,
        account_id=payment.account_id,
        reversal_entry_id=reversal.entry_id,
        fee_entry_id=fee_entry_id,
        reason_code=given.reason_code,
        amount_cents=payment.amount_cents,
        returned_on=given.returned_on,
        next_step=rule.next_step.value,
        import_id=given.import_id,
    )
    await repository.add_return(session, returned)
    await allocate_credits(session, [payment.account_id], district)
    await _follow_up(session, case, fee_cents)
    return returned


async def _reverse(session: AsyncSession, case: _Case) -> ledger.Posted:
    given = case.given
    description = f"Payment returned by the bank ({given.reason_code})"
    reversal = await ledger.reverse_entry(
        session,
        case.payment.entry_id,
        effective_on=given.returned_on,
        description=description,
        idempotency_key=case.key,
        now=case.now,
    )
    receipt = await repository.receipt_applied_as(session, case.payment.id)
    if receipt is not None:
        # The payment took the money out of the unapplied account; now it has left the bank as well.
        await ledger.reverse_entry(
            session,
            receipt.entry_id,
            effective_on=given.returned_on,
            description=description,
            idempotency_key=f"{case.key}:receipt",
            now=case.now,
        )
        receipt.status = "returned"
        await session.flush()
    return reversal


async def _charge_fee(session: AsyncSession, case: _Case) -> tuple[UUID | None, int]:
    if not case.rule.fee:
        return None, 0
    day = case.given.returned_on
    try:
        fee = await fees.charge_fee(
            session,
            account_id=case.payment.account_id,
            code="returned_payment",
            charged_on=day,
            due_on=day + timedelta(days=case.district.policy.payments.return_fee_due_days),
            caused_by_entry_id=case.payment.entry_id,
            idempotency_key=f"{case.key}:fee",
            now=case.now,
            district=case.district,
        )
    except fees.FeeNotDueError:
        return None, 0
    return fee.entry_id, fee.amount_cents


async def _follow_up(session: AsyncSession, case: _Case, fee_cents: int) -> None:
    payment, rule, given = case.payment, case.rule, case.given
    facts = await accounts.account_facts(session, payment.account_id)
    ended = rule.stops_autopay and await _stop_drawing(session, case)
    if rule.needs_person:
        await return_repository.add_item(session, _item(given, payment.amount_cents, rule.next_step, payment.id))
    if not rule.told_to_customer:
        return
    if facts.text_phone is None:
        await return_repository.add_item(session, _item(given, payment.amount_cents, "write_to_customer", payment.id))
        return
    await _tell(session, case, facts, fee_cents, ended)


async def _stop_drawing(session: AsyncSession, case: _Case) -> bool:
    """Nothing more is drawn from that bank account; whether autopay was on. The notice of the return tells it."""
    account_id, reason = case.payment.account_id, f"returned {case.given.reason_code}"
    now, district = case.now, case.district
    await options.end_recurring(session, account_id, reason=reason, now=now, district=district, tell=False)
    return await options.end_autopay(session, account_id, reason=reason, now=now, district=district, tell=False)


async def _tell(
    session: AsyncSession, case: _Case, facts: accounts.AccountFacts, fee_cents: int, autopay_ended: bool
) -> None:
    notice = notices.Notice(
        district=case.district.settings.short_name,
        phone=case.district.settings.phone,
        amount_cents=case.payment.amount_cents,
        received_on=case.payment.received_on,
        fee_cents=fee_cents,
        balance_cents=await ledger.balance_cents(session, case.payment.account_id),
        next_step=case.rule.next_step,
        autopay_ended=autopay_ended,
    )
    await outbox.enqueue(
        session,
        channel="sms",
        recipient=facts.text_phone,
        text=notices.returned_payment(notice, facts.language),
        language=facts.language,
        purpose="returned_payment",
        now=case.now,
    )


def _item(given: Given, amount_cents: int, cause: NextStep | str, payment_id: UUID | None) -> ReturnItem:
    return ReturnItem(
        import_id=given.import_id,
        line=given.line,
        cause=str(cause),
        reason_code=given.reason_code,
        trace_number=given.trace_number,
        given_reference=given.reference,
        amount_cents=amount_cents,
        returned_on=given.returned_on,
        payment_id=payment_id,
        status="open",
    )


@dataclass(frozen=True, slots=True)
class ReturnsDone:
    """How many entries of a file became returns, and how many became items for a person instead."""

    returned: int
    items: int


async def take_returns(
    session: AsyncSession,
    returns: Sequence[FileReturn],
    *,
    import_id: UUID,
    returned_on: date,
    district: District,
    now: datetime,
) -> ReturnsDone:
    """Return the payment that each entry is for; an entry that no payment matches becomes an item, never lost."""
    matched = 0
    for entry in returns:
        given = Given(
            returned_on, entry.reason_code, import_id, entry.line, entry.trace_number, entry.individual_id[:80]
        )
        if entry.amount_cents == 0:
            await return_repository.add_item(session, _item(given, 0, "correct_bank_details", None))
            continue
        if await _take_one(session, entry, given, district, now):
            matched += 1
    return ReturnsDone(matched, len(returns) - matched)


async def _take_one(session: AsyncSession, entry: FileReturn, given: Given, district: District, now: datetime) -> bool:
    since = given.returned_on - timedelta(days=district.policy.payments.return_match_days)
    payment_id = await return_repository.matching_payment(
        session, entry.trace_number, entry.individual_id, entry.amount_cents, since
    )
    if payment_id is not None:
        await return_payment(session, payment_id=payment_id, given=given, district=district, now=now)
        return True
    receipt = await return_repository.matching_receipt(session, entry.trace_number, entry.amount_cents, since)
    if receipt is not None:
        await ledger.reverse_entry(
            session,
            receipt.entry_id,
            effective_on=given.returned_on,
            description=f"Unapplied receipt returned by the bank ({given.reason_code})",
            idempotency_key=f"return:{receipt.id}",
            now=now,
        )
        receipt.status = "returned"
        await session.flush()
        return True
    await return_repository.add_item(session, _item(given, entry.amount_cents, "unmatched", None))
    return False


async def open_items(session: AsyncSession) -> Sequence[RowMapping]:
    """What a person must look at, oldest first."""
    return await return_repository.open_items(session)


async def finish_item(session: AsyncSession, item_id: UUID, *, note: str, decided_by: UUID, now: datetime) -> None:
    """Somebody has dealt with it; `note` says how.

    :raises ReturnItemNotFoundError: no such item. :raises ReturnItemDoneError: it was done before.
    """
    values: dict[str, Any] = {"note": note, "decided_by": decided_by, "decided_at": now, "status": "done"}
    status = await return_repository.finish_item(session, item_id, values)
    if status is None:
        raise ReturnItemNotFoundError
    if status != "open":
        raise ReturnItemDoneError
