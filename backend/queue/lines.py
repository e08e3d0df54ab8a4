"""What people do with a call that goes on: pass it on, ask a colleague, listen, coach, give it back, hang up."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal
from backend.database import announce
from backend.district.service import District
from backend.errors import ConflictError, NotFoundError
from backend.hand_offs import desk, moves
from backend.queue import endings, legs, orders, repository
from backend.staff.permissions import Permission, require

Manner = Literal["talk", "listen", "coach"]


class NoCallError(ConflictError):
    """409 `no_call`: nobody is on the phone in this case, or not you."""

    def __init__(self) -> None:
        super().__init__("no_call", "There is no call of yours in this case.")


@dataclass(frozen=True, slots=True)
class Party:
    """One phone in a call, for the console. `name` None: the customer."""

    role: str
    manner: str
    state: str
    staff_id: UUID | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """A call as the console shows it. `held`: the customer hears music while colleagues talk."""

    state: str
    contact: str
    language: str
    phone: str | None
    tries: int
    not_before: datetime | None
    parties: tuple[Party, ...]

    @property
    def knows_assistant(self) -> bool:
        """Whether the assistant could take the call over: it was in it before. It was not in a call that we made."""
        return self.contact == "holding" and not self.tries


async def line(session: AsyncSession, hand_off_id: UUID) -> Line | None:
    """The call of a case that waits or goes on; None when there is none."""
    call = await repository.row(session, "by_case", {"hand_off_id": hand_off_id})
    if call is None:
        return None
    rows = await repository.rows(session, "legs_shown", {"queued_call_id": call.id})
    parties = tuple(Party(row.role, row.manner, row.state, row.staff_id, row.name) for row in rows)
    return Line(call.state, call.contact, call.language, call.phone, call.tries, call.not_before, parties)


async def to_department(
    session: AsyncSession, staff: Principal, hand_off_id: UUID, department: str, district: District, *, now: datetime
) -> None:
    """Put the caller through to a department's phone, unannounced. When it is not answered they wait again, in the
    place they had.

    :raises NoCallError: this person is not in the call. :raises NotFoundError: `unknown_department`.
    """
    if department not in district.departments:
        raise NotFoundError("unknown_department", "The district has no such department.")
    call, _ = await _mine(session, staff, hand_off_id)
    await repository.change_call(
        session, call.id, state="connecting", next_step=f"department:{department}", changed_at=now
    )
    await moves.put_back(session, hand_off_id, "transferred", now, department)
    await _end_staff(session, call, now)


async def to_assistant(session: AsyncSession, staff: Principal, hand_off_id: UUID, now: datetime) -> None:
    """The caller talks to the assistant again, which remembers what was said before.

    :raises NoCallError: this person is not in the call. :raises ConflictError: `called_back`, a call that we made.
    """
    call, _ = await _mine(session, staff, hand_off_id)
    if call.contact == "callback" or call.tries:
        raise ConflictError("called_back", "The assistant cannot take over a call that you made.")
    await desk.give_back(session, staff, hand_off_id, now)
    await repository.change_call(session, call.id, next_step="assistant", changed_at=now)
    await _end_staff(session, call, now)


async def consult(
    session: AsyncSession,
    staff: Principal,
    hand_off_id: UUID,
    colleague_id: UUID,
    district: District,
    *,
    now: datetime,
    private: bool,
) -> None:
    """Ring a colleague into the call; `private`: the customer hears music until they are brought together.

    :raises NoCallError: this person is not in the call. :raises presence.PhoneNeededError: the colleague has no phone.
    """
    call, _ = await _mine(session, staff, hand_off_id)
    await legs.ring_staff(session, call.id, colleague_id, "consult", district, now=now)
    if private and call.call_sid:
        body = {"what": "hold", "conference": endings.conference(call.id), "call_sid": call.call_sid}
        await orders.give(session, body, now)
    await moves.note(session, hand_off_id, "consulted", now=now, staff_id=colleague_id)


async def bring_together(session: AsyncSession, staff: Principal, hand_off_id: UUID, now: datetime) -> None:
    """The customer hears and is heard again: three talk.

    :raises NoCallError: this person is not in the call.
    """
    call, _ = await _mine(session, staff, hand_off_id)
    await endings.unhold(session, call, now)


async def hang_up(session: AsyncSession, staff: Principal, hand_off_id: UUID, now: datetime) -> None:
    """Leave the call; a colleague who was brought in stays with the customer. Out of a call that is over, too.

    :raises NoCallError: this person is not in the call.
    """
    values = {"hand_off_id": hand_off_id, "staff_id": require(staff, Permission.TAKE_CASE)}
    mine = await repository.rows(session, "my_legs", values)
    if not mine:
        raise NoCallError
    for leg in mine:
        if leg.provider_sid:
            await orders.hang_up(session, leg.provider_sid, now)
    await endings.close(session, [leg for leg in mine if leg.is_over], now)


async def supervise(
    session: AsyncSession, staff: Principal, hand_off_id: UUID, manner: Manner, district: District, *, now: datetime
) -> None:
    """Listen, coach (only the colleague hears), or talk along; asked again, the manner changes.

    :raises NoCallError: nobody talks in this case. :raises presence.PhoneNeededError: no phone to ring.
    """
    staff_id = require(staff, Permission.SUPERVISE_CALLS)
    call = await repository.row(session, "by_case", {"hand_off_id": hand_off_id})
    if call is None or call.state != "talking":
        raise NoCallError
    rows = await repository.rows(session, "legs", {"queued_call_id": call.id})
    mine = next((row for row in rows if row.role == "supervisor" and row.staff_id == staff_id), None)
    if mine is None:
        await legs.ring_staff(session, call.id, staff_id, "supervisor", district, now=now, manner=manner)
    else:
        await repository.change_leg(session, mine.id, manner=manner)
        await _change_manner(session, call, mine, rows, manner, now=now)
    await moves.note(session, hand_off_id, f"supervised_{manner}", now=now, staff_id=staff_id)


async def _change_manner(
    session: AsyncSession, call: Row[Any], mine: Row[Any], rows: Any, manner: Manner, *, now: datetime
) -> None:
    lead = next((row for row in rows if row.role in ("lead", "consult") and row.state == "joined"), None)
    if mine.state != "joined" or not mine.provider_sid:
        return
    body = {
        "what": "manner",
        "conference": endings.conference(call.id),
        "call_sid": mine.provider_sid,
        "muted": manner == "listen",
        "coach": lead.provider_sid if manner == "coach" and lead is not None else None,
    }
    await orders.give(session, body, now)


async def _mine(session: AsyncSession, staff: Principal, hand_off_id: UUID) -> tuple[Row[Any], Row[Any]]:
    """The call of this case and this person's own leg in it."""
    staff_id = require(staff, Permission.TAKE_CASE)
    call = await repository.row(session, "by_case", {"hand_off_id": hand_off_id})
    if call is None or call.state != "talking":
        raise NoCallError
    rows = await repository.rows(session, "legs", {"queued_call_id": call.id})
    for row in rows:
        if row.staff_id == staff_id and row.state == "joined" and row.role in ("lead", "consult"):
            return call, row
    raise NoCallError


