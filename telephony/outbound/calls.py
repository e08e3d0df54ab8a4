"""`POST /outbound/calls`: the backend's orders about calls, each carried out once."""

import asyncio
from typing import Annotated, Literal

import aiohttp
import structlog
from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from twilio.base.exceptions import TwilioException

from telephony.errors import TelephonyError
from telephony.http_json import Refused, Unavailable
from telephony.outbound.attempts import call_at_twilio, may_pass
from telephony.outbound.routes import backend_only
from telephony.payments.assisted import Next, OnCall, carry_on, take_card
from telephony.people.legs import find_conference
from telephony.services import Services, services_of

log = structlog.get_logger("telephony.outbound")

router = APIRouter(prefix="/outbound")

OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
GONE = 404
_BROKEN = (aiohttp.ClientError, TimeoutError, OSError, ValueError)
_flights: "dict[str, asyncio.Task[str]]" = {}


class CallOrder(BaseModel):
    """`ring` a phone for a leg; `end` a call, after `words`; `look` whether that of a leg is over; `hold`, `unhold` or
    change the `manner` of somebody; pause or resume the recording of a conference; `take_card`, `ask_card` or
    `drop_card`: an agent-assisted payment on the call (`telephony/payments/assisted.py`)."""

    order_id: str = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.-]+$")
    what: Literal[
        "ring", "end", "look", "hold", "unhold", "manner", "pause_recording", "resume_recording",
        "take_card", "ask_card", "drop_card",
    ]  # fmt: skip
    leg_id: str | None = None
    to: str | None = None
    ring_seconds: int = Field(default=20, ge=5, le=60)
    call_sid: str | None = None
    conference: str | None = None
    words: str = ""
    language: str = "en"
    muted: bool = False
    coach: str | None = None
    capture_id: str | None = None
    method: Literal["card", "bank_account"] = "card"
    payment_sid: str | None = None
    field: str | None = None
    key: str = ""


@router.post("/calls", status_code=202, dependencies=[Depends(backend_only)])
async def carry_out(order: CallOrder, services: Annotated[Services, Depends(services_of)]) -> dict[str, str]:
    """Carry the order out through Twilio. The same id twice is once; what has ended already is done."""
    flight = _flights.get(order.order_id)
    if flight is None:
        flight = asyncio.get_running_loop().create_task(_safely(order, services))
        _flights[order.order_id] = flight
        flight.add_done_callback(lambda _: _flights.pop(order.order_id, None))
    return {"call_sid": await asyncio.shield(flight)}


async def _safely(order: CallOrder, services: Services) -> str:
    try:
        if order.what.endswith("_card"):
            return await _capture(order, services)
        return await (_ring(order, services) if order.what == "ring" else _change(order, services))
    except TwilioException as problem:
        status = int(getattr(problem, "status", 500))
        log.warning("twilio_refused", status=status, code=getattr(problem, "code", None), what=order.what)
        if may_pass(problem):
            raise _unavailable() from None
        if order.what == "end":
            return ""  # it is over already
        if order.what != "ring":
            raise _unavailable() from None  # whoever is meant may be on the way into the conference
        raise TelephonyError(422, "refused_by_twilio", "Twilio will not ring this number.") from None
    except _BROKEN as problem:
        log.warning("twilio_unavailable", kind=type(problem).__name__, what=order.what)
        raise _unavailable() from None


async def _capture(order: CallOrder, services: Services) -> str:
    if not order.capture_id or not order.call_sid or not order.conference:
        raise TelephonyError(422, "incomplete_order", "Give the capture_id, the call_sid and the conference.")
    payment = OnCall(order.capture_id, order.call_sid, order.conference, order.method)
    if order.what == "take_card":
        await take_card(services, payment)
    elif order.payment_sid and order.key:
        what = Next("drop" if order.what == "drop_card" else "ask", order.field, order.key)
        await carry_on(services, payment, order.payment_sid, what)
    return order.call_sid


async def _ring(order: CallOrder, services: Services) -> str:
    if not order.to or not order.leg_id:
        raise TelephonyError(422, "incomplete_order", "To ring a phone, give leg_id and to.")
    tried = await services.calls_made.tried(order.order_id)
    if tried is not None:
        found = tried.call_sid or await call_at_twilio(services.twilio, order.to, tried.at)
        if found is not None:
            return found
    await services.calls_made.note(order.order_id)
    call = await services.twilio.calls.create_async(
        to=order.to,
        from_=services.settings.twilio_number,
        url=services.voice.url("/twilio/voice/leg", leg=order.leg_id),
        method="POST",
        status_callback=services.voice.report_url("/twilio/voice/leg/status", leg=order.leg_id),
        status_callback_event=["ringing", "completed"],
        status_callback_method="POST",
        timeout=order.ring_seconds,
    )
    await services.calls_made.note_call(order.order_id, str(call.sid))
    log.info("phone_rung", leg_id=order.leg_id, call_sid=call.sid)
    return str(call.sid)


async def _change(order: CallOrder, services: Services) -> str:
    if order.what in ("pause_recording", "resume_recording"):
        return await _change_recording(order, services)
    if not order.call_sid:
        raise TelephonyError(422, "incomplete_order", "Give the call_sid.")
    if order.what == "look":
        return await _look(order, services)
    if order.what == "end":
        call = services.twilio.calls(order.call_sid)
        if order.words:
            url = services.voice.url("/twilio/voice/leg/words", words=order.words, language=order.language)
            await call.update_async(url=url, method="POST")
        else:
            await call.update_async(status="completed")
        return order.call_sid
    conference = await find_conference(services, order.conference or "")
    if conference is None:
        raise _unavailable()
    participant = services.twilio.conferences(conference).participants(order.call_sid)
    if order.what == "manner":
        whom = {"call_sid_to_coach": order.coach} if order.coach else {}
        await participant.update_async(muted=order.muted, coaching=order.coach is not None, **whom)
    elif order.what == "hold":
        url = services.voice.url("/twilio/voice/line/music")
        await participant.update_async(hold=True, hold_url=url, hold_method="POST")
    else:
        await participant.update_async(hold=False)
    return order.call_sid


async def _look(order: CallOrder, services: Services) -> str:
    """Whether the call of a leg is over: then its news was lost on the way, and is told now."""
    try:
        status = str((await services.twilio.calls(order.call_sid).fetch_async()).status)
    except TwilioException as problem:
        if getattr(problem, "status", None) != GONE:
            raise
        status = "completed"
    if status in OVER and order.leg_id:
        try:
            await services.queue.report(order.leg_id, "ended", str(order.call_sid))
        except Unavailable:
            raise _unavailable() from None
        except Refused as refused:
            log.warning("leg_not_reported", error=refused.error, leg_id=order.leg_id)
    return str(order.call_sid)


async def _change_recording(order: CallOrder, services: Services) -> str:
    conference = await find_conference(services, order.conference or "")
    if conference is None:
        raise _unavailable()
    recording = services.twilio.conferences(conference).recordings("Twilio.CURRENT")
    # `skip`: a pause leaves nothing, not even silence as long as what was said.
    how = (
        {"status": "paused", "pause_behavior": "skip"} if order.what == "pause_recording" else {"status": "in-progress"}
    )
    await recording.update_async(**how)
    return ""


def _unavailable() -> TelephonyError:
    return TelephonyError(503, "twilio_unavailable", "Twilio did not carry it out. Ask again in a moment.")
