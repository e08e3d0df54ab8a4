"""HTTP of account facts, always in the name of one verified conversation."""

from dataclasses import asdict
from uuid import UUID

import orjson
from fastapi import APIRouter, Response

from backend.access import Kind, Principal, admits, reach_account
from backend.accounts import service
from backend.clock import NowDep
from backend.database import SingleStatementDep
from backend.district.service import DistrictDep

router = APIRouter(prefix="/v1/conversations/{conversation_id}", tags=["accounts"], dependencies=[admits(Kind.ACTIONS)])
_ACTIONS = Principal(Kind.ACTIONS)

# Reading is two statements, each on its own: a look stays in the audit trail even if nothing was shown then.


@router.get("/account", response_model=service.AccountSummary)
async def get_account(conversation_id: UUID, session: SingleStatementDep, now: NowDep) -> Response:
    """What a verified customer may hear about their account (level 2)."""
    account_id = await reach_account(session, _ACTIONS, conversation_id, purpose="account", now=now)
    return _json(await service.account_summary(session, account_id))


@router.get("/balance", response_model=service.Balance)
async def get_balance(
    conversation_id: UUID, session: SingleStatementDep, now: NowDep, district: DistrictDep
) -> Response:
    """What the account owes, with the last bill and payment (level 2)."""
    account_id = await reach_account(session, _ACTIONS, conversation_id, purpose="balance", now=now)
    today = now.astimezone(district.zone).date()
    return _json(await service.balance(session, account_id, now, today))


def _json(facts: service.AccountSummary | service.Balance) -> Response:
    return Response(orjson.dumps(asdict(facts)), media_type="application/json")
