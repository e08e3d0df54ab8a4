"""Gives one message to telephony, and reads what it says."""

from dataclasses import dataclass
from typing import Any, Literal

import aiohttp
import orjson
import structlog
from sqlalchemy import Row

from backend.settings import Settings

Outcome = Literal["sent", "delivered", "failed", "again"]
TIMEOUT_SECONDS = 20.0
"""More than telephony takes to send a text and to ask Twilio about an earlier try."""
CONNECTIONS = 32
_TRY_LATER = frozenset({408, 425, 429})

log = structlog.get_logger("backend.outbox")


@dataclass(frozen=True, slots=True)
class Delivery:
    """What telephony said: the status to keep, the carrier's id, and an error code when it is final."""

    outcome: Outcome
    provider_message_id: str | None = None
    error_code: str | None = None


def open_session(settings: Settings) -> aiohttp.ClientSession:
    """Kept-alive connections to telephony; to be made in the event loop that uses them, and closed in it."""
    return aiohttp.ClientSession(
        settings.telephony_url,
        headers={"Authorization": f"Bearer {settings.outbound_token.get_secret_value()}"},
        timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS, sock_connect=3.0),
        connector=aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=60),
    )


async def hand_over(session: aiohttp.ClientSession, row: Row[Any]) -> Delivery:
    """One attempt; `again` when nobody can know yet. Telephony sends the same id once, so asking twice is safe."""
    body = {
        # A call that is made again is another one to telephony, which carries each out once.
        "message_id": f"{row.id}.{row.calls_missed}" if row.calls_missed else str(row.id),
        "conversation_id": str(row.conversation_id) if row.conversation_id else None,
        "channel": row.channel,
        "thread_key": row.thread_key,
        "to": row.recipient,
        "text": row.text,
        "language": row.language,
        "seq": row.seq,
    }
    try:
        async with session.post("/outbound/messages", json=body) as answer:
            if answer.status in _TRY_LATER or answer.status >= 500:
                return Delivery("again")
            return _read(answer.status, await answer.read())
    except (aiohttp.ClientError, TimeoutError, OSError) as problem:
        log.warning("telephony_unreachable", message_id=str(row.id), kind=type(problem).__name__)
        return Delivery("again")


async def ask(session: aiohttp.ClientSession, provider_message_id: str) -> Delivery | None:
    """What has become of a text that was sent, as the carrier knows it; None when it has no final word."""
    try:
        async with session.get(f"/outbound/messages/{provider_message_id}") as answer:
            told = orjson.loads(await answer.read()) if answer.status == 200 else {}
    except (aiohttp.ClientError, TimeoutError, OSError, orjson.JSONDecodeError):
        return None
    status, code = told.get("status"), told.get("error_code")
    if status not in ("delivered", "failed"):
        return None
    return Delivery(status, provider_message_id, str(code) if code else None)


def _read(status: int, content: bytes) -> Delivery:
    try:
        told = orjson.loads(content)
    except orjson.JSONDecodeError:
        told = None
    if not isinstance(told, dict):
        # It was taken or refused; in which words matters less.
        told = {}
    if status < 400:
        outcome: Outcome = "delivered" if told.get("status") == "delivered" else "sent"
        return Delivery(outcome, told.get("provider_message_id"))
    code = told.get("provider_code")
    return Delivery("failed", error_code=str(code) if code else f"http_{status}")
