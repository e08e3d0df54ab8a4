"""HTTP of leak adjustments: for the staff."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from backend.access import Principal, reach_account_as_staff
from backend.clock import NowDep
from backend.database import SessionDep
from backend.district.service import DistrictDep
from backend.leaks import service
from backend.leaks.schemas import LeakAdjustmentOut, LeakClaimIn
from backend.staff.bearer import ADMITS_STAFF

router = APIRouter(tags=["fees"])
StaffDep = Annotated[Principal, ADMITS_STAFF]


@router.get("/v1/bills/{bill_id}/leak-adjustment")
async def get_leak_adjustment(
    bill_id: UUID,
    *,
    staff: StaffDep,
    session: SessionDep,
    now: NowDep,
    district: DistrictDep,
    repaired_on: Annotated[date, Query(description="The day on which the leak was repaired.")],
) -> LeakAdjustmentOut:
    """What the policy credits of this bill after a leak. Nothing is posted."""
    account_id = await service.account_of(session, bill_id)
    await reach_account_as_staff(session, staff, account_id, purpose="leak_adjustment", now=now)
    found = await service.propose(session, bill_id, repaired_on, now=now, district=district)
    return LeakAdjustmentOut.model_validate(found)


@router.post("/v1/bills/{bill_id}/leak-adjustment")
async def post_leak_adjustment(
    bill_id: UUID, said: LeakClaimIn, *, staff: StaffDep, session: SessionDep, now: NowDep, district: DistrictDep
) -> LeakAdjustmentOut:
    """Credit the account by the policy, within the role's authority; once a bill."""
    account_id = await service.account_of(session, bill_id)
    await reach_account_as_staff(session, staff, account_id, purpose="leak_adjustment", now=now)
    claim = service.Claim(said.repaired_on, said.note)
    made = await service.adjust(session, staff, bill_id, claim, now=now, district=district)
    return LeakAdjustmentOut.model_validate(made)
