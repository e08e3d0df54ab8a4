"""A payment that the bank gives back: as if it had never been made, and what that means for the next attempt."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal
from backend.accounts import service as accounts
from backend.district.service import District
from backend.errors import ConflictError, HeadgateError
from backend.fees import service as fees
from backend.ledger import service as ledger
from backend.models.payment import Payment, PaymentReturn
from backend.options import service as options
from backend.outbox import service as outbox
from backend.payments import notices, repository, request_repository, return_repository, return_rules
from backend.payments.authority import clerk_of
from backend.payments.return_items import Cause, Given, add_item
from backend.payments.return_rules import ReturnRule
from backend.payments.service import PaymentNotFoundError, allocate_credits, undo_installments

NOT_BY_BANK = frozenset({"cash"})


class NotReturnableError(ConflictError):
    """409: no bank gives back such a payment, or the bank's reason does not give one back."""

    def __init__(self, detail: str) -> None:
        super().__init__("not_returnable", detail)


class ReturnDateError(HeadgateError):
    """422: a day that a return cannot be of."""

    def __init__(self) -> None:
        detail = "A payment is returned between the day it was received and today. Correct the date."
        super().__init__(422, "return_date_refused", detail)


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

    :raises PaymentNotFoundError: no such payment. :raises NotReturnableError: it was cash.
    :raises ledger.NotReversibleError: it was returned or voided before.
    :raises ledger.IdempotencyConflictError: the key was used before for something else.
    """
    payment = await repository.payment_by_id(session, payment_id)
    if payment is None:
        raise PaymentNotFoundError
    if payment.method in NOT_BY_BANK:
        raise NotReturnableError("Cash is returned by no bank. Void the payment or refund it.")
    rule = return_rules.rule_of(given.reason_code)
    case = _Case(payment, rule, given, district, idempotency_key or f"return:{payment_id}", now)
    if (known := await _known(session, case)) is not None:
        return known
    # The fee first: it holds the customer; then the account, then the entry. Everyone takes them in this order.
    fee_entry_id, fee_cents = await _charge_fee(session, case)
    await request_repository.hold_receivable(session, payment.account_id)
    if (known := await _known(session, case)) is not None:
        return known  # another has returned it while this waited for the account
    await undo_installments(session, payment)
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
        trace_number=given.trace_number or None,
    )
    await return_repository.add_return(session, returned)
    await allocate_credits(session, [payment.account_id], district)
    await _follow_up(session, case, fee_cents)
    return returned


async def _known(session: AsyncSession, case: _Case) -> PaymentReturn | None:
    """The return that was made before, if it was made for the same key."""
    known = await return_repository.return_of(session, case.payment.id)
    if known is not None:
        await _reverse(session, case)
    return known


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
    receipt = await return_repository.receipt_applied_as(session, case.payment.id)
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
        await add_item(session, given, payment.amount_cents, rule.next_step, payment.id)
    if not rule.told_to_customer:
        return
    if facts.text_phone is None:
        await add_item(session, given, payment.amount_cents, Cause.WRITE_TO_CUSTOMER, payment.id)
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


async def return_by_hand(
    session: AsyncSession,
    principal: Principal,
    payment_id: UUID,
    *,
    reason_code: str,
    returned_on: date,
    district: District,
    now: datetime,
) -> PaymentReturn:
    """The same, when the bank's word came by letter or telephone: once for each payment, however it came.

    :raises AboveAuthorityError: the role may not. :raises PaymentNotFoundError: no such payment.
    :raises ReturnDateError: before the payment, or in the future. :raises NotReturnableError: cash, or no such reason.
    :raises ledger.NotReversibleError: it was voided, or returned for another reason.
    """
    clerk_of(principal, district.policy.payments.roles.return_payment)
    rule = return_rules.RULES.get(reason_code)
    if rule is None or not rule.reverses:
        raise NotReturnableError("Name the bank's reason as a return code from R01 to R39.")
    payment = await repository.payment_by_id(session, payment_id)
    if payment is None:
        raise PaymentNotFoundError
    known = await return_repository.return_of(session, payment_id)
    if known is not None:
        if known.reason_code != reason_code:
            raise ledger.NotReversibleError
        return known
    if not payment.received_on <= returned_on <= now.astimezone(district.zone).date():
        raise ReturnDateError
    given = Given(returned_on, reason_code)
    return await return_payment(session, payment_id=payment_id, given=given, district=district, now=now)
