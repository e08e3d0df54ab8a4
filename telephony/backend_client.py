"""The backend as telephony sees it: turns, messages, hand-offs, statuses (docs/contracts.md)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import aiohttp

from telephony.http_json import Refused, Unavailable, call_json, fetch_file
from telephony.messages import Choice, Language, Mode, Utterance, choices_from_json, language_of

_WRITE_SECONDS = 1.2
_READ_SECONDS = 2.0
_STATUS_SECONDS = 8.0
_STATEMENT_SECONDS = 10.0
"""A statement is typeset when it is opened."""
_NOTIFICATION_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class Notice:
    """What everybody of a place is told now, by language: an emergency, or that the billing system is down."""

    id: str
    text: Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class Turn:
    """A recorded turn: what the backend says about it. `replies` is None until it has been answered."""

    turn_id: str
    conversation_id: str
    mode: Mode
    language: Language
    is_new: bool
    duplicate: bool
    text: str
    refused: str | None
    replies: list[Any] | None
    offered: tuple[Choice, ...]
    verification_level: int
    calling_number_on_file: bool
    after_hours: bool
    now: str | None
    notices: tuple[Notice, ...] = ()
    turned_away: bool = False
    """The call is not taken: its number is blocked, or has called without end."""


@dataclass(frozen=True, slots=True)
class FiledHandOff:
    """A hand-off the backend has taken."""

    hand_off_id: str
    department: str
    department_phone: str | None
    open_now: bool


def _turn(raw: Mapping[str, Any]) -> Turn:
    mode = raw.get("mode")
    return Turn(
        turn_id=str(raw["turn_id"]),
        conversation_id=str(raw["conversation_id"]),
        mode=mode if mode in ("person", "closed") else "assistant",
        language=language_of(raw.get("language")),
        is_new=bool(raw.get("is_new")),
        duplicate=bool(raw.get("duplicate")),
        text=str(raw.get("text") or ""),
        refused=raw.get("refused"),
        replies=raw.get("replies"),
        offered=choices_from_json(raw.get("offered")),
        verification_level=int(raw.get("verification_level") or 0),
        calling_number_on_file=bool(raw.get("calling_number_on_file")),
        after_hours=bool(raw.get("after_hours")),
        now=raw.get("now"),
        notices=notices_from(raw.get("notices")),
        turned_away=bool(raw.get("turned_away")),
    )


def notices_from(raw: object) -> tuple[Notice, ...]:
    """Notices as the backend sends them; what is not one is left out."""
    found = []
    for one in raw if isinstance(raw, list) else ():
        text = one.get("text") if isinstance(one, dict) else None
        if isinstance(text, dict) and text.get("en") and text.get("es"):
            found.append(Notice(str(one.get("id")), {"en": str(text["en"]), "es": str(text["es"])}))
    return tuple(found)


class BackendClient:
    """Calls to the backend over one kept-alive session.

    Every method raises `Unavailable` when the backend is not there, too slow or broken, `Refused` on a 4xx.
    """

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str, record_seconds: float) -> None:
        self._session = session
        self._url = url
        self._token = token
        self._record_seconds = record_seconds

    async def record_turn(self, said: Utterance) -> Turn:
        """Record what was said; the same `provider_message_id` again gives the stored turn."""
        body = {
            "channel": said.channel,
            "provider_message_id": said.provider_message_id,
            "thread_key": said.thread_key,
            "party": said.party,
            "kind": said.kind,
            "text": said.text,
            "payload": said.payload,
            "media_count": said.media_count,
            "language": said.language,
        }
        try:
            return _turn(await self._call("POST", "/v1/turns", body, self._record_seconds))
        except Unavailable as problem:
            if problem.reason != "disconnected":
                raise
        # A kept connection that the server had just closed. If the first attempt did arrive, the second is told
        # "duplicate", yet nobody else is working on it: the turn is ours.
        raw = await self._call("POST", "/v1/turns", body, self._record_seconds)
        return _turn({**raw, "duplicate": bool(raw.get("duplicate")) and raw.get("replies") is not None})

    async def turn(self, turn_id: str) -> Turn:
        """A turn as it stands; `replies` appears when it has been answered."""
        return _turn(await self._call("GET", f"/v1/turns/{turn_id}", None, _READ_SECONDS))

    async def record_replies(
        self, turn_id: str, replies: Sequence[object], language: Language, outcome: str
    ) -> list[Any]:
        """Put the answer of a turn on record; gives the one that counts (the first)."""
        body = {"replies": replies, "language": language, "outcome": outcome}
        raw = await self._call("PUT", f"/v1/turns/{turn_id}/replies", body, _WRITE_SECONDS)
        stored = raw.get("replies")
        return stored if isinstance(stored, list) else list(replies)

    async def file_hand_off(self, hand_off: Mapping[str, object]) -> FiledHandOff:
        """A customer needs a person; the body is that of `POST /v1/hand-offs`."""
        raw = await self._call("POST", "/v1/hand-offs", dict(hand_off), _WRITE_SECONDS)
        return FiledHandOff(
            hand_off_id=str(raw.get("hand_off_id")),
            department=str(raw.get("department") or "customer_service"),
            department_phone=raw.get("department_phone"),
            open_now=bool(raw.get("open_now")),
        )

    async def conversation_of(self, channel: str, thread_key: str) -> Mapping[str, Any] | None:
        """`{"conversation_id", "mode", "language"}` of the open conversation of a thread, or None."""
        path = f"/v1/conversations?channel={channel}&thread_key={quote(thread_key, safe='')}"
        try:
            found: Mapping[str, Any] = await self._call("GET", path, None, _READ_SECONDS)
        except Refused as problem:
            if problem.status == 404:
                return None
            raise
        return found

    async def messages_after(self, conversation_id: str, seq: int) -> Mapping[str, Any]:
        """`{"conversation_id", "mode", "language", "messages": […]}`: the messages after `seq`, in order."""
        path = f"/v1/conversations/{conversation_id}/messages?after={seq}"
        found: Mapping[str, Any] = await self._call("GET", path, None, _READ_SECONDS)
        return found

    async def end_conversation(self, conversation_id: str, reason: str) -> None:
        """The customer hung up or left."""
        await self._call("POST", f"/v1/conversations/{conversation_id}/end", {"reason": reason}, _WRITE_SECONDS)

    async def text_consent(self, phone: str, word: str, wording: str, *, is_keyword: bool, message_id: str) -> bool:
        """A customer's word about texts; whether it was one (a YES may be an answer to something else)."""
        body = {
            "phone": phone,
            "word": word,
            "wording": wording,
            "is_keyword": is_keyword,
            "provider_message_id": message_id,
        }
        told = await self._call("POST", "/v1/text-consents", body, _WRITE_SECONDS)
        return bool(told.get("heard"))

    async def stop_calls(self, phone: str, wording: str, *, by_key: bool, message_id: str) -> bool:
        """A customer wants no more automatic calls; whether it is on record."""
        body = {
            "phone": phone,
            "word": "stop",
            "wording": wording,
            "is_keyword": by_key,
            "provider_message_id": message_id,
            "about": "calls",
        }
        told = await self._call("POST", "/v1/text-consents", body, _WRITE_SECONDS)
        return bool(told.get("heard"))

    async def message_statuses(self, statuses: Sequence[Mapping[str, Any]]) -> None:
        """What became of texts that we sent and calls that we made."""
        await self._call("POST", "/v1/message-statuses", {"statuses": list(statuses)}, _STATUS_SECONDS)

    async def district(self) -> Mapping[str, Any]:
        """The district's public facts."""
        found: Mapping[str, Any] = await self._call("GET", "/v1/district", None, _READ_SECONDS)
        return found

    async def statement(self, token: str) -> tuple[bytes, str]:
        """The PDF behind a link, and its language; `Refused` when the link is wrong or has expired."""
        url = f"{self._url}/v1/statements/{token}"
        pdf, headers = await fetch_file(self._session, url, token=self._token, seconds=_STATEMENT_SECONDS)
        return pdf, headers.get("Content-Language", "en")

    async def payment_notification(self, body: bytes, headers: Mapping[str, str]) -> None:
        """What the card processor told us, byte for byte with its signature; the backend proves and keeps it."""
        url, token = f"{self._url}/v1/payment-notifications", self._token
        await call_json(
            self._session, "POST", url, token=token, seconds=_NOTIFICATION_SECONDS, body=body, headers=headers
        )

    async def capture(self, conversation_id: str, offer_id: str, keyed: Mapping[str, str]) -> None:
        """Charge what was keyed in for an offer (`token`, `kind`, `brand`, `last4`); again is the same charge."""
        path = f"/v1/conversations/{quote(conversation_id)}/payment-offers/{quote(offer_id)}/capture"
        await self._call("POST", path, dict(keyed), _WRITE_SECONDS)

    async def capture_progress(self, capture_id: str, told: Mapping[str, Any]) -> Mapping[str, Any]:
        """What Twilio said of an agent-assisted payment; `{"action", "field", "key"}` is what to do next."""
        path = f"/v1/captures/{quote(capture_id)}/progress"
        found: Mapping[str, Any] = await self._call("POST", path, dict(told), _WRITE_SECONDS)
        return found

    async def is_ready(self) -> bool:
        """Whether the backend can do its work just now."""
        try:
            await self._call("GET", "/readyz", None, 1.0)
        except (Unavailable, Refused):
            return False
        return True

    async def _call(self, method: str, path: str, body: object, seconds: float) -> Any:
        url = self._url + path
        return await call_json(self._session, method, url, token=self._token, seconds=seconds, body=body)
