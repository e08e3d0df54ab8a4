"""Webhooks of the phones that we ring: the whisper, the key that joins, and how the ringing ended."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import aiohttp
import structlog
from fastapi import APIRouter, Depends, Request, Response
from twilio.base.exceptions import TwilioException

from telephony.calls.rules import Place
from telephony.channels.twilio_route import TwilioRoute, twiml
from telephony.errors import TelephonyError
from telephony.http_json import CallError, Refused
from telephony.messages import clean_text, language_of
from telephony.people.bringing import Found, bring
from telephony.people.client import Joining
from telephony.people.phrases import tell
from telephony.people.spoken import says_yes
from telephony.people.twiml import Caller
from telephony.services import Services, services_of
from telephony.twilio.signature import SignedForm
from telephony.twilio.twiml import empty_voice_twiml

log = structlog.get_logger("telephony.legs")

router = APIRouter(prefix="/twilio/voice/leg", route_class=TwilioRoute)

_STATES = {"completed": "ended", "ringing": "ringing", "busy": "failed", "no-answer": "failed", "failed": "failed",
           "canceled": "failed"}  # fmt: skip
NOT_MOVED = "not_moved"
"""What the backend calls it when the caller is there and Twilio did not move them."""
Step = Literal["hear", "join"]


@dataclass(frozen=True, slots=True)
class Leg:
    """One of our phones, as its addresses carry it. `step`: `hear` what it is about, or `join`."""

    leg: str
    role: str
    step: Step
    me: Caller


def leg_of(leg: str = "", role: str = "", language: str = "en", step: Step = "join") -> Leg:
    """The leg that an address carries."""
    return Leg(leg, role, step, Caller(language_of(language), Place()))


LegInUrl = Annotated[Leg, Depends(leg_of)]


@router.post("")
async def picked_up(request: Request, form: SignedForm, leg: str = "") -> Response:
    """Somebody picked up, or a machine, which presses no key."""
    services = services_of(request)
    try:
        told, district = await services.queue.whisper(leg), await services.directory.known()
        await services.queue.report(leg, "asked", form.get("CallSid"))
    except CallError as problem:
        log.warning("whisper_not_known", kind=type(problem).__name__, leg_id=leg[:40])
        return twiml(services.line.end(Caller("en", Place()), ""))
    return twiml(services.line.picked_up(leg, told, district.name))


@router.post("/keys")
async def answered(request: Request, form: SignedForm, asked: LegInUrl) -> Response:
    """1 or yes: one of us hears what it is about and is put through, a customer is put through at once. Anything else,
    and 2 during the whisper, sends the caller back to the line."""
    services, sid, digits = services_of(request), form.get("CallSid"), form.get("Digits")
    is_there = digits == "1" or says_yes(clean_text(form.get("SpeechResult")))
    has_heard = asked.step == "join" and asked.role != "customer"
    try:
        if digits == "2" if has_heard else not is_there:
            await services.queue.report(asked.leg, "failed", sid, "declined")
        elif asked.step == "hear":
            return twiml(services.line.whisper(asked.leg, await services.queue.whisper(asked.leg)))
        else:
            return await _join(services, asked, sid, await services.queue.report(asked.leg, "joined", sid))
    except CallError as problem:
        log.warning("leg_not_joined", kind=type(problem).__name__, leg_id=asked.leg[:40])
    return twiml(services.line.end(asked.me, ""))


async def _join(services: Services, asked: Leg, sid: str, joins: Joining | None) -> Response:
    """Into the conference, and the caller with them."""
    found: Found = "gone" if joins is None else await bring(services, joins, asked.me.language)
    if joins is None or found == "gone":
        return await _caller_gone(services, asked.leg, joins, asked.me)
    if found == "not_moved":
        await _report(services, asked.leg, "failed", sid, NOT_MOVED)
        return twiml(services.line.end(asked.me, tell("not_moved", asked.me.language)))
    for other in joins.stays:
        await _stays(services, joins.conference, other)
    if asked.role == "customer":
        return twiml(services.line.join_caller(asked.me, joins.conference))
    calling = asked.role == "lead" and joins.bring is None
    return twiml(services.line.join_leg(asked.leg, joins, asked.me.language, calling=calling))


async def _caller_gone(services: Services, leg: str, joins: Joining | None, me: Caller) -> Response:
    try:
        if joins is not None and joins.bring is not None:
            await services.queue.left(joins.bring, "gone")
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
    """Out of the conference: removed by us, or the others have gone, or this phone was put down."""
    services = services_of(request)
    told = await _report(services, leg, "ended", form.get("CallSid"))
    if not told and form.get("CallStatus") == "completed":
        raise _again()
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
        if not await _report(services_of(request), leg, state, form.get("CallSid"), failure):
            raise _again()
    return twiml(empty_voice_twiml())


async def _report(services: Services, leg: str, state: str, sid: str, failure: str | None = None) -> bool:
    """Tell the backend; False when it was away, so that this should be told again."""
    try:
        await services.queue.report(leg, state, sid, failure)
    except CallError as problem:
        log.warning("leg_not_reported", kind=type(problem).__name__, state=state, leg_id=leg[:40])
        return isinstance(problem, Refused)
    return True


def _again() -> TelephonyError:
    """Twilio asks these addresses again (`VoiceStyle.report_url`)."""
    return TelephonyError(503, "backend_unavailable", "The backend is away. Tell it again in a moment.")
