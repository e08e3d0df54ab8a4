"""The statements behind turns and messages: one each, for they are the hottest there are."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import row_of

_RECORD_TURN = text(
    "SELECT * FROM record_turn(:turn_id, :new_conversation_id, :channel, :provider_message_id, :thread_key, :party,"
    " :kind, :text, :kept_text, :secret_text, :payload, CAST(:media_count AS int), :refused, :language,"
    " :default_language, :now, :window, :take_over_after)"
)
_RECORD_REPLIES = text("SELECT * FROM record_replies(:turn_id, CAST(:replies AS jsonb), :language, :outcome, :now)")
_TURN = text(
    """
    SELECT t.id AS turn_id, t.conversation_id, c.mode, c.language, t.is_new, true AS duplicate, t.attempt,
           t.text AS turn_text, t.refused, t.replies, c.offered, c.verification_level, c.calling_number_on_file,
           false AS created
    FROM turns t JOIN conversations c ON c.id = t.conversation_id WHERE t.id = :turn_id
    """
)
_RECENT = text(
    """
    SELECT m.conversation_id, m.seq, m.text
    FROM conversations c JOIN messages m ON m.conversation_id = c.id
    WHERE c.channel = :channel AND c.thread_key = :thread_key AND c.ended_at IS NULL
      AND m.sender = 'customer' AND m.at > :since
    ORDER BY m.seq DESC LIMIT 16
    """
)
_MASK = text(
    """
    WITH masked AS (
        UPDATE messages SET text = :mask WHERE conversation_id = :conversation_id AND seq = ANY(:seqs)
        RETURNING turn_id
    )
    UPDATE turns SET text = :mask, payload = NULL FROM masked WHERE turns.id = masked.turn_id
    """
)
_MESSAGES = text(
    """
    SELECT c.mode, c.language, m.seq, m.sender, m.text, m.choices, m.at, m.name
    FROM conversations c
    LEFT JOIN LATERAL (
        SELECT * FROM messages WHERE conversation_id = c.id AND seq > :after ORDER BY seq LIMIT 1000
    ) m ON true
    WHERE c.id = :conversation_id ORDER BY m.seq
    """
)
_OPEN = text(
    "SELECT id, mode, language FROM conversations"
    " WHERE channel = :channel AND thread_key = :thread_key AND ended_at IS NULL"
)
# A text or chat that a person has stays open when the customer closes the window: the answer finds them.
_END = text(
    """
    WITH found AS (SELECT id, mode = 'person' AND channel <> 'voice' AS stays FROM conversations WHERE id = :id)
    UPDATE conversations SET verification_level = 0,
        ended_at = CASE WHEN stays THEN NULL ELSE coalesce(ended_at, :now) END,
        end_reason = CASE WHEN stays THEN NULL ELSE coalesce(end_reason, :reason) END,
        mode = CASE WHEN stays THEN mode ELSE 'closed' END
    FROM found WHERE conversations.id = found.id RETURNING conversations.mode
    """
)
_LANGUAGE = text("UPDATE conversations SET language = :language WHERE id = :conversation_id RETURNING id")
_APPEND = """
    WITH numbered AS (
        UPDATE conversations SET last_seq = last_seq + 1 WHERE id = %(conversation_id)s
        RETURNING id, last_seq, channel, thread_key, party, language
    ), added AS (
        INSERT INTO messages (conversation_id, seq, sender, text, at, staff_id, name)
        SELECT id, last_seq, %(sender)s, %(text)s, %(now)s, CAST(%(staff_id)s AS uuid), %(name)s FROM numbered
    )
    SELECT last_seq, channel, thread_key, party, language FROM numbered
    """
_CALLS_SINCE = text(
    "SELECT count(*) FROM conversations WHERE party = :party AND started_at >= :since AND channel = 'voice'"
)


async def record_turn(session: AsyncSession, values: dict[str, Any]) -> Row[Any]:
    """Find or make the conversation and the turn; see `record_turn` in the migration."""
    return (await session.execute(_RECORD_TURN, values)).one()


async def turn(session: AsyncSession, turn_id: UUID) -> Row[Any] | None:
    """A turn in the shape of `record_turn`."""
    return (await session.execute(_TURN, {"turn_id": turn_id})).one_or_none()


async def record_replies(session: AsyncSession, values: dict[str, Any]) -> Row[Any] | None:
    """Keep the first answer; `None` when there is no such turn."""
    return (await session.execute(_RECORD_REPLIES, values)).one_or_none()


async def recent_messages(
    session: AsyncSession, channel: str, thread_key: str, now: datetime, reach: timedelta
) -> Sequence[Row[Any]]:
    """What the customer of the open conversation said within `reach`, newest first."""
    values = {"channel": channel, "thread_key": thread_key, "since": now - reach}
    return (await session.execute(_RECENT, values)).all()


async def mask_messages(session: AsyncSession, conversation_id: UUID, seqs: list[int], mask: str) -> None:
    """Replace the text of messages, and of the turns they came in."""
    await session.execute(_MASK, {"conversation_id": conversation_id, "seqs": seqs, "mask": mask})


async def messages(session: AsyncSession, conversation_id: UUID, after: int) -> Sequence[Row[Any]]:
    """The conversation's mode and language with its messages after `after`; empty when unknown."""
    return (await session.execute(_MESSAGES, {"conversation_id": conversation_id, "after": after})).all()


async def open_conversation(session: AsyncSession, channel: str, thread_key: str) -> Row[Any] | None:
    """The open conversation of a thread."""
    return (await session.execute(_OPEN, {"channel": channel, "thread_key": thread_key})).one_or_none()


async def end(session: AsyncSession, conversation_id: UUID, reason: str, now: datetime) -> str | None:
    """End it, once; its mode then, or None when there is no such conversation."""
    values = {"id": conversation_id, "reason": reason, "now": now}
    mode: str | None = (await session.execute(_END, values)).scalar_one_or_none()
    return mode


async def set_language(session: AsyncSession, conversation_id: UUID, language: str) -> bool:
    """Change the language; False when there is no such conversation."""
    values = {"conversation_id": conversation_id, "language": language}
    return (await session.execute(_LANGUAGE, values)).one_or_none() is not None


async def append_message(
    session: AsyncSession,
    conversation_id: UUID,
    sender: str,
    words: str,
    *,
    now: datetime,
    staff_id: UUID | None,
    name: str | None,
) -> Row[Any] | None:
    """Add a line to the transcript; its number and where the conversation is reached."""
    values = {
        "conversation_id": conversation_id,
        "sender": sender,
        "text": words,
        "now": now,
        "staff_id": staff_id,
        "name": name,
    }
    row: Row[Any] | None = await row_of(session, _APPEND, values)
    return row


async def calls_since(session: AsyncSession, party: str, since: datetime) -> int:
    """How many calls from this number have begun since then."""
    return int(await session.scalar(_CALLS_SINCE, {"party": party, "since": since}) or 0)
