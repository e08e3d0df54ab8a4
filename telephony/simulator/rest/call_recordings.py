"""`/Calls/{sid}/Recordings`: record a live call, pause, stop."""

from typing import Any

from fastapi import APIRouter, Request, Response

from telephony.simulator.calls.execution import Execution
from telephony.simulator.calls.recording import Recorder, recording_events
from telephony.simulator.errors import TwilioError
from telephony.simulator.network import Network
from telephony.simulator.rest.access import Account, Fields, Form, network_of, not_found
from telephony.simulator.rest.dates import span
from telephony.simulator.rest.paging import page_of
from telephony.simulator.rest.recordings import render_part
from telephony.simulator.state.recordings import Recording, RecordingQuery
from telephony.simulator.values import API_VERSION, new_sid

router = APIRouter(prefix=f"/{API_VERSION}/Accounts/{{account_sid}}/Calls/{{call_sid}}")


@router.post("/Recordings.json", status_code=201)
async def create(request: Request, account: Account, call_sid: str, form: Form) -> dict[str, Any]:
    """Record a call that goes on, from now."""
    network = network_of(request)
    execution = live_call(request, call_sid)
    recorder = recorder_of(network, execution, form, "StartCallRecordingAPI")
    execution.companions.append(recorder)
    await recorder.begin()
    return render_part(recorder.record, account, "Calls")


@router.get("/Recordings.json")
async def list_recordings(request: Request, account: Account, call_sid: str) -> dict[str, Any]:
    """The recordings of one call, newest first."""
    network = network_of(request)
    wanted = RecordingQuery(call_sid, None, *span(request, "DateCreated"))

    def find(offset: int, limit: int) -> list[Recording]:
        return network.facilities.recordings.find(wanted, offset, limit)

    return page_of(request, "recordings", find, lambda each: render_part(each, account, "Calls"))


@router.get("/Recordings/{sid}.json")
async def fetch(request: Request, account: Account, call_sid: str, sid: str) -> dict[str, Any]:
    """One recording."""
    return render_part(_stored(request, call_sid, sid), account, "Calls")


@router.post("/Recordings/{sid}.json")
async def update(request: Request, account: Account, call_sid: str, sid: str, form: Form) -> dict[str, Any]:
    """Pause, go on, or stop. `Twilio.CURRENT` is the one that runs."""
    execution = live_call(request, call_sid)
    running = [each for each in execution.companions if isinstance(each, Recorder)]
    recorder = next((each for each in running if sid in (each.sid, "Twilio.CURRENT")), None)
    if recorder is None:
        raise not_found(request)
    status = form.one("Status")
    if status == "stopped":
        execution.companions.remove(recorder)
        await recorder.stop()
    elif status in ("paused", "in-progress"):
        recorder.pause(status, form.one("PauseBehavior", "silence"))
    else:
        raise TwilioError(400, 21220, "Status must be in-progress, paused or stopped")
    return render_part(recorder.record, account, "Calls")


@router.delete("/Recordings/{sid}.json", status_code=204)
async def delete(request: Request, account: Account, call_sid: str, sid: str) -> Response:
    """Forget a recording."""
    _stored(request, call_sid, sid)
    network_of(request).facilities.recordings.delete(sid)
    return Response(status_code=204)


def recorder_of(network: Network, execution: Execution, form: Fields, source: str) -> Recorder:
    """A recorder as the form wants it."""
    now = network.clock()
    channels = 1 if form.one("RecordingChannels") == "mono" else 2 if form.one("RecordingChannels") else 1
    record = Recording(new_sid("RE"), execution.leg.sid, source, now, now, now, channels=channels)
    record.track = form.one("RecordingTrack", "both")
    return Recorder(
        network.facilities,
        execution.line,
        record,
        form.one("RecordingStatusCallback"),
        form.one("RecordingStatusCallbackMethod", "POST").upper(),
        recording_events(form.all("RecordingStatusCallbackEvent")),
    )


def live_call(request: Request, sid: str) -> Execution:
    """A call that goes on. Raises 404/20404; 400/21220 when it does not go on."""
    network = network_of(request)
    if network.calls.get(sid) is None:
        raise not_found(request)
    execution = network.facilities.live.get(sid)
    if execution is None:
        raise TwilioError(400, 21220, "Call is not in-progress.")
    return execution


def _stored(request: Request, call_sid: str, sid: str) -> Recording:
    recording = network_of(request).facilities.recordings.get(sid)
    if recording is None or recording.call_sid != call_sid:
        raise not_found(request)
    return recording
