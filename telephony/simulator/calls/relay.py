"""ConversationRelay from Twilio's side: speech to the application as words, its words to the caller as speech."""

import json
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element

from telephony.simulator.calls.execution import flag_of
from telephony.simulator.calls.leg import Leg
from telephony.simulator.calls.line import Mode
from telephony.simulator.values import new_sid

MALFORMED_MAX = 10
_SSML = re.compile(r"<[^>]{0,200}>")
_DIGITS = re.compile(r"[0-9wW#*]+")
_WHAT = {"none": frozenset(), "false": frozenset(), "dtmf": {"dtmf"}, "speech": {"speech"}}


class BadMessage(ValueError):
    """A message of the application that ConversationRelay does not take (64107)."""


@dataclass(frozen=True)
class Manner:
    """The attributes of one `<ConversationRelay>`."""

    url: str
    greeting: str
    greeting_interruptible: frozenset[Mode]
    interruptible: frozenset[Mode]
    tts_language: str
    transcription_language: str
    dtmf: bool
    partial_prompts: bool
    reconnects: bool
    tells_played: bool
    voices: Mapping[str, str]
    parameters: Mapping[str, str]


def modes(value: str | None, otherwise: str = "any") -> frozenset[Mode]:
    """`none`, `dtmf`, `speech`, `any`, `true` or `false` as the kinds of input meant."""
    found = _WHAT.get((value or otherwise).lower(), {"dtmf", "speech"})
    return frozenset[Mode](found)  # type: ignore[arg-type]


def manner_of(element: Element) -> Manner:
    """Read the attributes."""
    language = element.get("language", "en-US")
    tts = element.get("ttsLanguage") or language
    voices = {each.get("code", ""): each.get("voice", "") for each in element.findall("Language")}
    return Manner(
        url=element.get("url", ""),
        greeting=element.get("welcomeGreeting", ""),
        greeting_interruptible=modes(element.get("welcomeGreetingInterruptible")),
        interruptible=modes(element.get("interruptible")),
        tts_language=tts,
        transcription_language=element.get("transcriptionLanguage") or language,
        dtmf=flag_of(element, "dtmfDetection"),
        partial_prompts=flag_of(element, "partialPrompts"),
        reconnects=flag_of(element, "applicationReconnect"),
        tells_played="tokens-played" in element.get("debug", "").split(),
        voices={tts: element.get("voice", ""), **voices},
        parameters={each.get("name", ""): each.get("value", "") for each in element.findall("Parameter")},
    )


@dataclass(frozen=True)
class Piece:
    """Something to be heard: words, or a file to play."""

    words: str = ""
    source: str = ""
    interruptible: frozenset[Mode] = field(default_factory=frozenset)
    language: str = ""


@dataclass
class Reception:
    """What the application has sent and what has not been heard of it yet."""

    manner: Manner
    pieces: deque[Piece] = field(default_factory=deque)
    answered: bool = True
    """Whether the application has finished its answer to the last thing it was told."""
    _told: int = 0
    _answering: int | None = None
    """How much it had been told when it began the answer that is on its way."""
    ended: str | None = None
    """The handoffData of its `end`."""
    malformed: int = 0
    tts_language: str = ""
    transcription_language: str = ""

    def __post_init__(self) -> None:
        self.tts_language = self.manner.tts_language
        self.transcription_language = self.manner.transcription_language

    def tell(self) -> None:
        """The application is told something: an answer that had begun before is none to this."""
        self._told += 1
        self.answered = False

    def take(self, frame: str) -> str | None:
        """Act on one message; gives digits to send as tones. Raises BadMessage."""
        try:
            message = json.loads(frame)
        except ValueError:
            raise BadMessage("not JSON") from None
        if not isinstance(message, dict):
            raise BadMessage("not an object")
        kind = message.get("type")
        if kind == "text":
            self._text(message)
        elif kind == "play":
            self.pieces.append(Piece(source=_required(message, "source"), interruptible=self._interruptible(message)))
            self.answered = True
        elif kind == "sendDigits":
            digits = _required(message, "digits")
            if not _DIGITS.fullmatch(digits):
                raise BadMessage("digits: 0-9, w, # and * only")
            return digits
        elif kind == "language":
            self._language(message)
        elif kind == "end":
            self.ended = str(message.get("handoffData") or "")
        else:
            raise BadMessage(f"type {kind!r}")
        self.malformed = 0
        return None

    def _text(self, message: Mapping[str, Any]) -> None:
        token, last = message.get("token"), message.get("last", False)
        if not isinstance(token, str) or not isinstance(last, bool):
            raise BadMessage("text: token is words, last is true or false")
        if token:
            language = str(message.get("lang") or self.tts_language)
            self.pieces.append(Piece(token, "", self._interruptible(message), language))
        began = self._told if self._answering is None else self._answering
        self._answering = None if last else began
        self.answered = last and began == self._told

    def _interruptible(self, message: Mapping[str, Any]) -> frozenset[Mode]:
        given = message.get("interruptible")
        return self.manner.interruptible if given is None else modes(str(given))

    def _language(self, message: Mapping[str, Any]) -> None:
        tts, transcription = message.get("ttsLanguage"), message.get("transcriptionLanguage")
        if not tts and not transcription:
            raise BadMessage("language: ttsLanguage or transcriptionLanguage is needed")
        self.tts_language = str(tts or self.tts_language)
        self.transcription_language = str(transcription or self.transcription_language)

    def next_words(self) -> Piece:
        """What is heard next: as many words as are there in one voice, or one file."""
        first = self.pieces.popleft()
        if first.source:
            return first
        words = first.words
        while self.pieces and not self.pieces[0].source and self.pieces[0].language == first.language:
            if self.pieces[0].interruptible != first.interruptible:
                break
            words += self.pieces.popleft().words
        return Piece(without_ssml(words), "", first.interruptible, first.language)


def _required(message: Mapping[str, Any], name: str) -> str:
    value = message.get(name)
    if not isinstance(value, str) or not value:
        raise BadMessage(f"{name} is needed")
    return value


def without_ssml(words: str) -> str:
    """The words as they are heard."""
    bare = _SSML.sub(" ", words).replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
    return " ".join(bare.split())


def setup_message(session_sid: str, leg: Leg, account_sid: str, parameters: Mapping[str, str]) -> dict[str, Any]:
    """The first message of every socket."""
    record = leg.record
    return {
        "type": "setup",
        "sessionId": session_sid,
        "accountSid": account_sid,
        "parentCallSid": record.parent_sid or "",
        "callSid": record.sid,
        "from": record.caller,
        "to": record.called,
        "forwardedFrom": "",
        "callType": "PSTN",
        "callerName": "",
        "direction": record.direction,
        "callStatus": "IN-PROGRESS" if leg.answered else "RINGING",
        "customParameters": dict(parameters),
    }


def new_session() -> str:
    """A session's identifier."""
    return new_sid("VX")


def heard_until(words: str, seconds: float, total_seconds: float) -> str:
    """How far a sentence had come after `seconds`."""
    said = words.split()
    share = min(1.0, max(0.0, seconds) / total_seconds) if total_seconds else 1.0
    return " ".join(said[: round(len(said) * share)])
