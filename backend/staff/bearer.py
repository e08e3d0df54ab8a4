"""Staff over HTTP: the token of a console session, sent as a bearer token, is the person who signed in."""

from datetime import UTC, datetime

from fastapi import Depends, Request

from backend.access import Admits, Kind, Principal, Tokens, UnauthorizedError
from backend.database import Database
from backend.staff import service


class AdmitsStaff(Admits):
    """A dependency that lets signed-in members of the staff in, the processes of `others`, and nobody else."""

    def __init__(self, *others: Kind) -> None:
        super().__init__(Kind.STAFF, *others)
        self._others = frozenset(others)

    async def __call__(self, request: Request) -> Principal:
        """The member of the staff; sessions live by the real time, whatever the demonstration's clock says.

        :raises UnauthorizedError: no session, or one that is over.
        """
        if (process := self._process(request)) is not None:
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
            found = tokens.principal(request.headers.get("authorization"))
        except UnauthorizedError:
            return None
        return found if found.kind in self._others else None


ADMITS_STAFF = Depends(AdmitsStaff())
