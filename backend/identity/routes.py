"""HTTP of identity checks, always in the name of one conversation."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from backend.access import Kind, admits
from backend.clock import NowDep
from backend.database import SessionDep
from backend.district.service import DistrictDep
from backend.emergency.facts import billing_is_up
from backend.identity import codes, service
from backend.identity.codes import Asked
from backend.identity.schemas import (
    AccountIn,
    CodeIn,
    CodeOut,
    CodeSentOut,
    EmailIn,
    EmailOut,
    VerificationIn,
    VerificationOut,
)
from backend.identity.service import Checks

router = APIRouter(
    prefix="/v1/conversations/{conversation_id}",
    tags=["identity"],
    dependencies=[admits(Kind.ACTIONS), Depends(billing_is_up)],
)


async def _asked(
    conversation_id: UUID, request: Request, session: SessionDep, district: DistrictDep, now: NowDep
) -> Asked:
    secret_key = request.app.state.settings.secret_key.get_secret_value()
    return Asked(session, conversation_id, Checks(secret_key, district.policy), district, now)


AskedDep = Annotated[Asked, Depends(_asked)]


@router.post("/verification")
async def post_verification(body: VerificationIn, asked: AskedDep) -> VerificationOut:
    """Check two factors: account number or calling number, and PIN or ZIP."""
    return await service.verify(asked.session, asked.checks, asked.conversation_id, body, asked.now)


@router.post("/account")
async def post_account(body: AccountIn, asked: AskedDep) -> VerificationOut:
    """Choose one of the accounts of the last verification."""
    return await service.choose(asked.session, asked.checks, asked.conversation_id, body.account)


@router.post("/one-time-code")
async def post_one_time_code(asked: AskedDep) -> CodeSentOut:
    """Text a one-time code to the phone on file."""
    return await codes.send_code(asked)


@router.post("/one-time-code/check")
async def post_one_time_code_check(body: CodeIn, asked: AskedDep) -> CodeOut:
    """Check the code that the customer gave."""
    return await codes.check_code(asked, body.code)


@router.put("/email")
async def put_email(body: EmailIn, asked: AskedDep) -> EmailOut:
    """Change the email address of the account (level 3)."""
    return await codes.change_email(asked, body.email)
