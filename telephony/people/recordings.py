"""Recordings of calls with people: Twilio's webhook about them, and their sound for the backend."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import aiohttp
import structlog
from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import StreamingResponse

from telephony.channels.twilio_route import TwilioRoute, twiml
from telephony.errors import TelephonyError
from telephony.http_json import CallError
from telephony.outbound.routes import backend_only
from telephony.services import services_of
from telephony.settings import Settings
from telephony.twilio.signature import SignedForm
from telephony.twilio.twiml import empty_voice_twiml

log = structlog.get_logger("telephony.recordings")

hooks = APIRouter(prefix="/twilio/voice", route_class=TwilioRoute)
sounds = APIRouter(prefix="/outbound", dependencies=[Depends(backend_only)])

TWILIO = "https://api.twilio.com"
_STATES = {"in-progress": "running", "completed": "done", "absent": "done"}
_TIMEOUT = aiohttp.ClientTimeout(total=60, sock_connect=3, sock_read=10)
_CHUNK_BYTES = 65_536


@hooks.post("/recorded")
async def recorded(request: Request, form: SignedForm, conference: str = "") -> Response:
    """The recording of a conference has begun, or is complete."""
    state, seconds = _STATES.get(form.get("RecordingStatus")), form.get("RecordingDuration")
    if state is not None:
        duration = int(seconds) if seconds.isdecimal() else None
        try:
            await services_of(request).queue.keep_recording(conference, form.get("RecordingSid"), state, duration)
        except CallError as problem:
            log.warning("recording_not_kept", kind=type(problem).__name__, recording=form.get("RecordingSid")[:40])
    return twiml(empty_voice_twiml())


@sounds.get("/recordings/{sid}")
async def sound(request: Request, sid: Annotated[str, Path(pattern="^RE[0-9a-fA-F]{32}$")]) -> Response:
    """The sound of a recording, as Twilio gives it: MP3.

    :raises TelephonyError: 404 there is none (any more); 503 Twilio does not answer.
    """
    services = services_of(request)
    opened = _sound_at_twilio(services.http, services.settings, sid)
    answer = await opened.__aenter__()

    async def chunks() -> AsyncIterator[bytes]:
        try:
            async for chunk in answer.content.iter_chunked(_CHUNK_BYTES):
                yield chunk
        finally:
            await opened.__aexit__(None, None, None)

    return StreamingResponse(chunks(), media_type=answer.content_type, headers={"Cache-Control": "no-store"})


@asynccontextmanager
async def _sound_at_twilio(
    http: aiohttp.ClientSession, settings: Settings, sid: str
) -> AsyncIterator[aiohttp.ClientResponse]:
    account = settings.twilio_account_sid
    url = f"{settings.twilio_api_url or TWILIO}/2010-04-01/Accounts/{account}/Recordings/{sid}.mp3"
    key = aiohttp.encode_basic_auth(account, settings.twilio_auth_token.get_secret_value())
    try:
        async with http.get(url, headers={"Authorization": key}, timeout=_TIMEOUT) as answer:
            if answer.status == 404:
                raise TelephonyError(404, "recording_unknown", "Twilio has no such recording.")
            if answer.status != 200 or not answer.content_type.startswith("audio/"):
                log.warning("sound_not_given", status=answer.status)
                raise _unavailable()
            yield answer
    except (aiohttp.ClientError, TimeoutError, OSError) as problem:
        log.warning("sound_not_given", kind=type(problem).__name__)
        raise _unavailable() from None


def _unavailable() -> TelephonyError:
    return TelephonyError(503, "twilio_unavailable", "Twilio did not give the recording. Ask again in a moment.")
