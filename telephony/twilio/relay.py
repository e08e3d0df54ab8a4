"""ConversationRelay: the document that starts a session, and the messages in both directions. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson
from twilio.twiml.voice_response import Connect, ConversationRelay, VoiceResponse

from telephony.calls.rules import Place
from telephony.calls.speaking import Line, sentences, ssml
from telephony.messages import Language, clean_text
from telephony.twilio.recognition import SPEECH_LANGUAGES, session_hints
from telephony.twilio.twiml import VoiceStyle

SOCKET_PATH = "/twilio/voice/relay"
ENDED_PATH = "/twilio/voice/relay-ended"
TRANSCRIPTION_PROVIDER, SPEECH_MODEL = "Google", "telephony"
MESSAGE_BYTES_MAX = 64 * 1024


@dataclass(frozen=True, slots=True)
class Setup:
    """The first message: which call this is, and what our document gave along."""

    session_id: str
    call_sid: str
    caller: str
    parameters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Prompt:
    """Words of the caller. `last` is False while they are still being said."""

    words: str
    last: bool


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """One key."""

    digit: str


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The caller has talked over us; `heard` is what they had heard of it."""

    heard: str
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """Twilio did not like something of ours."""

    description: str


Message = Setup | Prompt | KeyPressed | Interrupted | Trouble


def parse_message(raw: str | bytes) -> Message | None:  # noqa: PLR0911  # one return a message
    """One message; None for what is not understood or not needed."""
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(found, dict):
        return None
    match found.get("type"):
        case "setup":
            given = found.get("customParameters")
            parameters = {str(k): str(v) for k, v in given.items()} if isinstance(given, dict) else {}
            return Setup(_text(found, "sessionId"), _text(found, "callSid"), _text(found, "from"), parameters)
        case "prompt":
            return Prompt(clean_text(_text(found, "voicePrompt")), found.get("last") is not False)
        case "dtmf" if _text(found, "digit")[:1] in set("0123456789*#"):
            return KeyPressed(_text(found, "digit")[:1])
        case "interrupt":
            return Interrupted(_text(found, "utteranceUntilInterrupt"), _number(found, "durationUntilInterruptMs"))
        case "error":
            return Trouble(_text(found, "description"))
        case _:
            return None


def text_messages(lines: Sequence[Line], *, slow: bool, last: bool, firm: int = 0) -> list[dict[str, Any]]:
    """The lines as tokens, a sentence each: the first is heard while the others are still on their way.

    The first `firm` lines cannot be interrupted. `last` ends the answer.
    """
    messages: list[dict[str, Any]] = []
    for number, line in enumerate(lines):
        for sentence in sentences(line.words):
            message: dict[str, Any] = {
                "type": "text",
                "token": ssml(sentence, slow=slow) + " ",
                "last": False,
                "lang": SPEECH_LANGUAGES[line.language],
            }
            if number < firm:
                message["interruptible"] = False
            messages.append(message)
    if messages and last:
        messages[-1]["last"] = True
    return messages


def language_message(language: Language) -> dict[str, str]:
    """From here on speak and listen in `language`."""
    tag = SPEECH_LANGUAGES[language]
    return {"type": "language", "ttsLanguage": tag, "transcriptionLanguage": tag}


def end_message(handoff: dict[str, Any]) -> dict[str, str]:
    """The session is over; `handoff` comes back to our action."""
    return {"type": "end", "handoffData": orjson.dumps(handoff).decode()}


def connect_twiml(
    style: VoiceStyle, language: Language, place: Place, *, resume: Literal["", "broke", "back"] = ""
) -> str:
    """Hand the call to ConversationRelay. What our socket is told besides comes as parameters, no facts among them.

    `resume`: go on where the call was, after a connection that broke, or back from something else.
    """
    response = VoiceResponse()
    connect = Connect(action=style.url(ENDED_PATH), method="POST")
    tag = SPEECH_LANGUAGES[language]
    provider, voice = provider_and_voice(style.voices[language])
    relay = ConversationRelay(
        url="ws" + style.public_url.removeprefix("http") + SOCKET_PATH,
        language=tag,
        tts_provider=provider,
        voice=voice,
        transcription_provider=TRANSCRIPTION_PROVIDER,
        speech_model=SPEECH_MODEL,
        interruptible="any",
        dtmf_detection=True,
        partial_prompts=True,
        profanity_filter=False,
        hints=session_hints(language),
    )
    for each, each_tag in SPEECH_LANGUAGES.items():
        each_provider, each_voice = provider_and_voice(style.voices[each])
        relay.language(
            code=each_tag,
            tts_provider=each_provider,
            voice=each_voice,
            transcription_provider=TRANSCRIPTION_PROVIDER,
            speech_model=SPEECH_MODEL,
        )
    if place.doubted:
        relay.parameter(name="doubted", value="1")
    if resume:
        relay.parameter(name="resume", value=resume)
    connect.append(relay)
    response.append(connect)
    return str(response)


def provider_and_voice(voice: str) -> tuple[str, str]:
    """`Polly.Joanna-Neural` → Amazon's `Joanna-Neural`; `Google.es-US-Neural2-A` → Google's."""
    maker, _, name = voice.partition(".")
    return {"Polly": "Amazon", "Google": "Google"}.get(maker, "Amazon"), name or voice


def _text(found: dict[str, Any], name: str) -> str:
    value = found.get(name)
    return value if isinstance(value, str) else ""


def _number(found: dict[str, Any], name: str) -> int:
    """A number, also where it comes as text."""
    try:
        return int(float(found.get(name) or 0))
    except (TypeError, ValueError):
        return 0
