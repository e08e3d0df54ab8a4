"""Webhooks of callers in line: each round of waiting, what they choose, and where they go on afterwards."""

import re
from dataclasses import replace
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Request, Response

from telephony.calls.core import Ask
from telephony.channels.twilio_route import TwilioRoute, twiml
from telephony.channels.voice import PlaceInUrl, heard_of
from telephony.choices import plain_words
from telephony.district import CUSTOMER_SERVICE
from telephony.http_json import CallError, Refused
from telephony.messages import Collect, Reply, answer_of, clean_text, language_of
from telephony.people.client import Onward
from telephony.people.phrases import tell
from telephony.people.spoken import phone_number, says_no, says_yes, wants_person
from telephony.people.twiml import Caller
from telephony.services import Services, services_of
from telephony.twilio.signature import SignedForm, TwilioForm
from telephony.twilio.twiml import empty_voice_twiml, gather_twiml

log = structlog.get_logger("telephony.line")

router = APIRouter(prefix="/twilio/voice/line", route_class=TwilioRoute)

_CALL_BACK = re.compile(r"\b(call (me )?back|callback|llam\w+|devu\w+)\b")
_MESSAGE = re.compile(r"\b(message|voice ?mail|mensaje|recado)\b")
TELLS_NOTHING = frozenset({"redirected", "bridged", "bridging-in-process", "redirected-from-bridged"})


def caller_of(place: PlaceInUrl, language: str = "en") -> Caller:
    """The caller that an address carries."""
    return Caller(language_of(language), place)


CallerInUrl = Annotated[Caller, Depends(caller_of)]


@router.post("/wait")
async def caller_waits(request: Request, form: SignedForm, caller: CallerInUrl) -> Response:
    """One round of waiting. Without the backend the music plays on: nobody is thrown out of the line."""
    services, call_sid = services_of(request), form.get("CallSid")
    try:
        stands = await services.queue.standing(call_sid)
        if stands.turn == "closed" and stands.phone:
            await services.queue.choose_callback(call_sid, stands.phone)
            return twiml(services.line.end(caller, tell("closed_promised", caller.language)))
        if stands.turn in ("closed", "overflow"):
            await services.queue.leave_for(call_sid, "voicemail" if stands.turn == "closed" else "overflow")
    except CallError as problem:
        log.warning("place_not_known", kind=type(problem).__name__, call_sid=call_sid[:40])
        return twiml(services.line.waiting(caller, None))
    if stands.turn in ("closed", "overflow", "gone"):
        return twiml(services.line.leave())
    return twiml(services.line.waiting(caller, stands))


@router.post("/keys")
async def caller_chooses(request: Request, form: SignedForm, caller: CallerInUrl) -> Response:
    """A key or words while they wait: a call back, a message, or their place again."""
    services, call_sid = services_of(request), form.get("CallSid")
    digits, words = form.get("Digits"), plain_words(clean_text(form.get("SpeechResult")))
    if digits == "1" or _CALL_BACK.search(words):
        party = heard_of(form, "start").party
        return twiml(services.line.confirm_number(caller, party) if party else services.line.ask_number(caller))
    if digits == "2" or _MESSAGE.search(words):
        try:
            await services.queue.leave_for(call_sid, "voicemail")
            return twiml(services.line.leave())
        except CallError as problem:
            log.warning("message_not_begun", kind=type(problem).__name__, call_sid=call_sid[:40])
    return await caller_waits(request, form, caller)


@router.post("/number")
async def caller_gives_number(request: Request, form: SignedForm, caller: CallerInUrl) -> Response:
    """Another number to call back, keyed in or said."""
    services = services_of(request)
    number = phone_number(form.get("Digits") or clean_text(form.get("SpeechResult")))
    if number is None:
        return twiml(services.line.ask_number(caller, tell("number_unusable", caller.language)))
    return twiml(services.line.confirm_number(caller, number))


@router.post("/callback")
async def caller_confirms(request: Request, form: SignedForm, caller: CallerInUrl, phone: str = "") -> Response:
    """Is that the number? Anything but yes or another number means that they go on waiting."""
    services, call_sid = services_of(request), form.get("CallSid")
    digits, words = form.get("Digits"), clean_text(form.get("SpeechResult"))
    if digits == "2" or says_no(words):
        return twiml(services.line.ask_number(caller))
    if digits != "1" and not says_yes(words):
        return await caller_waits(request, form, caller)
    try:
        await services.queue.choose_callback(call_sid, phone)
    except Refused as refused:
        if refused.error == "phone_refused":
            return twiml(services.line.ask_number(caller, tell("number_unusable", caller.language)))
        return await caller_waits(request, form, caller)
    except CallError as problem:
        log.warning("callback_not_promised", kind=type(problem).__name__, call_sid=call_sid[:40])
        return await caller_waits(request, form, caller)
    return twiml(services.line.end(caller, tell("promised", caller.language)))


