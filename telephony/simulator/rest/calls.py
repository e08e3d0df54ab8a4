"""`/Calls`: create, list, fetch, redirect or end, delete."""

from typing import Any

from fastapi import APIRouter, Request, Response

from telephony.simulator.calls.exchange import Origination
from telephony.simulator.calls.execution import Execution, Outcome
from telephony.simulator.calls.leg import FINAL, Leg, new_record
from telephony.simulator.calls.line import EndedByRest, Goto, TakenOver
from telephony.simulator.calls.progress import Progress, wanted_events
from telephony.simulator.calls.recording import Recorder
from telephony.simulator.calls.timeline import Timeline
from telephony.simulator.errors import TwilioError
from telephony.simulator.magic import CALL_FROM, CALL_TO
from telephony.simulator.network import Network
from telephony.simulator.rest.access import Account, Fields, Form, network_of, not_found
from telephony.simulator.rest.call_recordings import recorder_of
from telephony.simulator.rest.dates import span
from telephony.simulator.rest.paging import page_of
from telephony.simulator.state.calls import CallQuery, CallRecord
from telephony.simulator.values import API_VERSION, is_e164, rfc2822

router = APIRouter(prefix=f"/{API_VERSION}/Accounts/{{account_sid}}")

RING_SECONDS = 60
RING_SECONDS_MAX = 600
INLINE_CHARACTERS_MAX = 4000
DETECTIONS = ("", "Enable", "DetectMessageEnd")


@router.post("/Calls.json", status_code=201)
async def create(request: Request, account: Account, form: Form) -> dict[str, Any]:
    """Ring a phone and, when it is answered, carry out a document."""
    network = network_of(request)
    check_parties(form)
    start = _document(form)
    if start is None:
        raise TwilioError(400, 21205, "Url, Twiml or ApplicationSid is required")
    detection = form.one("MachineDetection")
    if detection not in DETECTIONS:
        raise TwilioError(400, 20001, "MachineDetection must be Enable or DetectMessageEnd")
    leg = outgoing_leg(network, form, account)
    body = render(leg.record, account)

    async def opening(execution: Execution) -> Outcome:
        return start

    network.exchange.originate(
        Origination(
            leg=leg,
            opening=opening,
            progress=progress_of(network, leg, form),
            ring_seconds=form.count("Timeout", RING_SECONDS, RING_SECONDS_MAX),
            timeline=Timeline(),
            fallback_url=form.one("FallbackUrl"),
            detect_machine="" if form.one("SendDigits") else detection,
            on_answer=_recording(network, form) if form.flag("Record") else None,
        )
    )
    return body


@router.get("/Calls.json")
async def list_calls(request: Request, account: Account) -> dict[str, Any]:
    """The calls that match To, From, Status, ParentCallSid, StartTime and EndTime, newest first."""
    network = network_of(request)
    query = request.query_params
    started_from, started_before = span(request, "StartTime")
    ended_from, ended_before = span(request, "EndTime")
    wanted = CallQuery(
        caller=query.get("From"),
        called=query.get("To"),
        status=query.get("Status"),
        parent_sid=query.get("ParentCallSid"),
        started_from=started_from,
        started_before=started_before,
        ended_from=ended_from,
        ended_before=ended_before,
    )

    def find(offset: int, limit: int) -> list[CallRecord]:
        return network.calls.find(wanted, offset, limit)

    return page_of(request, "calls", find, lambda record: render(record, account))


@router.get("/Calls/{sid}.json")
async def fetch(request: Request, account: Account, sid: str) -> dict[str, Any]:
    """One call."""
    return render(_stored(request, sid), account)


@router.post("/Calls/{sid}.json")
async def update(request: Request, account: Account, sid: str, form: Form) -> dict[str, Any]:
    """Redirect a live call (Url or Twiml), or end it (Status). A call in the wrong state: 21220."""
    network = network_of(request)
    record = _stored(request, sid)
    if record.status in FINAL:
        raise TwilioError(400, 21220, "Call is not in-progress. Cannot redirect.")
    status, goto = form.one("Status"), _document(form)
    if status not in ("", "canceled", "completed"):
        raise TwilioError(400, 20001, "Status must be canceled or completed")
    live = network.facilities.live.get(sid)
    if status == "completed" and live is not None:
        live.line.interrupt(EndedByRest())
    elif status:
        if not network.exchange.cancel(sid):
            raise TwilioError(400, 21220, "Call is not in a state that can be canceled.")
        record.status = "canceled"
    elif goto is not None:
        if live is None:
            raise TwilioError(400, 21220, "Call is not in-progress. Cannot redirect.")
        if form.one("FallbackUrl"):
            live.fallback_url = form.one("FallbackUrl")
        live.line.interrupt(TakenOver(goto))
    return render(record, account)


