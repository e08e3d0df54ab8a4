"""`<Dial><Conference>`: take part in a conference."""

from xml.etree.ElementTree import Element

from telephony.simulator.calls.attending import attend
from telephony.simulator.calls.conferences import EVENTS, SIZE_MAX, Conference, Follower, Manner, Participant
from telephony.simulator.calls.execution import Execution, flag_of, seconds_of, text_of
from telephony.simulator.calls.recording import begin_recording

LABEL_CHARACTERS_MAX = 128


async def dial_conference(execution: Execution, dial: Element, noun: Element) -> str:
    """Take part until it is over; gives DialCallStatus (`answered`, or `failed`)."""
    facilities = execution.facilities
    conference = facilities.conferences.named(text_of(noun), facilities)
    manner = _manner(execution, noun)
    if manner.label and conference.find(manner.label) is not None:
        execution.warn(16025, f"participantLabel {manner.label!r} is taken")
        return "failed"
    if len(conference.present) >= manner.size_max:
        execution.warn(16020, "the conference is full")
        return "failed"
    if conference.follower is None:
        conference.follower = follower_of(execution, noun)
    if conference.recorder is None and noun.get("record", "do-not-record") == "record-from-start":
        conference.recorder = begin_recording(execution, noun, "Conference", conference.sid)
    await join(execution, conference, manner)
    return "answered"


async def join(execution: Execution, conference: Conference, manner: Manner, known: Participant | None = None) -> None:
    """Be in the conference until it is over. `known` is a participant who was rung for it."""
    now = execution.facilities.clock()
    participant = known or Participant(execution.leg.sid, manner, now, now, manner.label, ends=manner.ends)
    if known is None:
        conference.participants.append(participant)
    await attend(execution, conference, participant)


def _manner(execution: Execution, noun: Element) -> Manner:
    label = noun.get("participantLabel") or None
    if label is not None and len(label) > LABEL_CHARACTERS_MAX:
        execution.warn(12200, "participantLabel: at most 128 characters")
        label = label[:LABEL_CHARACTERS_MAX]
    wait = noun.get("waitUrl")
    return Manner(
        starts=flag_of(noun, "startConferenceOnEnter", default=True),
        ends=flag_of(noun, "endConferenceOnExit"),
        label=label,
        muted=flag_of(noun, "muted"),
        beep=noun.get("beep", "true"),
        coaches=noun.get("coach") or None,
        wait=execution.goto(wait, noun.get("waitMethod"), {}) if wait else None,
        silent_wait=wait == "",
        size_max=min(round(seconds_of(execution, noun, "maxParticipants", SIZE_MAX, 13223)), SIZE_MAX),
    )


def follower_of(execution: Execution, noun: Element) -> Follower:
    """Whom the first participant wants to be told."""
    address = noun.get("statusCallback")
    if not address:
        return Follower()
    wanted = noun.get("statusCallbackEvent", "start end").split()
    return Follower(
        execution.goto(address, None, {}).url,
        execution.method(noun.get("statusCallbackMethod")),
        tuple(event for event in EVENTS if event in wanted),
    )
