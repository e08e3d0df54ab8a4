"""`<Record>`: a message after the tone, with its callbacks."""

from xml.etree.ElementTree import Element

from telephony.simulator.calls.execution import Execution, flag_of, seconds_of
from telephony.simulator.calls.line import Goto, Key, Words
from telephony.simulator.calls.verbs.registry import verb
from telephony.simulator.requester import FetchFailed
from telephony.simulator.values import new_sid

TIMEOUT_SECONDS = 5.0
LENGTH_SECONDS_MAX = 3600.0
ALL_KEYS = "1234567890*#"


async def record(execution: Execution, element: Element) -> Goto | None:
    """Record until a key, silence or the end of the call; nothing recorded means the next verb."""
    timeout = seconds_of(execution, element, "timeout", TIMEOUT_SECONDS, 13612)
    longest = seconds_of(execution, element, "maxLength", LENGTH_SECONDS_MAX, 13612)
    finish = element.get("finishOnKey", ALL_KEYS)
    if flag_of(element, "playBeep", default=True):
        execution.emit("play", "beep", seconds=1.0)
        await execution.line.play(1.0, ())
    sid = new_sid("RE")
    farewell = _result(execution, element, sid, 0.0, "hangup")
    execution.farewells.append(farewell)
    said, seconds, key = await _take_down(execution, timeout or longest, longest, finish)
    execution.farewells.remove(farewell)
    execution.line.settle()
    if not said:
        return None
    execution.emit("record", " ".join(said), seconds=round(seconds, 2))
    await _callbacks(execution, element, sid, seconds, said)
    return _result(execution, element, sid, seconds, key)


async def _take_down(
    execution: Execution, silence_seconds: float, longest_seconds: float, finish: str
) -> tuple[list[str], float, str]:
    """What was said, how long it took, and the key that ended it (or none)."""
    said: list[str] = []
    began = execution.line.now
    while execution.line.now - began < longest_seconds:
        left = longest_seconds - (execution.line.now - began)
        heard = await execution.line.listen(min(silence_seconds, left), ("speech", "dtmf"))
        if isinstance(heard, Words):
            said.append(heard.text)
        elif isinstance(heard, Key):
            if heard.digit in finish:
                return said, execution.line.now - began, heard.digit
        else:
            break
    return said, min(execution.line.now - began, longest_seconds), ""


def _result(execution: Execution, element: Element, sid: str, seconds: float, key: str) -> Goto:
    result = {
        "RecordingUrl": f"{execution.media_url}/Recordings/{sid}",
        "RecordingSid": sid,
        "RecordingDuration": str(round(seconds)),
        "Digits": key,
    }
    return execution.goto(element.get("action"), element.get("method"), result)


async def _callbacks(execution: Execution, element: Element, sid: str, seconds: float, said: list[str]) -> None:
    url = f"{execution.media_url}/Recordings/{sid}"
    recorded = {"RecordingSid": sid, "RecordingUrl": url}
    await _notify(
        execution,
        element.get("recordingStatusCallback"),
        element.get("recordingStatusCallbackMethod"),
        recorded
        | {
            "RecordingStatus": "completed",
            "RecordingDuration": str(round(seconds)),
            "RecordingChannels": "1",
            "RecordingSource": "RecordVerb",
        },
    )
    if flag_of(element, "transcribe"):
        transcription = new_sid("TR")
        text = {"TranscriptionText": " ".join(said), "TranscriptionStatus": "completed"}
        where = {"TranscriptionSid": transcription, "TranscriptionUrl": f"{url}/Transcriptions/{transcription}"}
        await _notify(execution, element.get("transcribeCallback"), None, recorded | text | where)


async def _notify(execution: Execution, address: str | None, method: str | None, extra: dict[str, str]) -> None:
    if not address:
        return
    target = execution.goto(address, method, extra)
    parameters = {**execution.leg.parameters(), **extra}
    try:
        await execution.requester.fetch(target.url, target.method, parameters, execution.jar)
    except FetchFailed as failure:
        execution.fail(failure)


VERBS = {
    "Record": verb(
        record,
        "action method timeout finishOnKey maxLength playBeep trim recordingStatusCallback "
        "recordingStatusCallbackMethod recordingStatusCallbackEvent transcribe transcribeCallback",
    )
}
