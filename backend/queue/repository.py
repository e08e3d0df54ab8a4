"""The statements of the queue. Where several could win, PostgreSQL decides."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.queue import CallLeg, QueuedCall, StaffPresence
from backend.queue import voicemail_statements

ONE_AT_A_TIME = 4_871_202_710

_WAITING = text(
    """
    SELECT h.id, h.number, h.priority, h.department, h.conversation_id, c.language,
           coalesce(q.entered_at, h.created_at) AS entered_at,
           coalesce(h.shut_off_on = :today, false) AS shut_off_today,
           coalesce(a.medical_protection, false) AS protected,
           coalesce(q.contact, 'message') AS contact, q.id AS queued_call_id, q.not_before,
           CASE WHEN q.id IS NOT NULL THEN 'voice' WHEN c.channel = 'voice' THEN 'sms' ELSE c.channel END AS channel
    FROM hand_offs h JOIN conversations c ON c.id = h.conversation_id
    LEFT JOIN queued_calls q ON q.hand_off_id = h.id AND q.state = 'waiting'
    LEFT JOIN accounts a ON a.id = c.account_id
    WHERE h.state = 'waiting'
      AND NOT EXISTS (SELECT FROM queued_calls o WHERE o.hand_off_id = h.id AND o.state IN ('connecting', 'talking'))
    """
)
# A call that goes on and whose case is quite new is on its way into the line: it is no message to be answered by text.
_OFFERABLE = text(
    """
    SELECT h.id FROM hand_offs h JOIN conversations c ON c.id = h.conversation_id
    WHERE h.state = 'waiting' AND ((NOT h.assistant_continues AND h.reason <> 'request'
            AND (c.channel <> 'voice' OR c.ended_at IS NOT NULL OR h.created_at <= :entering_since))
        OR EXISTS (SELECT FROM queued_calls q WHERE q.hand_off_id = h.id AND q.state = 'waiting'))
      AND NOT EXISTS (SELECT FROM queue_offers o WHERE o.hand_off_id = h.id AND o.state = 'offered')
    """
)
_SERVERS = text(
    """
    SELECT p.*, s.languages,
           (SELECT count(*) FROM call_legs l WHERE l.staff_id = p.staff_id AND l.state NOT IN ('ended', 'failed'))
               AS on_calls,
           (SELECT count(*) FROM hand_offs h JOIN conversations c ON c.id = h.conversation_id
             WHERE h.staff_id = p.staff_id AND h.state = 'taken' AND c.channel IN ('sms', 'voice')) AS on_sms,
           (SELECT count(*) FROM hand_offs h JOIN conversations c ON c.id = h.conversation_id
             WHERE h.staff_id = p.staff_id AND h.state = 'taken' AND c.channel = 'chat') AS on_chat,
           EXISTS (SELECT FROM queue_offers o WHERE o.staff_id = p.staff_id AND o.state = 'offered') AS asked,
           ARRAY(SELECT o.hand_off_id FROM queue_offers o WHERE o.staff_id = p.staff_id AND o.ended_at > :again_since
                  AND o.state IN ('declined', 'timed_out')) AS declined
    FROM staff_presence p JOIN staff s ON s.id = p.staff_id
    WHERE s.active AND p.state <> 'away' AND (p.seen_at > :seen_since OR EXISTS (
        SELECT FROM call_legs l WHERE l.staff_id = p.staff_id AND l.state = 'joined'))
    """
)
_OFFER = text(
    """
    INSERT INTO queue_offers (id, hand_off_id, staff_id, state, offered_at, expires_at)
    VALUES (:id, :hand_off_id, :staff_id, 'offered', :now, :expires_at) ON CONFLICT DO NOTHING RETURNING id
    """
)
_EXPIRE = text(
    """
    UPDATE queue_offers o SET ended_at = :now,
        state = CASE WHEN h.state = 'waiting' THEN 'timed_out' ELSE 'withdrawn' END
    FROM hand_offs h
    WHERE h.id = o.hand_off_id AND o.state = 'offered' AND (o.expires_at <= :now OR h.state <> 'waiting')
    RETURNING o.hand_off_id, o.staff_id, o.state,
        EXISTS (SELECT FROM queued_calls q WHERE q.hand_off_id = o.hand_off_id AND q.state = 'waiting') AS is_call
    """
)
_END_OFFER = text(
    """
    UPDATE queue_offers SET state = :state, ended_at = :now
    WHERE hand_off_id = :hand_off_id AND staff_id = :staff_id AND state = 'offered' RETURNING id
    """
)
_TURNED_DOWN = text(
    """
    INSERT INTO queue_offers (id, hand_off_id, staff_id, state, offered_at, expires_at, ended_at)
    VALUES (:id, :hand_off_id, :staff_id, 'declined', :now, :now, :now)
    """
)
_WITHDRAW = text(
    "UPDATE queue_offers SET state = 'withdrawn', ended_at = :now"
    " WHERE hand_off_id = :hand_off_id AND state = 'offered'"
)
# Of a time that has not come (the demonstration's clock was turned back): nothing there would ever be over.
_NOT_YET_OFFERED = text(
    "UPDATE queue_offers SET state = 'withdrawn', offered_at = :now, ended_at = :now"
    " WHERE state = 'offered' AND offered_at > :now"
)
_NOT_YET_THERE = text(
    """
    UPDATE staff_presence SET since = least(since, :now), idle_since = least(idle_since, :now),
           seen_at = least(seen_at, :now)
    """
)
_MY_OFFER = text("SELECT hand_off_id, expires_at FROM queue_offers WHERE staff_id = :staff_id AND state = 'offered'")
_MEASURED = text(
    """
    SELECT count(*) AS calls, avg(extract(epoch FROM ended_at - talking_at)) AS seconds FROM (
        SELECT ended_at, talking_at FROM queued_calls WHERE talking_at IS NOT NULL AND ended_as = 'served'
        ORDER BY ended_at DESC LIMIT 50) recent
    """
)
_CALL = """
    SELECT q.*, h.state AS case_state, h.staff_id, h.department, h.summary, h.number, h.reason, h.conversation_id,
           c.party, c.verification_level, who.name AS customer_name, s.name AS staff_name
    FROM queued_calls q JOIN hand_offs h ON h.id = q.hand_off_id JOIN conversations c ON c.id = h.conversation_id
    LEFT JOIN staff s ON s.id = h.staff_id
    LEFT JOIN accounts a ON a.id = c.account_id LEFT JOIN customers who ON who.id = a.customer_id
