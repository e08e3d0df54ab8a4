"""Webhooks of notice calls: somebody or a machine picked up, a key was pressed, the call is over."""

import re
from typing import Annotated

import structlog
from fastapi import APIRouter, Query, Request, Response

from telephony.calls.rules import Place
from telephony.channels.twilio_route import TwilioRoute, twiml
from telephony.channels.voice import call_over, heard_of, take_turn
from telephony.district import District, shown
from telephony.errors import TelephonyError
from telephony.http_json import CallError, Refused
from telephony.messages import clean_text
from telephony.notices.memory import Notice
from telephony.notices.rules import is_machine, outcome_of, wish_of
from telephony.notices.twiml import ask_twiml, last_words_twiml
from telephony.notices.wording import tell
from telephony.outbound.statuses import Status
from telephony.services import Services, services_of
from telephony.twilio.signature import SignedForm, TwilioForm

log = structlog.get_logger("telephony.notices")

router = APIRouter(prefix="/twilio/voice/notice", route_class=TwilioRoute)

TIMES_MAX = 3
"""A notice is said so often in one call."""
MessageId = Annotated[str, Query(max_length=64, pattern=r"^[A-Za-z0-9_.-]+$")]
Times = Annotated[int, Query(ge=1, le=100)]
_TRY = re.compile(r"\.\d+$")


@router.post("")
async def picked_up(request: Request, form: SignedForm, message_id: MessageId) -> Response:
    """Somebody picked up, or a machine has said its greeting."""
    services, answered_by = services_of(request), form.get("AnsweredBy")
    if answered_by == "fax":
        return twiml(last_words_twiml(services.voice, [], "en"))
    notice, district = await _notice(services, message_id), await services.directory.known()
    await services.notices.memory.note_said(form.get("CallSid"))
    if is_machine(answered_by):
        words = _said(notice, district)
        return twiml(last_words_twiml(services.voice, [*words, _tell("machine", notice, district)], notice.language))
    return _ask(services, message_id, notice, district, n=1)


@router.post("/answer")
async def answered(request: Request, form: SignedForm, message_id: MessageId, n: Times = 1) -> Response:
    """1: again. 2: the assistant, as for anybody who calls. 9: no more calls of this kind. Else goodbye."""
    services = services_of(request)
    wish = wish_of(clean_text(form.get("Digits")), clean_text(form.get("SpeechResult")))
    if wish == "talk":
        return await take_turn(services, form, heard_of(form, "start"), Place())
    notice, district = await _notice(services, message_id), await services.directory.known()
    if wish == "again" and n < TIMES_MAX:
        return _ask(services, message_id, notice, district, n=n + 1)
    ends = "goodbye"
    if wish == "stop":
        ends = "stopped" if await _stop_calls(services, form) else "not_stopped"
    return twiml(last_words_twiml(services.voice, [_tell(ends, notice, district)], notice.language))


@router.post("/status")
async def over(request: Request, form: SignedForm, message_id: MessageId) -> Response:
    """The call is over: what became of the notice, and, when the assistant was on it, its conversation has ended."""
    services, sid = services_of(request), form.get("CallSid")
    was_said = await services.notices.memory.was_said(sid)
    found = outcome_of(form.get("CallStatus"), form.get("AnsweredBy"), was_said=was_said)
    if found is not None:
        try:
            # The second try of a message is another call of the same message.
            await services.statuses.tell(Status(_TRY.sub("", message_id), found.status, sid, found.error_code))
        except CallError as problem:
            log.warning("status_not_recorded", kind=type(problem).__name__, message_id=message_id)
            if not isinstance(problem, Refused):
                raise TelephonyError(503, "backend_unavailable", "The backend is away. Tell it again.") from None
    return await call_over(request, form)


def _ask(services: Services, message_id: str, notice: Notice, district: District, *, n: int) -> Response:
    menu = tell("keys", notice.language)
    document = ask_twiml(services.voice, message_id, _said(notice, district), menu, language=notice.language, n=n)
    return twiml(document)


async def _notice(services: Services, message_id: str) -> Notice:
    """The words; when they are forgotten, that there is something to say."""
    notice = await services.notices.memory.words_of(message_id)
    if notice is not None:
        return notice
    log.warning("notice_forgotten", message_id=message_id)
    district = await services.directory.known()
    return Notice(tell("important", "en", phone=shown(district.phone)), "en")


def _said(notice: Notice, district: District) -> list[str]:
    return [_tell("who", notice, district), notice.words]


def _tell(name: str, notice: Notice, district: District) -> str:
    return tell(name, notice.language, district=district.name, phone=shown(district.phone))


async def _stop_calls(services: Services, form: TwilioForm) -> bool:
    """Whether the wish is on record."""
    heard = heard_of(form)
    if heard.party is None:
        return False
    by_key = heard.by == "keys"
    try:
        return await services.backend.stop_calls(
            heard.party, heard.text, by_key=by_key, message_id=f"{heard.call_sid}:calls"
        )
    except CallError as problem:
        log.warning("call_wish_not_recorded", kind=type(problem).__name__, call_sid=heard.call_sid[:40])
        return False
