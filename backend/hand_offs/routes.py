"""HTTP of filing a case."""

import orjson
from fastapi import APIRouter, Response

from backend.access import Kind, admits
from backend.clock import NowDep
from backend.database import SessionDep
from backend.district.service import DistrictDep
from backend.hand_offs import service
from backend.hand_offs.schemas import HandOffIn, HandOffOut

router = APIRouter(prefix="/v1", tags=["hand-offs"])


@router.post(
    "/hand-offs",
    status_code=201,
    response_model=HandOffOut,
    dependencies=[admits(Kind.ACTIONS, Kind.TELEPHONY)],
)
async def post_hand_off(asked: HandOffIn, session: SessionDep, district: DistrictDep, now: NowDep) -> Response:
    """File a case for a person, or add to the conversation's open one."""
    filed = await service.hand_off(session, asked, district, now)
    department = district.departments.get(filed.row.department) or district.departments[service.DEFAULT_DEPARTMENT]
    person = district.people.get(filed.row.asked_for or "")
    opens_at = district.opens_at(now)
    body = {
        "hand_off_id": filed.row.id,
        "reference": f"H-{filed.row.number}",
        "open_now": department.hours == "always" or district.is_open(now),
        "opens_at": opens_at.astimezone(district.zone) if opens_at else None,
        "department": filed.row.department,
        "department_name": department.name.model_dump(),
        "department_phone": department.phone,
        "person": person.name if person is not None else None,
        "host": filed.host.name if filed.host is not None else None,
    }
    return Response(orjson.dumps(body), 201, media_type="application/json")
