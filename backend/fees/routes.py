"""HTTP of fees: for a verified conversation, and for the staff."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from backend.access import Kind, Principal, admits, reach_account, reach_account_as_staff
from backend.clock import NowDep
from backend.database import SessionDep
from backend.district.service import DistrictDep
from backend.doors import WhoDep, reached, two_doors
from backend.fees import reversals, service, worklist
from backend.fees.schemas import (
    AllowanceOut,
    CourtesyIn,
    DecisionIn,
    FeeIn,
    FeeOut,
    FeesOut,
    ReversalIn,
    ReversalOut,
    ReversalRowOut,
)
from backend.staff.bearer import ADMITS_STAFF
from backend.staff.permissions import Permission, require

_ACTIONS = Principal(Kind.ACTIONS)
StaffDep = Annotated[Principal, ADMITS_STAFF]
of_conversation = APIRouter(prefix="/v1/conversations/{conversation_id}", dependencies=[admits(Kind.ACTIONS)])
of_staff = APIRouter()
shared = APIRouter()


@shared.get("/fees")
async def get_fees(
    account_id: Annotated[UUID, reached("fees")],
    who: WhoDep,
    session: SessionDep,
    now: NowDep,
    district: DistrictDep,
) -> FeesOut:
    """The account's fees, newest first, and what the one who asks may take back (level 2)."""
    role = reversals.role_of(who)
    left = await worklist.allowance(session, role, account_id, now=now, district=district)
    return FeesOut(
        fees=[FeeOut.model_validate(fee) for fee in await service.fees_of(session, account_id)],
        allowance=[AllowanceOut.model_validate(one) for one in left],
        as_of=now,
    )


@of_conversation.post("/fee-reversals")
async def post_courtesy(
    conversation_id: UUID, asked: CourtesyIn, session: SessionDep, now: NowDep, district: DistrictDep
) -> ReversalOut:
    """Ask for a fee to be taken back as a courtesy (level 2): `posted`, or `pending` until a person agrees."""
    account_id = await reach_account(session, _ACTIONS, conversation_id, purpose="fee_reversal", now=now)
    fee_id = await service.reversible_fee(session, account_id, asked.fee_id, asked.code)
    made = await reversals.request_reversal(
        session,
        _ACTIONS,
        fee_id,
        reason="courtesy",
        note=asked.note,
        now=now,
        district=district,
        conversation_id=conversation_id,
    )
    return ReversalOut.model_validate(made)


@of_staff.post("/v1/accounts/{account_id}/fees")
async def post_fee(
    account_id: UUID, asked: FeeIn, *, staff: StaffDep, session: SessionDep, now: NowDep, district: DistrictDep
) -> FeeOut:
    """Charge a fee by the district's policy, once for each key; for leads and supervisors."""
    await reach_account_as_staff(session, staff, account_id, purpose="charge_fee", now=now)
    require(staff, Permission.CHARGE_FEE)
    cause = await service.bill_entry(session, account_id, asked.bill) if asked.bill else None
    made = await service.charge_by_hand(
        session,
        account_id,
        asked.code,
        caused_by_entry_id=cause,
        worked_at=asked.worked_at,
        idempotency_key=asked.idempotency_key,
        now=now,
        district=district,
    )
    return FeeOut.model_validate(made)


@of_staff.post("/v1/fees/{fee_id}/reversals")
async def post_reversal(
    fee_id: UUID, asked: ReversalIn, *, staff: StaffDep, session: SessionDep, now: NowDep, district: DistrictDep
) -> ReversalOut:
    """Take a fee back, at once within one's authority; above it the request waits for another person."""
    account_id = await service.account_of(session, fee_id)
    await reach_account_as_staff(session, staff, account_id, purpose="fee_reversal", now=now)
    made = await reversals.request_reversal(
        session, staff, fee_id, reason=asked.reason, note=asked.note, now=now, district=district
    )
    return ReversalOut.model_validate(made)


@of_staff.get("/v1/fee-reversals")
async def get_reversals(
    staff: StaffDep,
    session: SessionDep,
    now: NowDep,
    district: DistrictDep,
    pending: Annotated[bool, Query(description="Those that wait, or the last that were decided.")] = True,
) -> list[ReversalRowOut]:
    """The requests, with what one needs to decide."""
    rows = await worklist.reversals(session, staff, pending=pending, now=now, district=district)
    return [ReversalRowOut.model_validate(row) for row in rows]


@of_staff.post("/v1/fee-reversals/{reversal_id}/decision")
async def post_decision(
    reversal_id: UUID, said: DecisionIn, *, staff: StaffDep, session: SessionDep, now: NowDep, district: DistrictDep
) -> ReversalOut:
    """Agree or decline, with the reason that is kept."""
    made = await reversals.decide_reversal(
        session, staff, reversal_id, approve=said.approve, note=said.note, now=now, district=district
    )
    return ReversalOut.model_validate(made)


router = APIRouter(tags=["fees"])
router.include_router(two_doors(shared, tags=[]))
router.include_router(of_conversation)
router.include_router(of_staff)