"""
_BY_SID = text(f"{_CALL} WHERE q.call_sid = :call_sid ORDER BY q.state = 'ended', q.changed_at DESC LIMIT 1")
_BY_CASE = text(f"{_CALL} WHERE q.hand_off_id = :hand_off_id AND q.state <> 'ended'")
_BY_ID = text(f"{_CALL} WHERE q.id = :id FOR UPDATE OF q")
_CALLBACK_OF = text(
    """
    UPDATE queued_calls SET state = 'ended', ended_as = 'cancelled', ended_at = :now, changed_at = :now
    WHERE phone = :phone AND contact = 'callback' AND state = 'waiting' RETURNING entered_at, hand_off_id
    """
)
_OPEN_CASE = text(
    """
    SELECT h.id, h.number, h.department, h.priority, h.state, h.conversation_id, h.asked_for, c.language, c.party
    FROM hand_offs h JOIN conversations c ON c.id = h.conversation_id
    WHERE c.channel = 'voice' AND c.thread_key = :call_sid AND h.state IN ('waiting', 'taken')
    """
)
_HAS_EVENT = text("SELECT 1 FROM hand_off_events WHERE hand_off_id = :hand_off_id AND kind = :kind")
_ENTER = text(
    """
    INSERT INTO queued_calls (id, hand_off_id, call_sid, phone, language, contact, state, entered_at, changed_at, tries)
    VALUES (:id, :hand_off_id, :call_sid, :phone, :language, 'holding', 'waiting', :entered_at, :now, 0)
    ON CONFLICT DO NOTHING RETURNING id
    """
)
_CANCEL_CALLBACKS = text(
    """
    UPDATE queued_calls q SET state = 'ended', ended_as = 'cancelled', ended_at = :now, changed_at = :now
    FROM hand_offs h WHERE h.id = q.hand_off_id AND q.contact = 'callback' AND q.state = 'waiting'
      AND h.state NOT IN ('waiting', 'taken')
    """
)
_STALE_LEGS = text(
    """
    SELECT l.id FROM call_legs l WHERE l.state IN ('pending', 'ringing', 'asked') AND (l.created_at < :since
        OR EXISTS (SELECT FROM call_orders o WHERE o.leg_id = l.id AND o.state = 'failed' AND o.body->>'what' = 'ring'))
    """
)
# People whose caller is gone, or back in line: their phone is free.
_LEFT_BEHIND = text(
    """
    SELECT l.id FROM call_legs l JOIN queued_calls q ON q.id = l.queued_call_id
    WHERE l.state = 'joined' AND l.role <> 'customer' AND q.state IN ('ended', 'waiting') AND q.changed_at < :since
    """
)
_TALKING_TO_NOBODY = text(
    """
    SELECT q.id FROM queued_calls q WHERE q.state = 'talking' AND NOT EXISTS (
        SELECT FROM call_legs l WHERE l.queued_call_id = q.id AND (l.state NOT IN ('ended', 'failed')
            OR l.ended_at >= :since))
    """
)
_LONG_JOINED = text(
    """
    SELECT l.id, l.provider_sid FROM call_legs l
    WHERE l.state = 'joined' AND l.joined_at < :since AND l.provider_sid IS NOT NULL AND NOT EXISTS (
        SELECT FROM call_orders o WHERE o.leg_id = l.id AND o.body->>'what' = 'look' AND o.created_at >= :since)
    """
)
_MY_LEGS = text(
    """
    SELECT l.*, q.state = 'ended' AS is_over FROM call_legs l JOIN queued_calls q ON q.id = l.queued_call_id
    WHERE q.hand_off_id = :hand_off_id AND l.staff_id = :staff_id AND l.state = 'joined'
      AND l.role IN ('lead', 'consult')
    """
)
_WINDOW_OVER = text(
    """
    SELECT id FROM queued_calls WHERE contact = 'callback' AND state = 'waiting' AND window_ends_at < :now
    """
)
_LEG = text("SELECT * FROM call_legs WHERE id = :id FOR UPDATE")
_LEGS = text("SELECT * FROM call_legs WHERE queued_call_id = :queued_call_id AND state NOT IN ('ended', 'failed')")
_LEGS_SHOWN = text(
    """
    SELECT l.role, l.manner, l.state, l.staff_id, s.name FROM call_legs l LEFT JOIN staff s ON s.id = l.staff_id
    WHERE l.queued_call_id = :queued_call_id AND l.state NOT IN ('ended', 'failed') ORDER BY l.created_at
    """
)
_AT_WORK = text(
    """
    SELECT p.staff_id, s.name FROM staff_presence p JOIN staff s ON s.id = p.staff_id
    WHERE s.active AND p.phone IS NOT NULL AND p.state <> 'away' AND p.seen_at > :seen_since ORDER BY s.name
    """
)


async def one_at_a_time(session: AsyncSession) -> bool:
    """Take the dispatcher's turn for this transaction; False when another process has it."""
    found = await session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
    return bool(found)


