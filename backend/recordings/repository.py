"""The statements of recordings."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

# Whichever comes first, its beginning or its end: what has ended does not run again.
_KEEP = text(
    """
    INSERT INTO call_recordings (id, queued_call_id, recording_sid, state, seconds, started_at)
    SELECT :id, id, :recording_sid, :state, :seconds, :now FROM queued_calls WHERE id = :queued_call_id
    ON CONFLICT (recording_sid) DO UPDATE SET
        state = CASE WHEN call_recordings.state = 'done' THEN 'done' ELSE excluded.state END,
        seconds = coalesce(excluded.seconds, call_recordings.seconds)
    RETURNING (SELECT hand_off_id FROM queued_calls WHERE id = :queued_call_id) AS hand_off_id
    """
)
_OF_CASE = text(
    """
    SELECT v.recording_sid, 'voicemail' AS kind, v.seconds, v.received_at AS at FROM voicemails v
     WHERE v.hand_off_id = :hand_off_id
    UNION ALL
    SELECT r.recording_sid, 'call', r.seconds, r.started_at FROM call_recordings r
      JOIN queued_calls q ON q.id = r.queued_call_id
     WHERE q.hand_off_id = :hand_off_id AND r.state = 'done' AND r.seconds > 0
     ORDER BY at
    """
)
_RUNNING = text(
    """
    SELECT r.id, r.queued_call_id, o.state AS paused FROM call_recordings r
      JOIN queued_calls q ON q.id = r.queued_call_id
      LEFT JOIN call_orders o ON o.id = r.order_id
     WHERE q.hand_off_id = :hand_off_id AND r.state = 'running' AND q.state = 'talking'
     ORDER BY r.started_at DESC LIMIT 1
    """
)
_PAUSED = text("UPDATE call_recordings SET order_id = :order_id WHERE id = :id")


async def keep(session: AsyncSession, values: dict[str, Any]) -> UUID | None:
    """Keep a recording's state; the case it belongs to, None when there is no such call."""
    found: UUID | None = await session.scalar(_KEEP, values)
    return found


async def of_case(session: AsyncSession, hand_off_id: UUID) -> Sequence[Row[Any]]:
    """Everything that can be listened to, oldest first: `recording_sid`, `kind`, `seconds`, `at`."""
    return (await session.execute(_OF_CASE, {"hand_off_id": hand_off_id})).all()


async def running(session: AsyncSession, hand_off_id: UUID) -> Row[Any] | None:
    """The recording that runs; `paused` is the state of the order to pause it, None when there is none."""
    return (await session.execute(_RUNNING, {"hand_off_id": hand_off_id})).one_or_none()


async def note_order(session: AsyncSession, recording_id: UUID, order_id: UUID | None) -> None:
    """This order pauses the recording; None: it goes on."""
    await session.execute(_PAUSED, {"id": recording_id, "order_id": order_id})
