"""HTTP of payments: for a verified conversation, and for the staff. Drawers and files are in `cash_routes`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from backend.access import Kind, Principal, admits, reach_account, reach_account_as_staff
from backend.clock import NowDep
from backend.database import SessionDep
from backend.district.service import DistrictDep
from backend.payments import cash_routes, counter, history, refunds, return_rules, returns, service, voids
from backend.payments.request_schemas import (
    DecisionIn,
    ReasonIn,
    RefundIn,
    RefundOut,
    RefundRowOut,
    VoidOut,
    VoidRowOut,
)
from backend.payments.schemas import (
    PaymentOut,
    PaymentsOut,
    PreviewOut,
    ReceiptOut,
    ReturnIn,
    ReturnOut,
    StaffPaymentOut,
    TakeIn,
    TakenOut,
)
from backend.staff.bearer import ADMITS_STAFF

_ACTIONS = Principal(Kind.ACTIONS)
StaffDep = Annotated[Principal, ADMITS_STAFF]
AmountQuery = Annotated[int, Query(description="Cents.")]

router = APIRouter(tags=["payments"])
of_conversation = APIRouter(prefix="/v1/conversations/{conversation_id}", dependencies=[admits(Kind.ACTIONS)])


@of_conversation.get("/payments")
async def get_payments(conversation_id: UUID, session: SessionDep, now: NowDep, district: DistrictDep) -> PaymentsOut:
    """The account's payments, newest first, with those the bank gave back (level 2)."""
    account_id = await reach_account(session, _ACTIONS, conversation_id, purpose="payments", now=now)
    rows = await history.payments_of(session, account_id, now.astimezone(district.zone).date())
    return PaymentsOut(payments=[PaymentOut.model_validate(row) for row in rows], as_of=now)


@of_conversation.get("/payments/{payment_id}")
async def get_receipt(conversation_id: UUID, payment_id: UUID, session: SessionDep, now: NowDep) -> ReceiptOut:
    """The receipt of one of the account's payments (level 2)."""
    account_id = await reach_account(session, _ACTIONS, conversation_id, purpose="receipt", now=now)
    return ReceiptOut.model_validate(await service.receipt(session, payment_id, now, account_id=account_id))


@of_conversation.get("/payment-preview")
async def get_preview(
    conversation_id: UUID, amount_cents: AmountQuery, *, session: SessionDep, now: NowDep, district: DistrictDep
) -> PreviewOut:
    """What a payment of that amount would pay (level 2)."""
    account_id = await reach_account(session, _ACTIONS, conversation_id, purpose="payment_preview", now=now)
    return PreviewOut.model_validate(await service.preview(session, account_id, amount_cents, district))


@router.post("/v1/payments", status_code=201, responses={200: {"description": "It was taken before, by this key."}})
async def post_payment(
    given: TakeIn, *, response: Response, staff: StaffDep, session: SessionDep, now: NowDep, district: DistrictDep
) -> TakenOut:
    """Take money at the counter into one's open drawer. A number that no open account has keeps it unapplied."""
    taken = await counter.take_payment(session, staff, counter.Given(**given.model_dump()), district=district, now=now)
    response.status_code = 201 if taken.is_new else 200
    if taken.payment_id is None:
        return TakenOut(receipt=None, unapplied_receipt_id=taken.receipt_id)
    return TakenOut(receipt=await _receipt(session, staff, taken.payment_id, now), unapplied_receipt_id=None)


@router.get("/v1/payments/{payment_id}")
async def get_payment(payment_id: UUID, staff: StaffDep, session: SessionDep, now: NowDep) -> ReceiptOut:
    """The receipt of a payment, as things are now."""
    return await _receipt(session, staff, payment_id, now)


async def _receipt(session: SessionDep, staff: Principal, payment_id: UUID, now: NowDep) -> ReceiptOut:
    account_id = await service.account_of(session, payment_id)
    await reach_account_as_staff(session, staff, account_id, purpose="receipt", now=now)
    return ReceiptOut.model_validate(await service.receipt(session, payment_id, now))


@router.get("/v1/accounts/{account_id}/payments")
async def get_account_payments(
    account_id: UUID, staff: StaffDep, session: SessionDep, now: NowDep, district: DistrictDep
) -> list[StaffPaymentOut]:
    """The account's payments, newest first, with why a bank gave one back and what may be tried next."""
    await reach_account_as_staff(session, staff, account_id, purpose="payments", now=now)
    rows = await history.payments_of(session, account_id, now.astimezone(district.zone).date())
    return [StaffPaymentOut.model_validate(row) for row in rows]


