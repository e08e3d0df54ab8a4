"""Callers who wait for a person: they enter, hear where they stand, choose to be called back, leave."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import announce
from backend.district.service import District
from backend.errors import ConflictError, HeadgateError, NotFoundError
from backend.hand_offs import moves
from backend.hand_offs import service as hand_offs
from backend.hand_offs.schemas import HandOffIn
from backend.models.base import new_id
from backend.outbox import service as outbox
from backend.queue import legs, repository, wording
from backend.queue.rules import next_calling_time, told_minutes
from backend.queue.standing import at_work, standing, wait_seconds, who_answer

_PHONE = re.compile(r"\+1[2-9][0-9]{9}")


class CallNotFoundError(NotFoundError):
    """404 `call_not_found`."""

    def __init__(self) -> None:
        super().__init__("call_not_found", "This call does not wait for anybody.")


class NotWaitingError(ConflictError):
    """409 `not_waiting`: it is somebody's turn already, or it is over."""

    def __init__(self) -> None:
        super().__init__("not_waiting", "This call does not wait any more.")


@dataclass(frozen=True, slots=True)
class Entered:
    """What happens with a caller who asks for a person: `wait` in line, `ring` the department's phone, or `closed`."""

    outcome: Literal["wait", "ring", "closed"]
    department: str
    number: str
    opens_at: datetime | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a caller stands. `turn`: wait, soon (a phone is being rung), closed, overflow or gone.

    `minutes`: the expected wait as it is told, None when nobody is at work.
    """

    turn: Literal["wait", "soon", "closed", "overflow", "gone"]
    place: int
    minutes: int | None
    offer_callback: bool
    phone: str | None


@dataclass(frozen=True, slots=True)
class Onward:
    """Where a call goes on: `wait` in line again, `assistant`, `department`, `voicemail`, `ask`, `end`."""

    outcome: Literal["wait", "assistant", "department", "voicemail", "ask", "end"]
    department: str | None = None
    number: str | None = None


async def enter(session: AsyncSession, asked: HandOffIn, district: District, now: datetime) -> Entered:
    """Let a caller wait for a person, in their open case or a new one. A second time changes nothing.

    Somebody who was promised a call back and calls again takes the place that was kept.
    """
    case = await _case_of(session, asked, district, now)
    department = district.departments.get(case.department) or district.departments[hand_offs.DEFAULT_DEPARTMENT]
    here = (case.department, department.phone, district.opens_at(now))
    if not district.department_open(case.department, now):
        return Entered("closed", *here)
    if await repository.row(session, "by_case", {"hand_off_id": case.id}) is not None:
        return Entered("wait", *here)
    people = who_answer(await at_work(session, district, now), case.department)
    if department.line == "phone" or people == 0:
        return Entered("ring", *here)
    kept = await _place_kept(session, asked.party, now)
    values = {
        "id": new_id(),
        "hand_off_id": case.id,
        "call_sid": asked.thread_key,
        "phone": asked.party,
        "language": case.language,
        "entered_at": kept or now,
        "now": now,
    }
    if await repository.row(session, "enter", values) is not None:
        await moves.put_back(session, case.id, "in_line", now)
        announce(session, "queue")
    return Entered("wait", *here)


async def _case_of(session: AsyncSession, asked: HandOffIn, district: District, now: datetime) -> Row[Any]:
    found = await repository.row(session, "open_case", {"call_sid": asked.thread_key})
    if found is None:
        await hand_offs.hand_off(session, asked, district, now)
        found = await repository.row(session, "open_case", {"call_sid": asked.thread_key})
    assert found is not None
    return found


async def _place_kept(session: AsyncSession, phone: str | None, now: datetime) -> datetime | None:
    """The place of a call back that this caller was promised. This call keeps the promise; its case is a double."""
    if phone is None:
        return None
    promised = await repository.rows(session, "callback_of", {"phone": phone, "now": now})
    for one in promised:
        await moves.close(session, one.hand_off_id, "duplicate", now)
    return min((one.entered_at for one in promised), default=None)


async def place(session: AsyncSession, call_sid: str, district: District, now: datetime) -> Place:
    """Where a caller on the line stands now.

    :raises CallNotFoundError: this call never waited.
    """
    call = await _call(session, call_sid)
    if call.state != "waiting":
        return Place("gone" if call.state == "ended" else "soon", 0, None, offer_callback=False, phone=None)
    policy = district.policy.queue
    if not _still_served(call, district, now):
        return Place("closed", 0, None, offer_callback=call.phone is not None, phone=call.phone)
    if call.next_step != "overflowed" and now - call.changed_at >= timedelta(minutes=policy.overflow_minutes):
        return Place("overflow", 0, None, offer_callback=False, phone=call.phone)
    stands = await standing(session, district, now)
    mine = stands.place(call.hand_off_id)
    people = who_answer(await at_work(session, district, now), call.department)
    seconds = await wait_seconds(session, district, mine, people)
    long = seconds is None or seconds >= policy.callback_wait_minutes * 60
    return Place("wait", mine, None if seconds is None else told_minutes(seconds), long, call.phone)


def _still_served(call: Row[Any], district: District, now: datetime) -> bool:
    """While the office is open, and for who was in line at closing a while longer."""
    late = now - timedelta(minutes=district.policy.queue.after_closing_minutes)
    return district.department_open(call.department, now) or (
        district.department_open(call.department, late) and call.entered_at < now
    )


async def choose_callback(
    session: AsyncSession, call_sid: str, phone: str, district: District, now: datetime
) -> datetime:
    """Call this number back when it is the caller's turn, in the place they have; the first time that may be.

    :raises CallNotFoundError: this call never waited. :raises NotWaitingError: it is being connected, or over.
    :raises HeadgateError: 422 `phone_refused`.
    """
    call = await _call(session, call_sid)
    if call.state != "waiting":
        raise NotWaitingError
    if not _PHONE.fullmatch(phone) and phone != call.phone:
        raise HeadgateError(422, "phone_refused", "Give a number in the United States, with its area code.")
    hours = district.policy.queue.callbacks
    soonest = now if district.department_open(call.department, now) else district.opens_at(now) or now
    first = next_calling_time(soonest.astimezone(district.zone), hours.first, hours.until)
    if call.contact != "callback":
        await repository.change_call(
            session,
            call.id,
            contact="callback",
            phone=phone,
            not_before=first,
            window_ends_at=first + timedelta(hours=hours.window_hours),
            changed_at=now,
        )
        await moves.note(session, call.hand_off_id, "callback_promised", now=now)
        announce(session, "queue")
    return first


async def leave_for(session: AsyncSession, call_sid: str, step: Literal["voicemail", "overflow"]) -> None:
    """The caller will leave the line for this.

    :raises CallNotFoundError: this call never waited. :raises NotWaitingError: it is being connected, or over.
    """
    call = await _call(session, call_sid)
    if call.state != "waiting":
        raise NotWaitingError
    await repository.change_call(session, call.id, next_step=step)


async def left(session: AsyncSession, call_sid: str, result: str, district: District, now: datetime) -> Onward:
    """The caller is out of the line, or a person has left them: where the call goes on.

    `result`: what Twilio says of the queue (`hangup`, `leave`, …), `person_left`, or of a department's phone
    (`answered`, `unanswered`). A call that nobody knows has ended.
    """
    call = await repository.row(session, "by_sid", {"call_sid": call_sid})
    if call is None or (call.contact == "callback" and call.state in ("waiting", "ended")):
        return Onward("end")
    follow = {
        "unanswered": _back_in_line,
        "answered": _taken_by_department,
        "leave": _out_of_line,
        "person_left": _person_left,
    }.get(result)
    if result in ("hangup", "completed") and call.state != "ended":
        follow = _hung_up
    if follow is None:
        return Onward("wait" if call.state == "waiting" else "end")
    return await follow(session, call, district, now)


async def _hung_up(session: AsyncSession, call: Row[Any], district: District, now: datetime) -> Onward:
    await legs.let_go(session, call, now)
    if call.state == "talking":
        await _end(session, call, "served", now)
        return Onward("end")
    await _end(session, call, "abandoned", now)
    await moves.put_back(session, call.hand_off_id, "abandoned", now)
    held = (now - call.changed_at).total_seconds()
    if call.phone and held >= district.policy.queue.short_abandon_seconds:
        await outbox.enqueue(
            session,
            channel="sms",
            recipient=call.phone,
            text=wording.missed(call.language, district.settings.name, f"H-{call.number}"),
            language=call.language,
            purpose="missed_call",
            now=now,
            conversation_id=call.conversation_id,
        )
    return Onward("end")


async def _out_of_line(session: AsyncSession, call: Row[Any], district: District, now: datetime) -> Onward:
    if call.next_step == "voicemail":
        await _end(session, call, "voicemail", now)
        return Onward("voicemail")
    await repository.change_call(session, call.id, next_step="overflowed", changed_at=now)
    return Onward("department", call.department, district.departments[call.department].phone)


async def _person_left(session: AsyncSession, call: Row[Any], district: District, now: datetime) -> Onward:
    """The person has left the call, and the caller is still there."""
    step = call.next_step or ""
    if step.startswith("department:"):
        department = step.removeprefix("department:")
        return Onward("department", department, district.departments[department].phone)
    if call.state == "talking":
        await _end(session, call, "served", now)
    if call.state == "waiting":
        return Onward("wait")
    if call.contact == "callback":
        return Onward("end")
    return Onward("assistant" if step == "assistant" else "ask")


async def _taken_by_department(session: AsyncSession, call: Row[Any], district: District, now: datetime) -> Onward:
    """The department's phone was answered, and that call is over."""
    await _end(session, call, "served", now)
    await moves.close(session, call.hand_off_id, "transferred", now)
    return Onward("end")


async def _back_in_line(session: AsyncSession, call: Row[Any], district: District, now: datetime) -> Onward:
    """The department's phone was not answered: the caller waits again, in the old place."""
    if call.state in ("ended", "talking"):
        return Onward("voicemail" if call.state == "ended" else "end")
    if call.state == "connecting" and not call.next_step:
        return Onward("wait")
    await repository.change_call(session, call.id, state="waiting", next_step="overflowed", changed_at=now)
    await moves.put_back(session, call.hand_off_id, "transfer_failed", now)
    announce(session, "queue")
    return Onward("wait")


async def _end(session: AsyncSession, call: Row[Any], how: str, now: datetime) -> None:
    if call.state != "ended":
        await repository.change_call(session, call.id, state="ended", ended_as=how, ended_at=now, changed_at=now)
        announce(session, "queue")


async def _call(session: AsyncSession, call_sid: str) -> Row[Any]:
    call = await repository.row(session, "by_sid", {"call_sid": call_sid})
    if call is None:
        raise CallNotFoundError
    return call


async def call_of_case(session: AsyncSession, hand_off_id: UUID) -> Row[Any] | None:
    """The call of a case that waits or goes on."""
    return await repository.row(session, "by_case", {"hand_off_id": hand_off_id})
