"""The end of `<Pay>`: charge what was keyed in, then go on with the conversation where it was."""

import asyncio

import structlog
from fastapi import APIRouter, Request, Response

from telephony.calls.rules import Heard
from telephony.channels.twilio_route import TwilioRoute, twiml
from telephony.channels.voice import PlaceInUrl, heard_of, take_turn
from telephony.http_json import Refused, Unavailable
from telephony.messages import Language
from telephony.payments.keys import HUNG_UP, SUCCESS, Keyed, keyed_of, told_of
from telephony.payments.quiet import record_again
from telephony.phrases import say
from telephony.services import Services, services_of
from telephony.twilio.pay import PATH
from telephony.twilio.signature import SignedForm, TwilioForm
from telephony.twilio.twiml import empty_voice_twiml

log = structlog.get_logger("telephony.payments")

router = APIRouter(route_class=TwilioRoute)

CAPTURE_TRIES = 3
PAUSE_SECONDS = 0.3
NOT_NOW = frozenset({"balance_changed", "offer_over", "payment_in_progress"})


@router.post(PATH)
async def keys_over(
    request: Request, form: SignedForm, place: PlaceInUrl, *, offer: str, conversation: str, method: str = "card"
) -> Response:
    """Every `Result` of `<Pay>`; the assistant says what became of it. A repeat is the same charge and the same answer.

    Whoever hung up before the end is charged nothing: their yes lapses.
    """
    services = services_of(request)
    keyed = keyed_of(form, method)
    log.info("keys_over", result=keyed.result, code=form.get("PayErrorCode")[:8], offer_id=offer[:40])
    if keyed.result == HUNG_UP:
        return twiml(empty_voice_twiml())
    result = await _capture(services, conversation, offer, keyed) if keyed.result == SUCCESS else keyed.result
    await record_again(services, form.get("CallSid"))
    heard = await _heard(services, form, keyed, result)
    return await take_turn(services, form, heard, place)


async def _capture(services: Services, conversation: str, offer: str, keyed: Keyed) -> str:
    """Have it charged; how that went, for the assistant, who asks the account system before it promises anything."""
    for attempt in range(CAPTURE_TRIES):
        try:
            await services.backend.capture(conversation, offer, keyed.as_json())
            return SUCCESS
        except Refused as problem:
            log.warning("capture_refused", status=problem.status, error=problem.error, offer_id=offer[:40])
            return problem.error if problem.error in NOT_NOW else "refused"
        except Unavailable as problem:
            log.warning("capture_unavailable", reason=problem.reason, attempt=attempt, offer_id=offer[:40])
            await asyncio.sleep(PAUSE_SECONDS)
    return "unknown"


async def _heard(services: Services, form: TwilioForm, keyed: Keyed, result: str) -> Heard:
    """The turn as the transcript has it: what was keyed in, never more than its last digits."""
    party = heard_of(form, "message").party
    language: Language = await services.memory.language_of(form.get("CallSid")) or "en"
    words = say("keyed_in" if keyed.result == SUCCESS else "not_keyed_in", language, last4=keyed.last4)
    return Heard(form.get("CallSid"), party, "message", words, None, told_of(result))
