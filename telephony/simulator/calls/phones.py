"""Who picks up when a phone, a client or a SIP address rings."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from telephony.simulator.calls.leg import Leg
from telephony.simulator.calls.line import Line
from telephony.simulator.calls.scripted import ScriptedLine
from telephony.simulator.calls.steps import HangUp, Say, Step, Wait
from telephony.simulator.calls.timeline import Timeline, Waiter
from telephony.simulator.magic import DIAL_FATE, MACHINE

Fate = Literal["answered", "busy", "no-answer", "failed", "canceled"]

ANSWER_SECONDS = 4.0
BUSY_SECONDS = 2.0
STRANGER = (Wait(20), HangUp())
ANSWERING_MACHINE = (Say("You have reached our voice mail. Please leave a message after the tone."), Wait(60), HangUp())


@dataclass(frozen=True)
class Prepared:
    """How a phone answers its next call."""

    steps: tuple[Step, ...] = ()
    fate: Fate = "answered"
    after_seconds: float = ANSWER_SECONDS


@dataclass(frozen=True)
class Rung:
    """What came of ringing; a line when somebody, or a machine, picked up."""

    fate: Fate
    line: Line | None = None
    machine: bool = False


class Handset(Protocol):
    """A phone at the page that can ring."""

    async def ring(self, leg: Leg, seconds: float, timeline: Timeline) -> Line | None:
        """Ring for at most `seconds`; the line when somebody picks up."""

    def stop_ringing(self) -> None:
        """The call was cancelled before anybody picked up."""


@dataclass
class Phones:
    """Phones at the page, prepared phones, and numbers that misbehave on purpose."""

    handsets: dict[str, Handset] = field(default_factory=dict)
    prepared: dict[str, "deque[Prepared]"] = field(default_factory=dict)

    def prepare(self, phone: str, steps: Sequence[Step], fate: Fate = "answered", after_seconds: float = 4.0) -> int:
        """Prepare the next answer of a phone; several are used in turn. Gives how many there are."""
        answers = self.prepared.setdefault(phone, deque())
        answers.append(Prepared(tuple(steps), fate, after_seconds))
        return len(answers)

    async def ring(
        self, leg: Leg, seconds: float, timeline: Timeline, *, strangers_answer: bool, machines_answer: bool = False
    ) -> Rung:
        """Ring `leg.record.called`. A phone that nobody has prepared is answered by a stranger, by its answering
        machine, or by nobody.

        Time passes on `timeline`, where the caller waits.
        """
        phone, machine = leg.record.called, False
        answers = self.prepared.get(phone)
        if answers:
            prepared = answers.popleft()
        elif phone in self.handsets:
            with timeline.in_real_time():
                line = await self.handsets[phone].ring(leg, seconds, timeline)
            return Rung("answered", line) if line else Rung("no-answer")
        elif phone == MACHINE or (machines_answer and phone not in DIAL_FATE):
            prepared, machine = Prepared(ANSWERING_MACHINE), True
        else:
            fate: Fate = DIAL_FATE.get(phone, "answered" if strangers_answer else "no-answer")
            prepared = Prepared(STRANGER, fate)
        return await self._ring_prepared(prepared, seconds, timeline, machine=machine)

    async def _ring_prepared(self, prepared: Prepared, seconds: float, timeline: Timeline, *, machine: bool) -> Rung:
        fate = prepared.fate
        if fate == "answered" and prepared.after_seconds > seconds:
            fate = "no-answer"
        rings = {"answered": prepared.after_seconds, "busy": BUSY_SECONDS, "no-answer": seconds}.get(fate, 0.0)
        await timeline.wait(rings, Waiter())
        if fate != "answered":
            return Rung(fate)
        return Rung(fate, ScriptedLine(prepared.steps, timeline), machine)

    def stop_ringing(self, phone: str) -> None:
        """The caller has given up."""
        if handset := self.handsets.get(phone):
            handset.stop_ringing()
