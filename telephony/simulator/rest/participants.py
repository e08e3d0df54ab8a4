"""`/Conferences/{sid}/Participants`: ring somebody into a conference, mute, hold, coach, announce, remove."""

from typing import Any

from fastapi import APIRouter, Request, Response

from telephony.simulator.calls.conferences import EVENTS, SIZE_MAX, Conference, Follower, Manner, Participant
from telephony.simulator.calls.exchange import Origination
from telephony.simulator.calls.execution import Execution, Finish, Outcome
from telephony.simulator.calls.line import EndedByRest, Goto
from telephony.simulator.calls.timeline import Timeline
from telephony.simulator.calls.verbs.conference import join
from telephony.simulator.errors import TwilioError
from telephony.simulator.rest.access import Account, Fields, Form, network_of, not_found
from telephony.simulator.rest.calls import check_parties, outgoing_leg, progress_of
from telephony.simulator.rest.conferences import stored
from telephony.simulator.rest.paging import page_of
from telephony.simulator.values import API_VERSION, rfc2822

router = APIRouter(prefix=f"/{API_VERSION}/Accounts/{{account_sid}}/Conferences/{{conference_sid}}/Participants")

RING_SECONDS, RING_SECONDS_MIN, RING_SECONDS_MAX = 60, 5, 600


@router.post(".json", status_code=201)
async def create(request: Request, account: Account, conference_sid: str, form: Form) -> dict[str, Any]:
    """Ring somebody into the conference of that SID or name; a name that is not there yet makes one."""
    network = network_of(request)
    check_parties(form)
    conference = _conference(request, conference_sid)
    manner = _manner(form)
    if manner.label and conference.find(manner.label) is not None:
        raise TwilioError(400, 16025, "The participant label is already used in this conference")
    if len(conference.participants) >= manner.size_max:
        raise TwilioError(400, 16020, "The conference is full")
    if conference.follower is None:
        conference.follower = _follower(form)
    leg = outgoing_leg(network, form, account)
    now = network.clock()
    participant = Participant(leg.sid, manner, now, now, manner.label, status="queued", ends=manner.ends)
    conference.participants.append(participant)
    present = conference.present
    timeline = present[0].seat.execution.line.timeline if present and present[0].seat else Timeline()

    async def opening(execution: Execution) -> Outcome:
        await join(execution, conference, manner, participant)
        return Finish("conference_over")

    def ended(status: str) -> None:
        """Somebody who never came is no participant."""
        if participant in conference.participants:
            conference.participants.remove(participant)
            participant.status = "failed"

    body = render(participant, conference, account)
    participant.status = "ringing"
    ring_seconds = max(form.count("Timeout", RING_SECONDS, RING_SECONDS_MAX), RING_SECONDS_MIN)
    network.exchange.originate(
        Origination(leg, opening, progress_of(network, leg, form), ring_seconds, timeline, on_end=ended)
    )
    return body


@router.get(".json")
async def list_participants(request: Request, account: Account, conference_sid: str) -> dict[str, Any]:
    """Those who take part and match Muted, Hold and Coaching."""
    conference, query = stored(request, conference_sid), request.query_params

    def fits(participant: Participant) -> bool:
        states = {
            "Muted": participant.muted,
            "Hold": participant.on_hold,
            "Coaching": participant.coaches is not None,
        }
        return all(query.get(name, str(state)).lower() == str(state).lower() for name, state in states.items())

    found = [each for each in conference.participants if fits(each)]

    def page(offset: int, limit: int) -> list[Participant]:
        return found[offset : offset + limit]

    return page_of(request, "participants", page, lambda each: render(each, conference, account))


@router.get("/{name}.json")
async def fetch(request: Request, account: Account, conference_sid: str, name: str) -> dict[str, Any]:
    """One participant, by call SID or label."""
    conference = stored(request, conference_sid)
    return render(_participant(request, conference, name), conference, account)


