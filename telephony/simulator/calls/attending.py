"""What a call goes through in a conference: waiting, talking, holding, hearing announcements, leaving."""

from telephony.simulator.calls.company import Seat, keep_company
from telephony.simulator.calls.conferences import Conference, Participant
from telephony.simulator.calls.execution import Execution
from telephony.simulator.calls.line import EndedByRest, Goto, Released
from telephony.simulator.calls.performing import perform_guest

GUEST_VERBS = frozenset({"Play", "Say", "Pause", "Redirect"})
MUSIC_SECONDS = 30.0


async def attend(execution: Execution, conference: Conference, participant: Participant) -> None:
    """Be in the conference until it ends, the call is removed, or the person goes. Raises what the line raises."""
    seat = Seat(execution, participant.label, participant.manner.muted, coaches=participant.manner.coaches)
    participant.seat, participant.status = seat, "connected"
    execution.emit("conference", conference.name)
    conference.hall.enter(seat)
    reason = "participant_hung_up"
    try:
        _announce(conference, participant, "is here")
        _tell_who_is_here(conference, participant)
        await conference.tell("join", participant)
        await _begin(conference)
        while conference.status != "completed" and not participant.removed:
            await _one_state(execution, conference, participant)
        reason = "participant_updated_via_api" if participant.removed else _why_over(conference)
    except EndedByRest:
        reason = "participant_updated_via_api"
        raise
    finally:
        execution.line.forget(participant)
        conference.hall.leave(seat)
        await _leave(conference, participant, reason)


async def _begin(conference: Conference) -> None:
    if conference.status == "init" and conference.ready:
        conference.status = "in-progress"
        conference.touch()
        for participant in conference.present:
            participant.stir()
        if conference.recorder is not None:
            await conference.recorder.begin()
        await conference.tell("start")


async def _one_state(execution: Execution, conference: Conference, participant: Participant) -> None:
    """Until something about the call or the conference changes."""
    seat = participant.seat
    assert seat is not None
    try:
        if participant.announcements:
            announcement = participant.announcements.pop(0)
            await perform_guest(execution, announcement, GUEST_VERBS)
            await conference.tell("announcement", participant, {"AnnounceUrl": announcement.url})
        elif seat.on_hold:
            await _sound(execution, participant.hold, silent=False)
        elif conference.status == "init":
            await _sound(execution, participant.manner.wait, silent=participant.manner.silent_wait)
        else:
            await keep_company(conference.hall, seat, lambda: False)
    except Released as released:
        if released.place is not participant:
            raise


async def _sound(execution: Execution, document: Goto | None, *, silent: bool) -> None:
    """What is heard while the person waits or is on hold, until something changes."""
    if document is not None:
        await perform_guest(execution, document, GUEST_VERBS)
    while document is None and not silent:
        execution.emit("play", "hold music", seconds=MUSIC_SECONDS)
        await execution.line.play(MUSIC_SECONDS, ())
    while True:
        await execution.line.stay()


def _announce(conference: Conference, about: Participant, what: str) -> None:
    """The beep, which tells nobody who it is for, in words for whoever reads the call."""
    name = about.label or about.call_sid
    for other in conference.present:
        if other is not about and other.seat is not None:
            other.seat.execution.emit("conference", f"{name} {what}")


def _tell_who_is_here(conference: Conference, newcomer: Participant) -> None:
    """Whoever comes into company hears at once that they are not alone; so does whoever reads the call."""
    for other in conference.present:
        if other is not newcomer and newcomer.seat is not None:
            newcomer.seat.execution.emit("conference", f"{other.label or other.call_sid} is here")


def _why_over(conference: Conference) -> str:
    if conference.reason_ended == "conference-ended-via-api":
        return "conference_ended_via_api"
    return "moderator_ended_conference"


async def _leave(conference: Conference, participant: Participant, reason: str) -> None:
    participant.seat, participant.status = None, "complete"
    participant.updated_at = conference.facilities.clock()
    conference.participants.remove(participant)
    _announce(conference, participant, "has left")
    await conference.tell("leave", participant, {"ReasonParticipantLeft": reason})
    if conference.status == "completed":
        return
    kicked = participant.removed
    if participant.ends:
        how = "kicked" if kicked else "left"
        await conference.end(f"participant-with-end-conference-on-exit-{how}", participant)
    elif not conference.present:
        await conference.end("last-participant-kicked" if kicked else "last-participant-left", participant)
