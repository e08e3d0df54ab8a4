"""`<Dial>`: connect the call with people, a conference or whoever waits in a queue; tell the action how it ended."""

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from telephony.simulator.calls.company import Company, Seat, keep_company
from telephony.simulator.calls.execution import Execution, flag_of, seconds_of, text_of
from telephony.simulator.calls.line import Goto
from telephony.simulator.calls.recording import begin_recording
from telephony.simulator.calls.ringing import RingGroup, targets_of
from telephony.simulator.calls.verbs.conference import dial_conference
from telephony.simulator.calls.verbs.registry import verb
from telephony.simulator.calls.waiting import Bridge
from telephony.simulator.values import is_e164

RING_SECONDS = 30.0
TIME_LIMIT_SECONDS = 14_400.0


@dataclass
class Result:
    """How dialling ended, filled in as it goes on. `seconds` is how long the two were connected."""

    status: str = "canceled"
    leg_sid: str = ""
    seconds: float = 0.0
    recording_url: str = ""

    def parameters(self) -> dict[str, str]:
        """What the action is told."""
        told = {"DialCallStatus": self.status, "DialBridged": str(self.seconds > 0).lower()}
        if self.leg_sid:
            told |= {"DialCallSid": self.leg_sid, "DialCallDuration": str(round(self.seconds))}
        if self.recording_url:
            told["RecordingUrl"] = self.recording_url
        return told


async def dial(execution: Execution, element: Element) -> Goto | None:
    """Connect, and go to the action afterwards. A caller who hangs up meanwhile is told to the action too."""
    result = Result()
    farewell = _after(execution, element, result)
    if farewell is not None:
        execution.farewells.append(farewell)
    try:
        if (conference := element.find("Conference")) is not None:
            execution.answer()
            result.status = await dial_conference(execution, element, conference)
        elif (queue := element.find("Queue")) is not None:
            execution.answer()
            await _dial_queue(execution, element, queue, result)
        else:
            await _dial_people(execution, element, result)
    finally:
        if farewell is not None:
            farewell.parameters.update(result.parameters())
    if farewell is not None:
        execution.farewells.remove(farewell)
    return farewell


async def _dial_people(execution: Execution, element: Element, result: Result) -> None:
    targets = targets_of(execution, element)
    for noun in element:
        if noun.tag not in ("Number", "Client", "Sip"):
            execution.warn(12200, f"<{noun.tag}> in <Dial> cannot be reached from here")
    company = Company()
    group = RingGroup(execution, company, _caller_id(execution, element), _ring_seconds(execution, element))
    try:
        for target in targets:
            execution.emit("dial", target.address)
            group.ring(target)
            if flag_of(element, "sequential"):
                await _until_decided(execution, group)
        await _until_decided(execution, group)
    finally:
        if group.winner is None:
            company.closed = True
            group.stop()
    if group.winner is None:
        result.status, result.leg_sid = group.fate, group.last.sid if group.last else ""
        execution.emit("dial", f"{targets[0].address if targets else ''} {result.status}".strip())
        return
    execution.answer()
    result.leg_sid = group.winner.sid
    address = group.winner.record.called
    execution.emit("dial", f"{address} answered")
    await _talk(execution, element, company, result)
    execution.emit("dial", f"{address} completed", seconds=round(result.seconds, 2))


async def _until_decided(execution: Execution, group: RingGroup) -> None:
    while group.undecided:
        await execution.line.stay(patiently=True)


async def _talk(execution: Execution, element: Element, company: Company, result: Result) -> None:
    seat, line = Seat(execution), execution.line
    began = line.now
    recording = begin_recording(execution, element, "DialVerb") if _records(element) else None
    company.enter(seat)
    result.status = "completed"
    try:
        while not (company.met or company.closed):
            await line.stay(patiently=True)
        began = line.now
        await keep_company(
            company,
            seat,
            lambda: company.parted,
            seconds=seconds_of(execution, element, "timeLimit", TIME_LIMIT_SECONDS, 13213),
            star=flag_of(element, "hangupOnStar"),
        )
    finally:
        result.seconds = line.now - began
        company.leave(seat)
        company.close()
        if recording is not None:
            result.recording_url = recording.url
            await recording.stop()


async def _dial_queue(execution: Execution, element: Element, noun: Element, result: Result) -> None:
    """Take whoever has waited longest, or wait for somebody to come."""
    queue = execution.facilities.queues.find(text_of(noun))
    if queue is None:
        execution.warn(13232, f"there is no queue {text_of(noun)[:64]!r}")
        result.status = "failed"
        return
    line = execution.line
    ends = line.timeline.now + _ring_seconds(execution, element)
    queue.dialers.append(line)
    try:
        while (member := queue.head()) is None and (left := ends - line.timeline.now) > 0:
            await line.stay(left, patiently=True)
    finally:
        queue.dialers.remove(line)
    if member is None:
        result.status = "no-answer"
        return
    line.timeline.join(member.execution.line.timeline)
    whisper = execution.goto(noun.get("url"), noun.get("method"), {}) if noun.get("url") else None
    company = Company()
    result.leg_sid = member.sid
    execution.emit("dial", f"queue {queue.name}")
    member.release(Bridge(company, execution.leg.sid, whisper))
    await _talk(execution, element, company, result)


def _records(element: Element) -> bool:
    return element.get("record", "do-not-record").lower() not in ("do-not-record", "false")


def _ring_seconds(execution: Execution, element: Element) -> float:
    return seconds_of(execution, element, "timeout", RING_SECONDS, 13212)


def _caller_id(execution: Execution, element: Element) -> str:
    caller_id = element.get("callerId", execution.leg.record.caller)
    if not is_e164(caller_id) and not caller_id.startswith(("client:", "sip:")):
        execution.warn(13214, "callerId on <Dial> is not a telephone number")
    return caller_id


def _after(execution: Execution, element: Element, result: Result) -> Goto | None:
    if not element.get("action"):
        return None
    return execution.goto(element.get("action"), element.get("method"), result.parameters())


VERBS = {
    "Dial": verb(
        dial,
        "action method answerOnBridge callerId timeout timeLimit hangupOnStar record recordingStatusCallback "
        "recordingStatusCallbackMethod recordingStatusCallbackEvent recordingTrack trim ringTone callReason "
        "sequential referUrl referMethod recordingConfigurationId events passports",
    )
}
