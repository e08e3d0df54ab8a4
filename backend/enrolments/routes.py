"""HTTP of paying by text: asked for by a verified customer or the staff, confirmed from the phone itself."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from backend.access import Kind, Principal, admits, reach_account, reach_account_as_staff, reach_as_payer
from backend.clock import NowDep
from backend.database import SessionDep
from backend.district.service import DistrictDep
from backend.doors import reached, two_doors
from backend.enrolments import service
from backend.enrolments.schemas import (
    AskedOut,
    ConfirmedAccountOut,
    ConfirmedOut,
    EndedOut,
    EnrolmentOut,
    EnrolmentsOut,
)
from backend.staff.bearer import ADMITS_STAFF
from backend.staff.permissions import Permission, require

_ACTIONS = Principal(Kind.ACTIONS)
StaffDep = Annotated[Principal, ADMITS_STAFF]
of_conversation = APIRouter(prefix="/v1/conversations/{conversation_id}", dependencies=[admits(Kind.ACTIONS)])
of_staff = APIRouter(prefix="/v1/accounts/{account_id}")
shared = APIRouter()


@shared.get("/text-enrolments")
async def get_enrolments(
    account_id: Annotated[UUID, reached("text_enrolments")], session: SessionDep, now: NowDep
) -> EnrolmentsOut:
    """The phones that pay for the account by text."""
    found = await service.enrolments_of(session, account_id)
    return EnrolmentsOut(phones=[EnrolmentOut.model_validate(one) for one in found], as_of=now)


@of_conversation.post("/text-enrolments", response_model=AskedOut)
async def post_enrolment(
    conversation_id: UUID, session: SessionDep, now: NowDep, district: DistrictDep
) -> service.Asked:
    """Ask for it (level 2): in this text thread, or by a text to the phone on file."""
    account_id = await reach_account(session, _ACTIONS, conversation_id, purpose="text_enrolment", now=now)
    return await service.ask_in_conversation(session, conversation_id, account_id, district=district, now=now)


@of_conversation.post("/text-enrolments/confirmation")
async def post_confirmation(
    conversation_id: UUID, session: SessionDep, now: NowDep, district: DistrictDep
) -> ConfirmedOut:
    """The phone's owner agrees: from the phone that was asked, and nowhere else."""
    found = await service.confirm(session, conversation_id, district=district, now=now)
    return ConfirmedOut(accounts=[ConfirmedAccountOut.model_validate(one) for one in found])


@of_conversation.delete("/text-enrolments")
async def delete_enrolments(conversation_id: UUID, session: SessionDep, now: NowDep, district: DistrictDep) -> EndedOut:
    """This phone pays by text no more; from elsewhere (level 2), none of the account's phones do."""
    rows = await reach_as_payer(session, _ACTIONS, conversation_id, None, purpose="text_enrolment", now=now)
    ended = [
        await service.end_of_conversation(session, conversation_id, row.account_id, district=district, now=now)
        for row in rows
    ]
    return EndedOut(ended=sum(ended))


@of_staff.post("/text-enrolments", response_model=AskedOut)
async def post_enrolment_by_staff(
    account_id: UUID, staff: StaffDep, session: SessionDep, now: NowDep, district: DistrictDep
) -> service.Asked:
    """Ask the phone on file, because its owner asked the staff."""
    staff_id = require(staff, Permission.CHANGE_OPTIONS)
    await reach_account_as_staff(session, staff, account_id, purpose="text_enrolment", now=now)
    return await service.ask_by_staff(session, staff_id, account_id, district=district, now=now)


@of_staff.delete("/text-enrolments")
async def delete_enrolments_by_staff(
    account_id: UUID, staff: StaffDep, session: SessionDep, now: NowDep, district: DistrictDep
) -> EndedOut:
    """No phone pays for the account by text any more."""
    require(staff, Permission.CHANGE_OPTIONS)
    await reach_account_as_staff(session, staff, account_id, purpose="text_enrolment", now=now)
    return EndedOut(ended=await service.end_of_account(session, account_id, district=district, now=now))


router = APIRouter(tags=["pay by text"])
router.include_router(of_conversation)
router.include_router(of_staff)
router.include_router(two_doors(shared, tags=[]))
