"""The phones that are rung for a call: of a person, a colleague, a supervisor, of a customer who is called back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import announce
from backend.district.service import District
from backend.errors import NotFoundError
from backend.hand_offs import moves
from backend.models.base import new_id
from backend.models.queue import CallLeg
from backend.models.staff import Staff
from backend.queue import orders, presence, repository, wording
from backend.queue.rules import after_failed_try

Reported = Literal["ringing", "asked", "joined", "ended", "failed"]
OVER = ("ended", "failed")


class LegNotFoundError(NotFoundError):
    """404 `leg_not_found`."""

    def __init__(self) -> None:
        super().__init__("leg_not_found", "There is no such call of ours.")


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a phone that was rung. `failure`: busy, no-answer, declined, …"""

    state: Reported
    provider_sid: str | None = None
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Whisper:
    """What the person hears who picked up. `role` is that of the leg."""

    role: str
    language: str
    words: str


@dataclass(frozen=True, slots=True)
class Joining:
    """How a leg joins: the conference, whom to bring in from the line, whom to coach, whose going ends it.

    `outcome`: join, or `gone` (the caller is not there any more).
    """

    outcome: Literal["join", "gone"]
    conference: str = ""
    bring: str | None = None
    muted: bool = False
    coach: str | None = None
    ends: bool = True
    stays: tuple[str, ...] = ()


async def connect(session: AsyncSession, hand_off_id: UUID, staff_id: UUID, district: District, now: datetime) -> None:
    """A person has taken the case: when its caller waits, ring that person's phone.

    :raises presence.PhoneNeededError: they have none.
    """
    call = await repository.row(session, "by_case", {"hand_off_id": hand_off_id})
    if call is None or call.state != "waiting":
        return
    await repository.change_call(session, call.id, state="connecting", next_step=None, changed_at=now)
    await ring_staff(session, call.id, staff_id, "lead", district, now=now)


async def ring_staff(
    session: AsyncSession,
    call_id: UUID,
    staff_id: UUID,
    role: str,
    district: District,
    *,
    now: datetime,
    manner: str = "talk",
) -> None:
    """Ring a member of the staff for this call.

    :raises presence.PhoneNeededError: they have no phone.
    """
    who = await presence.presence(session, staff_id)
    if who is None or who.phone is None:
        raise presence.PhoneNeededError
    leg = _leg(call_id, staff_id, role, who.phone, now=now, manner=manner)
    await orders.ring(session, leg, district.policy.queue.ring_seconds, now)


def _leg(
    call_id: UUID, staff_id: UUID | None, role: str, number: str, *, now: datetime, manner: str = "talk"
) -> CallLeg:
    return CallLeg(
        id=new_id(),
        queued_call_id=call_id,
        staff_id=staff_id,
        role=role,
        manner=manner,
        number=number,
        state="pending",
        created_at=now,
    )


async def whisper(session: AsyncSession, leg_id: UUID) -> Whisper:
    """What the one who picked up hears first: in a colleague's own language, or the customer's.

    :raises LegNotFoundError: there is no such leg.
    """
    leg, call = await _leg_and_call(session, leg_id)
    if leg.role == "customer":
        return Whisper("customer", call.language, "")
    staff = await session.get(Staff, leg.staff_id)
    language = staff.languages[0] if staff is not None else "en"
    return Whisper(leg.role, language, wording.whisper(call, leg.role, language))


async def report(session: AsyncSession, leg_id: UUID, told: Report, district: District, now: datetime) -> Joining:
    """Keep what became of a phone, in whatever order and however often it is told, and do what follows from it.

    :raises LegNotFoundError: there is no such leg.
    """
    leg, call = await _leg_and_call(session, leg_id)
    nothing = Joining("gone")
    if leg.state in OVER:
        return nothing
    if told.state == "joined":
        return await _joined(session, leg, call, told, district, now=now)
    sid = {"provider_sid": told.provider_sid} if told.provider_sid else {}
    if told.state in ("ringing", "asked"):
        further = told.state == "asked" or leg.state == "pending"
        if leg.state != "joined" and further:
            await repository.change_leg(session, leg.id, state=told.state, **sid)
        return nothing
    was_in = leg.state == "joined"
    state = "ended" if was_in else "failed"
    await repository.change_leg(session, leg.id, state=state, ended_at=now, failure=told.failure, **sid)
    await (_left(session, leg, call, now) if was_in else _failed(session, leg, call, told, district, now=now))
    announce(session, "queue")
    announce(session, "hand_off", hand_off_id=call.hand_off_id)
    return nothing


async def _joined(
    session: AsyncSession, leg: Row[Any], call: Row[Any], told: Report, district: District, *, now: datetime
) -> Joining:
    if call.state == "ended":
        await repository.change_leg(session, leg.id, state="ended", ended_at=now, failure="caller_gone")
        return Joining("gone")
    sid = told.provider_sid or leg.provider_sid
    await repository.change_leg(session, leg.id, state="joined", joined_at=leg.joined_at or now, provider_sid=sid)
    announce(session, "hand_off", hand_off_id=call.hand_off_id)
    others = await repository.rows(session, "legs", {"queued_call_id": call.id})
    leads = [one for one in others if one.state == "joined" and one.role in ("lead", "consult") and one.id != leg.id]
    name = conference(call.id)
    if leg.role == "customer":
        values = {"state": "talking", "talking_at": now, "changed_at": now, "call_sid": sid, "tries": call.tries + 1}
        await repository.change_call(session, call.id, **values)
        return Joining("join", name, ends=False)
    if leg.role == "supervisor":
        coached = leads[0].provider_sid if leads and leg.manner == "coach" else None
        return Joining("join", name, muted=leg.manner == "listen", coach=coached, ends=False)
    if leg.role == "consult":
        return Joining("join", name, stays=tuple(one.provider_sid for one in leads if one.provider_sid))
    return await _lead_joined(session, call, others, district, now)


