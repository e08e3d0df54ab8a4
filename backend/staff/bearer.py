"""Staff over HTTP: the token of a console session, sent as a bearer token, is the person who signed in."""

from datetime import UTC, datetime

from fastapi import Depends, Request

from backend.access import Admits, Kind, Principal, UnauthorizedError
from backend.database import Database
from backend.staff import service


class AdmitsStaff(Admits):
    """A dependency that lets signed-in members of the staff in, and nobody else."""

    def __init__(self) -> None:
        super().__init__(Kind.STAFF)

    async def __call__(self, request: Request) -> Principal:
        """The member of the staff; sessions live by the real time, whatever the demonstration's clock says.

        :raises UnauthorizedError: no session, or one that is over.
        """
        scheme, _, token = (request.headers.get("authorization") or "").partition(" ")
        if scheme.lower() != "bearer":
            raise UnauthorizedError
        database: Database = request.app.state.database
        async with database.transaction() as session:
            signed_in = await service.authenticate(session, token.strip(), datetime.now(UTC))
        if signed_in is None:
            raise UnauthorizedError
        return signed_in.principal


ADMITS_STAFF = Depends(AdmitsStaff())
