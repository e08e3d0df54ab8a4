"""HTTP of delivery reports."""

import orjson
from fastapi import APIRouter, Response

from backend.access import Kind, admits
from backend.clock import NowDep
from backend.database import SessionDep
from backend.outbox import service
from backend.outbox.schemas import MessageStatusesIn, MessageStatusesOut

router = APIRouter(prefix="/v1", tags=["messages"])


@router.post("/message-statuses", response_model=MessageStatusesOut, dependencies=[admits(Kind.TELEPHONY)])
async def post_message_statuses(body: MessageStatusesIn, session: SessionDep, now: NowDep) -> Response:
    """What the carrier says about messages of ours, in any order. A final word stays; `unknown` are not ours."""
    told = [service.Done(one.message_id, one.status, one.provider_message_id, one.error_code) for one in body.statuses]
    unknown = await service.note_statuses(session, told, now)
    return Response(orjson.dumps({"unknown": unknown}), media_type="application/json")
