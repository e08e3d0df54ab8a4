"""The queue as it stands: the order of everything that waits, and who is at work."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from backend.district.service import District
from backend.emergency import facts as emergency
from backend.queue import repository
from backend.queue.rules import Ahead, Reason, Server, Waiting, expected_wait_seconds, in_order, why

MEASURED_CALLS_MIN = 10


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that waits, in order. `due`: may be served now (a call back may have to wait for its time)."""

    cases: tuple[Waiting, ...]
    due: frozenset[UUID]
    now: datetime
    ahead: Ahead

    def place(self, hand_off_id: UUID) -> int:
        """The place among the callers (on the line or to be called back), from 1; 0 when it does not wait."""
        callers = [case.id for case in self.cases if case.contact != "message" and case.id in self.due]
        return callers.index(hand_off_id) + 1 if hand_off_id in callers else 0

    def reasons(self) -> Mapping[UUID, tuple[int, tuple[Reason, ...]]]:
        """For each case: its place among all (from 1), and why it has it."""
        return {case.id: (place, why(case, self.ahead, self.now)) for place, case in enumerate(self.cases, 1)}


def ahead_of(district: District) -> Ahead:
    """What matters are worth in this district."""
    policy = district.policy.queue
    return Ahead(**policy.minutes_ahead.model_dump(), long_wait=policy.long_wait_minutes)


async def standing(session: AsyncSession, district: District, now: datetime) -> Standing:
    """The queue as it stands now."""
    rows = await repository.rows(session, "waiting", {"today": district.today(now)})
    ahead = ahead_of(district)
    due = frozenset(row.id for row in rows if row.not_before is None or row.not_before <= now)
    dry = await emergency.without_water(session, now, [row.conversation_id for row in rows])
    cases = [_waiting(row, no_water=row.conversation_id in dry) for row in rows]
    return Standing(tuple(in_order(cases, ahead, now)), due, now, ahead)


class Standings:
    """Looks at the queue for many callers at once: in a crowd each asks for a place, and each place takes all of it."""

    def __init__(self) -> None:
        self._looking = asyncio.Lock()
        self._begun = float("-inf")
        self._seen: Standing | None = None

    async def look(self, session: AsyncSession, district: District, now: datetime) -> Standing:
        """The queue as it stood after this was asked; those who wait for a look that has begun share the next one."""
        asked = time.monotonic()
        async with self._looking:
            if self._seen is None or self._begun <= asked:
                begun = time.monotonic()
                self._seen = await standing(session, district, now)
                self._begun = begun
            return self._seen


async def _standings(request: Request) -> Standings:
    standings: Standings = request.app.state.standings
    return standings


StandingsDep = Annotated[Standings, Depends(_standings)]


def _waiting(row: Row[Any], *, no_water: bool) -> Waiting:
    return Waiting(
        id=row.id,
        number=row.number,
        entered_at=row.entered_at,
        priority=row.priority,
        no_water=no_water,
        shut_off_today=row.shut_off_today,
        protected=row.protected,
        contact=row.contact,
        channel=row.channel,
        language=row.language,
        department=row.department,
    )


async def at_work(session: AsyncSession, district: District, now: datetime) -> list[Server]:
    """Who works with the queue now, with the room they have; `room` is empty for who is just busy."""
    policy = district.policy.queue
    since = {
        "seen_since": now - timedelta(seconds=policy.unseen_seconds),
        "again_since": now - timedelta(seconds=policy.again_seconds),
    }
    return [_server(row) for row in await repository.rows(session, "servers", since)]


def _server(row: Row[Any]) -> Server:
    busy = row.asked or row.on_calls or row.state != "available"
    room = {
        "voice": row.voice_max - row.on_calls,
        "sms": row.sms_max - row.on_sms,
        "chat": row.chat_max - row.on_chat,
    }
    return Server(
        row.staff_id,
        frozenset(row.languages),
        frozenset(row.departments),
        {} if busy else room,
        row.idle_since,
        has_phone=row.phone is not None and row.voice_max > 0,
        declined=frozenset(row.declined),
    )


def who_answer(servers: Sequence[Server], department: str) -> int:
    """How many of those at work take calls of this department."""
    return sum(server.has_phone and (not server.departments or department in server.departments) for server in servers)


async def wait_seconds(session: AsyncSession, district: District, place: int, people: int) -> int | None:
    """The expected wait in this place, from how long calls have taken lately."""
    measured = await repository.row(session, "measured", {})
    call_seconds = float(district.policy.queue.typical_call_seconds)
    if measured is not None and measured.calls >= MEASURED_CALLS_MIN:
        call_seconds = float(measured.seconds)
    return expected_wait_seconds(place, people, call_seconds)