@dataclass(frozen=True, slots=True)
class Talking:
    """A call that goes on: the customer's own leg, and the conference they talk in."""

    call_sid: str
    conference: str


async def talking(session: AsyncSession, staff: Principal, hand_off_id: UUID) -> Talking:
    """The call of this case, while this person talks in it.

    :raises NoCallError: they do not.
    """
    call, _ = await _mine(session, staff, hand_off_id)
    sid = call.call_sid
    if sid is None:
        rows = await repository.rows(session, "legs", {"queued_call_id": call.id})
        sid = next((row.provider_sid for row in rows if row.role == "customer" and row.state == "joined"), None)
    if sid is None:
        raise NoCallError
    return Talking(sid, endings.conference(call.id))


async def _end_staff(session: AsyncSession, call: Row[Any], now: datetime) -> None:
    """Our people leave; Twilio then asks where the caller goes on."""
    for row in await repository.rows(session, "legs", {"queued_call_id": call.id}):
        if row.provider_sid and row.role != "customer":
            await orders.hang_up(session, row.provider_sid, now)
    announce(session, "queue")


async def colleagues(session: AsyncSession, staff: Principal, since: datetime) -> list[tuple[UUID, str]]:
    """Who else could be brought into a call now: id and name."""
    staff_id = require(staff, Permission.SEE_CASES)
    rows = await repository.rows(session, "at_work", {"seen_since": since})
    return [(row.staff_id, row.name) for row in rows if row.staff_id != staff_id]
