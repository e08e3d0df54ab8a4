"""Conferences: who takes part, in what state, and what the application is told about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from telephony.simulator.callbacks import Callback
from telephony.simulator.calls.company import Company, Seat
from telephony.simulator.calls.line import Goto, Released
from telephony.simulator.values import new_sid, rfc2822

if TYPE_CHECKING:
    from telephony.simulator.calls.execution import Execution
    from telephony.simulator.calls.facilities import Facilities
    from telephony.simulator.calls.recording import Recorder

SIZE_MAX = 250
EVENTS = ("start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement")


@dataclass(frozen=True)
class Manner:
    """How somebody takes part."""

    starts: bool = True
    ends: bool = False
    label: str | None = None
    muted: bool = False
    beep: str = "true"
    coaches: str | None = None
    wait: Goto | None = None
    silent_wait: bool = False
    size_max: int = SIZE_MAX


@dataclass(frozen=True)
class Follower:
    """Who is told what about a conference: as the first participant asked."""

    url: str = ""
    method: str = "POST"
    events: tuple[str, ...] = ()


@dataclass(eq=False)
class Participant:
    """One call in a conference. `seat` is None while it is still being rung."""

    call_sid: str
    manner: Manner
    created_at: datetime
    updated_at: datetime
    label: str | None = None
    seat: Seat | None = None
    status: str = "connecting"
    ends: bool = False
    hold: Goto | None = None
    announcements: list[Goto] = field(default_factory=list)
    removed: bool = False

    @property
    def muted(self) -> bool:
        return self.seat.muted if self.seat else self.manner.muted

    @property
    def on_hold(self) -> bool:
        return self.seat is not None and self.seat.on_hold

    @property
    def coaches(self) -> str | None:
        return self.seat.coaches if self.seat else self.manner.coaches

    def stir(self) -> None:
        """Let the call look around: something about it has changed."""
        if self.seat is not None:
            self.seat.execution.line.interrupt(Released(self))

    def notice(self) -> None:
        """Let the person know that whom they hear, or who hears them, has changed."""
        if self.seat is not None:
            self.seat.execution.line.news(lasting=True)
            self.seat.execution.line.rouse()


@dataclass(eq=False)
class Conference:
    """A conference from the first participant's coming to the end."""

    name: str
    facilities: "Facilities"
    created_at: datetime
    updated_at: datetime
    sid: str = field(default_factory=lambda: new_sid("CF"))
    status: str = "init"
    participants: list[Participant] = field(default_factory=list)
    hall: Company = field(default_factory=Company)
    follower: Follower | None = None
    recorder: "Recorder | None" = None
    reason_ended: str | None = None
    ended_by: str | None = None
    _number: int = 0

    @property
    def present(self) -> list[Participant]:
        """Those who are in the conference now."""
        return [participant for participant in self.participants if participant.seat is not None]

    def find(self, name: str) -> Participant | None:
        """The participant of that call SID or label."""
        return next((each for each in self.participants if name in (each.call_sid, each.label)), None)

    @property
    def ready(self) -> bool:
        """Whether it may begin: two are here, and one of them starts it."""
        return len(self.present) > 1 and any(each.manner.starts for each in self.present)

    async def tell(self, event: str, about: Participant | None = None, extra: Mapping[str, str] | None = None) -> None:
        """One callback to whoever follows, if the event is wanted. `event` as in EVENTS, or `unmute`, `unhold`."""
        number, self._number = self._number, self._number + 1
        follower = self.follower
        if follower is None or not follower.url or event.removeprefix("un") not in follower.events:
            return
        name = {"start": "conference-start", "end": "conference-end", "announcement": "announcement-end"}
        told = {
            "ConferenceSid": self.sid,
            "FriendlyName": self.name,
            "AccountSid": self.facilities.account_sid,
            "SequenceNumber": str(number),
            "Timestamp": rfc2822(self.facilities.clock()),
            "StatusCallbackEvent": name.get(event, f"participant-{event}"),
            **(_about(about) if about else {}),
            **(extra or {}),
        }
        await self.facilities.callbacks.tell(
            Callback(self.sid, follower.url, follower.method, told, last=event == "end")
        )

    def touch(self) -> None:
        """Something about the conference has changed."""
        self.updated_at = self.facilities.clock()

    async def end(self, reason: str, by: Participant | None = None) -> None:
        """Everybody goes. A second end changes nothing."""
        if self.status == "completed":
            return
        began = self.status == "in-progress"
        self.status, self.reason_ended = "completed", reason
        self.ended_by = by.call_sid if by else None
        self.touch()
        if self.recorder is not None:
            await self.recorder.stop()
        for participant in self.present:
            participant.stir()
        if began:
            extra = {"ReasonConferenceEnded": reason}
            if by is not None:
                extra |= {"CallSidEndingConference": by.call_sid}
                extra |= {"ParticipantLabelEndingConference": by.label} if by.label else {}
            await self.tell("end", None, extra)


def _about(participant: Participant) -> dict[str, str]:
    told = {
        "CallSid": participant.call_sid,
        "Muted": str(participant.muted).lower(),
        "Hold": str(participant.on_hold).lower(),
        "Coaching": str(participant.coaches is not None).lower(),
        "EndConferenceOnExit": str(participant.ends).lower(),
        "StartConferenceOnEnter": str(participant.manner.starts).lower(),
    }
    if participant.coaches:
        told["CallSidToCoach"] = participant.coaches
    if participant.label:
        told["ParticipantLabel"] = participant.label
    return told


class Conferences:
    """All conferences of the account. A name belongs to one that has not ended."""

    def __init__(self) -> None:
        self._conferences: dict[str, Conference] = {}

    def named(self, name: str, facilities: "Facilities") -> Conference:
        """The conference of that name (or SID) that goes on, made when it is not there."""
        return self.find(name) or self.create(name, facilities)

    def create(self, name: str, facilities: "Facilities") -> Conference:
        """A new conference that nobody has joined yet."""
        now = facilities.clock()
        conference = Conference(name, facilities, now, now)
        self._conferences[conference.sid] = conference
        return conference

    def find(self, name: str) -> Conference | None:
        """The conference of that name or SID, unless it has ended."""
        found = (each for each in self._conferences.values() if name in (each.name, each.sid))
        return next((each for each in found if each.status != "completed"), None)

    def get(self, sid: str) -> Conference | None:
        """The conference of that SID, ended or not."""
        return self._conferences.get(sid)

    def newest_first(self) -> list[Conference]:
        """Every conference."""
        return list(self._conferences.values())[::-1]


def conference_of(execution: "Execution") -> tuple[Conference, Participant] | None:
    """The conference that a call takes part in now."""
    for conference in execution.facilities.conferences.newest_first():
        for participant in conference.present:
            if participant.call_sid == execution.leg.sid:
                return conference, participant
    return None
