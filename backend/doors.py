"""One route, two doors: under `/v1/conversations/{conversation_id}` the assistant asks for the customer it
has verified, under `/v1/accounts/{account_id}` a signed-in member of the staff.

    shared = APIRouter()

    @shared.get("/fees")
    async def get_fees(account_id: Annotated[UUID, reached("fees")], session: SessionDep) -> FeesOut: …

    router = two_doors(shared, tags=["fees"])
"""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from backend.access import Kind, Principal, admits, reach_account, reach_account_as_staff
from backend.clock import NowDep
from backend.database import SessionDep
from backend.staff.bearer import ADMITS_STAFF

READ, CHANGE = 2, 3
"""The verification levels that reading and changing need; the staff do both."""


def reached(purpose: str, level: int = READ) -> Any:
    """`Depends` on the id of the account behind the door, noted in the audit trail as looked at for `purpose`."""

    async def reach(request: Request, session: SessionDep, now: NowDep) -> UUID:
        who: Principal = request.state.principal
        if who.kind is Kind.STAFF:
            account_id = UUID(request.path_params["account_id"])
            return await reach_account_as_staff(session, who, account_id, purpose=purpose, now=now)
        conversation_id = UUID(request.path_params["conversation_id"])
        return await reach_account(session, who, conversation_id, purpose=purpose, now=now, level=level)

    return Depends(reach)


async def _who(request: Request) -> Principal:
    who: Principal = request.state.principal
    return who


WhoDep = Annotated[Principal, Depends(_who)]
"""Who stands at the door."""


async def _by_conversation(
    request: Request, conversation_id: UUID, principal: Annotated[Principal, admits(Kind.ACTIONS)]
) -> None:
    request.state.principal = principal


async def _by_staff(request: Request, account_id: UUID, principal: Annotated[Principal, ADMITS_STAFF]) -> None:
    request.state.principal = principal


def two_doors(shared: APIRouter, *, tags: Sequence[str]) -> APIRouter:
    """A router with the routes of `shared` behind both doors."""
    router = APIRouter(tags=list(tags))
    router.include_router(
        shared, prefix="/v1/conversations/{conversation_id}", dependencies=[Depends(_by_conversation)]
    )
    router.include_router(shared, prefix="/v1/accounts/{account_id}", dependencies=[Depends(_by_staff)])
    return router
