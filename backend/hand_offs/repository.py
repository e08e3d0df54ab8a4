"""The statements of cases. Who wins when several people press the same button is decided by PostgreSQL."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

_ENSURE_CONVERSATION = text(
    """
    WITH made AS (
        INSERT INTO conversations (id, channel, thread_key, party, language, mode, verification_level,
                                   calling_number_on_file, started_at, last_turn_at)
        VALUES (:id, :channel, :thread_key, :party, :language, 'assistant', 0,
                CAST(:party AS text) IS NOT NULL AND calling_number_is_on_file(:party), :now, :now)
        ON CONFLICT (channel, thread_key) WHERE ended_at IS NULL DO NOTHING RETURNING id
    )
    SELECT id FROM made UNION ALL
    SELECT id FROM conversations WHERE channel = :channel AND thread_key = :thread_key AND ended_at IS NULL LIMIT 1
    """
)
_ADD = text(
    """
    INSERT INTO hand_offs (id, conversation_id, department, reason, topic, summary, provider_message_id, priority,
                           state, assistant_continues, details, shut_off_on, asked_for, created_at)
    VALUES (:id, :conversation_id, :department, :reason, :topic, :summary, :provider_message_id, :priority,
            'waiting', :assistant_continues, :details, :shut_off_on, :asked_for, :now)
    ON CONFLICT (conversation_id) WHERE state IN ('waiting', 'taken') DO NOTHING
    RETURNING id, number, department, priority, state, created_at, asked_for
    """
).bindparams(bindparam("details", type_=JSONB()))
_ADD_TO_OPEN = text(
    """
    UPDATE hand_offs SET priority = least(priority, :priority),
        assistant_continues = assistant_continues AND :assistant_continues, details = details || :details,
        shut_off_on = coalesce(:shut_off_on, shut_off_on), asked_for = coalesce(:asked_for, asked_for)
    WHERE conversation_id = :conversation_id AND state IN ('waiting', 'taken')
    RETURNING id, number, department, priority, state, created_at, asked_for
    """
).bindparams(bindparam("details", type_=JSONB()))
_SAME_REQUEST = text(
    "SELECT id, number, department, priority, state, created_at, asked_for FROM hand_offs"
    " WHERE conversation_id = :conversation_id AND provider_message_id = :provider_message_id"
)
_MODE = text("UPDATE conversations SET mode = :mode WHERE id = :conversation_id AND ended_at IS NULL AND mode <> :mode")
_EVENT = text(
    "INSERT INTO hand_off_events (hand_off_id, at, kind, staff_id, note)"
    " VALUES (:hand_off_id, :now, :kind, :staff_id, :note)"
)
_ROWS = """
    SELECT h.*, c.channel, c.language, c.mode, c.party, c.thread_key, c.verification_level, c.account_id,
           c.calling_number_on_file, c.ended_at, who.name AS customer_name, s.name AS staff_name
    FROM hand_offs h JOIN conversations c ON c.id = h.conversation_id
    LEFT JOIN staff s ON s.id = h.staff_id
    LEFT JOIN accounts a ON a.id = c.account_id LEFT JOIN customers who ON who.id = a.customer_id
