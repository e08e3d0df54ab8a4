"""The music of the line, which Twilio fetches."""

from fastapi import APIRouter, Response
from fastapi.concurrency import run_in_threadpool

from telephony.people.music import hold_music
from telephony.people.twiml import MUSIC_PATH

router = APIRouter()


@router.get(MUSIC_PATH)
async def music() -> Response:
    """A WAV that may be kept."""
    sound = await run_in_threadpool(hold_music)
    return Response(sound, media_type="audio/wav", headers={"Cache-Control": "public, max-age=604800"})
