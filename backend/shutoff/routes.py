"""HTTP of shut-off facts: for a verified conversation, and for the staff."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from backend.clock import NowDep
from backend.database import SessionDep
from backend.district.service import DistrictDep
from backend.doors import reached, two_doors
from backend.shutoff import service
from backend.shutoff.schemas import ShutOffOut

shared = APIRouter()


@shared.get("/shut-off", response_model=ShutOffOut)
async def get_shut_off(
    account_id: Annotated[UUID, reached("shut_off")], session: SessionDep, now: NowDep, district: DistrictDep
) -> service.ShutOff:
    """Whether and from when water may be shut off, what stops it, and what reconnection costs (level 2)."""
    return await service.shut_off(session, account_id, now=now, district=district)


router = two_doors(shared, tags=["shut-off"])
