"""What a customer gets when our own code has failed: nothing is promised that is not kept in the spool.

Nobody knows here how far the turn had come, or in which language, so both are spoken.
"""

import structlog
from fastapi import Request
from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import Dial, VoiceResponse

from telephony.district import CUSTOMER_SERVICE, e164
from telephony.errors import TelephonyError, place_of
from telephony.fallbacks import LANGUAGES, call_back, hand_off_body
from telephony.messages import Utterance, thread_of
from telephony.people.twiml import MUSIC_PATH
from telephony.phrases import say
from telephony.services import Services, services_of
from telephony.twilio.recognition import SPEECH_LANGUAGES
from telephony.twilio.signature import TwilioForm, signed_form
from telephony.twilio.twiml import DIAL_SECONDS

log = structlog.get_logger("telephony.twilio")

LINE, LEG = "/twilio/voice/line/", "/twilio/voice/leg"
NEWS = ("/status", "/words", "/recorded", "/notifications")
"""Nobody listens to what these answer."""
IN_LINE = frozenset({"wait", "keys", "number", "callback", "music"})
"""Documents of Enqueue's waitUrl: there may be no <Dial>, and whoever waits goes on waiting."""


async def voice_fault(request: Request) -> str:
    """The caller goes on waiting, or the case is kept and customer service is rung. Never raises."""
    response = VoiceResponse()
    path = request.url.path
    try:
        services, form = services_of(request), await signed_form(request)
        if path.startswith(LINE) and path.removeprefix(LINE) in IN_LINE:
            response.play(services.voice.url(MUSIC_PATH))
            query = f"?{request.url.query}" if request.url.query else ""
            response.redirect(services.voice.url(f"{LINE}wait") + query, method="POST")
        elif not path.startswith(LEG) and not path.endswith(NEWS):
            await _to_a_person(services, form, response)
    except Exception as problem:
        log.error("last_resort_fault", kind=type(problem).__name__, place=place_of(problem))
        response = VoiceResponse()
        _say(response, {each: say("trouble_again", each) for each in LANGUAGES})
    response.hangup()
    return str(response)


async def _to_a_person(services: Services, form: TwilioForm, response: VoiceResponse) -> None:
    sid = form.get("CallSid")
    party = form.get("To" if form.get("Direction").startswith("outbound") else "From")
    said = Utterance("voice", f"{sid}:fault", sid, e164(party), "start")
    await services.spool.keep(hand_off_body(said, None, "assistant_unavailable"))
    number = services.directory.current.phone_of(CUSTOMER_SERVICE)
    if number is None:
        _say(response, {each: f"{say('trouble', each)} {call_back(said.party, each)}" for each in LANGUAGES})
        return
    _say(response, {each: say("trouble_connect", each) for each in LANGUAGES})
    dial = Dial(action=services.voice.url("/twilio/voice/dial-result"), method="POST", timeout=DIAL_SECONDS)
    dial.number(number)
    response.append(dial)


async def text_fault(request: Request) -> str:
    """The case is kept, then the customer is told so. Never raises."""
    response, words = MessagingResponse(), "trouble_again"
    try:
        services, form = services_of(request), await signed_form(request)
        if form.get("MessageSid") and form.get("Body"):
            party, sid = form.get("From"), form.get("MessageSid")
            said = Utterance("sms", f"{sid}:fault", thread_of(party, form.get("To")), e164(party), "message")
            await services.spool.keep(hand_off_body(said, None, "backend_unavailable"))
            words = "trouble"
    except TelephonyError:
        raise
    except Exception as problem:
        log.error("last_resort_fault", kind=type(problem).__name__, place=place_of(problem))
    response.message(" ".join(say(words, each) for each in LANGUAGES))
    return str(response)


def _say(response: VoiceResponse, words: dict[str, str]) -> None:
    for language, sentence in words.items():
        response.say(sentence, language=SPEECH_LANGUAGES["es" if language == "es" else "en"])
