"""HTTP of the district's public facts."""

import orjson
from fastapi import APIRouter, Response
from sqlalchemy.exc import DBAPIError, TimeoutError

from backend.access import Kind, admits
from backend.clock import NowDep
from backend.database import DatabaseDep
from backend.district.public_schemas import DistrictOut
from backend.district.service import DistrictDep
from backend.emergency.facts import NoticesDep

router = APIRouter(prefix="/v1", tags=["district"])


@router.get("/district", response_model=DistrictOut, dependencies=[admits(Kind.ACTIONS, Kind.TELEPHONY, Kind.OPERATOR)])
async def get_district(district: DistrictDep, now: NowDep, database: DatabaseDep, notices: NoticesDep) -> Response:
    """Name, telephone numbers, hours, closures, locations and departments; open or closed just now, and what holds."""
    try:
        async with database.single_statement() as session:
            told = [{**one.notice, "zones": one.zones} for one in await notices.current(session, now)]
    except (DBAPIError, TimeoutError):
        told = []  # the rest is known without the database
    return Response(orjson.dumps(district.public_facts(now) | {"notices": told}), media_type="application/json")
