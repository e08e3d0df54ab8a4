"""What the queue does with cases, in nobody's name: back in line, on to a colleague, over."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal
from backend.database import announce
from backend.hand_offs import repository
from backend.hand_offs.desk import CaseNotFoundError
from backend.staff.permissions import Permission, require


async def put_back(
    session: AsyncSession, hand_off_id: UUID, why: str, now: datetime, department: str | None = None
) -> None:
    """The case waits again, as long as it has waited; with `department`, for that one. `why` is the event's kind."""
    await repository.put_back(session, hand_off_id, department)
    await note(session, hand_off_id, why, now=now)


async def pass_on(session: AsyncSession, hand_off_id: UUID, staff_id: UUID, now: datetime) -> None:
    """The case goes to the person who stays with the caller."""
    await repository.pass_on(session, hand_off_id, staff_id)
    await note(session, hand_off_id, "taken", now=now, staff_id=staff_id)


async def close(session: AsyncSession, hand_off_id: UUID, disposition: str, now: datetime) -> None:
    """The case is over. A second time changes nothing."""
    if await repository.close(session, hand_off_id, disposition, now):
        await note(session, hand_off_id, "closed_by_transfer", now=now, words=disposition)


async def note(
    session: AsyncSession,
    hand_off_id: UUID,
    kind: str,
    *,
    now: datetime,
    staff_id: UUID | None = None,
    words: str | None = None,
) -> None:
    """Something happened to the case: one line in its history."""
    await repository.add_event(session, hand_off_id, kind, now=now, staff_id=staff_id, note=words)
    announce(session, "hand_off", hand_off_id=hand_off_id)


async def mark_shut_off(
    session: AsyncSession, staff: Principal, hand_off_id: UUID, day: date | None, now: datetime
) -> None:
    """Say that this customer's water is to be shut off on `day`: the queue puts the case ahead on that day.

    :raises CaseNotFoundError: there is none.
    """
    staff_id = require(staff, Permission.TAKE_CASE)
    if not await repository.set_shut_off(session, hand_off_id, day):
        raise CaseNotFoundError
    await note(
        session, hand_off_id, "shut_off_marked", now=now, staff_id=staff_id, words=day.isoformat() if day else None
    )
