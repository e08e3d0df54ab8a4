"""A caller who follows a script on a virtual clock: nothing sleeps."""

import re
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from telephony.simulator.calls.events import Event, speaking_seconds
from telephony.simulator.calls.line import (
    CallerHungUp,
    EndedByRest,
    Goto,
    Heard,
    Key,
    Mode,
    ScriptUsedUp,
    TakenOver,
    Words,
)

REACTION_SECONDS = 0.5
KEY_SECONDS = 0.25
QUIET_GATHERS_MAX = 5
QUIET_SECONDS_MAX = 600.0
SPEECH_SECONDS_MAX = 60.0
DEFAULT_CONFIDENCE = 0.92
STEPS_MAX = 500


class BadStep(ValueError):
    """A step that is none of say, press, wait, silence, hangup."""


@dataclass(frozen=True)
class Say:
    """Say something, understood with that confidence."""

    words: str
    confidence: float = DEFAULT_CONFIDENCE


@dataclass(frozen=True)
class Press:
    """Press these keys, one after the other."""

    keys: str


@dataclass(frozen=True)
class Wait:
    """Do nothing for so long."""

    seconds: float


@dataclass(frozen=True)
class Silence:
    """Do not answer one question."""


@dataclass(frozen=True)
class HangUp:
    """Put the phone down."""


Step = Say | Press | Wait | Silence | HangUp

_FORMS = re.compile(
    r"say(?:@(?P<confidence>0(?:\.\d+)?|1(?:\.0+)?))?:(?P<words>.*\S.*)"
    r"|press:(?P<keys>[0-9*#]+)|wait:(?P<seconds>\d{1,4}(?:\.\d+)?)|(?P<silence>silence)|(?P<hangup>hangup)",
    re.DOTALL,
)


def parse_step(text: str) -> Step:
    """`say:words`, `say@0.62:words`, `press:1234#`, `wait:seconds`, `silence` or `hangup`. Raises BadStep."""
    form = _FORMS.fullmatch(text.strip())
    if form is None:
        raise BadStep(text)
    if form["words"] is not None:
        confidence = float(form["confidence"]) if form["confidence"] else DEFAULT_CONFIDENCE
        return Say(form["words"].strip(), confidence)
    if form["keys"]:
        return Press(form["keys"])
    if form["seconds"]:
        return Wait(float(form["seconds"]))
    return Silence() if form["silence"] else HangUp()


class ScriptedLine:
    """Each step is taken by the next verb that listens; a press also interrupts what is being said.

    A `wait` counts from the end of the step before it. A `hangup` after a `wait` happens when its time has
    come, whatever is being said; otherwise when it is the caller's turn. When the steps are used up the
    caller stays silent, and hangs up after five more questions or ten minutes.
    """

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps = deque(steps)
        self._keys: deque[str] = deque()
        self.events: list[Event] = []
        self.now = 0.0
        self._free_at = 0.0
        self._waited = False
        self._taken = False
        self._listened = False
        self._quiet_gathers = 0
        self._used_up_at: float | None = None
        self._outside: Goto | EndedByRest | None = None

    def emit(self, event: Event) -> None:
        self.events.append(event)

    async def play(self, seconds: float, accepts: Collection[Mode]) -> Heard | None:
        self._attend()
        ends = self.now + seconds
        head = self._steps[0] if self._steps else None
        if isinstance(head, HangUp) and self._waited and self._free_at <= ends:
            self._pass(max(0.0, self._free_at - self.now))
            raise CallerHungUp
        if isinstance(head, Press) and "dtmf" in accepts and not self._taken:
            at = max(self.now + REACTION_SECONDS, self._free_at)
            if at <= ends:
                self._pass(at - self.now)
                return self._first_key(head)
        self._pass(seconds)
        return None

    async def listen(self, seconds: float, accepts: Collection[Mode]) -> Heard | None:
        self._attend()
        self._listened = True
        if self._keys:
            self._pass(KEY_SECONDS)
            return Key(self._keys.popleft())
        if self._quiet_gathers >= QUIET_GATHERS_MAX:
            raise ScriptUsedUp
        head = self._steps[0] if self._steps and not self._taken else None
        at = max(self.now + REACTION_SECONDS, self._free_at)
        if head is None or at > self.now + seconds:
            self._pass(seconds)
            return None
        if isinstance(head, Silence):
            self._pass(seconds)
            self._consume()
            return None
        remaining = seconds - (at - self.now)
        self._pass(at - self.now)
        if isinstance(head, HangUp):
            raise CallerHungUp
        heard = self._say(head) if isinstance(head, Say) else self._first_key(head)
        mode: Mode = "speech" if isinstance(heard, Words) else "dtmf"
        if mode in accepts:
            return heard
        self._keys.clear()
        self._pass(remaining)
        return None

    def settle(self) -> None:
        self._keys.clear()
        if self._listened and not self._taken and not self._steps:
            self._quiet_gathers += 1
        self._taken = self._listened = False

    def take_over(self, goto: Goto) -> None:
        self._outside = goto

    def end(self) -> None:
        self._outside = EndedByRest()

    def _attend(self) -> None:
        """Act on what came from outside, and let leading waits run."""
        outside, self._outside = self._outside, None
        if isinstance(outside, Goto):
            raise TakenOver(outside)
        if outside is not None:
            raise outside
        while self._steps and isinstance(self._steps[0], Wait):
            step = self._steps.popleft()
            assert isinstance(step, Wait)
            self._free_at += step.seconds
            self._waited = True
        if not self._steps:
            self._used_up_at = self.now if self._used_up_at is None else self._used_up_at
            if self.now - self._used_up_at > QUIET_SECONDS_MAX:
                raise ScriptUsedUp

    def _consume(self) -> None:
        self._steps.popleft()
        self._taken, self._waited = True, False
        self._free_at = self.now

    def _say(self, step: Say) -> Words:
        words = " ".join(step.words.split()[: int(SPEECH_SECONDS_MAX * 2.5)])
        seconds = speaking_seconds(words)
        self._pass(seconds)
        self._consume()
        return Words(words, step.confidence, seconds)

    def _first_key(self, step: Step) -> Key:
        assert isinstance(step, Press)
        self._keys.extend(step.keys)
        self._consume()
        self._listened = True
        return Key(self._keys.popleft())

    def _pass(self, seconds: float) -> None:
        self.now = round(self.now + seconds, 3)
