"""The statements of the outbox."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.outbox import OutboundMessage

# What a carrier says can overtake itself: a later word never takes back a final one.
_STATUS = text(
    """
    UPDATE outbound_messages SET
        status = CASE WHEN status IN ('delivered', 'failed') OR (status = 'sent' AND :status = 'sent')
                      THEN status ELSE :status END,
        provider_message_id = coalesce(provider_message_id, :provider_message_id),
        error_code = coalesce(:error_code, error_code),
        text = CASE WHEN secret THEN '' ELSE text END,
        updated_at = :now
    WHERE id = :id RETURNING id, conversation_id, status
    """
)


async def add(session: AsyncSession, values: dict[str, Any]) -> None:
    """One new row."""
    await session.execute(insert(OutboundMessage).values(values))


async def set_status(
    session: AsyncSession,
    message_id: UUID,
    status: str,
    *,
    provider_id: str | None,
    error_code: str | None,
    now: datetime,
) -> Row[Any] | None:
    """What the carrier says; None when the message is not ours."""
    values = {
        "id": message_id,
        "status": status,
        "provider_message_id": provider_id,
        "error_code": error_code,
        "now": now,
    }
    return (await session.execute(_STATUS, values)).one_or_none()
