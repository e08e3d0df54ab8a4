"""Where a call goes on when its caller is out of the line, or a person has left them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import announce
from backend.district.service import District
from backend.hand_offs import moves
from backend.queue import endings, missed, repository

GONE = "gone"


@dataclass(frozen=True, slots=True)
class Onward:
    """Where a call goes on: `wait` in line again, `assistant`, `department`, `voicemail`, `ask`, `end`."""

    outcome: Literal["wait", "assistant", "department", "voicemail", "ask", "end"]
    department: str | None = None
    number: str | None = None


async def left(session: AsyncSession, call_sid: str, result: str, district: District, now: datetime) -> Onward:
    """The caller is out of the line, or a person has left them: where the call goes on.

    `result`: what Twilio says of the queue (`hangup`, `leave`, …), `person_left`, `gone` (a person took the call and
    the caller was not there any more), or of a department's phone (`answered`, `unanswered`). A call that nobody knows
    has ended.
    """
    call = await repository.row(session, "by_sid", {"call_sid": call_sid})
    if call is None or call.contact == "callback":
        # Whoever is to be called back has hung up as they were told to, even when somebody takes the call meanwhile.
        return Onward("end")
    follow = {
        "unanswered": _back_in_line,
        "answered": _taken_by_department,
        "leave": _out_of_line,
        "person_left": _person_left,
    }.get(result)
    if result in ("hangup", "completed", GONE) and call.state != "ended":
        follow = _hung_up if call.state == "talking" and result != GONE else _abandoned
    if follow is None:
        return Onward("wait" if call.state == "waiting" else "end")
    return await follow(session, call, district, now)


async def _hung_up(session: AsyncSession, call: Row[Any], district: District, now: datetime) -> Onward:
    await endings.end_call(session, call, "served", now)
    return Onward("end")


async def _abandoned(session: AsyncSession, call: Row[Any], district: District, now: datetime) -> Onward:
    """Nobody talked to them: the case waits for a person, and they get a text unless it was a mere moment."""
    await endings.end_call(session, call, "abandoned", now)
    await moves.put_back(session, call.hand_off_id, "abandoned", now)
    held = (now - call.entered_at).total_seconds()
    if held >= district.policy.queue.short_abandon_seconds:
        await missed.tell(session, call, call.phone, district, now)
    return Onward("end")


async def _out_of_line(session: AsyncSession, call: Row[Any], district: District, now: datetime) -> Onward:
    if call.next_step == "voicemail":
        await endings.end_call(session, call, "voicemail", now)
        return Onward("voicemail")
    await repository.change_call(session, call.id, next_step="overflowed", changed_at=now)
    return Onward("department", call.department, district.departments[call.department].phone)


async def _person_left(session: AsyncSession, call: Row[Any], district: District, now: datetime) -> Onward:
    """The person has left the call, and the caller is still there."""
    step = call.next_step or ""
    legs = await repository.rows(session, "legs", {"queued_call_id": call.id})
    await endings.close(session, [leg for leg in legs if leg.role != "customer"], now)
    if step.startswith("department:"):
        department = step.removeprefix("department:")
        return Onward("department", department, district.departments[department].phone)
    if call.state == "talking":
        await endings.end_call(session, call, "served", now)
    if call.state == "waiting":
        return Onward("wait")
    if call.tries:
        return Onward("end")
    return Onward("assistant" if step == "assistant" else "ask")


async def _taken_by_department(session: AsyncSession, call: Row[Any], district: District, now: datetime) -> Onward:
    """The department's phone was answered, and that call is over."""
    await endings.end_call(session, call, "served", now)
    await moves.close(session, call.hand_off_id, "transferred", now)
    return Onward("end")


async def _back_in_line(session: AsyncSession, call: Row[Any], district: District, now: datetime) -> Onward:
    """The department's phone was not answered: the caller waits again, in the old place."""
    if call.state in ("ended", "talking"):
        return Onward("voicemail" if call.state == "ended" else "end")
    if call.state == "connecting" and not (call.next_step or "").startswith("department:"):
        return Onward("wait")
    await repository.change_call(session, call.id, state="waiting", next_step="overflowed", changed_at=now)
    await moves.put_back(session, call.hand_off_id, "transfer_failed", now)
    announce(session, "queue")
    return Onward("wait")
