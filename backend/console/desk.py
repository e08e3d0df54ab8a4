"""What a page asks of the services, one transaction each, in the name of whoever is signed in."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from backend.console import shaping
from backend.console.live import Live
from backend.console.presence import Presence
from backend.console.surroundings import Surroundings
from backend.console.views import Case, QueueItem
from backend.errors import HeadgateError
from backend.hand_offs import desk as hand_offs
from backend.staff import service as staff_service
from backend.staff.permissions import Permission, SignedIn

_REFUSALS = {
    "not_yours": "refused_not_yours",
    "case_ended": "refused_closed",
    "empty_message": "refused_empty",
    "no_way_to_reach": "answer_no_number",
    "role_not_allowed": "refused_role",
    "case_not_found": "case_gone",
}


class SignedOutError(Exception):
    """The session has ended; the page leads to sign-in."""


class Refusal(Exception):
    """A deed that a service refused; `key` and `values` are of the words to show."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything a page shows, as of `now` (the district's clock)."""

    now: datetime
    queue: tuple[QueueItem, ...]
    case: Case | None
    viewers: tuple[str, ...]


class Desk:
    """The services as one signed-in page uses them, in the page's language."""

    def __init__(self, around: Surroundings, token: str, me: SignedIn, language: str) -> None:
        self._around, self._token, self.me, self._language = around, token, me, language
        self._presence = Presence(around.redis)

    @property
    def live(self) -> Live:
        return self._around.live

    async def look(self, case_id: UUID | None) -> Seen:
        """The queue, and the case that is open on the page; None when there is no such case.

        :raises DatabaseAwayError: PostgreSQL does not answer. :raises SignedOutError: the session is over.
        """
        now = self._around.clock.now()
        async with self._as_staff(is_activity=False) as session:
            rows = await hand_offs.queue(session, self.me.principal)
            case = None if case_id is None else await self._case(session, case_id, now)
            viewers = await self._viewers(session, case_id)
        queue = tuple(shaping.queue_item(row, self._department(row)) for row in rows)
        return Seen(now, queue, case, viewers)

    async def _case(self, session: AsyncSession, case_id: UUID, now: datetime) -> Case | None:
        try:
            found = await hand_offs.case(session, self.me.principal, case_id, self._around.district, now)
        except hand_offs.CaseNotFoundError:
            return None
        return shaping.case(found, self._department(found.row))

    def _department(self, row: Row[Any]) -> str:
        department = self._around.district.departments.get(row.department)
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
        async with self._deed(Permission.TAKE_CASE) as session:
            if take_over:
                self.me.require(Permission.TAKE_OVER_CASE)
            now = self._around.clock.now()
            await hand_offs.take(session, self.me.principal, case_id, now, take_over=take_over)

    async def answer(self, case_id: UUID, text: str) -> None:
        """Say this to the customer, in the thread they wrote in."""
        async with self._deed(Permission.ANSWER_CASE) as session:
            await hand_offs.answer(session, self.me.principal, case_id, text, self._around.clock.now())

    async def give_back(self, case_id: UUID) -> None:
        """Let the assistant answer again."""
        async with self._deed(Permission.CLOSE_CASE) as session:
            await hand_offs.give_back(session, self.me.principal, case_id, self._around.clock.now())

    async def close(self, case_id: UUID, disposition: str, note: str) -> None:
        """Be done with the case."""
        async with self._deed(Permission.CLOSE_CASE) as session:
            now = self._around.clock.now()
            await hand_offs.close(session, self.me.principal, case_id, disposition=disposition, note=note, now=now)

    @asynccontextmanager
    async def _as_staff(self, *, is_activity: bool) -> AsyncIterator[AsyncSession]:
        """A transaction of a session that still lives; roles are read anew, so a change holds at once."""
        async with self._around.transaction() as session:
            now = self._around.real_now()
            me = await staff_service.authenticate(session, self._token, now, is_activity=is_activity)
            if me is None:
                raise SignedOutError
            self.me = me
            yield session

    @asynccontextmanager
    async def _deed(self, permission: Permission) -> AsyncIterator[AsyncSession]:
        """One deed, one transaction.

        :raises Refusal: a service refused it; nothing was done.
        """
        try:
            async with self._as_staff(is_activity=True) as session:
                self.me.require(permission)
                yield session
        except HeadgateError as refused:
            if refused.error == "already_taken":
                raise Refusal("refused_taken", name=refused.extra.get("staff_name") or "–") from refused
            raise Refusal(_REFUSALS.get(refused.error, "refused_other")) from refused
