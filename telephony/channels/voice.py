"""Phone calls over webhooks: each answer says something and gathers keys or words for the next turn.

The address of the next turn carries the call's place; Twilio signs it, so nothing has to be kept here between turns.
"""

import asyncio
import re
from dataclasses import replace
from typing import Annotated, Literal

import structlog
from fastapi import APIRouter, Depends, Query, Request, Response

from telephony.calls.core import Ask, End, Ring, Step, TakeCard
from telephony.calls.places import CallPlace
from telephony.calls.rules import TURNS_MAX, Heard, Place, number_is_doubted
from telephony.channels.twilio_route import TwilioRoute, twiml
from telephony.errors import TelephonyError
from telephony.http_json import CallError, Refused
from telephony.messages import Kind, Language, Reply, Utterance, answer_of, clean_text, language_of
from telephony.payments.keys import told_of
from telephony.payments.quiet import fall_silent
from telephony.people.client import Onward
from telephony.people.entering import into_line
from telephony.people.phrases import tell
from telephony.people.twiml import Caller
from telephony.services import Services, services_of
from telephony.twilio.pay import pay_twiml
from telephony.twilio.relay import connect_twiml
from telephony.twilio.signature import SignedForm, TwilioForm
from telephony.twilio.twiml import empty_voice_twiml, step_twiml, wait_twiml

log = structlog.get_logger("telephony.voice")

router = APIRouter(prefix="/twilio/voice", route_class=TwilioRoute)

# How long the answer to a turn is kept for a caller who was asked to hold on.
HOLD_SECONDS = 60.0
# A caller who holds on hears something again after this; Twilio itself gives up after 15 s.
WAIT_SECONDS = 3.0
_E164 = re.compile(r"\+[1-9][0-9]{3,14}")
_CALL_OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


def place_of(
    *,
    n: int = 1,
    quiet: int = 0,
    missed: int = 0,
    slow: bool = False,
    patient: bool = False,
    doubted: bool = False,
    digits: bool = False,
    relay: bool = False,
) -> Place:
    """The place that an address of ours carries."""
    return Place(min(max(n, 0), TURNS_MAX), quiet, missed, slow, patient, doubted, digits, relay)


PlaceInUrl = Annotated[Place, Depends(place_of)]


def heard_of(form: TwilioForm, kind: Kind | None = None) -> Heard:
    """What the caller said or pressed. A hidden number is no party; of a call that we made it is whom we called."""
    party = form.get("To" if form.get("Direction").startswith("outbound") else "From")
    digits, speech = clean_text(form.get("Digits")), clean_text(form.get("SpeechResult"))
    if kind is None:
        # Nothing at all may come as blanks; words that were not understood come with a confidence.
        kind = "message" if digits or speech else "no_match" if form.get("Confidence") else "silence"
    return Heard(
        call_sid=form.get("CallSid"),
        party=party if _E164.fullmatch(party) else None,
        kind=kind,
        text="" if kind != "message" else digits or speech,
        by="keys" if digits else "speech" if speech else None,
    )


def turn_id(form: TwilioForm, place: Place) -> str:
    """What names a turn for good."""
    return f"{form.get('CallSid')}:{place.turn}"


@router.post("")
async def call_arrives(request: Request, form: SignedForm, mode: Literal["webhook", "relay"] | None = None) -> Response:
    """The call is answered: greet, or hand it to ConversationRelay.

    `mode` in the number's address wins over the district's setting: a second number can try the other way.
    """
    services = services_of(request)
    place = Place(doubted=number_is_doubted(form.get("StirVerstat")))
    wanted = services.settings.voice_mode if mode is None else mode
    if wanted == "relay" and services.relay.usable(asyncio.get_running_loop().time()):
        return twiml(connect_twiml(services.voice, "en", place))
    return await take_turn(services, form, heard_of(form, "start"), place)


@router.post("/turn")
async def caller_speaks(request: Request, form: SignedForm, place: PlaceInUrl) -> Response:
    """Keys, words or nothing after our last question."""
    return await take_turn(services_of(request), form, heard_of(form), place)


async def take_turn(services: Services, form: TwilioForm, heard: Heard, place: Place) -> Response:
    """One turn; the caller hears a word when it takes a while."""
    flight = asyncio.ensure_future(services.calls.take(heard, place, turn_id(form, place)))
    return await _when_ready(services, form, flight, place, 0)


@router.post("/wait")
async def caller_waits(request: Request, form: SignedForm, place: PlaceInUrl, waits: int = 1) -> Response:
    """The caller was asked to hold on: the same turn again."""
    services = services_of(request)
    flight = services.calls_waiting.get(turn_id(form, place))
    if flight is None:
        # Another process has the turn: the backend gives its answer for the same provider message.
        flight = asyncio.ensure_future(services.calls.take(heard_of(form, "message"), place, turn_id(form, place)))
    return await _when_ready(services, form, flight, place, max(waits, 1))


async def _when_ready(
    services: Services, form: TwilioForm, flight: "asyncio.Future[Step]", place: Place, waits: int
) -> Response:
    patience = WAIT_SECONDS if waits else services.settings.filler_seconds
    done, _ = await asyncio.wait({flight}, timeout=patience)
    if done:
        return await carry_out(services, form, flight.result(), place)
    name = turn_id(form, place)
    if name not in services.calls_waiting:
        services.calls_waiting[name] = flight
        asyncio.get_running_loop().call_later(HOLD_SECONDS, services.calls_waiting.pop, name, None)
    language = await services.memory.language_of(form.get("CallSid")) or "en"
    return twiml(wait_twiml(language, services.voice, place, waits + 1))


