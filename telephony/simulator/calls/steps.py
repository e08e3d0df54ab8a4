"""What a scripted person does, one step after the other, and how the steps are written."""

import re
from dataclasses import dataclass

DEFAULT_CONFIDENCE = 0.92
INTERRUPT_AFTER_SECONDS = 1.0
HEAR_SECONDS_MAX = 30.0
STEPS_MAX = 500
FORMS = (
    "say:WORDS, say@0.62:WORDS, press:KEYS, interrupt:WORDS, interrupt@2.5:WORDS, wait:SECONDS, hold:SECONDS, "
    "hear:WORDS, hear@SECONDS:WORDS, silence, drop, hangup"
)


class BadStep(ValueError):
    """A step in none of the forms."""


@dataclass(frozen=True)
class Say:
    """Say something, understood with that confidence."""

    words: str
    confidence: float = DEFAULT_CONFIDENCE


@dataclass(frozen=True)
class Interrupt:
    """Say something while something is being heard, so many seconds after it began."""

    words: str
    after_seconds: float = INTERRUPT_AFTER_SECONDS


@dataclass(frozen=True)
class Press:
    """Press these keys, one after the other."""

    keys: str


@dataclass(frozen=True)
class Wait:
    """Do nothing for so long, by the call's own clock."""

    seconds: float


@dataclass(frozen=True)
class Hold:
    """Stay on the line until somebody outside does something, or until `words` are heard, at most so many seconds
    of real time."""

    seconds: float
    words: str = ""


@dataclass(frozen=True)
class Silence:
    """Do not answer one question."""


@dataclass(frozen=True)
class Drop:
    """The network loses the call's socket to the application; the call itself goes on."""


@dataclass(frozen=True)
class HangUp:
    """Put the phone down."""


Step = Say | Interrupt | Press | Wait | Hold | Silence | Drop | HangUp

_FORMS = re.compile(
    r"say(?:@(?P<confidence>0(?:\.\d+)?|1(?:\.0+)?))?:(?P<words>.*\S.*)"
    r"|interrupt(?:@(?P<after>\d{1,3}(?:\.\d+)?))?:(?P<over>.*\S.*)"
    r"|press:(?P<keys>[0-9*#]+)|wait:(?P<seconds>\d{1,4}(?:\.\d+)?)|hold:(?P<hold>\d{1,3}(?:\.\d+)?)"
    r"|hear(?:@(?P<hear_seconds>\d{1,3}))?:(?P<heard>.*\S.*)"
    r"|(?P<silence>silence)|(?P<drop>drop)|(?P<hangup>hangup)",
    re.DOTALL,
)


def parse_step(text: str) -> Step:  # noqa: PLR0911  # one return a form
    """One of FORMS as a step. Raises BadStep."""
    form = _FORMS.fullmatch(text.strip())
    if form is None:
        raise BadStep(text)
    match form.lastgroup:
        case "words":
            confidence = DEFAULT_CONFIDENCE if form["confidence"] is None else float(form["confidence"])
            return Say(form["words"].strip(), confidence)
        case "over":
            return Interrupt(form["over"].strip(), float(form["after"] or INTERRUPT_AFTER_SECONDS))
        case "keys":
            return Press(form["keys"])
        case "seconds":
            return Wait(float(form["seconds"]))
        case "hold":
            return Hold(float(form["hold"]))
        case "heard":
            return Hold(float(form["hear_seconds"] or HEAR_SECONDS_MAX), form["heard"].strip())
        case "silence":
            return Silence()
        case "drop":
            return Drop()
        case _:
            return HangUp()
