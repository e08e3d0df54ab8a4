"""What a caller hears of an answer: its lines in their order, each in the voice of its language. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from telephony.choices import switched_language
from telephony.messages import Answer, Choice, Language
from telephony.phrases import say
from telephony.twilio.speech import spoken

WORDS_PER_SECOND = 2.3
SLOW_RATE = "80%"
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_FOR_XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is said, without markup."""

    words: str
    language: Language


def lines_of(answer: Answer, *, first: bool = False) -> list[Line]:
    """The replies, each followed by its choices as keys.

    `first`: at the start of a call the other language is offered before anything else is said in this one.
    """
    lines: list[Line] = []
    early: list[Line] = []
    key = 0
    for reply in answer.replies:
        language = reply.language or answer.language
        lines.append(Line(spoken(reply.text), language))
        for choice in reply.choices:
            key += 1
            line = _key_line(choice, key, language)
            (early if first and line.language != language else lines).append(line)
    return [line for line in (*early, *lines) if line.words]


def _key_line(choice: Choice, key: int, language: Language) -> Line:
    """A language is offered in that language: who needs it does not understand the other."""
    offered_in = switched_language(choice.payload)
    if offered_in is not None and offered_in != language:
        title = {"en": "English", "es": "español"}[offered_in]
        return Line(spoken(say("press", offered_in, title=title, key=str(key))), offered_in)
    return Line(spoken(say("press", language, title=choice.title.rstrip(".?!"), key=str(key))), language)


def choices_of(answer: Answer) -> list[Choice]:
    """Every choice, in the order of its key."""
    return [choice for reply in answer.replies for choice in reply.choices]


def sentences(words: str) -> list[str]:
    """The words sentence by sentence, so that the first can be heard while the rest is still being made sound."""
    return [sentence for sentence in _SENTENCE_END.split(words) if sentence]


def seconds_to_say(lines: Sequence[Line], *, slow: bool) -> float:
    """About how long a voice takes."""
    words = sum(len(line.words.split()) for line in lines)
    return words / WORDS_PER_SECOND / (0.8 if slow else 1.0)


def ssml(words: str, *, slow: bool) -> str:
    """The words for a voice that reads SSML: escaped, and slow where the caller asked for it."""
    escaped = words.translate(_FOR_XML)
    return f'<prosody rate="{SLOW_RATE}">{escaped}</prosody>' if slow else escaped
