"""What one open page asks of the services: one transaction each, in the name of whoever is signed in."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal
from backend.console.surroundings import Surroundings
from backend.district.service import District
from backend.errors import HeadgateError
from backend.staff import service as staff_service
from backend.staff.permissions import Permission, SignedIn


class SignedOutError(Exception):
    """The session has ended; the page leads to sign-in."""


class Refusal(Exception):
    """Something that was not done: `error` and `values` are of the words `refused_<error>`; `field` is at fault."""

    def __init__(self, error: str, values: Mapping[str, object] | None = None, *, field: str | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.values: Mapping[str, object] = values or {}
        self.field = field


class Seat:
    """A signed-in page's place among the services."""

    def __init__(self, around: Surroundings, token: str, me: SignedIn) -> None:
        self.around, self._token, self.me = around, token, me

    @property
    def principal(self) -> Principal:
        return self.me.principal

    @property
    def district(self) -> District:
        return self.around.district

    def now(self) -> datetime:
        """The time of everything that the pages show and do."""
        return self.around.clock.now()

    def today(self) -> date:
        """The district's day."""
        return self.now().astimezone(self.district.zone).date()

    @asynccontextmanager
    async def looking(self) -> AsyncIterator[AsyncSession]:
        """A transaction to read in; a page that renews itself does not keep the session alive.

        :raises DatabaseAwayError: PostgreSQL does not answer. :raises SignedOutError: the session is over.
        """
        async with self._as_staff(is_activity=False) as session:
            yield session

    @asynccontextmanager
    async def deed(self, permission: Permission) -> AsyncIterator[AsyncSession]:
        """One deed, one transaction.

        :raises Refusal: the role may not, or a service refused; nothing was done.
        :raises DatabaseAwayError: PostgreSQL does not answer. :raises SignedOutError: the session is over.
        """
        try:
            async with self._as_staff(is_activity=True) as session:
                self.me.require(permission)
                yield session
        except HeadgateError as refused:
            raise Refusal(refused.error, refused.extra) from refused

    @asynccontextmanager
    async def _as_staff(self, *, is_activity: bool) -> AsyncIterator[AsyncSession]:
        """Who is signed in is read anew, so that a change of role holds at once."""
        async with self.around.transaction() as session:
            now = self.around.real_now()
            me = await staff_service.authenticate(session, self._token, now, is_activity=is_activity)
            if me is None:
                raise SignedOutError
            self.me = me
            yield session