@router.get("/v1/accounts/{account_id}/payment-preview")
async def get_account_preview(
    account_id: UUID,
    amount_cents: AmountQuery,
    *,
    staff: StaffDep,
    session: SessionDep,
    now: NowDep,
    district: DistrictDep,
) -> PreviewOut:
    """What a payment of that amount would pay."""
    await reach_account_as_staff(session, staff, account_id, purpose="payment_preview", now=now)
    return PreviewOut.model_validate(await service.preview(session, account_id, amount_cents, district))


@router.post("/v1/payments/{payment_id}/return")
async def post_return(
    payment_id: UUID, said: ReturnIn, *, staff: StaffDep, session: SessionDep, now: NowDep, district: DistrictDep
) -> ReturnOut:
    """The bank gave this payment back: reverse it, charge the fee, end autopay and tell the customer, by the reason."""
    await _reach_payment(session, staff, payment_id, "return_payment", now)
    made = await returns.return_by_hand(session, staff, payment_id, **said.model_dump(), district=district, now=now)
    return ReturnOut(
        payment_id=payment_id,
        reason_code=made.reason_code,
        meaning=return_rules.rule_of(made.reason_code).meaning,
        returned_on=made.returned_on,
        next_step=made.next_step or "",
        fee_charged=made.fee_entry_id is not None,
    )


@router.post("/v1/payments/{payment_id}/voids")
async def post_void(
    payment_id: UUID, asked: ReasonIn, *, staff: StaffDep, session: SessionDep, now: NowDep, district: DistrictDep
) -> VoidOut:
    """Ask for a payment of today's counter to be taken back; another person decides."""
    await _reach_payment(session, staff, payment_id, "void", now)
    made = await voids.request_void(session, staff, payment_id, reason=asked.reason, district=district, now=now)
    return VoidOut.model_validate(made)


@router.get("/v1/payment-voids")
async def get_voids(staff: StaffDep, session: SessionDep, district: DistrictDep) -> list[VoidRowOut]:
    """The voids that wait, oldest first."""
    rows = await voids.pending_voids(session, staff, district=district)
    return [VoidRowOut.model_validate(row) for row in rows]


@router.post("/v1/payment-voids/{void_id}/decision")
async def post_void_decision(
    void_id: UUID, said: DecisionIn, *, staff: StaffDep, session: SessionDep, now: NowDep, district: DistrictDep
) -> VoidOut:
    """Agree to a void or decline it, with the reason that is kept."""
    made = await voids.decide_void(session, staff, void_id, **said.model_dump(), district=district, now=now)
    return VoidOut.model_validate(made)


@router.post("/v1/accounts/{account_id}/refunds")
async def post_refund(
    account_id: UUID, asked: RefundIn, staff: StaffDep, session: SessionDep, now: NowDep
) -> RefundOut:
    """Ask for credit of the account to be paid back; another person decides."""
    await reach_account_as_staff(session, staff, account_id, purpose="refund", now=now)
    made = await refunds.request_refund(session, staff, account_id, **asked.model_dump(), now=now)
    return RefundOut.model_validate(made)


@router.get("/v1/refunds")
async def get_refunds(staff: StaffDep, session: SessionDep, district: DistrictDep) -> list[RefundRowOut]:
    """The refunds that wait, oldest first."""
    rows = await refunds.pending_refunds(session, staff, district=district)
    return [RefundRowOut.model_validate(row) for row in rows]


@router.post("/v1/refunds/{refund_id}/decision")
async def post_refund_decision(
    refund_id: UUID, said: DecisionIn, *, staff: StaffDep, session: SessionDep, now: NowDep, district: DistrictDep
) -> RefundOut:
    """Agree, and the money is paid out; or decline, with the reason that is kept."""
    made = await refunds.decide_refund(session, staff, refund_id, **said.model_dump(), district=district, now=now)
    return RefundOut.model_validate(made)


async def _reach_payment(session: SessionDep, staff: Principal, payment_id: UUID, purpose: str, now: NowDep) -> None:
    account_id = await service.account_of(session, payment_id)
    await reach_account_as_staff(session, staff, account_id, purpose=purpose, now=now)


router.include_router(of_conversation)
router.include_router(cash_routes.router)