@router.post("/music")
async def music(request: Request, form: SignedForm) -> Response:
    """Music in a conference that has not begun, or on hold."""
    return twiml(services_of(request).line.music())


@router.post("/left")
async def out_of_line(request: Request, form: SignedForm, caller: CallerInUrl) -> Response:
    """Out of the line: hung up, to a message, to a department, or moved to a person.

    A round that could not be fetched, as while this process was being started anew, ends the waiting for Twilio; for
    us the caller stands where they stood.
    """
    result = form.get("QueueResult")
    if result in TELLS_NOTHING:
        return twiml(empty_voice_twiml())
    services = services_of(request)
    if result == "queue-full":
        number = services.directory.current.phone_of(CUSTOMER_SERVICE)
        return twiml(services.line.department(caller, number) if number else services.line.voicemail(caller))
    return await _go_on(services, form, caller, result)


@router.post("/dialled")
async def department_dialled(request: Request, form: SignedForm, caller: CallerInUrl) -> Response:
    """A department's phone was rung: done, or back in line, never silence."""
    taken = form.get("DialCallStatus") in ("completed", "answered")
    return await _go_on(services_of(request), form, caller, "answered" if taken else "unanswered")


@router.post("/person-left")
async def person_left(request: Request, form: SignedForm, caller: CallerInUrl) -> Response:
    """The conference is over and the caller still there, or the caller has hung up."""
    gone = form.get("CallStatus") == "completed"
    return await _go_on(services_of(request), form, caller, "hangup" if gone else "person_left")


@router.post("/again")
async def somebody_again(request: Request, form: SignedForm, caller: CallerInUrl) -> Response:
    """After the person has gone: 1, yes or "representative" is somebody else, and a place in line."""
    services = services_of(request)
    if form.get("Digits") != "1" and not wants_person(clean_text(form.get("SpeechResult"))):
        return twiml(services.line.end(caller, tell("goodbye", caller.language)))
    onward = await enter(services, form, None)
    if onward is None or onward.outcome == "closed":
        return twiml(services.line.voicemail(caller))
    if onward.outcome == "ring" and onward.number:
        return twiml(services.line.department(caller, onward.number))
    return twiml(services.line.say_and_wait(caller))


@router.post("/join")
async def caller_joins(request: Request, form: SignedForm, caller: CallerInUrl, conference: str = "") -> Response:
    """It is their turn: the person is in the conference already."""
    return twiml(services_of(request).line.join_caller(caller, conference))


async def enter(services: Services, form: TwilioForm, department: str | None) -> Onward | None:
    """Ask the backend whether this caller waits for a person; None when it cannot say."""
    heard = heard_of(form, "start")
    try:
        return await services.queue.enter(heard.call_sid, heard.party, department)
    except CallError as problem:
        log.warning("line_not_entered", kind=type(problem).__name__, call_sid=heard.call_sid[:40])
        return None


async def _go_on(services: Services, form: TwilioForm, caller: Caller, result: str) -> Response:
    try:
        onward = await services.queue.left(form.get("CallSid"), result)
    except CallError as problem:
        log.warning("way_on_not_known", kind=type(problem).__name__, call_sid=form.get("CallSid")[:40])
        onward = Onward("voicemail")
    return twiml(_document(services, caller, onward, result))


def _document(services: Services, caller: Caller, onward: Onward, result: str) -> str:
    line, language = services.line, caller.language
    match onward.outcome:
        case "wait":
            words = tell("not_answered", language) if result == "unanswered" else ""
            return line.say_and_wait(caller, words)
        case "department" if onward.number:
            return line.department(caller, onward.number)
        case "voicemail":
            return line.voicemail(caller)
        case "ask":
            return line.ask_again(caller)
        case "assistant":
            answer = answer_of([Reply(tell("assistant_again", language))], language)
            place = replace(caller.place, quiet=0, missed=0)
            return gather_twiml(Ask(answer, place.next(Collect()), Collect()), services.voice)
        case _:
            return line.end(caller, tell("goodbye", language))
