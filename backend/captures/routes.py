"""HTTP of agent-assisted payments: what telephony hears from Twilio."""

from uuid import UUID

from fastapi import APIRouter

from backend.access import Kind, admits
from backend.captures import service
from backend.captures.schemas import NextOut, ProgressIn
from backend.charges.tools import ToolsDep
from backend.clock import NowDep
from backend.database import SessionDep

router = APIRouter(prefix="/v1/captures", tags=["payments"], dependencies=[admits(Kind.TELEPHONY)])


@router.post("/{capture_id}/progress", response_model=NextOut)
async def post_progress(
    capture_id: UUID, told: ProgressIn, session: SessionDep, tools: ToolsDep, now: NowDep
) -> service.Next:
    """What Twilio said of a payment on a live call; the answer says what telephony does next."""
    heard = service.Told(**told.model_dump())
    return await service.progress(session, tools, capture_id, heard, now=now)
