"""Text messages: Twilio's webhook in, `<Message>`s out."""

import re
from collections.abc import Sequence

import structlog
from fastapi import APIRouter, Request, Response

from telephony.backend_client import Turn
from telephony.channels.call_words import stops_calls
from telephony.channels.text_words import TextWord, text_word
from telephony.channels.twilio_route import TwilioRoute, twiml
from telephony.district import shown
from telephony.http_json import CallError
from telephony.messages import Answer, Language, Reply, Utterance, answer_of, clean_text, thread_of
from telephony.outbound.statuses import TEXT_STATUSES, Status
from telephony.phrases import both, say
from telephony.services import Services, services_of
from telephony.twilio.signature import SignedForm, TwilioForm
from telephony.twilio.twiml import messages_twiml

log = structlog.get_logger("telephony.sms")

router = APIRouter(prefix="/twilio/sms", route_class=TwilioRoute)

_MESSAGE_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_E164 = re.compile(r"\+[1-9][0-9]{3,14}")
# Advanced Opt-Out says what it has matched, in whatever language, and has answered already.
_OPT_OUT_TYPES = {
    "STOP": TextWord("stop", is_keyword=True),
    "START": TextWord("start", is_keyword=True),
    "HELP": TextWord("help", is_keyword=True),
}


def utterance_of(form: TwilioForm) -> Utterance:
    """The text message as the switchboard takes it."""
    party, ours = form.get("From"), form.get("To")
    return Utterance(
        channel="sms",
        provider_message_id=form.get("MessageSid") or form.get("SmsSid"),
        thread_key=thread_of(party, ours),
        party=party if _E164.fullmatch(party) else None,
        text=clean_text(form.get("Body")),
        media_count=min(form.number("NumMedia"), 100),
    )


@router.post("")
async def text_arrives(request: Request, form: SignedForm) -> Response:
    """A customer's text. Opt-out words are the carrier's and get no reply of ours."""
    services = services_of(request)
    said = utterance_of(form)
    if not said.provider_message_id:
        return twiml(messages_twiml(answer_of([], "en")))
    found = _OPT_OUT_TYPES.get(form.get("OptOutType")) or text_word(said.text)
    answer = await (_about_texts(services, said, found) if found is not None else _about_calls(services, said))
    if form.get("OptOutType"):
        answer = answer_of([], "en")
    return twiml(messages_twiml(answer or await services.switchboard.answer(said)))


async def _about_texts(services: Services, said: Utterance, found: TextWord) -> Answer | None:
    """What a word about texts is answered with; None: it was none, and the assistant answers."""
    if found.word == "help":
        return await _programme(services, said, "sms_help")
    counts = await _note_word(services, said, found)
    if found.word == "stop" and found.is_keyword:
        return answer_of([], "en")
    if found.word == "stop":
        return await _confirm_stop(services, said) if counts else None
    return await _programme(services, said, "sms_start") if found.word == "start" and counts else None


async def _about_calls(services: Services, said: Utterance) -> Answer | None:
    """ "Stop calling me": kept, and said so; None: it is about something else, or nothing could be kept."""
    language = stops_calls(said.text) if said.party is not None else None
    if language is None or said.party is None:
        return None
    try:
        await services.backend.stop_calls(said.party, said.text, by_key=False, message_id=said.provider_message_id)
    except CallError as problem:
        log.warning("call_wish_not_recorded", kind=type(problem).__name__)
        return None
    words = say("sms_calls_stopped", language, district=services.directory.current.name)

    async def confirm(said: Utterance, turn: Turn) -> Sequence[Reply]:
        return (Reply(words, language=language),)

    return await services.switchboard.answer(said, confirm)


async def _note_word(services: Services, said: Utterance, found: TextWord) -> bool:
    """Tell the record what a customer said about texts; whether it counts as that.

    When the record is away a keyword is not lost: the carrier acts on it, and its refusal of the next text says so.
    """
    if said.party is None:
        return False
    try:
        return await services.backend.text_consent(
            said.party, found.word, said.text, is_keyword=found.is_keyword, message_id=said.provider_message_id
        )
    except CallError as problem:
        log.warning("text_word_not_recorded", kind=type(problem).__name__)
        return found.is_keyword


async def _confirm_stop(services: Services, said: Utterance) -> Answer:
    """The one confirmation that the rule allows, on record as the answer to what was said."""
    district = services.directory.current
    facts = {"district": district.name, "phone": shown(district.phone)}

    async def confirm(said: Utterance, turn: Turn) -> Sequence[Reply]:
        return (Reply(say("sms_stopped", turn.language, **facts)),)

    return await services.switchboard.answer(said, confirm)


async def _programme(services: Services, said: Utterance, phrase: str) -> Answer:
    """The replies carriers ask for, also to people who are no customers; not part of a conversation."""
    district = services.directory.current
    facts = {"district": district.name, "phone": shown(district.phone)}
    language: Language | None = await services.memory.language_of(said.thread_key)
    if language is None:
        return answer_of([Reply(both(phrase, **facts))], "en")
    return answer_of([Reply(say(phrase, language, **facts))], language)


@router.post("/fallback")
async def text_failed(request: Request, form: SignedForm) -> Response:
    """Twilio could not use our answer: say so, and file the case."""
    services = services_of(request)
    log.error("sms_fallback", error_code=form.get("ErrorCode")[:8])
    return twiml(messages_twiml(await services.fallbacks.webhook_failed(utterance_of(form))))


@router.post("/status")
async def text_status(request: Request, form: SignedForm, message_id: str = "") -> Response:
    """What became of a text we sent. Callbacks come in any order; the backend never goes back from an end."""
    services = services_of(request)
    status = TEXT_STATUSES.get(form.get("MessageStatus") or form.get("SmsStatus"))
    sid = form.get("MessageSid") or form.get("SmsSid")
    if status and _MESSAGE_ID.fullmatch(message_id):
        try:
            await services.statuses.tell(Status(message_id, status, sid, form.get("ErrorCode")[:50] or None))
        except CallError as problem:
            log.warning("status_not_recorded", kind=type(problem).__name__, message_id=message_id)
    return Response(status_code=204)
