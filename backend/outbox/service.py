"""Puts messages into the outbox and keeps what the carrier says about them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import announce
from backend.errors import ConflictError, NotFoundError
from backend.models.base import new_id
from backend.outbox import repository


class NoWayToReachError(ConflictError):
    """409 `no_way_to_reach`: the caller hid their number."""

    def __init__(self) -> None:
        super().__init__("no_way_to_reach", "This caller's number was withheld, so a text cannot reach them.")


async def enqueue(
    session: AsyncSession,
    *,
    channel: str,
    recipient: str | None,
    text: str,
    language: str,
    purpose: str,
    now: datetime,
    conversation_id: UUID | None = None,
    thread_key: str | None = None,
    seq: int | None = None,
    secret: bool = False,
) -> UUID:
    """Deliver `text` after this transaction commits; the message's id.

    A call is answered by text. A `secret` text is not kept once telephony has it.

    :raises NoWayToReachError: neither a chat nor a number.
    """
    if channel == "voice":
        channel, thread_key = "sms", None
    if channel == "sms" and recipient is None:
        raise NoWayToReachError
    message_id = new_id()
    values = {
        "id": message_id,
        "conversation_id": conversation_id,
        "seq": seq,
        "channel": channel,
        "thread_key": thread_key,
        "recipient": recipient,
        "text": text,
        "secret": secret,
        "language": language,
        "purpose": purpose,
        "status": "pending",
        "created_at": now,
        "updated_at": now,
    }
    await repository.add(session, values)
    announce(session, "outbound", message_id=message_id)
    return message_id


async def set_status(
    session: AsyncSession,
    message_id: UUID,
    status: str,
    *,
    provider_id: str | None,
    error_code: str | None,
    now: datetime,
) -> str:
    """Keep what the carrier says about a message; the status that counts after that.

    :raises NotFoundError: `message_not_found`.
    """
    row = await repository.set_status(
        session, message_id, status, provider_id=provider_id, error_code=error_code, now=now
    )
    if row is None:
        raise NotFoundError("message_not_found", "There is no message with this id.")
    if row.conversation_id is not None:
        announce(session, "message_status", conversation_id=row.conversation_id)
    kept: str = row.status
    return kept
