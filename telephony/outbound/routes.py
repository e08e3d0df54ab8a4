"""`POST /outbound/messages`: the backend's own words to a customer, in writing or by telephone."""

import hmac
from typing import Annotated, Literal

import structlog
from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, Field

from telephony.errors import TelephonyError
from telephony.messages import language_of
from telephony.notices.memory import Notice
from telephony.outbound.statuses import TEXT_STATUSES
from telephony.services import Services, services_of

log = structlog.get_logger("telephony.outbound")

router = APIRouter(prefix="/outbound")


class OutboundMessage(BaseModel):
    """A text to send, a notice to say by telephone, or the news that an open chat has a new message (`text` then stays
    in the backend)."""

    message_id: str = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.-]+$")
    conversation_id: str | None = None
    channel: Literal["sms", "call", "chat"]
    thread_key: str | None = None
    to: str | None = None
    text: str = Field(default="", max_length=20_000)
    language: str | None = None
    seq: int | None = None


async def backend_only(request: Request) -> None:
    """The caller has the outbound token.

    :raises TelephonyError: 401.
    """
    expected = services_of(request).settings.outbound_token.get_secret_value()
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(token.encode(), expected.encode()):
        raise TelephonyError(401, "unauthorized", "Send the outbound token as a bearer token.")


async def _services(request: Request) -> Services:
    return services_of(request)


ServicesDep = Annotated[Services, Depends(_services)]


@router.get("/messages/{sid}", dependencies=[Depends(backend_only)])
async def message_now(
    sid: Annotated[str, Path(pattern="^(SM|MM|CA)[0-9a-fA-F]{32}$")], services: ServicesDep
) -> dict[str, str | None]:
    """What has become of a text or a call, for when its callbacks got lost: `sent`, `delivered`, `failed`, `queued`."""
    if sid.startswith("CA"):
        over = await services.notices.now(sid)
        return {"status": over.status if over else "queued", "error_code": over.error_code if over else None}
    found = await services.texts.now(sid)
    return {"status": TEXT_STATUSES.get(found.status, "queued"), "error_code": found.error_code}


@router.post("/messages", status_code=202, dependencies=[Depends(backend_only)])
async def send_message(message: OutboundMessage, services: ServicesDep) -> dict[str, str]:
    """Send a text, or ring a phone, through Twilio, or nudge the chat that shows this thread. The same id twice is one
    message."""
    if message.channel == "chat":
        if not message.thread_key:
            raise TelephonyError(422, "no_thread", "A chat message needs its thread_key.")
        seen = await services.chats.nudge(message.thread_key)
        return {"status": "delivered" if seen else "queued", "provider_message_id": message.message_id}
    if not message.to or not message.to.startswith("+") or not message.to[1:].isdecimal():
        raise TelephonyError(422, "bad_number", "A text or a call needs its number in E.164.")
    if message.channel == "call":
        notice = Notice(message.text, language_of(message.language or "en"))
        call_sid = await services.notices.ring(message.message_id, message.to, notice)
        return {"status": "queued", "provider_message_id": call_sid}
    sent = await services.texts.send(message.message_id, message.to, message.text)
    log.info("text_sent", message_id=message.message_id, sid=sent.sid)
    return {"status": sent.status, "provider_message_id": sent.sid or ""}
