"""HTTP of recordings, for telephony."""

from fastapi import APIRouter

from backend.access import Kind, admits
from backend.clock import NowDep
from backend.database import SessionDep
from backend.recordings import service
from backend.recordings.schemas import RecordingIn

router = APIRouter(prefix="/v1/recordings", tags=["recordings"], dependencies=[admits(Kind.TELEPHONY)])


@router.post("", status_code=204)
async def post_recording(told: RecordingIn, session: SessionDep, now: NowDep) -> None:
    """The recording of a call has begun, or is complete; in either order, and twice."""
    await service.keep(session, told, now)
