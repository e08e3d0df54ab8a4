"""The phones that are rung for a call: of a person, a colleague, a supervisor, of a customer who is called back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from backend.conversations import callers
from backend.database import announce
from backend.district.service import District
from backend.errors import NotFoundError
from backend.models.base import new_id
from backend.models.queue import CallLeg
from backend.queue import endings, orders, presence, repository, wording
from backend.queue.endings import NOT_MOVED, OVERFLOWED, conference, language_of

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
    """What the person hears who picked up. `role` is that of the leg; `summary` the case's, in English."""

    role: str
    language: str
    words: str
    summary: str


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
    # Who has been sent to another phone before is not sent there again.
    step = OVERFLOWED if call.next_step == OVERFLOWED else None
    await repository.change_call(session, call.id, state="connecting", next_step=step, changed_at=now)
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


async def whisper(session: AsyncSession, leg_id: UUID, district: District, now: datetime) -> Whisper:
    """What the one who picked up hears first: in a colleague's own language, or the customer's.

    :raises LegNotFoundError: there is no such leg.
    """
    leg, call = await _leg_and_call(session, leg_id)
    if leg.role == "customer":
        return Whisper("customer", call.language, "", "")
    language = await language_of(session, leg.staff_id)
    local = now.astimezone(district.zone)
    since = local.replace(hour=0, minute=0, second=0, microsecond=0)
    calls = await callers.calls_since(session, call.party, since)
    return Whisper(leg.role, language, wording.whisper(call, leg.role, language, calls), wording.short(call.summary))


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
    if was_in and told.failure == NOT_MOVED and leg.role == "lead" and call.state == "talking":
        await endings.not_moved(session, leg, call, now)
        return nothing
    state = "ended" if was_in else "failed"
    await repository.change_leg(session, leg.id, state=state, ended_at=now, failure=told.failure, **sid)
    if was_in:
        await endings.left(session, leg, call, now)
    else:
        await endings.failed(session, leg, call, told.failure, district, now=now)
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
        # From here on it is a call like any other: it can wait, be passed on and be hung up.
        values = {"state": "talking", "contact": "holding", "call_sid": sid, "tries": call.tries + 1}
        await repository.change_call(session, call.id, talking_at=now, changed_at=now, **values)
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


async def _leg_and_call(session: AsyncSession, leg_id: UUID) -> tuple[Row[Any], Row[Any]]:
    leg = await repository.row(session, "leg", {"id": leg_id})
    if leg is None:
        raise LegNotFoundError
    call = await repository.row(session, "by_id", {"id": leg.queued_call_id})
    assert call is not None
    return leg, call
