"""HTTP of account facts: for a verified conversation, and for the staff."""

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

import orjson
from fastapi import APIRouter, Response

from backend.access import Kind, Principal, admits, reach_account, reach_account_as_staff
from backend.accounts import holds, low_income, records, service
from backend.accounts.hold_schemas import HoldIn, HoldOut, HoldsOut, LiftIn, LowIncomeIn, LowIncomeOut
from backend.accounts.schemas import AccountRecordOut, AccountSummaryOut, BalanceOut
from backend.clock import NowDep
from backend.database import SessionDep, SingleStatementDep
from backend.district.service import DistrictDep
from backend.doors import CHANGE, WhoDep, reached, two_doors
from backend.staff.bearer import ADMITS_STAFF

_ACTIONS = Principal(Kind.ACTIONS)
StaffDep = Annotated[Principal, ADMITS_STAFF]
of_conversation = APIRouter(prefix="/v1/conversations/{conversation_id}", dependencies=[admits(Kind.ACTIONS)])
of_staff = APIRouter(prefix="/v1/accounts/{account_id}")
shared = APIRouter()

# Reading is two statements, each on its own: a look stays in the audit trail even if nothing was shown then.


@of_conversation.get("/account", response_model=AccountSummaryOut)
async def get_account(conversation_id: UUID, session: SingleStatementDep, now: NowDep) -> Response:
    """What a verified customer may hear about their account (level 2)."""
    account_id = await reach_account(session, _ACTIONS, conversation_id, purpose="account", now=now)
    return _json(await service.account_summary(session, account_id, now))


@of_conversation.get("/balance", response_model=BalanceOut)
async def get_balance(
    conversation_id: UUID, session: SingleStatementDep, now: NowDep, district: DistrictDep
) -> Response:
    """What the account owes, with the last bill and payment (level 2)."""
    account_id = await reach_account(session, _ACTIONS, conversation_id, purpose="balance", now=now)
    return _json(await service.balance(session, account_id, now, district.today(now)))


@of_staff.get("", response_model=AccountRecordOut)
async def get_account_record(
    account_id: UUID, staff: StaffDep, session: SessionDep, now: NowDep, district: DistrictDep
) -> records.AccountRecord:
    """The account with its customer, contacts and services."""
    await reach_account_as_staff(session, staff, account_id, purpose="account", now=now)
    return await records.account_record(session, account_id, now, district.today(now))


@of_staff.get("/balance", response_model=BalanceOut)
async def get_account_balance(
    account_id: UUID, staff: StaffDep, session: SingleStatementDep, now: NowDep, district: DistrictDep
) -> Response:
    """What the account owes, with the last bill and payment."""
    await reach_account_as_staff(session, staff, account_id, purpose="balance", now=now)
    return _json(await service.balance(session, account_id, now, district.today(now)))


@of_staff.get("/holds", response_model=HoldsOut)
async def get_holds(
    account_id: UUID, staff: StaffDep, session: SessionDep, now: NowDep, district: DistrictDep
) -> HoldsOut:
    """The account's holds, newest first."""
    await reach_account_as_staff(session, staff, account_id, purpose="holds", now=now)
    listed = await holds.holds_of(session, account_id, district.today(now))
    return HoldsOut(holds=[HoldOut.model_validate(one) for one in listed], as_of=now)


@of_staff.post("/holds", response_model=HoldOut)
async def post_hold(
    account_id: UUID, asked: HoldIn, *, staff: StaffDep, session: SessionDep, now: NowDep, district: DistrictDep
) -> holds.Hold:
    """Put a hold on the account: no late fee is charged and nothing is shut off while it is live."""
    await reach_account_as_staff(session, staff, account_id, purpose="place_hold", now=now)
    today = district.today(now)
    return await holds.place_hold(
        session, staff, account_id, kind=asked.kind, note=asked.note, until=asked.until, today=today, now=now
    )


@of_staff.post("/holds/{hold_id}/lift", response_model=HoldOut)
async def post_lift(
    account_id: UUID,
    hold_id: UUID,
    said: LiftIn,
    *,
    staff: StaffDep,
    session: SessionDep,
    now: NowDep,
    district: DistrictDep,
) -> holds.Hold:
    """Lift a hold, with the reason that is kept; for leads and supervisors."""
    await reach_account_as_staff(session, staff, account_id, purpose="lift_hold", now=now)
    today = district.today(now)
    return await holds.lift_hold(session, staff, account_id, hold_id, note=said.note, today=today, now=now)


ReadDep = Annotated[UUID, reached("low_income")]
ChangeDep = Annotated[UUID, reached("low_income_declared", CHANGE)]


@shared.get("/low-income")
async def get_low_income(account_id: ReadDep, session: SessionDep, now: NowDep, district: DistrictDep) -> LowIncomeOut:
    """Whether the household counts as one of a low income (HSC 116914)."""
    listed = await low_income.declarations_of(session, account_id, district.today(now))
    return LowIncomeOut.model_validate(
        {"low_income": any(one.is_live for one in listed), "declarations": listed, "as_of": now}
    )


@shared.post("/low-income")
async def post_low_income(
    asked: LowIncomeIn, *, account_id: ChangeDep, who: WhoDep, session: SessionDep, now: NowDep, district: DistrictDep
) -> LowIncomeOut:
    """Record a program that somebody of the household is in, or the customer's word (level 3)."""
    await low_income.declare_low_income(session, who, account_id, program=asked.program, now=now, district=district)
    return await get_low_income(account_id, session, now, district)


@shared.delete("/low-income")
async def delete_low_income(
    account_id: ChangeDep, who: WhoDep, session: SessionDep, now: NowDep, district: DistrictDep
) -> LowIncomeOut:
    """The household is not one of a low income any more (level 3)."""
    await low_income.withdraw_low_income(session, who, account_id, now=now, district=district)
    return await get_low_income(account_id, session, now, district)


def _json(facts: service.AccountSummary | service.Balance) -> Response:
    return Response(orjson.dumps(asdict(facts)), media_type="application/json")


router = APIRouter(tags=["accounts"])
router.include_router(of_conversation)
router.include_router(of_staff)
router.include_router(two_doors(shared, tags=[]))
