"""`<Record>`: a message after the tone, with its callbacks."""

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from telephony.simulator.calls.execution import Execution, flag_of, seconds_of
from telephony.simulator.calls.line import BOTH, CallerHungUp, Goto, Key, Words
from telephony.simulator.calls.recording import recording_events
from telephony.simulator.calls.verbs.registry import verb
from telephony.simulator.state.recordings import Recording
from telephony.simulator.values import new_sid

TIMEOUT_SECONDS = 5.0
LENGTH_SECONDS_MAX = 3600.0
TRANSCRIBED_SECONDS_MIN, TRANSCRIBED_SECONDS_MAX = 2.0, 120.0
ALL_KEYS = "1234567890*#"


async def record(execution: Execution, element: Element) -> Goto | None:
    """Record until a key, silence or the end of the call; nothing recorded means the next verb."""
    timeout = seconds_of(execution, element, "timeout", TIMEOUT_SECONDS, 13612)
    usual = TRANSCRIBED_SECONDS_MAX if flag_of(element, "transcribe") else LENGTH_SECONDS_MAX
    longest = seconds_of(execution, element, "maxLength", usual, 13612)
    if flag_of(element, "playBeep", default=True):
        execution.emit("play", "beep", seconds=1.0)
        await execution.line.play(1.0, ())
    taken = Taken(new_sid("RE"), execution.line.now)
    try:
        await _take_down(execution, taken, timeout or longest, longest, element.get("finishOnKey", ALL_KEYS))
    except CallerHungUp:
        taken.key = "hangup"
        taken.seconds = min(execution.line.now - taken.began, longest)
        await _keep(execution, element, taken)
        execution.farewells.append(_result(execution, element, taken))
        raise
    execution.line.settle()
    if not taken.said:
        return None
    await _keep(execution, element, taken)
    return _result(execution, element, taken)


@dataclass
class Taken:
    """What was said, how long it took, and the key that ended it (or none, or `hangup`)."""

    sid: str
    began: float
    said: list[str] = field(default_factory=list)
    seconds: float = 0.0
    key: str = ""


async def _take_down(
    execution: Execution, taken: Taken, silence_seconds: float, longest_seconds: float, finish: str
) -> None:
    line = execution.line
    while line.now - taken.began < longest_seconds:
        left = longest_seconds - (line.now - taken.began)
        heard = await line.listen(min(silence_seconds, left), BOTH)
        # Whatever the person does next belongs to the same message.
        line.settle(keys_are_lost=False)
        if isinstance(heard, Words):
            taken.said.append(heard.text)
        elif isinstance(heard, Key) and heard.digit in finish:
            taken.key = heard.digit
            break
        elif heard is None:
            break
    taken.seconds = min(line.now - taken.began, longest_seconds)


def _url(execution: Execution, sid: str) -> str:
    return f"{execution.facilities.media_url}/Recordings/{sid}"


def _result(execution: Execution, element: Element, taken: Taken) -> Goto:
    result = {
        "RecordingUrl": _url(execution, taken.sid),
        "RecordingSid": taken.sid,
        "RecordingDuration": str(round(taken.seconds)),
        "Digits": taken.key,
    }
    return execution.goto(element.get("action"), element.get("method"), result)


async def _keep(execution: Execution, element: Element, taken: Taken) -> None:
    """Store the recording and send its callbacks."""
    facilities, now = execution.facilities, execution.facilities.clock()
    execution.emit("record", " ".join(taken.said), seconds=round(taken.seconds, 2))
    stored = Recording(taken.sid, execution.leg.sid, "RecordVerb", now, now, now, track="inbound")
    stored.status, stored.duration_seconds = "completed", round(taken.seconds)
    facilities.recordings.keep_words(taken.sid, " ".join(taken.said))
    if flag_of(element, "transcribe"):
        stored.transcription_sid = new_sid("TR")
    facilities.recordings.save(stored)
    url = _url(execution, taken.sid)
    recorded = {"RecordingSid": taken.sid, "RecordingUrl": url}
    if "completed" in recording_events([element.get("recordingStatusCallbackEvent", "")]):
        await execution.call_back(
            element.get("recordingStatusCallback"),
            element.get("recordingStatusCallbackMethod"),
            recorded
            | {
                "RecordingStatus": "completed",
                "RecordingDuration": str(round(taken.seconds)),
                "RecordingChannels": "1",
                "RecordingSource": "RecordVerb",
            },
        )
    if stored.transcription_sid:
        fits = TRANSCRIBED_SECONDS_MIN < taken.seconds < TRANSCRIBED_SECONDS_MAX
        told = {
            "TranscriptionText": " ".join(taken.said) if fits else "",
            "TranscriptionStatus": "completed" if fits else "failed",
            "TranscriptionSid": stored.transcription_sid,
            "TranscriptionUrl": f"{url}/Transcriptions/{stored.transcription_sid}",
        }
        await execution.call_back(element.get("transcribeCallback"), None, recorded | told)


VERBS = {
    "Record": verb(
        record,
        "action method timeout finishOnKey maxLength playBeep trim recordingStatusCallback "
        "recordingStatusCallbackMethod recordingStatusCallbackEvent transcribe transcribeCallback",
    )
}
