"""Puts texts, calls and chat lines into the outbox and keeps what becomes of them; `pump.py` takes them out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from backend.consent import service as consent
from backend.database import announce
from backend.errors import ConflictError
from backend.models.base import new_id
from backend.outbox import repository, rules
from backend.outbox.repository import Done
from backend.outbox.rules import Channel, Kind
from backend.outbox.segments import segment_count

__all__ = ["Done"]


class NoWayToReachError(ConflictError):
    """409 `no_way_to_reach`: the caller hid their number."""

    def __init__(self) -> None:
        super().__init__("no_way_to_reach", "This caller's number was withheld, so a text cannot reach them.")


@dataclass(frozen=True, slots=True)
class BulkMessage:
    """One text or call of many, for one person of a campaign; a call has no segments."""

    recipient: str
    text: str
    language: str
    account_id: UUID
    segments: int
    channel: Channel = "sms"


@dataclass(frozen=True, slots=True)
class Standing:
    """So many messages (and segments) of a campaign: their status, why they failed, what they wait for."""

    channel: str
    status: str
    error_code: str | None
    waits_for: str | None
    messages: int
    segments: int


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
    kind: Kind | None = None,
    account_id: UUID | None = None,
) -> UUID:
    """Deliver `text` after this transaction commits; the message's id.

    A call is answered by text. A `secret` text is not kept once telephony has it. Without a `kind`, its purpose says
    whether the customer has just asked for it.

    :raises NoWayToReachError: neither a chat nor a number.
    """
    if channel == "voice":
        channel, thread_key = "sms", None
    if channel == "sms" and recipient is None:
        raise NoWayToReachError
    kind = kind or rules.kind_of(purpose, in_conversation=conversation_id is not None)
    message_id = new_id()
    values = {
        **_new(kind, purpose, now, is_bulk=False),
        "id": message_id,
        "conversation_id": conversation_id,
        "seq": seq,
        "channel": channel,
        "thread_key": thread_key,
        "recipient": recipient,
        "text": text,
        "secret": secret,
        "language": language,
        "segments": segment_count(text) if channel == "sms" else 0,
        "account_id": account_id,
    }
    await repository.add(session, values)
    announce(session, "outbound", message_id=message_id)
    return message_id


def _new(kind: Kind, purpose: str, now: datetime, *, is_bulk: bool) -> dict[str, Any]:
    return {
        "purpose": purpose,
        "status": "pending",
        "created_at": now,
        "updated_at": now,
        "kind": kind,
        "urgency": rules.urgency_of(kind, is_bulk=is_bulk),
    }


async def enqueue_many(
    session: AsyncSession,
    messages: Sequence[BulkMessage],
    *,
    campaign_id: UUID,
    kind: Kind,
    purpose: str,
    now: datetime,
) -> list[UUID]:
    """Deliver the messages of a campaign at the number's pace, after this transaction commits; their ids, in order."""
    ids = [new_id() for _ in messages]
    shared = {
        **_new(kind, purpose, now, is_bulk=True),
        "secret": False,
        "campaign_id": campaign_id,
    }
    rows: list[dict[str, Any]] = [
        {
            **shared,
            "id": message_id,
            "channel": one.channel,
            "recipient": one.recipient,
            "text": one.text,
            "language": one.language,
            "segments": one.segments,
            "account_id": one.account_id,
        }
        for message_id, one in zip(ids, messages, strict=True)
    ]
    await repository.add_many(session, rows)
    if ids:
        announce(session, "outbound", message_id=ids[0])
    return ids


async def note_statuses(session: AsyncSession, messages: Sequence[Done], now: datetime) -> list[UUID]:
    """Keep what the carrier says about messages, and what that says about their numbers; the ids that are not ours.

    A call that nobody answered is made once more, unless this tells again of one that is being made again already.
    """
    rows = await repository.note_statuses(session, messages, now)
    for row in rows:
        if row.status == "failed" and row.recipient is not None:
            await consent.learn(session, row.recipient, row.error_code, now)
    await repository.call_again(
        session,
        messages,
        codes=rules.MISSED,
        pause_seconds=rules.CALL_AGAIN_SECONDS,
        again_max=rules.CALLS_AGAIN_MAX,
    )
    tell(session, rows)
    known = {row.id for row in rows}
    if left := [one.id for one in messages if one.id not in known]:
        known |= await repository.ours(session, left)
    return [one.id for one in messages if one.id not in known]


def tell(session: AsyncSession, rows: Sequence[Row[Any]]) -> None:
    """Let the console know of conversations and campaigns whose messages have moved, once each."""
    for conversation_id in {row.conversation_id for row in rows if row.conversation_id is not None}:
        announce(session, "message_status", conversation_id=conversation_id)
    for campaign_id in {row.campaign_id for row in rows if row.campaign_id is not None}:
        announce(session, "campaign", campaign_id=campaign_id)


async def clock_moved(session: AsyncSession) -> None:
    """The demonstration's clock was set: what waits for an hour of the day is looked at anew."""
    await repository.look_again(session)


async def hold_campaign(session: AsyncSession, campaign_id: UUID) -> None:
    """Keep back what has not gone yet."""
    await repository.hold_campaign(session, campaign_id)


async def release_campaign(session: AsyncSession, campaign_id: UUID) -> None:
    """Let go what was kept back."""
    await repository.release_campaign(session, campaign_id)
    announce(session, "outbound", campaign_id=campaign_id)


async def cancel_campaign(session: AsyncSession, campaign_id: UUID, now: datetime) -> None:
    """What has not gone never goes."""
    await repository.cancel_campaign(session, campaign_id, now)


async def standing_of_campaign(session: AsyncSession, campaign_id: UUID) -> list[Standing]:
    """Where the messages of a campaign stand."""
    return [Standing(**row._mapping) for row in await repository.of_campaign(session, campaign_id)]
