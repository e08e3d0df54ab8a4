"""Holds cases out to people, in the queue's order, and sees to what nobody did in time. Runs again and again."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal
from backend.database import announce
from backend.district.service import District
from backend.hand_offs import desk, moves
from backend.models.base import new_id
from backend.queue import endings, legs, orders, presence, repository, voicemails
from backend.queue.rules import offers
from backend.queue.standing import at_work, standing
from backend.staff.permissions import Permission, require

ENTERING_SECONDS = 15
"""From a case to its caller's place in line: until then the call may still be on its way there."""
WHISPER_SECONDS = 75
"""How long somebody may take to press a key and listen to the whisper before we take it that nobody is there."""

GOODBYE_SECONDS = 30
"""From the end of a call to that of its last phone: we may be saying a sentence there."""
LOOK_AFTER = timedelta(minutes=5)
"""News that somebody hung up can be lost: so often Twilio is asked about a phone that is in a call."""


async def dispatch(session: AsyncSession, district: District, now: datetime) -> int:
    """One round: what is too late ends, free people are offered what is next. How many offers were made.

    Of several processes one does it; the others have nothing to do.
    """
    if not await repository.one_at_a_time(session):
        return 0
    policy = district.policy.queue
    await presence.end_after_call(session, now - timedelta(seconds=policy.after_call_seconds), now)
    await repository.run(session, "cancel_callbacks", {"now": now})
    await _end_stale_legs(session, district, now)
    await _end_windows(session, now)
    await _end_late_offers(session, now)
    await voicemails.write_down(session, now)
    return await _offer(session, district, now)


async def _end_stale_legs(session: AsyncSession, district: District, now: datetime) -> None:
    """Phones and calls of which no news came: telephony, the backend or the news itself was away."""
    since = now - timedelta(seconds=district.policy.queue.ring_seconds + WHISPER_SECONDS)
    for row in await repository.rows(session, "stale_legs", {"since": since}):
        await legs.report(session, row.id, legs.Report("failed", failure="lost"), district, now)
    over = {"since": now - timedelta(seconds=GOODBYE_SECONDS)}
    for row in await repository.rows(session, "left_behind", over):
        await legs.report(session, row.id, legs.Report("ended"), district, now)
    for row in await repository.rows(session, "talking_to_nobody", over):
        call = await repository.row(session, "by_id", {"id": row.id})
        if call is not None:
            await endings.end_call(session, call, "served", now)
    for row in await repository.rows(session, "long_joined", {"since": now - LOOK_AFTER}):
        body = {"what": "look", "leg_id": str(row.id), "call_sid": row.provider_sid}
        await orders.give(session, body, now, row.id)


async def _end_windows(session: AsyncSession, now: datetime) -> None:
    """A call back that could not be made in its window: a person decides."""
    for row in await repository.rows(session, "window_over", {"now": now}):
        call = await repository.row(session, "by_id", {"id": row.id})
        if call is not None:
            await endings.give_up_callback(session, call, now)


async def _end_late_offers(session: AsyncSession, now: datetime) -> None:
    """Who lets a caller ring is taken to be away, or every caller would wait for them."""
    for late in await repository.rows(session, "expire", {"now": now}):
        if late.state == "timed_out":
            await moves.note(session, late.hand_off_id, "offer_timed_out", now=now, staff_id=late.staff_id)
            if late.is_call:
                await presence.move(session, [late.staff_id], "away", now)
        announce(session, "offer", staff_id=late.staff_id)


async def _offer(session: AsyncSession, district: District, now: datetime) -> int:
    servers = [server for server in await at_work(session, district, now) if server.room]
    if not servers:
        return 0
    stands = await standing(session, district, now)
    entering = {"entering_since": now - timedelta(seconds=ENTERING_SECONDS)}
    wanted = {row.id for row in await repository.rows(session, "offerable", entering)} & stands.due
    open_cases = [case for case in stands.cases if case.id in wanted and _may_be_served(case, district, now)]
    made = 0
    for case_id, staff_id in offers(open_cases, servers):
        values: dict[str, Any] = {
            "id": new_id(),
            "hand_off_id": case_id,
            "staff_id": staff_id,
            "now": now,
            "expires_at": now + timedelta(seconds=district.policy.queue.offer_seconds),
        }
        if await repository.row(session, "offer", values) is not None:
            made += 1
            announce(session, "offer", staff_id=staff_id)
    return made


def _may_be_served(case: Any, district: District, now: datetime) -> bool:
    """Quiet hours are for calls that we make, whenever their place came up."""
    hours, local = district.policy.queue.callbacks, now.astimezone(district.zone).time()
    return case.contact != "callback" or hours.first <= local < hours.until


async def take(
    session: AsyncSession,
    staff: Principal,
    hand_off_id: UUID,
    district: District,
    now: datetime,
    *,
    take_over: bool = False,
) -> None:
    """Take a case, offered or not. Of several who press at once, one wins; a caller who waits is put through.

    :raises desk.CaseNotFoundError, desk.CaseEndedError, desk.AlreadyTakenError: as of the case.
    :raises presence.PhoneNeededError: a caller waits, and this person has no phone that could be rung.
    """
    staff_id = require(staff, Permission.TAKE_CASE)
    await desk.take(session, staff, hand_off_id, now, take_over=take_over)
    values = {"hand_off_id": hand_off_id, "staff_id": staff_id, "now": now}
    await repository.row(session, "end_offer", values | {"state": "accepted"})
    await repository.run(session, "withdraw", values)
    await legs.connect(session, hand_off_id, staff_id, district, now)
    announce(session, "offer", staff_id=staff_id)


async def decline(session: AsyncSession, staff: Principal, hand_off_id: UUID, now: datetime) -> None:
    """Let the next person have it. An offer that is over already stays so."""
    staff_id = require(staff, Permission.TAKE_CASE)
    values = {"hand_off_id": hand_off_id, "staff_id": staff_id, "now": now, "state": "declined"}
    if await repository.row(session, "end_offer", values) is not None:
        await moves.note(session, hand_off_id, "offer_declined", now=now, staff_id=staff_id)
    announce(session, "offer", staff_id=staff_id)


async def offer_to(session: AsyncSession, staff_id: UUID) -> tuple[UUID, datetime] | None:
    """What is offered to this person now, and until when."""
    row = await repository.row(session, "my_offer", {"staff_id": staff_id})
    return None if row is None else (row.hand_off_id, row.expires_at)
