"""Recordings of calls: kept with their case, paused while a card number is said, listened to by the staff."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal
from backend.database import announce
from backend.errors import ConflictError, NotFoundError
from backend.hand_offs import moves
from backend.models.base import new_id
from backend.queue import endings, orders
from backend.recordings import repository
from backend.recordings.schemas import RecordingIn
from backend.staff.permissions import Permission, require

log = structlog.get_logger("backend.recordings")

State = Literal["running", "pausing", "paused"]


class RecordingNotFoundError(NotFoundError):
    """404 `recording_not_found`."""

    def __init__(self) -> None:
        super().__init__("recording_not_found", "There is no such recording in this case.")


class NotRecordedError(ConflictError):
    """409 `not_recorded`: the call is not being recorded now."""

    def __init__(self) -> None:
        super().__init__("not_recorded", "This call is not being recorded now.")


@dataclass(frozen=True, slots=True)
class Recorded:
    """Something that can be listened to. `kind`: a voicemail, or a call with a person."""

    sid: str
    kind: Literal["voicemail", "call"]
    seconds: int
    at: datetime


async def keep(session: AsyncSession, told: RecordingIn, now: datetime) -> None:
    """A recording has begun or is complete, in whatever order and however often that is told.

    :raises RecordingNotFoundError: there is no such call.
    """
    case = await repository.keep(
        session,
        {
            "id": new_id(),
            "queued_call_id": UUID(told.conference.removeprefix("case-")),
            "recording_sid": told.recording_sid,
            "state": told.state,
            "seconds": told.seconds,
            "now": now,
        },
    )
    if case is None:
        raise RecordingNotFoundError
    announce(session, "hand_off", hand_off_id=case)


async def of_case(session: AsyncSession, staff: Principal, hand_off_id: UUID) -> Sequence[Recorded]:
    """What this person may listen to in a case, oldest first.

    :raises ForbiddenError: the role may not see cases.
    """
    require(staff, Permission.SEE_CASES)
    rows = await repository.of_case(session, hand_off_id)
    return tuple(Recorded(row.recording_sid, row.kind, row.seconds, row.at) for row in rows)


async def may_listen(session: AsyncSession, staff: Principal, hand_off_id: UUID, sid: str) -> Recorded:
    """The recording, for somebody who may hear it. Who listens is on record in the log.

    :raises RecordingNotFoundError: not one of this case. :raises ForbiddenError: the role may not see cases.
    """
    staff_id = require(staff, Permission.SEE_CASES)
    found = next((one for one in await of_case(session, staff, hand_off_id) if one.sid == sid), None)
    if found is None:
        raise RecordingNotFoundError
    log.info("recording_heard", staff_id=str(staff_id), hand_off_id=str(hand_off_id), recording_sid=sid)
    return found


async def running(session: AsyncSession, hand_off_id: UUID) -> State | None:
    """Whether the call of a case is being recorded; None: it is not."""
    row = await repository.running(session, hand_off_id)
    if row is None:
        return None
    return {"pending": "pausing", "done": "paused"}.get(row.paused, "running")  # type: ignore[return-value]


async def pause(session: AsyncSession, staff: Principal, hand_off_id: UUID, *, on: bool, now: datetime) -> None:
    """Pause the recording (PCI DSS 3.3: nothing of a card is kept), or let it go on.

    :raises NotRecordedError: the call is not being recorded now.
    """
    staff_id = require(staff, Permission.TAKE_CASE)
    row = await repository.running(session, hand_off_id)
    if row is None:
        raise NotRecordedError
    what = "pause_recording" if on else "resume_recording"
    order_id = await orders.give(session, {"what": what, "conference": endings.conference(row.queued_call_id)}, now)
    await repository.note_order(session, row.id, order_id if on else None)
    await moves.note(session, hand_off_id, what, now=now, staff_id=staff_id)
