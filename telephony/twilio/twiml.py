"""`Answer` → TwiML. Pure: no I/O, no decisions beyond how a thing is said, shown or keyed."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import Gather, VoiceResponse

from telephony.choices import switched_language
from telephony.messages import Answer, Choice, Collect, Language, Reply
from telephony.phrases import say
from telephony.twilio.segments import split_message
from telephony.twilio.speech import spoken, xml_safe

SPEECH_LANGUAGES: dict[Language, str] = {"en": "en-US", "es": "es-US"}
MESSAGES_MAX = 10
_ANY_HINTS: dict[Language, str] = {
    "en": "balance, my bill, pay my bill, due date, last payment, hours, office, representative, customer service, "
    "leak, no water, water quality, start service, stop service, move, Spanish, yes, no, repeat, goodbye",
    "es": "saldo, mi factura, pagar mi factura, fecha de vencimiento, último pago, horario, oficina, representante, "
    "servicio al cliente, fuga, no hay agua, calidad del agua, iniciar servicio, cancelar servicio, mudanza, inglés, "
    "sí, no, repita, adiós",
}
_DIGIT_HINTS: dict[Language, str] = {
    "en": "zero, one, two, three, four, five, six, seven, eight, nine, double, oh",
    "es": "cero, uno, dos, tres, cuatro, cinco, seis, siete, ocho, nueve, doble",
}


@dataclass(frozen=True, slots=True)
class VoiceStyle:
    """How calls sound and where they go on: voices by language and our public address."""

    voices: dict[Language, str]
    public_url: str

    def url(self, path: str, **query: object) -> str:
        """A full address of ours; relative ones would depend on which document Twilio holds."""
        asked = urlencode({name: value for name, value in query.items() if value is not None})
        return f"{self.public_url}{path}" + (f"?{asked}" if asked else "")


def gather_twiml(answer: Answer, style: VoiceStyle, turn_number: int, quiet: int) -> str:
    """Say the replies, then listen for keys and words. An empty result comes back too, so silence is a turn."""
    language = answer.language
    collect = next((c for c in reversed(answer.commands) if isinstance(c, Collect)), Collect())
    choices = [choice for reply in answer.replies for choice in reply.choices]
    action = style.url("/twilio/voice/turn", n=turn_number, quiet=quiet or None)
    response = VoiceResponse()
    gather = Gather(
        input="speech" if collect.kind == "speech" else "dtmf speech",
        action=action,
        method="POST",
        action_on_empty_result=True,
        language=SPEECH_LANGUAGES[language],
        hints=_hints(collect, choices, language),
        timeout=5,
        # Seconds: "auto" goes with specific speech models only, and those do not fail over.
        speech_timeout="2" if collect.kind == "digits" else "1",
        num_digits=_digits_expected(collect, choices),
        profanity_filter=False,
    )
    add_speech(gather, answer.replies, language, style)
    response.append(gather)
    return str(response)


def dial_twiml(answer: Answer, style: VoiceStyle, number: str) -> str:
    """Say the replies, then ring `number`; `dial-result` decides what follows when nobody answers."""
    response = VoiceResponse()
    add_speech(response, answer.replies, answer.language, style)
    dial = response.dial(
        action=style.url("/twilio/voice/dial-result", language=answer.language), method="POST", timeout=25
    )
    dial.number(number)
    return str(response)


def goodbye_twiml(answer: Answer, style: VoiceStyle) -> str:
    """Say the replies, then end the call."""
    response = VoiceResponse()
    add_speech(response, answer.replies, answer.language, style)
    response.hangup()
    return str(response)


def wait_twiml(language: Language, style: VoiceStyle, turn_number: int, quiet: int, waits: int) -> str:
    """A word while the turn is still being worked on, then ask for it again. Later rounds only pause."""
    response = VoiceResponse()
    if waits == 1:
        add_speech(response, [Reply(say("one_moment", language))], language, style)
    else:
        response.pause(length=1)
    response.redirect(style.url("/twilio/voice/wait", n=turn_number, quiet=quiet or None, waits=waits), method="POST")
    return str(response)


def empty_voice_twiml() -> str:
    """Nothing more to carry out."""
    return str(VoiceResponse())


def add_speech(verb: Gather | VoiceResponse, replies: Sequence[Reply], language: Language, style: VoiceStyle) -> None:
    """`<Say>` for each reply, then its choices as keys; each in the voice of its language."""
    key = 0
    for reply in replies:
        spoken_in = reply.language or language
        _say(verb, reply.text, spoken_in, style)
        for choice in reply.choices:
            key += 1
            _say(verb, *_key_line(choice, key, spoken_in), style)


def _key_line(choice: Choice, key: int, language: Language) -> tuple[str, Language]:
    """A language is offered in that language: who needs it does not understand the other."""
    offered_in = switched_language(choice.payload)
    if offered_in is not None and offered_in != language:
        title = {"en": "English", "es": "español"}[offered_in]
        return say("press", offered_in, title=title, key=str(key)), offered_in
    return say("press", language, title=choice.title.rstrip(".?!"), key=str(key)), language


def _say(verb: Gather | VoiceResponse, text: str, language: Language, style: VoiceStyle) -> None:
    words = spoken(text)
    if words:
        verb.say(words, voice=style.voices[language], language=SPEECH_LANGUAGES[language])


def _digits_expected(collect: Collect, choices: Sequence[Choice]) -> int | None:
    """How many keys end the input at once; None waits for # or a pause."""
    if collect.kind == "digits":
        return collect.digits_max
    return 1 if choices and len(choices) < 10 else None


def _hints(collect: Collect, choices: Sequence[Choice], language: Language) -> str:
    if collect.kind == "digits":
        return _DIGIT_HINTS[language]
    titles = [spoken(choice.title).replace(",", " ")[:100] for choice in choices[:40]]
    return ", ".join([title for title in titles if title] + [_ANY_HINTS[language]])


def messages_twiml(answer: Answer) -> str:
    """The replies as text messages: choices as numbered lines, long words cut between sentences."""
    response = MessagingResponse()
    for part in message_texts(answer.replies, answer.language)[:MESSAGES_MAX]:
        response.message(part)
    return str(response)


def message_texts(replies: Sequence[Reply], language: Language) -> list[str]:
    """The bodies of the text messages that carry `replies`. Numbers run on over all of them."""
    texts, number = [], 0
    for reply in replies:
        lines = [xml_safe(reply.text).strip()]
        if reply.choices:
            lines.append(say("reply_number", language))
        for choice in reply.choices:
            number += 1
            lines.append(f"{number} {xml_safe(choice.title)}")
        lines += [str(attachment["url"]) for attachment in reply.attachments]
        texts += split_message("\n".join(line for line in lines if line))
    return texts
