"""Turns, replies and messages: each done once, however often it is asked for."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from backend.conversations import repository
from backend.conversations.digits import only_digits, without_digits, without_stated_secrets
from backend.conversations.redaction import CARD, card_over_messages, mask_part_of_card, redact
from backend.conversations.schemas import RepliesIn, TurnIn
from backend.database import announce
from backend.errors import ConflictError, NotFoundError
from backend.models.base import new_id

# A call and a chat end when they end; a text thread begins anew after this pause.
SESSION_WINDOW = {
    "sms": timedelta(hours=12),
    "chat": timedelta(days=7),
    "voice": timedelta(hours=12),
}
TAKE_OVER_AFTER = timedelta(seconds=12)
CARD_REACH = timedelta(minutes=10)


class ConversationNotFoundError(NotFoundError):
    """404 `conversation_not_found`."""

    def __init__(self) -> None:
        super().__init__("conversation_not_found", "There is no such conversation.")


class TurnNotFoundError(NotFoundError):
    """404 `turn_not_found`."""

    def __init__(self) -> None:
        super().__init__("turn_not_found", "There is no turn with this id.")


@dataclass(frozen=True, slots=True)
class Appended:
    """A message of ours in the transcript, and where its conversation is reached."""

    conversation_id: UUID
    seq: int
    channel: str
    thread_key: str
    party: str | None
    language: str


async def record_turn(session: AsyncSession, said: TurnIn, default_language: str, now: datetime) -> Row[Any]:
    """Store what a customer said, masked; the row says what to do (`created` False: seen before)."""
    words = redact(said.text)
    payload = redact(said.payload) if said.payload else None
    masked, refused = words.text, words.refused or (payload.refused if payload else None)
    if not refused and await _completes_card(session, said, now):
        masked, refused = mask_part_of_card(), CARD
    row = await repository.record_turn(
        session,
        {
            **said.model_dump(exclude={"text", "payload"}),
            "text": masked,
            "kept_text": without_stated_secrets(masked),
            "secret_text": without_digits(masked),
            "payload": said.payload if refused is None else None,
            "refused": refused,
            "turn_id": new_id(),
            "new_conversation_id": new_id(),
            "default_language": default_language,
            "now": now,
            "window": SESSION_WINDOW[said.channel],
            "take_over_after": TAKE_OVER_AFTER,
        },
    )
    if row.mode == "person" and row.created:
        announce(session, "message", conversation_id=row.conversation_id)
    return row


def may_complete_card(text: str) -> bool:
    """Whether a message is a number and nothing else, so that earlier ones have to be looked at."""
    return bool(only_digits(text))


async def _completes_card(session: AsyncSession, said: TurnIn, now: datetime) -> bool:
    """Whether this message ends a card number that came in parts; the earlier parts are masked then."""
    if not may_complete_card(said.text):
        return False
    earlier = await repository.recent_messages(session, said.channel, said.thread_key, now, CARD_REACH)
    count = card_over_messages([row.text for row in earlier], said.text)
    if count:
        seqs = [row.seq for row in earlier[:count]]
        await repository.mask_messages(session, earlier[0].conversation_id, seqs, mask_part_of_card())
    return count > 0


async def turn(session: AsyncSession, turn_id: UUID) -> Row[Any]:
    """A turn as a duplicate request sees it.

    :raises TurnNotFoundError: there is none.
    """
    row = await repository.turn(session, turn_id)
    if row is None:
        raise TurnNotFoundError
    return row


async def record_replies(session: AsyncSession, turn_id: UUID, answer: RepliesIn, now: datetime) -> Row[Any]:
    """Keep the first answer to a turn; the row has the one that stays.

    :raises TurnNotFoundError: there is no such turn.
    """
    values = {
        "turn_id": turn_id,
        "replies": orjson.dumps([reply.model_dump(mode="json") for reply in answer.replies]).decode(),
        "language": answer.language,
        "outcome": answer.outcome,
        "now": now,
    }
    row = await repository.record_replies(session, values)
    if row is None:
        raise TurnNotFoundError
    return row


async def messages(session: AsyncSession, conversation_id: UUID, after: int) -> dict[str, Any]:
    """The transcript after message `after`, in the shape of the contract.

    :raises ConversationNotFoundError: there is no such conversation.
    """
    rows = await repository.messages(session, conversation_id, after)
    if not rows:
        raise ConversationNotFoundError
    return {
        "conversation_id": conversation_id,
        "mode": rows[0].mode,
        "language": rows[0].language,
        "messages": [
            {
                "seq": row.seq,
                "from": row.sender,
                "text": row.text,
                "choices": row.choices,
                "at": row.at,
                "name": row.name,
            }
            for row in rows
            if row.seq is not None
        ],
    }


async def open_conversation(session: AsyncSession, channel: str, thread_key: str) -> Row[Any]:
    """The open conversation of a thread.

    :raises ConversationNotFoundError: the thread has none.
    """
    row = await repository.open_conversation(session, channel, thread_key)
    if row is None:
        raise ConversationNotFoundError
    return row


async def end(session: AsyncSession, conversation_id: UUID, reason: str, now: datetime) -> str:
    """The customer has gone: what they proved about themselves goes with them. The mode after that.

    :raises ConversationNotFoundError: there is no such conversation.
    """
    mode = await repository.end(session, conversation_id, reason, now)
    if mode is None:
        raise ConversationNotFoundError
    announce(session, "ended", conversation_id=conversation_id)
    return mode


async def set_language(session: AsyncSession, conversation_id: UUID, language: str) -> None:
    """Answer in this language from now on.

    :raises ConversationNotFoundError: there is no such conversation.
    """
    if not await repository.set_language(session, conversation_id, language):
        raise ConversationNotFoundError


async def say(
    session: AsyncSession,
    conversation_id: UUID,
    sender: str,
    words: str,
    *,
    now: datetime,
    staff_id: UUID | None = None,
    name: str | None = None,
) -> Appended:
    """Add a line of `sender` (`person`, `system`) to the transcript, masked like everything else.

    :raises ConversationNotFoundError: there is no such conversation.
    """
    if not words.strip():
        raise ConflictError("empty_message", "Write something first.")
    masked = redact(words).text
    row = await repository.append_message(
        session, conversation_id, sender, masked, now=now, staff_id=staff_id, name=name
    )
    if row is None:
        raise ConversationNotFoundError
    announce(session, "message", conversation_id=conversation_id)
    return Appended(conversation_id, row.last_seq, row.channel, row.thread_key, row.party, row.language)


def masked(words: str) -> str:
    """The words without the numbers that must not be kept or sent."""
    return redact(words).text
