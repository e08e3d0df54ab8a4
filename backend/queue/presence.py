"""Whether people take cases now, set by themselves in the console."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal
from backend.database import announce
from backend.district.service import District
from backend.errors import HeadgateError
from backend.models.queue import StaffPresence
from backend.queue import repository
from backend.staff.permissions import Permission, require

State = Literal["available", "away", "after_call"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What somebody sets for themselves. `phone` E.164 or None; no departments: all."""

    phone: str | None
    departments: tuple[str, ...]
    voice_max: int
    sms_max: int
    chat_max: int


class PhoneNeededError(HeadgateError):
    """422 `phone_unreadable`: a number that can be rung is needed."""

    def __init__(self) -> None:
        super().__init__(422, "phone_unreadable", "Give the number of your phone with its area code.")


async def presence(session: AsyncSession, staff_id: UUID) -> StaffPresence | None:
    """How this person has set themselves; None: never at work with the queue yet."""
    found: StaffPresence | None = await session.get(StaffPresence, staff_id, populate_existing=True)
    return found


async def set_presence(
    session: AsyncSession,
    staff: Principal,
    state: State,
    settings: Settings | None,
    district: District,
    *,
    now: datetime,
) -> None:
    """Be available or away, with these settings (None: as they were, or the district's)."""
    staff_id = require(staff, Permission.TAKE_CASE)
    usual = district.policy.queue.capacity
    chosen = settings or Settings(None, (), usual.voice, usual.sms, usual.chat)
    numbers = {"voice_max": chosen.voice_max, "sms_max": chosen.sms_max, "chat_max": chosen.chat_max}
    kept = {"phone": chosen.phone, "departments": list(chosen.departments), **numbers}
    times = {"state": state, "since": now, "seen_at": now}
    changed = times | ({} if settings is None else kept)
    await repository.set_presence(session, staff_id, {"idle_since": now} | times | kept, changed)
    announce(session, "presence", staff_id=staff_id)


async def seen(session: AsyncSession, staff_id: UUID, now: datetime) -> None:
    """Their console is open: offers reach them."""
    await repository.move_presence(session, {"seen_at": now}, StaffPresence.staff_id == staff_id)


async def move(session: AsyncSession, staff_ids: Sequence[UUID], state: State, now: datetime) -> None:
    """The queue itself changes what people are: after a call, or away because they did not answer."""
    values = {"state": state, "since": now, "idle_since": now}
    mine = (StaffPresence.staff_id.in_(staff_ids), StaffPresence.state != "away")
    for staff_id in await repository.move_presence(session, values, *mine):
        announce(session, "presence", staff_id=staff_id)


async def end_after_call(session: AsyncSession, before: datetime, now: datetime) -> None:
    """Whose time for notes is over takes calls again."""
    over = (StaffPresence.state == "after_call", StaffPresence.since <= before)
    for staff_id in await repository.move_presence(session, {"state": "available", "since": now}, *over):
        announce(session, "presence", staff_id=staff_id)


async def clock_moved(session: AsyncSession, now: datetime) -> None:
    """The demonstration's clock was set: an offer or a presence of a time that has not come would never be over."""
    for statement in ("not_yet_offered", "not_yet_there"):
        await repository.run(session, statement, {"now": now})
