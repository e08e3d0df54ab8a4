"""What follows when a phone was not answered, somebody has left a call, or a call is over."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import announce
from backend.district.service import District
from backend.hand_offs import moves
from backend.models.base import new_id
from backend.models.staff import Staff
from backend.queue import orders, presence, repository
from backend.queue.rules import after_failed_try

NOT_MOVED = "not_moved"
"""The failure of a leg whose caller Twilio did not move, though they are on the line."""
OVERFLOWED = "overflowed"
"""The next step of a call that waited long and has rung a department's phone in between."""
SPOKEN = ("en", "es")


async def language_of(session: AsyncSession, staff_id: UUID | None) -> str:
    """The language that a member of the staff is spoken to in: their first that we speak."""
    staff = await session.get(Staff, staff_id) if staff_id is not None else None
    spoken = staff.languages if staff is not None else []
    return next((each for each in spoken if each in SPOKEN), SPOKEN[0])


def conference(call_id: UUID) -> str:
    """The name of the conference of a call; it holds nothing personal."""
    return f"case-{call_id.hex}"


async def failed(
    session: AsyncSession, leg: Row[Any], call: Row[Any], failure: str | None, district: District, *, now: datetime
) -> None:
    """Nobody took it: a caller is back in line in the old place, a call back is tried again in its window."""
    if leg.role == "lead" and call.state == "connecting":
        await repository.change_call(session, call.id, state="waiting", changed_at=now)
        await moves.put_back(session, call.hand_off_id, "not_reached", now)
        if failure == "declined":
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
            language = await language_of(session, leg.staff_id)
            await orders.hang_up(session, leg.provider_sid, now, "nobody_home", language)
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


async def left(session: AsyncSession, leg: Row[Any], call: Row[Any], now: datetime) -> None:
    """Somebody hung up. A colleague who stays has the case then; else the person's time for notes begins."""
    if leg.role == "customer":
        await _customer_left(session, call, now)
    if leg.role in ("supervisor", "customer"):
        return
    await presence.move(session, [leg.staff_id], "after_call", now)
    if call.state == "ended":
        return
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


async def _customer_left(session: AsyncSession, call: Row[Any], now: datetime) -> None:
    """A customer whom we had called back has hung up: while they talked, or on the way to somebody else."""
    if call.state == "talking":
        await end_call(session, call, "served", now)
    elif call.contact == "holding" and call.state != "ended":
        await end_call(session, call, "abandoned", now)
        await moves.put_back(session, call.hand_off_id, "abandoned", now)


async def end_call(session: AsyncSession, call: Row[Any], how: str, now: datetime) -> None:
    """The call is over, and with it every phone that was in it or rang for it. A second time changes nothing."""
    if call.state == "ended":
        return
    values = {"state": "ended", "ended_as": how, "ended_at": now, "changed_at": now}
    await repository.change_call(session, call.id, **values)
    legs = await repository.rows(session, "legs", {"queued_call_id": call.id})
    await _hang_up(session, legs, call, now)
    await close(session, legs, now)
    announce(session, "queue")


async def close(session: AsyncSession, legs: Sequence[Row[Any]], now: datetime) -> None:
    """These phones are out of their call, whether or not news of it comes: a report that is lost keeps nobody busy."""
    for leg in legs:
        was_in = leg.state == "joined"
        state, failure = ("ended", leg.failure) if was_in else ("failed", "call_over")
        await repository.change_leg(session, leg.id, state=state, ended_at=now, failure=failure)
        if was_in and leg.role in ("lead", "consult"):
            await presence.move(session, [leg.staff_id], "after_call", now)


async def not_moved(session: AsyncSession, leg: Row[Any], call: Row[Any], now: datetime) -> None:
    """A person took the call, and the caller could not be brought to them: back in line, in the old place."""
    await repository.change_leg(session, leg.id, state="failed", ended_at=now, failure=NOT_MOVED)
    await repository.change_call(session, call.id, state="waiting", talking_at=None, changed_at=now)
    await moves.put_back(session, call.hand_off_id, NOT_MOVED, now)
    announce(session, "queue")


async def _hang_up(session: AsyncSession, legs: Sequence[Row[Any]], call: Row[Any], now: datetime) -> None:
    """Whoever talks or is about to is told that the caller has gone, in their own language."""
    for leg in legs:
        if leg.role != "customer" and leg.provider_sid:
            words = "caller_gone" if leg.state in ("asked", "joined") else ""
            await orders.hang_up(session, leg.provider_sid, now, words, await language_of(session, leg.staff_id))


async def unhold(session: AsyncSession, call: Row[Any], now: datetime) -> None:
    """Let the customer hear and be heard again."""
    if call.call_sid and call.state == "talking":
        body = {"what": "unhold", "conference": conference(call.id), "call_sid": call.call_sid}
        await orders.give(session, body, now)