async def carry_out(services: Services, form: TwilioForm, step: Step, place: Place) -> Response:
    """What happens next in the call; whoever is to be connected waits in line where people are at work."""
    if isinstance(step, TakeCard):
        return await _take_card(services, form, step)
    if isinstance(step, Ask) and place.relay:
        return await _back_to_relay(services, form, step, place)
    step = await into_line(services, step, heard_of(form, "start"), place)
    return twiml(step_twiml(step, services.voice, place))


async def _take_card(services: Services, form: TwilioForm, step: TakeCard) -> Response:
    """`<Pay>`, when nothing records or writes down the call any more; else the assistant says that it cannot be."""
    if await fall_silent(services, form.get("CallSid")):
        return twiml(pay_twiml(step, services.voice))
    heard = replace(heard_of(form, "message"), text="", by=None, told=told_of("not-silent"))
    return await take_turn(services, form, heard, step.place)


async def _back_to_relay(services: Services, form: TwilioForm, step: Ask, place: Place) -> Response:
    """Over ConversationRelay again, in the same place: the session says the answer that is on record."""
    here = replace(place, relay=False)
    if not services.relay.usable(asyncio.get_running_loop().time()):
        return twiml(step_twiml(replace(step, place=replace(step.place, relay=False)), services.voice, here))
    language = step.answer.language
    await services.places.keep(form.get("CallSid"), CallPlace(here, turn_id(form, place), language))
    return twiml(connect_twiml(services.voice, language, here, resume="back"))


@router.post("/dial-result")
async def dial_ended(
    request: Request,
    form: SignedForm,
    place: PlaceInUrl,
    language: str = "en",
    rung: Annotated[int, Query(ge=1, le=10)] = 1,
) -> Response:
    """The transfer is over. When nobody took it, the case is filed; in an emergency the next phone is rung, else the
    caller waits in line where people are at work, or leaves a message and gets a text."""
    services = services_of(request)
    spoken: Language = language_of(language)
    if form.get("DialCallStatus") in ("completed", "answered"):
        return _goodbye(services, spoken, "")
    heard = heard_of(form, "start")
    said = Utterance("voice", f"{heard.call_sid}:dial", heard.call_sid, heard.party, "start")
    await services.fallbacks.file(said, None, "asked_for_person")
    caller = Caller(spoken, place)
    onward = await _after(services, heard, is_there=form.get("CallStatus") != "completed", rung=rung)
    if onward is not None and onward.outcome == "ring" and onward.number:
        again = Ring(answer_of([Reply(tell("next_phone", spoken))], spoken), onward.number, rung=rung + 1)
        return twiml(step_twiml(again, services.voice, place))
    if onward is not None and onward.outcome == "wait":
        await services.places.keep(heard.call_sid, CallPlace(place, language=spoken))
        return twiml(services.line.say_and_wait(caller, tell("to_our_line", spoken)))
    words = tell("nobody_answered" if heard.party else "nobody_answered_hidden", spoken)
    return twiml(services.line.voicemail(caller, words))


async def _after(services: Services, heard: Heard, *, is_there: bool, rung: int) -> Onward | None:
    """Where a caller goes on whom a phone did not answer; one who has hung up gets a text. None: nobody knows."""
    tried: Literal["unanswered", "gone"] = "unanswered" if is_there else "gone"
    try:
        return await services.queue.enter(heard.call_sid, heard.party, None, tried=tried, rung=rung)
    except CallError as problem:
        log.warning("line_not_entered", kind=type(problem).__name__, call_sid=heard.call_sid[:40])
        return None


def _goodbye(services: Services, language: Language, words: str) -> Response:
    return twiml(step_twiml(End(answer_of([Reply(words)], language)), services.voice, Place()))


@router.post("/status")
async def call_over(request: Request, form: SignedForm) -> Response:
    """The call has ended: so has its conversation. Repeats and early states change nothing."""
    services = services_of(request)
    if form.get("CallStatus") in _CALL_OVER:
        await services.places.forget(form.get("CallSid"))
        told = await _out_of_line(services, form.get("CallSid"))
        try:
            found = await services.backend.conversation_of("voice", form.get("CallSid"))
            if found is not None:
                await services.backend.end_conversation(str(found["conversation_id"]), "hung_up")
        except CallError as problem:
            log.warning("call_end_not_recorded", kind=type(problem).__name__, call_sid=form.get("CallSid")[:40])
            told = told and isinstance(problem, Refused)
        if not told:
            # Twilio tells it again where the number's address says so: "#rc=5&rp=all".
            raise TelephonyError(503, "backend_unavailable", "The backend is away. Tell it again in a moment.")
    return twiml(empty_voice_twiml())


async def _out_of_line(services: Services, call_sid: str) -> bool:
    """Whoever waited for a person does not any more; False when the backend was away."""
    try:
        await services.queue.left(call_sid, "completed")
    except CallError as problem:
        log.warning("line_not_left", kind=type(problem).__name__, call_sid=call_sid[:40])
        return isinstance(problem, Refused)
    return True


@router.post("/fallback")
async def call_failed(request: Request, form: SignedForm) -> Response:
    """Twilio could not use our answer: connect the caller to a person."""
    services = services_of(request)
    log.error("voice_fallback", error_code=form.get("ErrorCode")[:8])
    heard = heard_of(form, "start")
    said = Utterance("voice", f"{heard.call_sid}:fallback", heard.call_sid, heard.party, "start")
    answer = await services.fallbacks.webhook_failed(said)
    place = Place(TURNS_MAX)
    return twiml(step_twiml(services.calls.step_of(answer, heard.party, place), services.voice, place))
