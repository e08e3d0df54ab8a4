"""Where calls are put through: scripted and live calls to the district, and calls the district makes."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from telephony.simulator.calls.events import Event
from telephony.simulator.calls.execution import Execution, Finish, Outcome
from telephony.simulator.calls.facilities import Facilities, Opening
from telephony.simulator.calls.interpreter import carry
from telephony.simulator.calls.leg import Leg, new_record
from telephony.simulator.calls.line import Goto, Line
from telephony.simulator.calls.phones import Rung
from telephony.simulator.calls.progress import Progress
from telephony.simulator.calls.scripted import ScriptedLine
from telephony.simulator.calls.steps import Step
from telephony.simulator.calls.timeline import Timeline
from telephony.simulator.conditions import Pacer
from telephony.simulator.state.numbers import PhoneNumber

log = structlog.get_logger("simulator.calls")

FINISHED_MAX = 500
CALLS_PER_SECOND = 1.0


@dataclass(frozen=True)
class ScriptedCall:
    """What a script is told at the end."""

    call_sid: str
    events: list[Event]
    ended: str

    def as_dict(self) -> dict[str, Any]:
        """The answer of `POST /api/calls`."""
        events = [event.as_dict() for event in self.events]
        return {"call_sid": self.call_sid, "events": events, "ended": self.ended}


@dataclass(frozen=True)
class Origination:
    """A call that the REST interface makes: what happens at the answer, and who is told what."""

    leg: Leg
    opening: Callable[[Execution], Awaitable[Outcome]]
    progress: Progress
    ring_seconds: float
    timeline: Timeline
    fallback_url: str = ""
    detect_machine: str = ""
    on_answer: Callable[[Execution], None] | None = None
    on_end: Callable[[str], None] | None = None


@dataclass
class Exchange:
    """All calls of the simulated network."""

    facilities: Facilities
    pacer: Pacer
    finished: dict[str, ScriptedCall] = field(default_factory=dict)
    _ringing: dict[str, "asyncio.Task[Rung] | None"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.facilities.carry = self._carry

    async def call_with_script(
        self, caller: str, steps: Sequence[Step], number: PhoneNumber, verstat: str | None = None
    ) -> ScriptedCall:
        """Call one of the district's numbers and follow the steps."""
        line = ScriptedLine(steps)
        leg = self.incoming(caller, number)
        if verstat is not None:
            leg.verstat = verstat
        ended = await self.connect(leg, line, number)
        return ScriptedCall(leg.sid, line.events, ended)

    def incoming(self, caller: str, number: PhoneNumber) -> Leg:
        """A call to the number that has begun to ring."""
        record = new_record("inbound", caller, number.phone_number, self.facilities.clock())
        return Leg(record, self.facilities.account_sid, self.facilities.clock, self.facilities.calls.save)

    async def connect(self, leg: Leg, line: Line, number: PhoneNumber) -> str:
        """Carry out an incoming call until it ends; returns why it ended."""

        async def opening() -> Outcome:
            return Goto(number.voice_url, number.voice_method, {})

        execution = self._execution(leg, line, number.voice_fallback_url)
        with line.timeline.attended():
            finish = await self._carry(execution, opening)
            if number.status_callback:
                told = {"CallDuration": str(leg.record.duration_seconds or 0), **leg.recorded}
                callback = Goto(number.status_callback, number.status_callback_method, told)
                await execution.tell(callback)
        return finish.reason

    def originate(self, call: Origination) -> None:
        """Ring a phone for the REST interface, in the background."""
        self._ringing[call.leg.sid] = None
        self.facilities.spawn(self._ring_out(call))

    def cancel(self, sid: str) -> bool:
        """End a call that nobody has answered yet; False when there is none of that SID."""
        if sid not in self._ringing:
            return False
        task = self._ringing.pop(sid)
        if task is not None:
            task.cancel()
        return True

    async def _ring_out(self, call: Origination) -> None:
        leg = call.leg
        await self.pacer.turn(leg.record.caller, 1 / CALLS_PER_SECOND)
        with call.timeline.attended():
            rung = await self._ring(call)
            if rung is None or rung.line is None:
                leg.finish("canceled" if rung is None else rung.fate, 0.0)
                if rung is not None:
                    await call.progress.tell("completed")
                if call.on_end is not None:
                    call.on_end(leg.record.status)
                return
            if call.detect_machine:
                leg.record.answered_by = _answered_by(rung.machine, call.detect_machine)
            leg.to_status("in-progress")
            await call.progress.tell("answered")
            execution = self._execution(leg, rung.line, call.fallback_url)
            if call.on_answer is not None:
                call.on_answer(execution)
            await self._carry(execution, lambda: call.opening(execution))
            await call.progress.tell("completed")
            if call.on_end is not None:
                call.on_end(leg.record.status)

    async def _ring(self, call: Origination) -> Rung | None:
        """None when it was cancelled: a call that never left the queue tells nobody."""
        leg = call.leg
        if leg.sid not in self._ringing:
            return None
        await call.progress.tell("initiated")
        if leg.sid not in self._ringing:
            return Rung("canceled")
        leg.to_status("ringing")
        await call.progress.tell("ringing")
        if leg.sid not in self._ringing:
            return Rung("canceled")
        # Who asks whether a machine is there expects machines: where nobody is at a phone, one takes the message.
        ring = self.facilities.phones.ring(
            leg, call.ring_seconds, call.timeline, strangers_answer=False, machines_answer=bool(call.detect_machine)
        )
        task = self._ringing[leg.sid] = asyncio.get_running_loop().create_task(ring)
        await asyncio.wait({task})
        self._ringing.pop(leg.sid, None)
        if task.cancelled():
            self.facilities.phones.stop_ringing(leg.record.called)
            return Rung("canceled")
        return task.result()

    async def _carry(self, execution: Execution, opening: Opening) -> Finish:
        finish = await carry(execution, opening)
        leg, line = execution.leg, execution.line
        if isinstance(line, ScriptedLine) and leg.record.direction != "inbound":
            self._keep(ScriptedCall(leg.sid, line.events, finish.reason))
        log.info("call_ended", call_sid=leg.sid, reason=finish.reason)
        return finish

    def _execution(self, leg: Leg, line: Line, fallback_url: str) -> Execution:
        return Execution(leg, line, self.facilities, self.facilities.requester.cookies(), fallback_url)

    def _keep(self, call: ScriptedCall) -> None:
        self.finished[call.call_sid] = call
        while len(self.finished) > FINISHED_MAX:
            del self.finished[next(iter(self.finished))]


def _answered_by(machine: bool, detection: str) -> str:
    if not machine:
        return "human"
    return "machine_end_beep" if detection == "DetectMessageEnd" else "machine_start"
