"""`<Dial>`: ring other numbers, and tell the action what became of it."""

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from telephony.simulator.calls.execution import Execution, flag_of, seconds_of, text_of
from telephony.simulator.calls.leg import Leg, new_record
from telephony.simulator.calls.line import Goto, Key, Mode
from telephony.simulator.calls.verbs.registry import verb
from telephony.simulator.magic import DIAL_FATE
from telephony.simulator.values import is_e164, normalise_number

RING_SECONDS = 30.0
ANSWER_SECONDS = 4.0
BUSY_SECONDS = 2.0
TALK_SECONDS = 20.0
NUMBERS_MAX = 10


@dataclass(frozen=True)
class Result:
    """How dialling ended. `seconds` is how long the two were connected."""

    status: str
    leg_sid: str
    seconds: float = 0.0


async def dial(execution: Execution, element: Element) -> Goto | None:
    """Ring the numbers, all at once; the first that answers is connected for a while.

    A conference is a room where the caller waits with music. Other nouns cannot be reached and fail.
    """
    numbers = _numbers(execution, element)
    timeout = seconds_of(execution, element, "timeout", RING_SECONDS, 13212)
    farewell = _after(execution, element, Result("completed", ""))
    if farewell:
        execution.farewells.append(farewell)
    if not numbers and element.find("Conference") is not None:
        await _wait_in_conference(execution, element)
    result = await _ring(execution, element, numbers, timeout)
    if farewell:
        execution.farewells.remove(farewell)
    return _after(execution, element, result)


async def _ring(execution: Execution, element: Element, numbers: list[str], ring_seconds: float) -> Result:
    fates = {number: DIAL_FATE.get(number, "answered") for number in numbers}
    answering = next((number for number, fate in fates.items() if fate == "answered"), None)
    target = answering or next(iter(fates), None)
    if target is None:
        return Result("failed", "")
    fate = fates[target]
    leg = _child(execution, element, target)
    seconds = {"answered": min(ANSWER_SECONDS, ring_seconds), "busy": BUSY_SECONDS, "no-answer": ring_seconds}.get(
        fate, 0.0
    )
    if fate == "answered" and ring_seconds < ANSWER_SECONDS:
        fate = "no-answer"
    execution.emit("dial", target, seconds=seconds)
    leg.to_status("ringing")
    await execution.line.play(seconds, ())
    if fate != "answered":
        leg.finish(fate, 0.0)
        execution.emit("dial", f"{target} {fate}")
        return Result(fate, leg.sid)
    leg.to_status("in-progress")
    execution.emit("dial", f"{target} answered")
    return await _talk(execution, element, target, leg)


async def _talk(execution: Execution, element: Element, target: str, leg: Leg) -> Result:
    limit = min(TALK_SECONDS, seconds_of(execution, element, "timeLimit", 14_400.0, 13213))
    star: tuple[Mode, ...] = ("dtmf",) if flag_of(element, "hangupOnStar") else ()
    began = execution.line.now
    try:
        while (left := limit - (execution.line.now - began)) > 0:
            heard = await execution.line.play(left, star)
            if isinstance(heard, Key) and heard.digit == "*":
                break
    finally:
        talked = execution.line.now - began
        leg.finish("completed", talked)
        execution.line.settle()
    execution.emit("dial", f"{target} completed", seconds=round(talked, 2))
    return Result("completed", leg.sid, talked)


async def _wait_in_conference(execution: Execution, element: Element) -> None:
    conference = element.find("Conference")
    assert conference is not None
    execution.emit("dial", f"conference {text_of(conference)}")
    while True:
        execution.emit("play", "hold music", seconds=RING_SECONDS)
        await execution.line.play(RING_SECONDS, ())


def _numbers(execution: Execution, element: Element) -> list[str]:
    texts = [text_of(noun) for noun in element.findall("Number")]
    if not len(element):
        texts.append(text_of(element))
    for noun in element:
        if noun.tag not in ("Number", "Conference"):
            execution.warn(12200, f"<{noun.tag}> in <Dial> cannot be reached from here")
    numbers = [number for text in texts if (number := normalise_number(text))]
    if len(numbers) < len(texts):
        execution.warn(13224, "<Dial>: not a telephone number")
    if len(numbers) > NUMBERS_MAX:
        execution.warn(12200, "<Dial> rings at most 10 numbers at once")
    return numbers[:NUMBERS_MAX]


def _child(execution: Execution, element: Element, target: str) -> Leg:
    caller_id = element.get("callerId", execution.leg.record.caller)
    if not is_e164(caller_id):
        execution.warn(13214, "callerId on <Dial> is not a telephone number")
    record = new_record("outbound-dial", caller_id, target, execution.clock(), execution.leg.sid)
    return execution.leg.child(record)


def _after(execution: Execution, element: Element, result: Result) -> Goto | None:
    if not element.get("action"):
        return None
    parameters = {"DialCallStatus": result.status, "DialBridged": str(result.seconds > 0).lower()}
    if result.leg_sid:
        parameters |= {"DialCallSid": result.leg_sid, "DialCallDuration": str(round(result.seconds))}
    return execution.goto(element.get("action"), element.get("method"), parameters)


VERBS = {
    "Dial": verb(
        dial,
        "action method answerOnBridge callerId timeout timeLimit hangupOnStar record recordingStatusCallback "
        "recordingStatusCallbackMethod recordingStatusCallbackEvent recordingTrack trim ringTone callReason "
        "sequential referUrl referMethod recordingConfigurationId events passports",
    )
}
