"""`/Recordings`: the sound of a recording. What was said is in the call's events; the sound itself is silence."""

import io
import wave

from fastapi import APIRouter, Request, Response

from telephony.simulator.rest.access import Account, not_found
from telephony.simulator.values import API_VERSION

router = APIRouter(prefix=f"/{API_VERSION}/Accounts/{{account_sid}}")

RATE_HZ = 8000


@router.get("/Recordings/{name}")
async def sound(request: Request, account: Account, name: str) -> Response:
    """One second of silence as WAV, for any recording that can have been made here."""
    if not name.startswith("RE"):
        raise not_found(request)
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(1)
        wav.setframerate(RATE_HZ)
        wav.writeframes(b"\x80" * RATE_HZ)
    return Response(buffer.getvalue(), media_type="audio/x-wav")
