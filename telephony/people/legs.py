"""Webhooks of the phones that we ring: the whisper, the key that joins, and how the ringing ended."""

import re
from typing import Any

import aiohttp
import structlog
from fastapi import APIRouter, Request, Response
from twilio.base.exceptions import TwilioException

from telephony.calls.rules import Place
from telephony.channels.twilio_route import TwilioRoute, twiml
from telephony.choices import plain_words
from telephony.http_json import CallError
from telephony.messages import Language, clean_text, language_of
from telephony.people.client import Joining
from telephony.people.phrases import tell
from telephony.people.twiml import Caller
from telephony.services import Services, services_of
from telephony.twilio.signature import SignedForm
from telephony.twilio.twiml import empty_voice_twiml, place_query

log = structlog.get_logger("telephony.legs")

router = APIRouter(prefix="/twilio/voice/leg", route_class=TwilioRoute)

_STATES = {"completed": "ended", "ringing": "ringing", "busy": "failed", "no-answer": "failed", "failed": "failed",
           "canceled": "failed"}  # fmt: skip
_YES = re.compile(r"(yes|yeah|si|claro)\b")


@router.post("")
async def picked_up(request: Request, form: SignedForm, leg: str = "") -> Response:
    """Somebody picked up: they hear what it is about before they are put through. A machine presses no key."""
    services = services_of(request)
    try:
        told = await services.queue.whisper(leg)
        await services.queue.report(leg, "asked", form.get("CallSid"))
    except CallError as problem:
        log.warning("whisper_not_known", kind=type(problem).__name__, leg_id=leg[:40])
        return twiml(services.line.end(Caller("en", Place()), ""))
    return twiml(services.line.whisper(leg, told, services.directory.current.name))


@router.post("/keys")
async def answered(request: Request, form: SignedForm, leg: str = "", role: str = "", language: str = "en") -> Response:
    """1 joins; anything else sends the caller back to the line."""
    services, spoken = services_of(request), language_of(language)
    me, sid = Caller(spoken, Place()), form.get("CallSid")
    wants = form.get("Digits") == "1" or _YES.match(plain_words(clean_text(form.get("SpeechResult"))))
    try:
        if not wants:
            await services.queue.report(leg, "failed", sid, "declined")
            return twiml(services.line.end(me, ""))
        joins = await services.queue.report(leg, "joined", sid)
    except CallError as problem:
        log.warning("leg_not_joined", kind=type(problem).__name__, leg_id=leg[:40])
        return twiml(services.line.end(me, ""))
    if joins is None or not await _bring(services, joins, spoken):
        return await _caller_gone(services, leg, joins, me)
    for other in joins.stays:
        await _stays(services, joins.conference, other)
    if role == "customer":
        return twiml(services.line.join_caller(me, joins.conference))
    return twiml(services.line.join_leg(leg, joins, spoken, calling=role == "lead" and joins.bring is None))


async def _bring(services: Services, joins: Joining, language: Language) -> bool:
    """Move the caller out of the line; False when they are not there any more."""
    if joins.bring is None:
        return True
    known = await services.places.find(joins.bring)
    where = {"language": known.language, **place_query(known.place)} if known else {"language": language}
    url = services.voice.url("/twilio/voice/line/join", conference=joins.conference, **where)
    try:
        await services.twilio.calls(joins.bring).update_async(url=url, method="POST")
    except TwilioException as problem:
        log.warning("caller_not_moved", status=getattr(problem, "status", None), call_sid=joins.bring)
        return False
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as problem:
        log.warning("caller_not_moved", kind=type(problem).__name__, call_sid=joins.bring)
        return False
    return True


async def _caller_gone(services: Services, leg: str, joins: Joining | None, me: Caller) -> Response:
    try:
        if joins is not None and joins.bring is not None:
            await services.queue.left(joins.bring, "hangup")
        await services.queue.report(leg, "ended", "", "caller_gone")
    except CallError as problem:
        log.warning("caller_gone_not_told", kind=type(problem).__name__, leg_id=leg[:40])
    return twiml(services.line.end(me, tell("caller_gone", me.language)))


async def _stays(services: Services, conference: str, call_sid: str) -> None:
    """Whoever was there first may leave now without ending it for the others."""
    try:
        found = await find_conference(services, conference)
        if found is not None:
            participant = services.twilio.conferences(found).participants(call_sid)
            await participant.update_async(end_conference_on_exit=False)
    except (TwilioException, aiohttp.ClientError, TimeoutError, OSError, ValueError) as problem:
        log.warning("participant_not_changed", kind=type(problem).__name__, call_sid=call_sid)


async def find_conference(services: Services, name: str) -> str | None:
    """The SID of the conference of this name that goes on."""
    listed: list[Any] = await services.twilio.conferences.list_async(friendly_name=name, status="in-progress", limit=1)
    return str(listed[0].sid) if listed else None


@router.post("/over")
async def left(request: Request, form: SignedForm, leg: str = "", language: str = "en") -> Response:
    """Out of the conference: removed by us, or the others have gone."""
    services = services_of(request)
    await _report(services, leg, "ended", form.get("CallSid"))
    return twiml(services.line.end(Caller(language_of(language), Place()), ""))


@router.post("/words")
async def last_words(request: Request, form: SignedForm, words: str = "", language: str = "en") -> Response:
    """A sentence before we hang up."""
    spoken = language_of(language)
    known = words if words in ("nobody_home", "caller_gone") else ""
    return twiml(services_of(request).line.end(Caller(spoken, Place()), tell(known, spoken) if known else ""))


@router.post("/status")
async def status(request: Request, form: SignedForm, leg: str = "") -> Response:
    """How the ringing goes, and that the call is over; repeats and late news change nothing."""
    state = _STATES.get(form.get("CallStatus"))
    if state is not None:
        failure = form.get("CallStatus") if state == "failed" else None
        await _report(services_of(request), leg, state, form.get("CallSid"), failure)
    return twiml(empty_voice_twiml())


async def _report(services: Services, leg: str, state: str, sid: str, failure: str | None = None) -> None:
    try:
        await services.queue.report(leg, state, sid, failure)
    except CallError as problem:
        log.warning("leg_not_reported", kind=type(problem).__name__, state=state, leg_id=leg[:40])