"""
_QUEUE = text(f"{_ROWS} WHERE h.state IN ('waiting', 'taken') ORDER BY h.priority, h.created_at, h.number LIMIT 500")
_ONE = text(f"{_ROWS} WHERE h.id = :hand_off_id")
_OF_ACCOUNT = text(f"{_ROWS} WHERE c.account_id = :account_id ORDER BY h.created_at DESC LIMIT :limit")
_EVENTS = text(
    """
    SELECT e.kind, e.at, e.staff_id, s.name AS staff_name, e.note
    FROM hand_off_events e LEFT JOIN staff s ON s.id = e.staff_id WHERE e.hand_off_id = :hand_off_id ORDER BY e.id
    """
)
_TAKE = text(
    """
    UPDATE hand_offs SET state = 'taken', staff_id = :staff_id, taken_at = coalesce(taken_at, :now)
    WHERE id = :hand_off_id AND (state = 'waiting' OR (state = 'taken' AND :take_over AND staff_id <> :staff_id))
    RETURNING conversation_id
    """
)
_ANSWERED = text("UPDATE hand_offs SET first_answer_at = coalesce(first_answer_at, :now) WHERE id = :hand_off_id")
_FINISH = text(
    """
    UPDATE hand_offs SET state = :state, closed_at = :now, disposition = :disposition
    WHERE id = :hand_off_id AND state = 'taken' AND staff_id = :staff_id RETURNING conversation_id
    """
)
_PUT_BACK = text(
    """
    UPDATE hand_offs SET state = 'waiting', staff_id = NULL, department = coalesce(:department, department)
    WHERE id = :hand_off_id AND state = 'taken' RETURNING conversation_id
    """
)
_PASS_ON = text("UPDATE hand_offs SET staff_id = :staff_id WHERE id = :hand_off_id AND state = 'taken'")
_CLOSE = text(
    """
    UPDATE hand_offs SET state = 'closed', closed_at = :now, disposition = :disposition
    WHERE id = :hand_off_id AND state IN ('waiting', 'taken') RETURNING conversation_id
    """
)
_SHUT_OFF = text("UPDATE hand_offs SET shut_off_on = :day WHERE id = :hand_off_id RETURNING id")
_LOCK = text("SELECT id FROM hand_offs WHERE id = :hand_off_id FOR UPDATE")
_STAFF_NAME = text("SELECT name FROM staff WHERE id = :staff_id")


async def ensure_conversation(session: AsyncSession, values: dict[str, Any]) -> UUID | None:
    """The open conversation of a thread, made when there is none."""
    found: UUID | None = (await session.execute(_ENSURE_CONVERSATION, values)).scalar_one_or_none()
    return found


async def add(session: AsyncSession, values: dict[str, Any]) -> Row[Any] | None:
    """A new case; None when the conversation has an open one."""
    return (await session.execute(_ADD, values)).one_or_none()


async def add_to_open(session: AsyncSession, values: dict[str, Any]) -> Row[Any] | None:
    """Make the open case of the conversation at least as urgent as asked."""
    return (await session.execute(_ADD_TO_OPEN, values)).one_or_none()


async def same_request(session: AsyncSession, conversation_id: UUID, provider_message_id: str) -> Row[Any] | None:
    """The case that this very message has made already."""
    values = {"conversation_id": conversation_id, "provider_message_id": provider_message_id}
    return (await session.execute(_SAME_REQUEST, values)).one_or_none()


async def set_mode(session: AsyncSession, conversation_id: UUID, mode: str) -> None:
    """Who answers this conversation, as long as it is open."""
    await session.execute(_MODE, {"conversation_id": conversation_id, "mode": mode})


async def add_event(
    session: AsyncSession,
    hand_off_id: UUID,
    kind: str,
    *,
    now: datetime,
    staff_id: UUID | None,
    note: str | None = None,
) -> None:
    """One step in the life of a case."""
    values = {"hand_off_id": hand_off_id, "kind": kind, "now": now, "staff_id": staff_id, "note": note}
    await session.execute(_EVENT, values)


async def queue(session: AsyncSession) -> Sequence[Row[Any]]:
    """Open cases, the most urgent first."""
    return (await session.execute(_QUEUE)).all()


async def one(session: AsyncSession, hand_off_id: UUID) -> Row[Any] | None:
    """One case with its conversation."""
    return (await session.execute(_ONE, {"hand_off_id": hand_off_id})).one_or_none()


async def events(session: AsyncSession, hand_off_id: UUID) -> Sequence[Row[Any]]:
    """The steps of a case in order."""
    return (await session.execute(_EVENTS, {"hand_off_id": hand_off_id})).all()


async def take(session: AsyncSession, hand_off_id: UUID, staff_id: UUID, take_over: bool, now: datetime) -> UUID | None:
    """Give the case to this person; its conversation, or None when somebody was faster."""
    values = {"hand_off_id": hand_off_id, "staff_id": staff_id, "take_over": take_over, "now": now}
    conversation_id: UUID | None = (await session.execute(_TAKE, values)).scalar_one_or_none()
    return conversation_id


async def lock(session: AsyncSession, hand_off_id: UUID) -> None:
    """Nobody else changes this case until we are done."""
    await session.execute(_LOCK, {"hand_off_id": hand_off_id})


async def note_answer(session: AsyncSession, hand_off_id: UUID, now: datetime) -> None:
    """The customer has heard from a person now."""
    await session.execute(_ANSWERED, {"hand_off_id": hand_off_id, "now": now})


async def finish(session: AsyncSession, values: dict[str, Any]) -> UUID | None:
    """End the case if this person has it; its conversation."""
    conversation_id: UUID | None = (await session.execute(_FINISH, values)).scalar_one_or_none()
    return conversation_id


async def staff_name(session: AsyncSession, staff_id: UUID) -> str | None:
    """How this member of the staff is called."""
    name: str | None = (await session.execute(_STAFF_NAME, {"staff_id": staff_id})).scalar_one_or_none()
    return name


async def of_account(session: AsyncSession, account_id: UUID, limit: int) -> Sequence[Row[Any]]:
    """The newest cases of the conversations that proved this account, as `queue` gives them."""
    return (await session.execute(_OF_ACCOUNT, {"account_id": account_id, "limit": limit})).all()


async def put_back(session: AsyncSession, hand_off_id: UUID, department: str | None) -> bool:
    """Nobody has the case any more; with `department`, it is that one's. Whether somebody had it."""
    values = {"hand_off_id": hand_off_id, "department": department}
    return (await session.execute(_PUT_BACK, values)).first() is not None


async def pass_on(session: AsyncSession, hand_off_id: UUID, staff_id: UUID) -> None:
    """Another person has the case."""
    await session.execute(_PASS_ON, {"hand_off_id": hand_off_id, "staff_id": staff_id})


async def close(session: AsyncSession, hand_off_id: UUID, disposition: str, now: datetime) -> bool:
    """The case is over, whoever has it; whether it was open."""
    values = {"hand_off_id": hand_off_id, "disposition": disposition, "now": now}
    return (await session.execute(_CLOSE, values)).first() is not None


async def set_shut_off(session: AsyncSession, hand_off_id: UUID, day: date | None) -> bool:
    """The day on which the water is to be shut off; whether there is such a case."""
    return (await session.execute(_SHUT_OFF, {"hand_off_id": hand_off_id, "day": day})).first() is not None
