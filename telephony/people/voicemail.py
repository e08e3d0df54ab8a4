"""Webhooks of messages that callers leave."""

import json
from typing import Any

import structlog
from fastapi import APIRouter, Request, Response

from telephony.calls.rules import Heard
from telephony.channels.twilio_route import TwilioRoute, twiml
from telephony.channels.voice import heard_of
from telephony.errors import TelephonyError
from telephony.fallbacks import hand_off_body
from telephony.http_json import CallError, Unavailable
from telephony.messages import Utterance, clean_text
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
        await services.spool.keep(_case_of_message(heard, recording, seconds))
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
            if isinstance(problem, Unavailable):
                # Twilio tells it again; the case is there whatever comes of that.
                await services.spool.keep(_case_of_message(heard, form.get("RecordingSid"), seconds))
                raise TelephonyError(503, "backend_unavailable", "The backend is away. Tell it again.") from None
    return twiml(empty_voice_twiml())


@router.post("/words")
async def spoken(request: Request, form: SignedForm) -> Response:
    """What is said in a message, sentence by sentence, in the caller's language (Real-Time Transcription)."""
    event, number = form.get("TranscriptionEvent"), _seconds(form.get("SequenceId"))
    if event.removeprefix("transcription-") in ("started", "content", "stopped") and number:
        words = _transcript(form.get("TranscriptionData")) if event == "transcription-content" else ""
        call_sid, is_last = form.get("CallSid"), event == "transcription-stopped"
        try:
            queue = services_of(request).queue
            await queue.hear_message(call_sid, form.get("TranscriptionSid"), number, words, is_last)
        except CallError as problem:
            log.warning("words_not_kept", kind=type(problem).__name__, call_sid=call_sid[:40])
    return twiml(empty_voice_twiml())


def _case_of_message(heard: Heard, recording: str, seconds: int) -> dict[str, Any]:
    """The case of a message that the backend could not take yet: whoever gets it finds the message by its name."""
    said = Utterance("voice", f"{heard.call_sid}:voicemail", heard.call_sid, heard.party, "start")
    summary = f"A voicemail of {seconds} seconds was left while the system was down. Recording at Twilio: {recording}."
    return hand_off_body(said, None, "asked_for_person") | {"summary": summary}


def _transcript(raw: str) -> str:
    """The words of `TranscriptionData`, JSON as Twilio writes it."""
    try:
        data = json.loads(raw)
    except json.JSONDecodeError:
        return ""
    words = data.get("transcript") if isinstance(data, dict) else None
    return clean_text(words) if isinstance(words, str) else ""


def _seconds(raw: str) -> int:
    return int(raw) if raw.isdecimal() else 0
