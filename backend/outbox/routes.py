"""HTTP of delivery reports."""

from uuid import UUID

import orjson
from fastapi import APIRouter, Response

from backend.access import Kind, admits
from backend.clock import NowDep
from backend.database import SessionDep
from backend.outbox import service
from backend.outbox.schemas import MessageStatusIn, MessageStatusOut

router = APIRouter(prefix="/v1", tags=["messages"])


@router.put("/messages/{message_id}/status", response_model=MessageStatusOut, dependencies=[admits(Kind.TELEPHONY)])
async def put_message_status(message_id: UUID, body: MessageStatusIn, session: SessionDep, now: NowDep) -> Response:
    """What the carrier says about a message of ours. A final word stays."""
    status = await service.set_status(
        session,
        message_id,
        body.status,
        provider_id=body.provider_message_id,
        error_code=body.error_code,
        now=now,
    )
    return Response(orjson.dumps({"message_id": message_id, "status": status}), media_type="application/json")
