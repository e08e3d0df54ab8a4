"""What the case desk asks of the services, one transaction each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from backend.console import shaping
from backend.console.floor import Floor
from backend.console.presence import Presence
from backend.console.seat import Seat
from backend.console.views import Call, Case, FloorSeen, QueueItem
from backend.hand_offs import desk as hand_offs
from backend.queue import dispatch
from backend.queue.standing import standing
from backend.recordings import service as recordings
from backend.staff import service as staff_service
from backend.staff.permissions import Permission, SignedIn


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything a page shows, as of `now` (the district's clock)."""

    now: datetime
    queue: tuple[QueueItem, ...]
    case: Case | None
    viewers: tuple[str, ...]
    floor: FloorSeen
    call: Call | None


class Desk:
    """The services of cases, as one signed-in page uses them, in the page's language."""

    def __init__(self, seat: Seat, language: str) -> None:
        self._seat, self._language = seat, language
        self._presence = Presence(seat.around.redis)
        self.floor = Floor(seat)

    @property
    def me(self) -> SignedIn:
        return self._seat.me

    async def look(self, case_id: UUID | None) -> Seen:
        """The queue, and the case that is open on the page; None when there is no such case.

        :raises DatabaseAwayError: PostgreSQL does not answer. :raises SignedOutError: the session is over.
        """
        now = self._seat.now()
        async with self._seat.looking() as session:
            rows = await hand_offs.queue(session, self.me.principal)
            case = None if case_id is None else await self._case(session, case_id, now)
            viewers = await self._viewers(session, case_id)
            stands = await standing(session, self._seat.district, now)
            queue = shaping.in_order([shaping.queue_item(row, self._department(row)) for row in rows], stands.reasons())
            floor = await self.floor.look(session, queue)
            call = None if case_id is None else await self.floor.call(session, case_id)
        if case is not None:
            case = replace(case, item=next((item for item in queue if item.id == case.item.id), case.item))
        return Seen(now, queue, case, viewers, floor, call)

    async def _case(self, session: AsyncSession, case_id: UUID, now: datetime) -> Case | None:
        try:
            found = await hand_offs.case(session, self.me.principal, case_id, self._seat.district, now)
        except hand_offs.CaseNotFoundError:
            return None
        heard = await recordings.of_case(session, self.me.principal, case_id)
        return replace(shaping.case(found, self._department(found.row)), recordings=tuple(heard))

    def _department(self, row: Row[Any]) -> str:
        department = self._seat.district.departments.get(row.department)
        if department is None:
            return str(row.department)
        return department.name.es if self._language == "es" else department.name.en

    async def _viewers(self, session: AsyncSession, case_id: UUID | None) -> tuple[str, ...]:
        if case_id is None:
            return ()
        others: Sequence[UUID] = sorted(await self._presence.look_at(case_id, self.me.id))
        names = await staff_service.names_of(session, others) if others else {}
        return tuple(sorted(names.values()))

    async def look_away(self, case_id: UUID) -> None:
        """This page no longer shows the case."""
        await self._presence.look_away(case_id, self.me.id)

    async def take(self, case_id: UUID, *, take_over: bool) -> None:
        """Make the case mine; `take_over` also out of a colleague's hands, for those who may."""
        async with self._seat.deed(Permission.TAKE_CASE) as session:
            if take_over:
                self.me.require(Permission.TAKE_OVER_CASE)
            now = self._seat.now()
            await dispatch.take(session, self.me.principal, case_id, self._seat.district, now, take_over=take_over)

    async def answer(self, case_id: UUID, text: str) -> None:
        """Say this to the customer, in the thread they wrote in."""
        async with self._seat.deed(Permission.ANSWER_CASE) as session:
            await hand_offs.answer(session, self.me.principal, case_id, text, self._seat.now())

    async def give_back(self, case_id: UUID) -> None:
        """Let the assistant answer again."""
        async with self._seat.deed(Permission.CLOSE_CASE) as session:
            await hand_offs.give_back(session, self.me.principal, case_id, self._seat.now())

    async def close(self, case_id: UUID, disposition: str, note: str) -> None:
        """Be done with the case."""
        async with self._seat.deed(Permission.CLOSE_CASE) as session:
            now = self._seat.now()
            await hand_offs.close(session, self.me.principal, case_id, disposition=disposition, note=note, now=now)