async def _lead_joined(
    session: AsyncSession, call: Row[Any], others: Any, district: District, now: datetime
) -> Joining:
    if call.contact == "holding":
        await repository.change_call(
            session, call.id, state="talking", talking_at=call.talking_at or now, changed_at=now
        )
        return Joining("join", conference(call.id), bring=call.call_sid)
    if not any(one.role == "customer" for one in others):
        leg = _leg(call.id, None, "customer", call.phone, now=now)
        await orders.ring(session, leg, district.policy.queue.ring_seconds, now)
    return Joining("join", conference(call.id))


def conference(call_id: UUID) -> str:
    """The name of the conference of a call; it holds nothing personal."""
    return f"case-{call_id.hex}"


async def _failed(
    session: AsyncSession, leg: Row[Any], call: Row[Any], told: Report, district: District, *, now: datetime
) -> None:
    """Nobody took it: a caller is back in line in the old place, a call back is tried again in its window."""
    if leg.role == "lead" and call.state == "connecting":
        await repository.change_call(session, call.id, state="waiting", changed_at=now)
        await moves.put_back(session, call.hand_off_id, "not_reached", now)
        if told.failure == "declined":
            turned_down = {"id": new_id(), "hand_off_id": call.hand_off_id, "staff_id": leg.staff_id, "now": now}
            await repository.run(session, "turned_down", turned_down)
        else:
            await presence.move(session, [leg.staff_id], "away", now)
    elif leg.role == "customer" and call.state == "connecting":
        await _customer_not_reached(session, call, district, now)
    elif leg.role == "consult":
        await moves.note(session, call.hand_off_id, "consult_failed", now=now, staff_id=leg.staff_id)
        await unhold(session, call, now)


async def _customer_not_reached(session: AsyncSession, call: Row[Any], district: District, now: datetime) -> None:
    hours = district.policy.queue.callbacks
    tries, ends = call.tries + 1, call.window_ends_at or now
    pause = timedelta(minutes=hours.retry_minutes)
    again = after_failed_try(tries, now, ends, tries_max=hours.tries, pause=pause).at
    for leg in await repository.rows(session, "legs", {"queued_call_id": call.id}):
        if leg.provider_sid and leg.role == "lead":
            await orders.hang_up(session, leg.provider_sid, now, "nobody_home")
    await moves.note(session, call.hand_off_id, "callback_unanswered", now=now)
    if again is None:
        await repository.change_call(session, call.id, tries=tries)
        await give_up_callback(session, call, now)
        return
    await repository.change_call(session, call.id, state="waiting", tries=tries, not_before=again, changed_at=now)
    await moves.put_back(session, call.hand_off_id, "callback_again", now)


async def give_up_callback(session: AsyncSession, call: Row[Any], now: datetime) -> None:
    """No more tries: the case stays with whoever has it, or in the queue, for a person to decide."""
    values = {"state": "ended", "ended_as": "callback_given_up", "ended_at": now, "changed_at": now}
    await repository.change_call(session, call.id, **values)
    await moves.note(session, call.hand_off_id, "callback_given_up", now=now)


async def _left(session: AsyncSession, leg: Row[Any], call: Row[Any], now: datetime) -> None:
    """Somebody hung up. A colleague who stays has the case then; else the person's time for notes begins."""
    if leg.role == "customer" and call.state == "talking":
        values = {"state": "ended", "ended_as": "served", "ended_at": now, "changed_at": now}
        await repository.change_call(session, call.id, **values)
        await let_go(session, call, now)
    if leg.role in ("supervisor", "customer"):
        return
    await presence.move(session, [leg.staff_id], "after_call", now)
    stay = [
        one
        for one in await repository.rows(session, "legs", {"queued_call_id": call.id})
        if one.state == "joined" and one.role in ("lead", "consult")
    ]
    if stay and call.staff_id == leg.staff_id:
        await moves.pass_on(session, call.hand_off_id, stay[0].staff_id, now)
    if stay:
        await unhold(session, call, now)
    elif call.state == "connecting" and call.contact == "callback":
        await repository.change_call(session, call.id, state="waiting", changed_at=now)
        await moves.put_back(session, call.hand_off_id, "not_reached", now)


async def let_go(session: AsyncSession, call: Row[Any], now: datetime) -> None:
    """The customer has hung up: whoever talks or is about to is told so, and every phone is free for the next one."""
    for leg in await repository.rows(session, "legs", {"queued_call_id": call.id}):
        if leg.role != "customer" and leg.provider_sid and leg.state not in OVER:
            words = "caller_gone" if leg.state in ("asked", "joined") else ""
            await orders.hang_up(session, leg.provider_sid, now, words, call.language)


async def unhold(session: AsyncSession, call: Row[Any], now: datetime) -> None:
    """Let the customer hear and be heard again."""
    if call.call_sid and call.state == "talking":
        body = {"what": "unhold", "conference": conference(call.id), "call_sid": call.call_sid}
        await orders.give(session, body, now)


async def _leg_and_call(session: AsyncSession, leg_id: UUID) -> tuple[Row[Any], Row[Any]]:
    leg = await repository.row(session, "leg", {"id": leg_id})
    if leg is None:
        raise LegNotFoundError
    call = await repository.row(session, "by_id", {"id": leg.queued_call_id})
    assert call is not None
    return leg, call
