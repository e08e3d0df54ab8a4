"""`/Recordings` and `/Transcriptions`: what was recorded."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response

from telephony.simulator.rest.access import Account, network_of, not_found
from telephony.simulator.rest.dates import span
from telephony.simulator.rest.paging import page_of
from telephony.simulator.rest.sounds import wav_of
from telephony.simulator.state.recordings import Recording, RecordingQuery, RecordingTable
from telephony.simulator.values import API_VERSION, rfc2822

router = APIRouter(prefix=f"/{API_VERSION}/Accounts/{{account_sid}}")


@router.get("/Recordings.json")
async def list_recordings(request: Request, account: Account) -> dict[str, Any]:
    """The recordings that match CallSid, ConferenceSid and DateCreated, newest first."""
    query = request.query_params
    wanted = RecordingQuery(query.get("CallSid"), query.get("ConferenceSid"), *span(request, "DateCreated"))

    def find(offset: int, limit: int) -> list[Recording]:
        return _table(request).find(wanted, offset, limit)

    return page_of(request, "recordings", find, lambda each: render(request, each, account))


@router.get("/Recordings/{name}")
async def fetch(request: Request, account: Account, name: str) -> Any:
    """The record (`.json`), or the sound (`.wav`, `.mp3`, or nothing, which is WAV)."""
    sid, _, kind = name.partition(".")
    recording = _stored(request, sid)
    if kind == "json":
        return render(request, recording, account)
    if kind not in ("", "wav", "mp3") or recording.status != "completed":
        raise not_found(request)
    # No encoder is worth its weight here: an MP3 player takes WAV as well.
    words = _table(request).words_of(sid)
    return Response(wav_of(words, recording.duration_seconds or 0), media_type="audio/x-wav")


@router.delete("/Recordings/{sid}.json", status_code=204)
async def delete(request: Request, account: Account, sid: str) -> Response:
    """Forget a recording."""
    if not _table(request).delete(sid):
        raise not_found(request)
    return Response(status_code=204)


@router.get("/Recordings/{sid}/Transcriptions.json")
async def list_of_recording(request: Request, account: Account, sid: str) -> dict[str, Any]:
    """The transcriptions of one recording: one, or none."""
    found = [each for each in [_stored(request, sid)] if each.transcription_sid]
    return page_of(request, "transcriptions", lambda offset, limit: found[offset:], _renderer(request, account))


@router.get("/Recordings/{recording_sid}/Transcriptions/{sid}.json")
async def fetch_of_recording(request: Request, account: Account, recording_sid: str, sid: str) -> dict[str, Any]:
    """One transcription."""
    recording = _stored(request, recording_sid)
    if recording.transcription_sid != sid:
        raise not_found(request)
    return _renderer(request, account)(recording)


@router.get("/Transcriptions.json")
async def list_transcriptions(request: Request, account: Account) -> dict[str, Any]:
    """Every transcription, newest first."""

    def find(offset: int, limit: int) -> list[Recording]:
        return _table(request).find(RecordingQuery(transcribed=True), offset, limit)

    return page_of(request, "transcriptions", find, _renderer(request, account))


@router.get("/Transcriptions/{sid}.json")
async def fetch_transcription(request: Request, account: Account, sid: str) -> dict[str, Any]:
    """One transcription."""
    found = _table(request).find(RecordingQuery(transcription_sid=sid), 0, 1)
    if not found:
        raise not_found(request)
    return _renderer(request, account)(found[0])


def render_part(recording: Recording, account_sid: str, parent: str) -> dict[str, Any]:
    """The body of a recording below a call or a conference."""
    where = recording.call_sid if parent == "Calls" else recording.conference_sid
    uri = f"/{API_VERSION}/Accounts/{account_sid}/{parent}/{where}/Recordings/{recording.sid}.json"
    more = {"track": recording.track} if parent == "Calls" else {}
    return {**_common(recording, account_sid), "uri": uri, **more}


def render(request: Request, recording: Recording, account_sid: str) -> dict[str, Any]:
    """The body of a recording."""
    base = f"/{API_VERSION}/Accounts/{account_sid}/Recordings/{recording.sid}"
    parts = {part: f"{base}/{name}.json" for part, name in _PARTS}
    media = f"{str(request.base_url).rstrip('/')}{base}"
    return {
        **_common(recording, account_sid),
        "uri": f"{base}.json",
        "subresource_uris": parts,
        "media_url": media,
    }


_PARTS = (("add_on_results", "AddOnResults"), ("transcriptions", "Transcriptions"))


def _common(recording: Recording, account_sid: str) -> dict[str, Any]:
    seconds = recording.duration_seconds
    return {
        "account_sid": account_sid,
        "api_version": API_VERSION,
        "call_sid": recording.call_sid,
        "conference_sid": recording.conference_sid,
        "date_created": rfc2822(recording.created_at),
        "date_updated": rfc2822(recording.updated_at),
        "start_time": rfc2822(recording.started_at),
        "duration": None if seconds is None else str(seconds),
        "sid": recording.sid,
        "price": None,
        "price_unit": "USD",
        "status": recording.status,
        "channels": recording.channels,
        "source": recording.source,
        "error_code": None,
        "encryption_details": None,
    }


def _renderer(request: Request, account_sid: str) -> Callable[[Recording], dict[str, Any]]:
    table = _table(request)

    def render_transcription(recording: Recording) -> dict[str, Any]:
        words = table.words_of(recording.sid)
        return {
            "account_sid": account_sid,
            "api_version": API_VERSION,
            "date_created": rfc2822(recording.created_at),
            "date_updated": rfc2822(recording.updated_at),
            "duration": str(recording.duration_seconds or 0),
            "price": None,
            "price_unit": "USD",
            "recording_sid": recording.sid,
            "sid": recording.transcription_sid,
            "status": "completed" if words else "failed",
            "transcription_text": words,
            "type": "fast",
            "uri": f"/{API_VERSION}/Accounts/{account_sid}/Transcriptions/{recording.transcription_sid}.json",
        }

    return render_transcription


def _table(request: Request) -> RecordingTable:
    return network_of(request).facilities.recordings


def _stored(request: Request, sid: str) -> Recording:
    recording = _table(request).get(sid)
    if recording is None:
        raise not_found(request)
    return recording
