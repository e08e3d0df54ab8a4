"""Where calls are put through: scripted and live calls to the district, and calls the district makes."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import structlog

from telephony.simulator.calls.events import Event
from telephony.simulator.calls.execution import Execution, Finish
from telephony.simulator.calls.interpreter import carry_out
from telephony.simulator.calls.leg import Leg, new_record
from telephony.simulator.calls.line import CallerHungUp, EndedByRest, Goto, Line, ScriptUsedUp
from telephony.simulator.calls.progress import Progress
from telephony.simulator.calls.scripted import ScriptedLine, Step
from telephony.simulator.calls.waiting import Queues
from telephony.simulator.requester import FetchFailed, Requester
from telephony.simulator.settings import DistrictNumber
from telephony.simulator.state.calls import Alerts, CallTable

log = structlog.get_logger("simulator.calls")


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


class Handset(Protocol):
    """A phone at the page that can ring."""

    async def ring(self, leg: Leg, seconds: float) -> Line | None:
        """Ring for at most `seconds`; the line when somebody picks up."""

    def stop_ringing(self) -> None:
        """The call was cancelled before anybody picked up."""


class Exchange:
    """All calls of the simulated network."""

    def __init__(
        self,
        *,
        requester: Requester,
        calls: CallTable,
        alerts: Alerts,
        number: DistrictNumber,
        account_sid: str,
        media_url: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._requester, self._calls, self._alerts = requester, calls, alerts
        self._number, self._account_sid, self._media_url, self._clock = number, account_sid, media_url, clock
        self._queues = Queues()
        self._lines: dict[str, Line] = {}
        self._ringing: dict[str, Leg] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.handsets: dict[str, Handset] = {}
        self.prepared: dict[str, deque[list[Step]]] = {}
        self.finished: dict[str, ScriptedCall] = {}

    async def call_with_script(self, caller: str, steps: Sequence[Step]) -> ScriptedCall:
        """Call the district and follow the steps."""
        line = ScriptedLine(steps)
        leg = self.incoming(caller)
        ended = await self.connect(leg, line)
        return ScriptedCall(leg.sid, line.events, ended)

    def incoming(self, caller: str) -> Leg:
        """A call to the district's number that has begun to ring."""
        record = new_record("inbound", caller, self._number.number, self._clock())
        return Leg(record, self._account_sid, self._clock, self._calls.save)

    async def connect(self, leg: Leg, line: Line) -> str:
        """Carry out an incoming call until it ends; returns why it ended."""
        start = Goto(self._number.voice_url, "POST", {})
        execution = self._execution(leg, line, self._number.voice_fallback_url)
        finish = await self._run(execution, start)
        parameters = {**leg.parameters(), "CallDuration": str(leg.record.duration_seconds or 0)}
        await self._tell(execution, Goto(self._number.status_callback, "POST", parameters))
        return finish.reason

    def originate(self, leg: Leg, start: Goto, fallback_url: str, ring_seconds: float, progress: Progress) -> None:
        """Ring a phone for the REST interface, in the background."""
        self._ringing[leg.sid] = leg
        self._spawn(self._ring_out(leg, start, fallback_url, ring_seconds, progress))

    def cancel(self, sid: str) -> bool:
        """End a call that nobody has answered yet; False when there is none of that SID."""
        leg = self._ringing.pop(sid, None)
        if leg is None:
            return False
        leg.finish("canceled", 0.0)
        if handset := self.handsets.get(leg.record.called):
            handset.stop_ringing()
        return True

    def live_line(self, sid: str) -> Line | None:
        """The line of a call that is going on."""
        return self._lines.get(sid)

    async def close(self) -> None:
        """End every call; nobody is told."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def settled(self) -> None:
        """Wait until no background call is going on."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    def _spawn(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _ring_out(
        self, leg: Leg, start: Goto, fallback_url: str, ring_seconds: float, progress: Progress
    ) -> None:
        await progress.tell("initiated")
        if leg.sid not in self._ringing:
            return
        leg.to_status("ringing")
        await progress.tell("ringing")
        line = await self._pick_up(leg, ring_seconds) if leg.sid in self._ringing else None
        still_wanted = self._ringing.pop(leg.sid, None) is not None
        if line is None:
            leg.finish("no-answer", 0.0)
        elif still_wanted:
            leg.to_status("in-progress")
            await progress.tell("answered")
            ended = (await self._run(self._execution(leg, line, fallback_url), start)).reason
            if isinstance(line, ScriptedLine):
                self.finished[leg.sid] = ScriptedCall(leg.sid, line.events, ended)
        await progress.tell("completed")

    async def _pick_up(self, leg: Leg, ring_seconds: float) -> Line | None:
        """A prepared script answers first, then the phone at the page; otherwise nobody."""
        phone = leg.record.called
        scripts = self.prepared.get(phone)
        if scripts:
            return ScriptedLine(scripts.popleft())
        handset = self.handsets.get(phone)
        return await handset.ring(leg, ring_seconds) if handset else None

    def _execution(self, leg: Leg, line: Line, fallback_url: str) -> Execution:
        return Execution(
            leg=leg,
            line=line,
            requester=self._requester,
            jar=self._requester.cookies(),
            alerts=self._alerts,
            queues=self._queues,
            clock=self._clock,
            media_url=self._media_url,
            fallback_url=fallback_url,
        )

    async def _run(self, execution: Execution, start: Goto) -> Finish:
        leg, line = execution.leg, execution.line
        self._lines[leg.sid] = line
        finish = Finish("error", "failed")
        try:
            finish = await carry_out(execution, start)
        except CallerHungUp:
            finish = Finish("caller_hung_up")
        except ScriptUsedUp:
            finish = Finish("script_used_up")
        except EndedByRest:
            finish = Finish("ended_by_rest")
        finally:
            self._lines.pop(leg.sid, None)
            status = "no-answer" if finish.status == "completed" and not leg.answered else finish.status
            leg.finish(status, line.now)
        execution.emit("hangup", finish.reason)
        log.info("call_ended", call_sid=leg.sid, reason=finish.reason)
        for farewell in execution.farewells:
            await self._tell(
                execution, Goto(farewell.url, farewell.method, {**leg.parameters(), **farewell.parameters})
            )
        return finish

    async def _tell(self, execution: Execution, goto: Goto) -> None:
        """A webhook whose answer does not matter."""
        try:
            await self._requester.fetch(goto.url, goto.method, goto.parameters, execution.jar)
        except FetchFailed as failure:
            self._alerts.add(self._clock(), failure.code, execution.leg.sid, failure.url, failure.detail)
