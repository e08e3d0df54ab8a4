"""Phone calls over webhooks: each answer says something and gathers keys or words for the next turn.

The address of the next turn carries its number (`n`) and how often in a row nothing was heard (`quiet`); Twilio
signs it, so nothing has to be kept here between turns.
"""

import asyncio
import re
from dataclasses import dataclass
from typing import Literal

import structlog
from fastapi import APIRouter, Request, Response

from telephony.channels.twilio_route import TwilioRoute, twiml
from telephony.district import District
from telephony.fallbacks import call_back
from telephony.http_json import CallError
from telephony.messages import (
    Answer,
    HandOff,
    HangUp,
    Kind,
    Language,
    Reply,
    Transfer,
    Utterance,
    answer_of,
    clean_text,
    language_of,
)
from telephony.phrases import say
from telephony.services import Services, services_of
from telephony.twilio.signature import SignedForm, TwilioForm
from telephony.twilio.twiml import (
    VoiceStyle,
    dial_twiml,
    empty_voice_twiml,
    gather_twiml,
    goodbye_twiml,
    wait_twiml,
)

log = structlog.get_logger("telephony.voice")

router = APIRouter(prefix="/twilio/voice", route_class=TwilioRoute)

TURNS_MAX = 500
# How long the answer to a turn is kept for a caller who was asked to hold on.
HOLD_SECONDS = 60.0
_E164 = re.compile(r"\+[1-9][0-9]{3,14}")
_CALL_OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a call is: the turn's number, how often nothing was heard, how often the caller was asked to hold on."""

    turn_number: int
    quiet: int
    waits: int = 0


def utterance_of(form: TwilioForm, turn_number: int) -> Utterance:
    """What the caller said or pressed in this turn. The thread is the call; a hidden number is no party."""
    call_sid, party = form.get("CallSid"), form.get("From")
    kind, text = _heard(form)
    return Utterance(
        channel="voice",
        provider_message_id=f"{call_sid}:{turn_number}",
        thread_key=call_sid,
        party=party if _E164.fullmatch(party) else None,
        kind="start" if turn_number == 0 else kind,
        text="" if turn_number == 0 else text,
    )


def _heard(form: TwilioForm) -> tuple[Kind, str]:
    digits, speech = clean_text(form.get("Digits")), clean_text(form.get("SpeechResult"))
    if digits or speech:
        return "message", digits or speech
    return ("no_match" if form.has("SpeechResult") else "silence"), ""


def next_step(kind: Kind, quiet: int) -> Literal["answer", "offer_person", "hang_up"]:
    """The silence ladder: the assistant asks again, then a person is offered, then the call ends."""
    if kind not in ("silence", "no_match") or quiet <= 1:
        return "answer"
    return "offer_person" if quiet == 2 else "hang_up"


@router.post("")
async def call_arrives(request: Request, form: SignedForm) -> Response:
    """The call is answered: greet."""
    return await _turn(services_of(request), form, turn_number=0, quiet=0)


@router.post("/turn")
async def caller_speaks(request: Request, form: SignedForm, n: int = 1, quiet: int = 0) -> Response:
    """Keys, words or nothing after our last question."""
    services = services_of(request)
    number = min(max(n, 1), TURNS_MAX)
    kind, _ = _heard(form)
    quiet = quiet + 1 if kind in ("silence", "no_match") else 0
    step = next_step(kind, quiet)
    if step == "answer":
        return await _turn(services, form, number, quiet)
    language = await services.memory.language_of(form.get("CallSid")) or "en"
    if step == "offer_person":
        offer = answer_of([Reply(say("still_there", language))], language)
        return twiml(gather_twiml(offer, services.voice, number + 1, quiet))
    return twiml(goodbye_twiml(answer_of([Reply(say("silence_goodbye", language))], language), services.voice))


async def _turn(services: Services, form: TwilioForm, turn_number: int, quiet: int) -> Response:
    said = utterance_of(form, turn_number)
    flight = asyncio.ensure_future(services.switchboard.answer(said))
    return await _when_ready(services, said, flight, Place(turn_number, quiet))