@router.delete("/Calls/{sid}.json", status_code=204)
async def delete(request: Request, account: Account, sid: str) -> Response:
    """Forget a call that has ended."""
    network = network_of(request)
    if _stored(request, sid).status not in FINAL:
        raise TwilioError(409, 20009, "Cannot delete a call that is in progress")
    network.calls.delete(sid)
    return Response(status_code=204)


def render(record: CallRecord, account_sid: str) -> dict[str, Any]:
    """The body of one call, field for field as the OpenAPI file has it."""
    base = f"/{API_VERSION}/Accounts/{account_sid}/Calls/{record.sid}"
    parts = ("Notifications", "Recordings", "Streams", "Payments", "Siprec", "Events", "Transcriptions")
    return {
        "account_sid": account_sid,
        "answered_by": record.answered_by,
        "api_version": API_VERSION,
        "caller_name": None,
        "date_created": rfc2822(record.created_at),
        "date_updated": rfc2822(record.updated_at),
        "direction": record.direction,
        "duration": None if record.duration_seconds is None else str(record.duration_seconds),
        "end_time": rfc2822(record.ended_at) if record.ended_at else None,
        "forwarded_from": None,
        "from": record.caller,
        "from_formatted": record.caller,
        "group_sid": None,
        "parent_call_sid": record.parent_sid,
        "phone_number_sid": None,
        "price": None,
        "price_unit": "USD",
        "queue_time": "0",
        "sid": record.sid,
        "start_time": rfc2822(record.started_at) if record.started_at else None,
        "status": record.status,
        "subresource_uris": {part.lower(): f"{base}/{part}.json" for part in parts},
        "to": record.called,
        "to_formatted": record.called,
        "trunk_sid": None,
        "uri": f"{base}.json",
    }


def outgoing_leg(network: Network, form: Fields, account_sid: str) -> Leg:
    """The leg of a call that the REST interface makes."""
    record = new_record("outbound-api", form.one("From"), form.one("To"), network.clock())
    return Leg(record, account_sid, network.clock, network.calls.save)


def progress_of(network: Network, leg: Leg, form: Fields) -> Progress:
    """Who is told how it goes."""
    return Progress(
        leg,
        network.facilities.callbacks,
        form.one("StatusCallback"),
        form.one("StatusCallbackMethod", "POST").upper(),
        wanted_events(form.all("StatusCallbackEvent")),
    )


def check_parties(form: Fields) -> None:
    """Refuse numbers that Twilio refuses at once, with its error numbers."""
    to, sender = form.one("To"), form.one("From")
    if not to:
        raise TwilioError(400, 21201, "No 'To' number is specified")
    if not sender:
        raise TwilioError(400, 21213, "No 'From' number is specified")
    for refusal in (CALL_TO.get(to), CALL_FROM.get(sender)):
        if refusal:
            raise TwilioError(400, refusal.code, refusal.message)
    if not is_e164(to) and not to.startswith(("client:", "sip:")):
        raise TwilioError(400, 21211, "Invalid 'To' Phone Number")
    if not is_e164(sender) and not sender.startswith("client:"):
        raise TwilioError(400, 21212, "Invalid 'From' Phone Number")


def _recording(network: Network, form: Fields) -> Any:
    def begin(execution: Execution) -> None:
        recorder = recorder_of(network, execution, form, "OutboundAPI")

        def name_it(ended: Recorder) -> None:
            duration = str(ended.record.duration_seconds or 0)
            execution.leg.recorded |= {"RecordingUrl": ended.url, "RecordingSid": ended.sid}
            execution.leg.recorded["RecordingDuration"] = duration

        recorder.on_stop = name_it
        execution.companions.append(recorder)

    return begin


def _stored(request: Request, sid: str) -> CallRecord:
    record = network_of(request).calls.get(sid)
    if record is None:
        raise not_found(request)
    return record


def _document(form: Fields) -> Goto | None:
    """Where a call starts or goes on: `Url` wins over `Twiml`."""
    if form.one("Url"):
        return Goto(form.one("Url"), form.one("Method", "POST").upper(), {})
    markup = form.one("Twiml")
    if len(markup) > INLINE_CHARACTERS_MAX:
        raise TwilioError(400, 21218, "Twiml is over 4000 characters")
    return Goto("", "POST", {}, markup) if markup else None