async def rows(session: AsyncSession, name: str, values: Mapping[str, Any]) -> Sequence[Row[Any]]:
    """What the statement `name` of this module gives."""
    return (await session.execute(_STATEMENTS[name], dict(values))).all()


async def row(session: AsyncSession, name: str, values: Mapping[str, Any]) -> Row[Any] | None:
    """The first row of the statement `name`, or None."""
    return (await session.execute(_STATEMENTS[name], dict(values))).first()


async def run(session: AsyncSession, name: str, values: Mapping[str, Any]) -> None:
    """Carry out the statement `name`."""
    await session.execute(_STATEMENTS[name], dict(values))


_STATEMENTS = {
    "waiting": _WAITING,
    "offerable": _OFFERABLE,
    "servers": _SERVERS,
    "offer": _OFFER,
    "expire": _EXPIRE,
    "end_offer": _END_OFFER,
    "turned_down": _TURNED_DOWN,
    "withdraw": _WITHDRAW,
    "not_yet_offered": _NOT_YET_OFFERED,
    "not_yet_there": _NOT_YET_THERE,
    "my_offer": _MY_OFFER,
    "measured": _MEASURED,
    "by_sid": _BY_SID,
    "by_case": _BY_CASE,
    "by_id": _BY_ID,
    "callback_of": _CALLBACK_OF,
    "open_case": _OPEN_CASE,
    "has_event": _HAS_EVENT,
    "enter": _ENTER,
    "cancel_callbacks": _CANCEL_CALLBACKS,
    "stale_legs": _STALE_LEGS,
    "left_behind": _LEFT_BEHIND,
    "talking_to_nobody": _TALKING_TO_NOBODY,
    "long_joined": _LONG_JOINED,
    "my_legs": _MY_LEGS,
    "window_over": _WINDOW_OVER,
    "leg": _LEG,
    "legs": _LEGS,
    "legs_shown": _LEGS_SHOWN,
    "at_work": _AT_WORK,
    "keep_voicemail": voicemail_statements.KEEP_VOICEMAIL,
    "keep_piece": voicemail_statements.KEEP_PIECE,
    "write_down": voicemail_statements.WRITE_DOWN,
    "forget_pieces": voicemail_statements.FORGET_PIECES,
    "conversation_of": voicemail_statements.CONVERSATION_OF,
}


async def change_call(session: AsyncSession, call_id: UUID, **values: Any) -> None:
    """Set columns of a queued call."""
    await session.execute(update(QueuedCall).where(QueuedCall.id == call_id).values(**values))


async def change_leg(session: AsyncSession, leg_id: UUID, **values: Any) -> None:
    """Set columns of a leg."""
    await session.execute(update(CallLeg).where(CallLeg.id == leg_id).values(**values))


async def set_presence(session: AsyncSession, staff_id: UUID, first: dict[str, Any], changed: dict[str, Any]) -> None:
    """Make somebody's presence `first`, or change what there is."""
    statement = insert(StaffPresence).values(staff_id=staff_id, **first)
    await session.execute(statement.on_conflict_do_update(index_elements=["staff_id"], set_=changed))


async def move_presence(
    session: AsyncSession, values: dict[str, Any], *conditions: ColumnElement[bool]
) -> Sequence[UUID]:
    """Change the presence of those who fulfil all conditions; who they are."""
    statement = update(StaffPresence).where(*conditions).values(**values).returning(StaffPresence.staff_id)
    return (await session.scalars(statement)).all()