@router.post("/{name}.json")
async def update(request: Request, account: Account, conference_sid: str, name: str, form: Form) -> dict[str, Any]:
    """Mute, hold, coach, announce, or change what happens when they go."""
    conference = stored(request, conference_sid)
    participant = _participant(request, conference, name)
    seat = participant.seat
    if seat is None:
        raise TwilioError(400, 21220, "The participant is not connected")
    participant.updated_at = network_of(request).clock()
    if "EndConferenceOnExit" in form:
        participant.ends = form.flag("EndConferenceOnExit")
        await conference.tell("modify", participant)
    if "Coaching" in form or "CallSidToCoach" in form:
        coaches = form.one("CallSidToCoach") or seat.coaches
        seat.coaches = coaches if form.flag("Coaching", default=True) else None
        await conference.tell("modify", participant)
    if "Muted" in form and seat.muted != form.flag("Muted"):
        seat.muted = form.flag("Muted")
        await conference.tell("mute" if seat.muted else "unmute", participant)
    if any(name in form for name in ("Coaching", "CallSidToCoach", "Muted")):
        participant.notice()
    if "Hold" in form and seat.on_hold != form.flag("Hold"):
        seat.on_hold = form.flag("Hold")
        participant.hold = _document(form, "HoldUrl", "HoldMethod", "GET")
        participant.stir()
        await conference.tell("hold" if seat.on_hold else "unhold", participant)
    announcement = _document(form, "AnnounceUrl", "AnnounceMethod", "POST")
    if announcement is not None:
        participant.announcements.append(announcement)
        participant.stir()
    return render(participant, conference, account)


@router.delete("/{name}.json", status_code=204)
async def remove(request: Request, account: Account, conference_sid: str, name: str) -> Response:
    """Take somebody out. Their call goes on after its `<Dial>`; one that was rung for the conference ends."""
    conference = stored(request, conference_sid)
    participant = _participant(request, conference, name)
    participant.removed = True
    if participant.seat is None:
        network_of(request).exchange.cancel(participant.call_sid)
    elif participant.seat.execution.document is None:
        participant.seat.execution.line.interrupt(EndedByRest())
    else:
        participant.stir()
    return Response(status_code=204)


def render(participant: Participant, conference: Conference, account_sid: str) -> dict[str, Any]:
    """The body of one participant."""
    base = f"/{API_VERSION}/Accounts/{account_sid}/Conferences/{conference.sid}/Participants"
    return {
        "account_sid": account_sid,
        "call_sid": participant.call_sid,
        "label": participant.label,
        "call_sid_to_coach": participant.coaches,
        "coaching": participant.coaches is not None,
        "conference_sid": conference.sid,
        "date_created": rfc2822(participant.created_at),
        "date_updated": rfc2822(participant.updated_at),
        "end_conference_on_exit": participant.ends,
        "muted": participant.muted,
        "hold": participant.on_hold,
        "start_conference_on_enter": participant.manner.starts,
        "status": participant.status,
        "queue_time": "0",
        "uri": f"{base}/{participant.call_sid}.json",
    }


def _conference(request: Request, name: str) -> Conference:
    facilities = network_of(request).facilities
    if name.startswith("CF") and len(name) == 34:
        conference = stored(request, name)
        if conference.status == "completed":
            raise not_found(request)
        return conference
    return facilities.conferences.named(name, facilities)


def _participant(request: Request, conference: Conference, name: str) -> Participant:
    participant = conference.find(name)
    if participant is None:
        raise not_found(request)
    return participant


def _manner(form: Fields) -> Manner:
    wait = form.one("WaitUrl")
    coaches = form.one("CallSidToCoach") or None
    return Manner(
        starts=form.flag("StartConferenceOnEnter", default=True),
        ends=form.flag("EndConferenceOnExit"),
        label=form.one("Label") or None,
        muted=form.flag("Muted"),
        beep=form.one("Beep", "true"),
        coaches=coaches if form.flag("Coaching") else None,
        wait=Goto(wait, form.one("WaitMethod", "POST").upper(), {}) if wait else None,
        silent_wait="WaitUrl" in form and not wait,
        size_max=form.count("MaxParticipants", SIZE_MAX, SIZE_MAX),
    )


def _follower(form: Fields) -> Follower:
    wanted = [word for value in form.all("ConferenceStatusCallbackEvent") for word in value.split()]
    wanted = wanted or ["start", "end"]
    return Follower(
        form.one("ConferenceStatusCallback"),
        form.one("ConferenceStatusCallbackMethod", "POST").upper(),
        tuple(event for event in EVENTS if event in wanted),
    )


def _document(form: Fields, url: str, method: str, usual: str) -> Goto | None:
    return Goto(form.one(url), form.one(method, usual).upper(), {}) if form.one(url) else None
