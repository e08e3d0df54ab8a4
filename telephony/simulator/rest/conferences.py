"""`/Conferences`: list, fetch, end, announce."""

from typing import Any

from fastapi import APIRouter, Request, Response

from telephony.simulator.calls.conferences import Conference
from telephony.simulator.calls.line import Goto
from telephony.simulator.errors import TwilioError
from telephony.simulator.rest.access import Account, Form, network_of, not_found
from telephony.simulator.rest.dates import span, within
from telephony.simulator.rest.paging import page_of
from telephony.simulator.rest.recordings import render_part
from telephony.simulator.state.recordings import Recording, RecordingQuery
from telephony.simulator.values import API_VERSION, rfc2822

router = APIRouter(prefix=f"/{API_VERSION}/Accounts/{{account_sid}}/Conferences")


@router.get(".json")
async def list_conferences(request: Request, account: Account) -> dict[str, Any]:
    """The conferences that match FriendlyName, Status, DateCreated and DateUpdated, newest first."""
    query = request.query_params
    created, updated = span(request, "DateCreated"), span(request, "DateUpdated")
    found = [
        each
        for each in network_of(request).facilities.conferences.newest_first()
        if query.get("FriendlyName") in (None, each.name)
        and query.get("Status") in (None, each.status)
        and within(each.created_at, created)
        and within(each.updated_at, updated)
    ]

    def page(offset: int, limit: int) -> list[Conference]:
        return found[offset : offset + limit]

    return page_of(request, "conferences", page, lambda each: render(each, account))


@router.get("/{sid}.json")
async def fetch(request: Request, account: Account, sid: str) -> dict[str, Any]:
    """One conference."""
    return render(stored(request, sid), account)


@router.post("/{sid}.json")
async def update(request: Request, account: Account, sid: str, form: Form) -> dict[str, Any]:
    """End it for everybody, or let everybody hear an announcement."""
    conference = stored(request, sid)
    status = form.one("Status")
    if status not in ("", "completed"):
        raise TwilioError(400, 20001, "Status must be completed")
    if status:
        await conference.end("conference-ended-via-api")
    elif form.one("AnnounceUrl"):
        for participant in conference.present:
            method = form.one("AnnounceMethod", "POST").upper()
            participant.announcements.append(Goto(form.one("AnnounceUrl"), method, {}))
            participant.stir()
    return render(conference, account)


@router.get("/{sid}/Recordings.json")
async def list_recordings(request: Request, account: Account, sid: str) -> dict[str, Any]:
    """The recordings of one conference, newest first."""
    network = network_of(request)
    wanted = RecordingQuery(None, stored(request, sid).sid, *span(request, "DateCreated"))

    def find(offset: int, limit: int) -> list[Recording]:
        return network.facilities.recordings.find(wanted, offset, limit)

    return page_of(request, "recordings", find, lambda each: render_part(each, account, "Conferences"))


@router.get("/{conference_sid}/Recordings/{sid}.json")
async def fetch_recording(request: Request, account: Account, conference_sid: str, sid: str) -> dict[str, Any]:
    """One recording."""
    return render_part(_recording(request, conference_sid, sid), account, "Conferences")


@router.post("/{conference_sid}/Recordings/{sid}.json")
async def update_recording(
    request: Request, account: Account, conference_sid: str, sid: str, form: Form
) -> dict[str, Any]:
    """Pause, go on, or stop."""
    recorder = stored(request, conference_sid).recorder
    if recorder is None or sid not in (recorder.sid, "Twilio.CURRENT"):
        raise not_found(request)
    status = form.one("Status")
    if status == "stopped":
        await recorder.stop()
    elif status in ("paused", "in-progress"):
        recorder.pause(status, form.one("PauseBehavior", "silence"))
    else:
        raise TwilioError(400, 21220, "Status must be in-progress, paused or stopped")
    return render_part(recorder.record, account, "Conferences")


@router.delete("/{conference_sid}/Recordings/{sid}.json", status_code=204)
async def delete_recording(request: Request, account: Account, conference_sid: str, sid: str) -> Response:
    """Forget a recording."""
    _recording(request, conference_sid, sid)
    network_of(request).facilities.recordings.delete(sid)
    return Response(status_code=204)


def render(conference: Conference, account_sid: str) -> dict[str, Any]:
    """The body of one conference."""
    base = f"/{API_VERSION}/Accounts/{account_sid}/Conferences/{conference.sid}"
    return {
        "account_sid": account_sid,
        "api_version": API_VERSION,
        "call_sid_ending_conference": conference.ended_by,
        "date_created": rfc2822(conference.created_at),
        "date_updated": rfc2822(conference.updated_at),
        "friendly_name": conference.name,
        "reason_conference_ended": conference.reason_ended,
        "region": "us1",
        "sid": conference.sid,
        "status": conference.status,
        "subresource_uris": {
            "participants": f"{base}/Participants.json",
            "recordings": f"{base}/Recordings.json",
        },
        "uri": f"{base}.json",
    }


def stored(request: Request, name: str) -> Conference:
    """The conference of that SID, or of that name while it goes on. Raises 404/20404."""
    conferences = network_of(request).facilities.conferences
    conference = conferences.get(name) or conferences.find(name)
    if conference is None:
        raise not_found(request)
    return conference


def _recording(request: Request, conference_sid: str, sid: str) -> Recording:
    recording = network_of(request).facilities.recordings.get(sid)
    if recording is None or recording.conference_sid != conference_sid:
        raise not_found(request)
    return recording
