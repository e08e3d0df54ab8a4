"""Staff over HTTP: the token of a console session, sent as a bearer token, is the person who signed in."""

from datetime import UTC, datetime
from typing import Any

from fastapi import Depends, Request

from backend.access import Admits, Kind, Principal, Tokens, UnauthorizedError
from backend.database import Database
from backend.staff import service


class AdmitsStaff(Admits):
    """A dependency that lets signed-in members of the staff in, and the processes that are named beside them."""

    def __init__(self, *processes: Kind) -> None:
        super().__init__(Kind.STAFF, *processes)

    async def __call__(self, request: Request) -> Principal:
        """The member of the staff; sessions live by the real time, whatever the demonstration's clock says.

        :raises UnauthorizedError: no session, or one that is over.
        """
        process = self._process(request)
        if process is not None:
            return process
        scheme, _, token = (request.headers.get("authorization") or "").partition(" ")
        if scheme.lower() != "bearer":
            raise UnauthorizedError
        database: Database = request.app.state.database
        async with database.transaction() as session:
            signed_in = await service.authenticate(session, token.strip(), datetime.now(UTC))
        if signed_in is None:
            raise UnauthorizedError
        return signed_in.principal

    def _process(self, request: Request) -> Principal | None:
        tokens: Tokens = request.app.state.tokens
        try:
            principal = tokens.principal(request.headers.get("authorization"))
        except UnauthorizedError:
            return None
        return principal if principal.kind in self.kinds else None


def admits_staff_and(*processes: Kind) -> Any:
    """`Depends` on a signed-in member of the staff, or on one of `processes`."""
    return Depends(AdmitsStaff(*processes))


ADMITS_STAFF = Depends(AdmitsStaff())
