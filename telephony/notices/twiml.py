"""The documents of a notice call. Pure."""

from collections.abc import Sequence

from twilio.twiml.voice_response import Gather, VoiceResponse

from telephony.calls.rules import Place
from telephony.calls.speaking import Line
from telephony.messages import Language
from telephony.twilio.recognition import SPEECH_LANGUAGES
from telephony.twilio.speech import spoken
from telephony.twilio.twiml import VoiceStyle, add_lines

LISTEN_SECONDS = 6
HINTS: dict[Language, str] = {
    "en": "repeat, talk to somebody, no more calls",
    "es": "repetir, hablar con alguien, no más llamadas",
}


def ask_twiml(
    style: VoiceStyle, message_id: str, sentences: Sequence[str], menu: str, *, language: Language, n: int
) -> str:
    """Say a notice, then what may be pressed or said; silence is an answer as well."""
    response = VoiceResponse()
    gather = Gather(
        input="dtmf speech",
        action=style.url("/twilio/voice/notice/answer", message_id=message_id, n=n),
        method="POST",
        action_on_empty_result=True,
        language=SPEECH_LANGUAGES[language],
        hints=HINTS[language],
        timeout=LISTEN_SECONDS,
        speech_timeout="auto",
        num_digits=1,
        profanity_filter=False,
    )
    add_lines(gather, _lines([*sentences, menu], language), Place(), style)
    response.append(gather)
    return str(response)


def last_words_twiml(style: VoiceStyle, sentences: Sequence[str], language: Language) -> str:
    """Say it and hang up; no sentence: only hang up."""
    response = VoiceResponse()
    add_lines(response, _lines(sentences, language), Place(), style)
    response.hangup()
    return str(response)


def _lines(sentences: Sequence[str], language: Language) -> list[Line]:
    return [Line(spoken(sentence), language) for sentence in sentences]
