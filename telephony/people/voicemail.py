"""Webhooks of messages that callers leave."""

import structlog
from fastapi import APIRouter, Request, Response

from telephony.channels.twilio_route import TwilioRoute, twiml
from telephony.channels.voice import heard_of
from telephony.http_json import CallError
from telephony.messages import clean_text
from telephony.people.line import CallerInUrl
from telephony.people.phrases import tell
from telephony.services import services_of
from telephony.twilio.signature import SignedForm
from telephony.twilio.twiml import empty_voice_twiml

log = structlog.get_logger("telephony.voicemail")

router = APIRouter(prefix="/twilio/voice/voicemail", route_class=TwilioRoute)

SECONDS_MIN = 2
"""Shorter recordings are a receiver being put down."""


@router.post("")
async def message_left(request: Request, form: SignedForm, caller: CallerInUrl) -> Response:
    """The message is in: it belongs to the caller's case."""
    services, heard = services_of(request), heard_of(form, "start")
    seconds = _seconds(form.get("RecordingDuration"))
    recording = form.get("RecordingSid") or form.get("RecordingUrl").rsplit("/", 1)[-1]
    if seconds < SECONDS_MIN:
        return twiml(services.line.end(caller, tell("message_empty", caller.language)))
    try:
        await services.queue.keep_voicemail(heard.call_sid, heard.party, recording, seconds)
    except CallError as problem:
        log.warning("voicemail_not_kept", kind=type(problem).__name__, call_sid=heard.call_sid[:40])
    return twiml(services.line.end(caller, tell("message_kept", caller.language)))


@router.post("/status")
async def recorded(request: Request, form: SignedForm) -> Response:
    """The recording is ready. It comes again when the caller hung up before `message_left` could be asked."""
    services, heard = services_of(request), heard_of(form, "start")
    seconds = _seconds(form.get("RecordingDuration"))
    if seconds >= SECONDS_MIN and form.get("RecordingStatus") == "completed":
        try:
            await services.queue.keep_voicemail(heard.call_sid, heard.party, form.get("RecordingSid"), seconds)
        except CallError as problem:
            log.warning("voicemail_not_kept", kind=type(problem).__name__, call_sid=heard.call_sid[:40])
    return twiml(empty_voice_twiml())


@router.post("/transcript")
async def written_down(request: Request, form: SignedForm) -> Response:
    """What the message says; nothing when it could not be understood."""
    words = clean_text(form.get("TranscriptionText")) if form.get("TranscriptionStatus") == "completed" else ""
    try:
        await services_of(request).queue.transcribe(form.get("RecordingSid"), words)
    except CallError as problem:
        log.warning("transcript_not_kept", kind=type(problem).__name__, recording=form.get("RecordingSid")[:40])
    return twiml(empty_voice_twiml())


def _seconds(raw: str) -> int:
    return int(raw) if raw.isdecimal() else 0