@router.post("/wait")
async def caller_waits(request: Request, form: SignedForm, n: int = 1, quiet: int = 0, waits: int = 1) -> Response:
    """The caller was asked to hold on: the same turn again."""
    services = services_of(request)
    said = utterance_of(form, n)
    flight = services.calls_waiting.get(said.provider_message_id)
    if flight is None:
        # Another process has the turn: the backend gives its answer for the same provider message.
        flight = asyncio.ensure_future(services.switchboard.answer(said))
    return await _when_ready(services, said, flight, Place(n, quiet, waits))


async def _when_ready(services: Services, said: Utterance, flight: "asyncio.Future[Answer]", place: Place) -> Response:
    done, _ = await asyncio.wait({flight}, timeout=services.settings.filler_seconds)
    if not done:
        if said.provider_message_id not in services.calls_waiting:
            services.calls_waiting[said.provider_message_id] = flight
            forget = services.calls_waiting.pop
            asyncio.get_running_loop().call_later(HOLD_SECONDS, forget, said.provider_message_id, None)
        language = await services.memory.language_of(said.thread_key) or "en"
        return twiml(wait_twiml(language, services.voice, place.turn_number, place.quiet, place.waits + 1))
    return twiml(call_twiml(flight.result(), services.directory.current, services.voice, said.party, place))


def call_twiml(answer: Answer, district: District, style: VoiceStyle, party: str | None, place: Place) -> str:
    """Carry out the answer's commands: connect, end, or say and listen."""
    hand_off = next((c for c in answer.commands if isinstance(c, HandOff)), None)
    transfer = next((c for c in answer.commands if isinstance(c, Transfer)), None)
    if transfer is not None:
        return dial_twiml(answer, style, transfer.number)
    if hand_off is not None:
        number = district.phone_of(hand_off.department) if hand_off.open_now else None
        if number:
            return dial_twiml(answer, style, number)
        promise = Reply(call_back(party, answer.language))
        return goodbye_twiml(answer_of([*answer.replies, promise], answer.language), style)
    if any(isinstance(c, HangUp) for c in answer.commands):
        return goodbye_twiml(answer, style)
    if not any(reply.text or reply.choices for reply in answer.replies):
        answer = answer_of([Reply(say("still_there", answer.language))], answer.language)
    return gather_twiml(answer, style, place.turn_number + 1, place.quiet)


@router.post("/dial-result")
async def dial_ended(request: Request, form: SignedForm, language: str = "en") -> Response:
    """The transfer is over. When nobody took it, the case is filed and the caller hears what happens next."""
    services = services_of(request)
    spoken: Language = language_of(language)
    if form.get("DialCallStatus") in ("completed", "answered"):
        return twiml(goodbye_twiml(answer_of([], spoken), services.voice))
    said = utterance_of(form, 0)
    await services.fallbacks.file(said, None, "asked_for_person")
    sentence = f"{say('nobody_answered', spoken)} {call_back(said.party, spoken)}"
    return twiml(goodbye_twiml(answer_of([Reply(sentence)], spoken), services.voice))


@router.post("/status")
async def call_over(request: Request, form: SignedForm) -> Response:
    """The call has ended: so has its conversation. Repeats and early states change nothing."""
    services = services_of(request)
    if form.get("CallStatus") in _CALL_OVER:
        try:
            found = await services.backend.conversation_of("voice", form.get("CallSid"))
            if found is not None:
                await services.backend.end_conversation(str(found["conversation_id"]), "hung_up")
        except CallError as problem:
            log.warning("call_end_not_recorded", kind=type(problem).__name__, call_sid=form.get("CallSid")[:40])
    return twiml(empty_voice_twiml())


@router.post("/fallback")
async def call_failed(request: Request, form: SignedForm) -> Response:
    """Twilio could not use our answer: connect the caller to a person."""
    services = services_of(request)
    log.error("voice_fallback", error_code=form.get("ErrorCode")[:8])
    said = utterance_of(form, 0)
    answer = await services.fallbacks.webhook_failed(said)
    return twiml(call_twiml(answer, services.directory.current, services.voice, said.party, Place(TURNS_MAX, 0)))
