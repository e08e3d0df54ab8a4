"""Callers who wait for a person: they enter, hear where they stand, choose to be called back, leave."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import announce
from backend.district.service import District
from backend.errors import ConflictError, HeadgateError, NotFoundError
from backend.hand_offs import moves
from backend.hand_offs import service as hand_offs
from backend.hand_offs.schemas import HandOffIn
from backend.models.base import new_id
from backend.queue import missed, on_call, repository
from backend.queue.rules import next_calling_time, told_minutes
from backend.queue.standing import Standings, at_work, wait_seconds, who_answer

Tried = Literal["unanswered", "gone"]
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


async def enter(
    session: AsyncSession,
    asked: HandOffIn,
    district: District,
    now: datetime,
    *,
    tried: Tried | None = None,
    rung: int = 1,
) -> Entered:
    """Let a caller wait for a person, in their open case or a new one. A second time changes nothing.

    `tried`: a department's phone has been rung already, and nobody took the call. Where nobody is at work either, or
    the caller is gone, it is a missed call, and they get a text. In an emergency those on call are rung before that,
    of whom `rung` - 1 have not answered. Whoever was asked for by name is rung first; then it is their department's.

    Somebody who was promised a call back and calls again takes the place that was kept.
    """
    case = await _case_of(session, asked, district, now)
    department = district.departments.get(case.department) or district.departments[hand_offs.DEFAULT_DEPARTMENT]
    here = (case.department, department.phone, district.opens_at(now))
    if tried and case.priority == district.policy.priorities.emergency:
        number = on_call.phone_after(district, rung) if tried == "unanswered" else None
        if number is not None:
            return Entered("ring", case.department, number, here[2])
        await on_call.tell(session, case, asked.party, district, now)
    person_phone = _phone_of_person(case, district)
    if person_phone is not None and tried == "unanswered" and rung == 1:
        tried, person_phone = None, None
    if tried == "gone" or (tried and not await _somebody_for(session, case, district, now)):
        await missed.tell(session, case, asked.party, district, now)
        return Entered("closed", *here)
    if not district.department_open(case.department, now):
        return Entered("closed", *here)
    if await repository.row(session, "by_case", {"hand_off_id": case.id}) is not None:
        return Entered("wait", *here)
    people = who_answer(await at_work(session, district, now), case.department)
    if not people or (not tried and (person_phone or department.line == "phone")):
        return Entered("ring", case.department, (not tried and person_phone) or department.phone, here[2])
    await _stand_in_line(session, case, asked, now)
    return Entered("wait", *here)


async def _stand_in_line(session: AsyncSession, case: Row[Any], asked: HandOffIn, now: datetime) -> None:
    values = {
        "id": new_id(),
        "hand_off_id": case.id,
        "call_sid": asked.thread_key,
        "phone": asked.party,
        "language": case.language,
        "entered_at": await _place_kept(session, asked.party, now) or now,
        "now": now,
    }
    if await repository.row(session, "enter", values) is not None:
        await moves.put_back(session, case.id, "in_line", now)
        announce(session, "queue")


def _phone_of_person(case: Row[Any], district: District) -> str | None:
    """The phone of whom this caller asked for by name; in an emergency nobody is rung but who is there for that."""
    person = district.people.get(case.asked_for or "")
    is_emergency = case.priority == district.policy.priorities.emergency
    return None if person is None or is_emergency else person.phone


async def _somebody_for(session: AsyncSession, case: Row[Any], district: District, now: datetime) -> bool:
    """Whether a caller whom a department's phone did not answer may wait in line: for its own people at work."""
    is_open = district.department_open(case.department, now)
    return is_open and who_answer(await at_work(session, district, now), case.department) > 0


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


async def place(session: AsyncSession, call_sid: str, standings: Standings, district: District, now: datetime) -> Place:
    """Where a caller on the line stands now.

    :raises CallNotFoundError: this call never waited.
    """
    call = await _call(session, call_sid)
    if call.state != "waiting":
        return Place("gone" if call.state == "ended" else "soon", 0, None, offer_callback=False, phone=None)
    policy = district.policy.queue
    if not _still_served(call, district, now):
        return Place("closed", 0, None, offer_callback=call.phone is not None, phone=call.phone)
    if call.next_step != "overflowed" and now - call.entered_at >= timedelta(minutes=policy.overflow_minutes):
        return Place("overflow", 0, None, offer_callback=False, phone=call.phone)
    stands = await standings.look(session, district, now)
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


async def _call(session: AsyncSession, call_sid: str) -> Row[Any]:
    call = await repository.row(session, "by_sid", {"call_sid": call_sid})
    if call is None:
        raise CallNotFoundError
    return call
