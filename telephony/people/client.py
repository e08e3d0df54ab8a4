"""The backend's queue as telephony sees it (docs/contracts.md). Telephony holds no truth: it asks and carries out."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import aiohttp

from telephony.http_json import call_json
from telephony.messages import Language, language_of

SECONDS = 2.5


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a caller stands. `turn`: wait, soon, closed, overflow or gone; `minutes` None: nobody knows."""

    turn: str
    place: int
    minutes: int | None
    offer_callback: bool
    phone: str | None


@dataclass(frozen=True, slots=True)
class Onward:
    """Where a call goes on: wait, assistant, department, voicemail, ask or end."""

    outcome: str
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Whisper:
    """What the one hears who picked up; `role` lead, consult, supervisor or customer. `summary` is the case's own."""

    role: str
    language: Language
    words: str
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Joining:
    """How a leg joins its conference; None of it when the caller is gone."""

    conference: str
    bring: str | None
    muted: bool
    coach: str | None
    ends: bool
    stays: tuple[str, ...]


class QueueClient:
    """Calls to `/v1/queue`. Every method raises `Unavailable` or `Refused`."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str) -> None:
        self._session = session
        self._url = f"{url}/v1/queue"
        self._recordings = f"{url}/v1/recordings"
        self._token = token

    async def enter(
        self, call_sid: str, party: str | None, department: str | None, *, tried: str | None = None, rung: int = 1
    ) -> Onward:
        """A caller asks for a person: `wait`, `ring` (with the number), or `closed`. `tried`: a department's phone was
        rung before and is `unanswered`, or the caller is `gone`; `rung`: so many phones were."""
        body = {"call_sid": call_sid, "party": party, "department": department, "tried": tried, "rung": rung}
        raw = await self._call("POST", "/calls", body)
        return Onward(str(raw["outcome"]), raw.get("number"))

    async def standing(self, call_sid: str) -> Standing:
        """Where the caller stands now."""
        raw = await self._call("GET", f"/calls/{quote(call_sid)}")
        return Standing(raw["turn"], raw["place"], raw["minutes"], bool(raw["offer_callback"]), raw["phone"])

    async def choose_callback(self, call_sid: str, phone: str) -> None:
        """Call this number back instead."""
        await self._call("PUT", f"/calls/{quote(call_sid)}/callback", {"phone": phone})

    async def leave_for(self, call_sid: str, step: str) -> None:
        """The caller will leave the line for `voicemail` or `overflow`."""
        await self._call("PUT", f"/calls/{quote(call_sid)}/step", {"step": step})

    async def left(self, call_sid: str, result: str) -> Onward:
        """The caller is out of the line or alone: where the call goes on."""
        raw = await self._call("POST", f"/calls/{quote(call_sid)}/left", {"result": result or "unknown"})
        return Onward(str(raw["outcome"]), raw.get("number"))

    async def whisper(self, leg_id: str) -> Whisper:
        """What the one hears who picked up."""
        raw = await self._call("GET", f"/legs/{quote(leg_id)}")
        return Whisper(str(raw["role"]), language_of(raw["language"]), str(raw["words"]), str(raw["summary"]))

    async def report(self, leg_id: str, state: str, call_sid: str, failure: str | None = None) -> Joining | None:
        """What became of a phone that was rung; how it joins, where it does."""
        body = {"state": state, "provider_sid": call_sid or None, "failure": failure}
        raw = await self._call("PUT", f"/legs/{quote(leg_id)}", body)
        if raw["outcome"] != "join":
            return None
        stays = tuple(str(sid) for sid in raw["stays"])
        return Joining(str(raw["conference"]), raw["bring"], bool(raw["muted"]), raw["coach"], bool(raw["ends"]), stays)

    async def keep_voicemail(self, call_sid: str, party: str | None, recording_sid: str, seconds: int) -> None:
        """A message was left."""
        body = {"call_sid": call_sid, "party": party, "recording_sid": recording_sid, "seconds": seconds}
        await self._call("POST", "/voicemails", body)

    async def hear_message(self, call_sid: str, transcription_sid: str, number: int, text: str, is_last: bool) -> None:
        """One sentence of the message that a caller leaves; its beginning and its end have no words."""
        body = {"transcription_sid": transcription_sid, "number": number, "text": text, "is_last": is_last}
        await self._call("POST", f"/calls/{quote(call_sid)}/message", body)

    async def keep_recording(self, conference: str, recording_sid: str, state: str, seconds: int | None) -> None:
        """The recording of a conference is `running` or `done`."""
        body = {"conference": conference, "recording_sid": recording_sid, "state": state, "seconds": seconds}
        await call_json(self._session, "POST", self._recordings, token=self._token, seconds=SECONDS, body=body)

    async def _call(self, method: str, path: str, body: object = None) -> Any:
        return await call_json(self._session, method, self._url + path, token=self._token, seconds=SECONDS, body=body)
