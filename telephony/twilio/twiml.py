"""Steps of calls and answers to texts → TwiML. Pure: no I/O, no decisions beyond how a thing is said or shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import Gather, VoiceResponse

from telephony.calls.core import Ask, Ring, Step, Wait
from telephony.calls.rules import FINISH_KEY, Place, digits_expected
from telephony.calls.speaking import SLOW_RATE, Line, choices_of, lines_of
from telephony.messages import Answer, Language, Reply
from telephony.phrases import say
from telephony.twilio.recognition import SPEECH_LANGUAGES, hints, speech_model
from telephony.twilio.segments import split_message
from telephony.twilio.speech import xml_safe

DIAL_SECONDS = 25
QUEUE = "people"
MESSAGES_MAX = 10
ASK_AGAIN = "rc=5&rp=all"


@dataclass(frozen=True, slots=True)
class VoiceStyle:
    """How calls sound and where they go on: voices by language, our public address, and who takes cards."""

    voices: dict[Language, str]
    public_url: str
    payment_connector: str = "Default"

    def url(self, path: str, **query: object) -> str:
        """A full address of ours; relative ones would depend on which document Twilio holds."""
        asked = urlencode({name: value for name, value in query.items() if value is not None})
        return f"{self.public_url}{path}" + (f"?{asked}" if asked else "")

    def report_url(self, path: str, **query: object) -> str:
        """An address that Twilio asks again when we do not answer: news that is told once must not be lost.

        The fragment is neither sent nor signed (connection overrides).
        """
        return f"{self.url(path, **query)}#{ASK_AGAIN}"

    def turn_url(self, place: Place) -> str:
        """Where what is heard next goes."""
        return self.url("/twilio/voice/turn", **place_query(place))


def gather_twiml(ask: Ask, style: VoiceStyle) -> str:
    """Say the replies, then listen for keys and words. An empty result comes back too, so silence is a turn.

    What is said before the assistant's first words (the recording notice) cannot be interrupted.
    """
    answer, place, collect = ask.answer, ask.place, ask.collect
    language, choices = answer.language, choices_of(answer)
    response = VoiceResponse()
    first = place.turn == 1
    lines = lines_of(answer, first=first)
    notice = [line for line in lines if line.words in _notices()] if first else []
    add_lines(response, notice, place, style)
    gather = Gather(
        input="dtmf speech",
        action=style.turn_url(place),
        method="POST",
        action_on_empty_result=True,
        language=SPEECH_LANGUAGES[language],
        hints=hints(collect, choices, language),
        timeout=place.listen_seconds,
        speech_model=speech_model(collect, language),
        # Seconds: "auto" does not go with a speech model of our choice.
        speech_timeout=str(place.pause_seconds(collect)),
        num_digits=digits_expected(collect, len(choices)),
        finish_on_key=FINISH_KEY,
        profanity_filter=False,
    )
    add_lines(gather, [line for line in lines if line not in notice], place, style)
    response.append(gather)
    return str(response)


def step_twiml(step: Step, style: VoiceStyle, place: Place) -> str:
    """Carry out a step."""
    if isinstance(step, Ask):
        return gather_twiml(step, style)
    response = VoiceResponse()
    add_lines(response, lines_of(step.answer), place, style)
    if isinstance(step, Ring) and step.number:
        turn = {"rung": str(step.rung)} if step.rung > 1 else {}
        action = style.url("/twilio/voice/dial-result", language=step.answer.language, **turn, **place_query(place))
        response.dial(action=action, method="POST", timeout=DIAL_SECONDS).number(step.number)
    elif isinstance(step, Wait):
        query = {"language": step.answer.language, **place_query(step.place)}
        response.enqueue(
            QUEUE,
            action=style.url("/twilio/voice/line/left", **query),
            method="POST",
            wait_url=style.url("/twilio/voice/line/wait", **query),
            wait_url_method="POST",
        )
    else:
        response.hangup()
    return str(response)


def wait_twiml(language: Language, style: VoiceStyle, place: Place, waits: int) -> str:
    """A word while the turn is still being worked on, then ask for it again. Every third round says another."""
    response = VoiceResponse()
    words = {1: "one_moment"}.get(waits, "still_looking" if waits % 3 == 0 else None)
    if words is None:
        response.pause(length=1)
    else:
        add_lines(response, [Line(say(words, language), language)], place, style)
    response.redirect(style.url("/twilio/voice/wait", **place_query(place), waits=waits), method="POST")
    return str(response)


def empty_voice_twiml() -> str:
    """Nothing more to carry out."""
    return str(VoiceResponse())


def add_lines(verb: Gather | VoiceResponse, lines: Sequence[Line], place: Place, style: VoiceStyle) -> None:
    """`<Say>` for each line, in the voice of its language; slowly where the caller asked for it."""
    for line in lines:
        manner = {"voice": style.voices[line.language], "language": SPEECH_LANGUAGES[line.language]}
        if place.slow:
            verb.say(**manner).prosody(line.words, rate=SLOW_RATE)
        else:
            verb.say(line.words, **manner)


def _notices() -> frozenset[str]:
    return frozenset(say("recording_notice", language) for language in SPEECH_LANGUAGES)


def place_query(place: Place) -> dict[str, object]:
    """A place as a query: Twilio signs the address, so nobody else can write it."""
    named = ("slow", "patient", "doubted", "digits", "relay")
    flags = {name: getattr(place, name) for name in named}
    set_flags = {name: 1 for name, is_set in flags.items() if is_set}
    return {"n": place.turn, "quiet": place.quiet or None, "missed": place.missed or None, **set_flags}


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
