"""What a customer hears when the assistant or the record fails: always a sentence, always a way to a person."""

from datetime import UTC, datetime
from typing import Any

import structlog

from telephony.backend_client import BackendClient, FiledHandOff, Turn, notices_from
from telephony.district import CUSTOMER_SERVICE, District, DistrictDirectory, shown
from telephony.http_json import CallError
from telephony.memory import ThreadMemory
from telephony.messages import Answer, HangUp, Language, Reply, Transfer, Utterance, answer_of
from telephony.phrases import both, say
from telephony.spool import HandOffSpool

log = structlog.get_logger("telephony.fallbacks")

LANGUAGES: tuple[Language, Language] = ("en", "es")


class Fallbacks:
    """Files the case (or keeps it until it can be filed) and words the answer."""

    def __init__(
        self, backend: BackendClient, spool: HandOffSpool, memory: ThreadMemory, directory: DistrictDirectory
    ) -> None:
        self._backend = backend
        self._spool = spool
        self._memory = memory
        self._directory = directory

    async def engine_failed(self, said: Utterance, turn: Turn) -> tuple[Reply, ...]:
        """The assistant gave nothing: file the case, leave the conversation with the assistant."""
        filed = await self.file(said, turn.conversation_id, "assistant_unavailable")
        language = turn.language
        if said.channel == "voice":
            return trouble_on_the_phone(said, language, filed, self._directory.current)
        sentence = say("trouble_chat" if said.channel == "chat" else "trouble", language)
        return (Reply(_with_phone(sentence, language, self._directory.current)),)

    async def record_away(self, said: Utterance) -> Answer:
        """The backend is away: nothing can be recorded. The case is kept and filed when it is back."""
        await self._spool.keep(hand_off_body(said, None, "backend_unavailable"))
        language = await self._language(said)
        district = self._directory.current
        spoken = (language,) if language else LANGUAGES
        # Nobody knows now where they are, so everything that holds anywhere is told.
        told = [
            Reply(notice.text[each], language=each)
            for notice in notices_from(district.facts.get("notices"))
            for each in spoken
        ]
        if said.channel == "voice":
            return answer_of([*told, *_voice_record_away(said, language, district)], language or "en")
        if language is not None:
            words = _with_phone(say("record_away", language), language, district)
            return answer_of([*told, Reply(words)], language)
        if not district.phone:
            return answer_of([*told, Reply(both("record_away"))], "en")
        text = "\n\n".join(_with_phone(say("record_away", each), each, district) for each in LANGUAGES)
        return answer_of([*told, Reply(text)], "en")

    async def webhook_failed(self, said: Utterance) -> Answer:
        """Twilio could not use our answer and asks the fallback address: file the case, say how it goes on."""
        filed = await self.file(said, None, "assistant_unavailable")
        language = await self._language(said) or "en"
        district = self._directory.current
        if said.channel == "voice":
            return answer_of(trouble_on_the_phone(said, language, filed, district), language)
        return answer_of([Reply(_with_phone(say("trouble", language), language, district))], language)

    async def file(self, said: Utterance, conversation_id: str | None, reason: str) -> FiledHandOff | None:
        """File a case; None when it had to be kept for later. The assistant stays, unless a person was asked for."""
        body = hand_off_body(said, conversation_id, reason)
        try:
            return await self._backend.file_hand_off(body)
        except CallError as problem:
            log.warning("hand_off_not_filed", kind=type(problem).__name__, conversation_id=conversation_id)
        await self._spool.keep(body)
        return None

    async def _language(self, said: Utterance) -> Language | None:
        if said.language is not None and said.channel == "chat":
            return said.language
        return await self._memory.language_of(said.thread_key)


def hand_off_body(said: Utterance, conversation_id: str | None, reason: str) -> dict[str, Any]:
    """The body of `POST /v1/hand-offs`: ids and a reason, nothing the customer said."""
    return {
        "conversation_id": conversation_id,
        "channel": said.channel,
        "thread_key": said.thread_key,
        "party": said.party,
        "provider_message_id": said.provider_message_id,
        "reason": reason,
        "department": CUSTOMER_SERVICE,
        "summary": f"Filed by telephony at {datetime.now(UTC):%Y-%m-%d %H:%M} UTC: {reason.replace('_', ' ')}.",
        "topic": None,
        "assistant_continues": reason != "asked_for_person",
    }


def trouble_on_the_phone(
    said: Utterance, language: Language, filed: FiledHandOff | None, district: District
) -> tuple[Reply, ...]:
    """Connect the caller to customer service; when it is closed or has no phone, promise to call back."""
    number = (filed.department_phone if filed else None) or district.phone_of(CUSTOMER_SERVICE)
    if number and (filed is None or filed.open_now):
        connect = Transfer(CUSTOMER_SERVICE, number)
        return (Reply(say("trouble_connect", language), commands=(connect,)),)
    sentence = say("trouble_closed" if filed else "trouble", language)
    return (Reply(f"{sentence} {call_back(said.party, language)}", commands=(HangUp(),)),)


def call_back(party: str | None, language: Language) -> str:
    """What happens next when nobody takes the call."""
    return say("call_back" if party else "call_back_hidden", language)


def _voice_record_away(said: Utterance, language: Language | None, district: District) -> list[Reply]:
    """Nobody knows the hours now, so the phone is tried; `dial-result` says what follows when nobody answers."""
    spoken = (language,) if language else LANGUAGES
    number = district.phone_of(CUSTOMER_SERVICE)
    if number:
        replies = [Reply(say("trouble_connect", each), language=each) for each in spoken]
        replies[-1] = Reply(replies[-1].text, commands=(Transfer(CUSTOMER_SERVICE, number),), language=spoken[-1])
        return replies
    ends = [f"{say('trouble', each)} {call_back(said.party, each)}" for each in spoken]
    replies = [Reply(text, language=each) for text, each in zip(ends, spoken, strict=True)]
    replies[-1] = Reply(ends[-1], commands=(HangUp(),), language=spoken[-1])
    return replies


def _with_phone(sentence: str, language: Language, district: District) -> str:
    if not district.phone:
        return sentence
    return f"{sentence} {say('call_us', language, phone=shown(district.phone))}"
