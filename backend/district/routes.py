"""HTTP of the district's public facts."""

import orjson
from fastapi import APIRouter, Response

from backend.access import Kind, admits
from backend.clock import NowDep
from backend.district.public_schemas import DistrictOut
from backend.district.service import DistrictDep

router = APIRouter(prefix="/v1", tags=["district"])


@router.get("/district", response_model=DistrictOut, dependencies=[admits(Kind.ACTIONS, Kind.TELEPHONY, Kind.OPERATOR)])
async def get_district(district: DistrictDep, now: NowDep) -> Response:
    """Name, telephone numbers, hours, closures, locations and departments; open or closed just now."""
    return Response(orjson.dumps(district.public_facts(now)), media_type="application/json")
