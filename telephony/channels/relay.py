"""Phone calls over ConversationRelay: the socket of a call, and what happens when it ends or breaks."""

import asyncio
from dataclasses import replace
from typing import Any

import orjson
import structlog
from fastapi import APIRouter, Request, Response, WebSocket, WebSocketDisconnect

from telephony.calls.core import Ask, Step, TakeCard, lost_and_found
from telephony.calls.places import CallPlace
from telephony.calls.rules import Heard, Place
from telephony.channels.relay_session import RelaySession
from telephony.channels.twilio_route import TwilioRoute, twiml
from telephony.channels.voice import carry_out, heard_of, take_turn
from telephony.errors import TelephonyError, place_of
from telephony.messages import Reply, answer_of
from telephony.phrases import say
from telephony.services import Services, services_of
from telephony.twilio.relay import MESSAGE_BYTES_MAX, SOCKET_PATH, Setup, connect_twiml, parse_message
from telephony.twilio.signature import SignedForm, TwilioForm
from telephony.twilio.twiml import empty_voice_twiml

log = structlog.get_logger("telephony.relay")

router = APIRouter(route_class=TwilioRoute)

SETUP_SECONDS_MAX = 10.0
RECONNECTS_MAX = 2
NEVER_CONNECTED = frozenset({"39001", "64101", "64102"})


@router.websocket(SOCKET_PATH)
async def converse(socket: WebSocket) -> None:
    """One session of one call. Only Twilio may open it: the handshake is signed."""
    services = services_of(socket)
    try:
        services.signature.handshake(socket, SOCKET_PATH)
    except TelephonyError:
        await socket.close(1008)
        return
    await socket.accept()
    services.relay.worked()
    try:
        setup = await _setup(socket)
        if setup is not None:
            await RelaySession(services, socket, setup).run()
            await socket.close()
    except (WebSocketDisconnect, RuntimeError):
        return
    except Exception as problem:
        # Twilio asks the action of <Connect>, which goes on with the call.
        log.error("relay_fault", kind=type(problem).__name__, place=place_of(problem))
        await socket.close(1011)


async def _setup(socket: WebSocket) -> Setup | None:
    """The first message; None (and closed) when it is something else."""
    try:
        raw = await asyncio.wait_for(socket.receive_text(), SETUP_SECONDS_MAX)
    except (TimeoutError, KeyError):
        raw = ""
    message = parse_message(raw) if len(raw) <= MESSAGE_BYTES_MAX else None
    if isinstance(message, Setup) and message.call_sid:
        return message
    await socket.close(1002)
    return None


@router.post("/twilio/voice/relay-ended")
async def session_over(request: Request, form: SignedForm) -> Response:
    """The session is over: carry out what it was ended for, or go on with the call when it broke."""
    services = services_of(request)
    status = form.get("SessionStatus")
    if status == "completed" or form.get("CallStatus") == "completed":
        return twiml(empty_voice_twiml())
    known = await services.places.find(form.get("CallSid"))
    handoff = _handoff(form)
    if status == "ended" and known is not None and handoff.get("turn") == known.turn_id:
        step = await _again(services, form, known)
        if isinstance(step, TakeCard):
            step = replace(step, place=replace(step.place, relay=True))
        if step is not None and not isinstance(step, Ask):
            return await carry_out(services, form, step, known.place)
    return await _go_on(services, form, known)


async def _go_on(services: Services, form: TwilioForm, known: CallPlace | None) -> Response:
    """The line is still there: connect again at the same place; when that does not help, go on over webhooks."""
    failures = 1 if known is None else known.failures + 1
    never_connected = form.get("ErrorCode") in NEVER_CONNECTED
    log.warning("relay_broke", call_sid=form.get("CallSid")[:40], failures=failures, code=form.get("ErrorCode")[:8])
    now = asyncio.get_running_loop().time()
    if never_connected:
        services.relay.failed(now)
    if known is None:
        # It broke before the first word, or nobody remembers: from the start, over webhooks.
        return await take_turn(services, form, heard_of(form, "start"), Place())
    await services.places.keep(form.get("CallSid"), replace(known, failures=failures))
    if not never_connected and failures <= RECONNECTS_MAX and services.relay.usable(now):
        return twiml(connect_twiml(services.voice, known.language, known.place, resume="broke"))
    step = await _again(services, form, known)
    place = replace(known.place, turn=0)
    if isinstance(step, Ask):
        step = replace(step, answer=lost_and_found(step.answer, known.language), place=replace(step.place, turn=1))
    elif step is None:
        regret = [Reply(say("cut_off", known.language)), Reply(say("say_again", known.language))]
        step = services.calls.step_of(answer_of(regret, known.language), heard_of(form, "start").party, place)
    return await carry_out(services, form, step, place)


async def _again(services: Services, form: TwilioForm, known: CallPlace) -> Step | None:
    heard: Heard = heard_of(form, "start")
    return await services.calls.again(heard, known.place, known.turn_id)


def _handoff(form: TwilioForm) -> dict[str, Any]:
    try:
        found = orjson.loads(form.get("HandoffData") or "{}")
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
