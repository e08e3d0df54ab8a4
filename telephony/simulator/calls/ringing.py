"""Ringing somebody from a call (`<Dial>`), and what the one who picks up goes through: screening, then company."""

import asyncio
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from telephony.simulator.calls.company import Company, Seat, keep_company
from telephony.simulator.calls.execution import Execution, Finish, Outcome, text_of
from telephony.simulator.calls.leg import Leg, new_record
from telephony.simulator.calls.line import EndedByRest, Goto
from telephony.simulator.calls.performing import perform_guest
from telephony.simulator.calls.phones import Rung
from telephony.simulator.calls.progress import Progress, wanted_events
from telephony.simulator.values import normalise_number

SCREENING_VERBS = frozenset({"Play", "Say", "Pause", "Gather", "Hangup", "Redirect"})
NUMBERS_MAX = 10


@dataclass(frozen=True)
class Target:
    """Somebody to ring, with the document that screens the one who picks up."""

    address: str
    noun: Element
    screening: Goto | None


@dataclass(eq=False)
class RingGroup:
    """Everybody who is rung for one `<Dial>`. The first who takes the call is `winner`; nobody: `fates` say why."""

    parent: Execution
    company: Company
    caller_id: str
    ring_seconds: float
    winner: Leg | None = None
    last: Leg | None = None
    fates: list[str] = field(default_factory=list)
    _undecided: int = 0
    _ringing: dict[str, "asyncio.Task[Rung]"] = field(default_factory=dict)
    _screened: list[Execution] = field(default_factory=list)

    @property
    def undecided(self) -> bool:
        """Whether somebody may still take the call."""
        return self.winner is None and self._undecided > 0

    @property
    def fate(self) -> str:
        """Why nobody took it, as DialCallStatus says it."""
        return next((fate for fate in ("no-answer", "busy", "canceled") if fate in self.fates), "failed")

    def ring(self, target: Target) -> None:
        """Begin to ring one of them; the others go on ringing."""
        parent = self.parent
        now = parent.facilities.clock()
        leg = parent.leg.child(new_record("outbound-dial", self.caller_id, target.address, now, parent.leg.sid))
        self.last = leg
        self._undecided += 1
        parent.facilities.spawn(self._attempt(target, leg))

    def stop(self) -> None:
        """Whoever still rings, or is still being asked, is not wanted any more."""
        for task in list(self._ringing.values()):
            task.cancel()
        for execution in self._screened:
            execution.line.interrupt(EndedByRest())

    async def _attempt(self, target: Target, leg: Leg) -> None:
        progress = self._progress(target.noun, leg)
        fate = "failed"
        with self.parent.line.timeline.attended():
            try:
                fate = await self._ring_and_talk(target, leg, progress)
                await progress.tell("completed")
            finally:
                if leg is not self.winner:
                    self._undecided -= 1
                    self.fates.append(fate)
                    self.parent.line.rouse()

    async def _ring_and_talk(self, target: Target, leg: Leg, progress: Progress) -> str:
        facilities = self.parent.facilities
        await progress.tell("initiated")
        leg.to_status("ringing")
        await progress.tell("ringing")
        rung = await self._pick_up(leg)
        if rung.line is None:
            leg.finish(rung.fate, 0.0)
            return rung.fate
        if target.noun.get("machineDetection"):
            leg.record.answered_by = "machine_start" if rung.machine else "human"
        leg.to_status("in-progress")
        await progress.tell("answered")
        execution = Execution(leg, rung.line, facilities, facilities.requester.cookies())
        execution.document = self.parent.document
        await facilities.carry(execution, lambda: self._take(execution, target))
        return "no-answer"

    async def _pick_up(self, leg: Leg) -> Rung:
        phones, timeline = self.parent.facilities.phones, self.parent.line.timeline
        task = asyncio.get_running_loop().create_task(
            phones.ring(leg, self.ring_seconds, timeline, strangers_answer=True)
        )
        self._ringing[leg.sid] = task
        try:
            await asyncio.wait({task})
        finally:
            del self._ringing[leg.sid]
        if task.cancelled():
            phones.stop_ringing(leg.record.called)
            return Rung("canceled")
        return task.result()

    async def _take(self, execution: Execution, target: Target) -> Outcome:
        """From the answer on: be asked, be connected, talk."""
        if target.screening is not None:
            self._screened.append(execution)
            refused = await perform_guest(execution, target.screening, SCREENING_VERBS)
            self._screened.remove(execution)
            if refused is not None:
                return refused
        if self.winner is not None or self.company.closed:
            return Finish("answered_elsewhere")
        self.winner = execution.leg
        self.stop()
        seat = Seat(execution)
        self.company.enter(seat)
        self.parent.line.rouse()
        try:
            await keep_company(self.company, seat, lambda: self.company.parted)
        finally:
            self.company.leave(seat)
            self.company.close()
        return Finish("hung_up")

    def _progress(self, noun: Element, leg: Leg) -> Progress:
        address = noun.get("statusCallback")
        return Progress(
            leg,
            self.parent.facilities.callbacks,
            self.parent.goto(address, None, {}).url if address else "",
            (noun.get("statusCallbackMethod") or "POST").upper(),
            wanted_events([noun.get("statusCallbackEvent", "")]),
        )


def targets_of(execution: Execution, dial: Element) -> list[Target]:
    """Whom a `<Dial>` rings: at most ten. What is no address is recorded and left out."""
    nouns = [noun for noun in dial if noun.tag in ("Number", "Client", "Sip")]
    if not len(dial) and text_of(dial):
        nouns = [dial]
    targets = []
    for noun in nouns:
        address = _address(noun)
        if address is None:
            execution.warn(13224, f"<{noun.tag}>: {text_of(noun)[:40]!r} cannot be dialled")
            continue
        url = noun.get("url") if noun is not dial else None
        screening = execution.goto(url, noun.get("method"), {}) if url else None
        targets.append(Target(address, noun, screening))
    if len(targets) > NUMBERS_MAX:
        execution.warn(12200, "<Dial> rings at most 10 at once")
    return targets[:NUMBERS_MAX]


def _address(noun: Element) -> str | None:
    if noun.tag == "Client":
        identity = noun.findtext("Identity") or text_of(noun)
        return f"client:{identity.strip()}" if identity.strip() else None
    if noun.tag == "Sip":
        return text_of(noun) if text_of(noun).startswith(("sip:", "sips:")) else None
    return normalise_number(text_of(noun))
