"""HTTP of bills and statements: for a verified conversation, and for whoever holds a link that has not expired."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response

from backend.access import Kind, Principal, admits, reach_account
from backend.accounts import service as accounts
from backend.clock import NowDep
from backend.database import SessionDep
from backend.district.service import District, DistrictDep
from backend.rates.service import RateBookDep
from backend.settings import Settings
from backend.statements import documents, service
from backend.statements.schemas import BillsOut, ExplanationOut, StatementLinkIn, StatementLinkOut

_ACTIONS = Principal(Kind.ACTIONS)
BillOfPath = Annotated[UUID | Literal["latest"], Path(description="A bill's id, or `latest`.")]

router = APIRouter(tags=["statements"])
of_conversation = APIRouter(prefix="/v1/conversations/{conversation_id}", dependencies=[admits(Kind.ACTIONS)])


async def _made_with(request: Request, district: DistrictDep, book: RateBookDep) -> documents.Print:
    settings: Settings = request.app.state.settings
    return documents.Print(district, book, settings.district_dir, settings.demo)


MadeWithDep = Annotated[documents.Print, Depends(_made_with)]


@of_conversation.get("/bills", response_model=BillsOut)
async def get_bills(conversation_id: UUID, session: SessionDep, now: NowDep, district: DistrictDep) -> BillsOut:
    """The account's bills, newest first (level 2)."""
    account_id = await reach_account(session, _ACTIONS, conversation_id, purpose="bills", now=now)
    today = now.astimezone(district.zone).date()
    return BillsOut(bills=await service.bills_of(session, account_id, today), as_of=now)


@of_conversation.get("/bills/{bill}/explanation", response_model=ExplanationOut)
async def get_explanation(
    conversation_id: UUID, bill: BillOfPath, session: SessionDep, now: NowDep, made_with: MadeWithDep
) -> ExplanationOut:
    """Why this bill differs from the last and from the same month last year, each cause in cents (level 2)."""
    account_id = await reach_account(session, _ACTIONS, conversation_id, purpose="bill_explanation", now=now)
    today = now.astimezone(made_with.district.zone).date()
    explanation = await service.explain_bill(
        session, made_with.book, account_id, None if bill == "latest" else bill, now=now, today=today
    )
    return ExplanationOut.of(explanation)


@of_conversation.post("/statement-link", status_code=201, response_model=StatementLinkOut)
async def post_statement_link(
    conversation_id: UUID,
    asked: StatementLinkIn,
    request: Request,
    session: SessionDep,
    now: NowDep,
) -> documents.Link:
    """A link to a statement that expires, to be sent to the customer (level 2)."""
    account_id = await reach_account(session, _ACTIONS, conversation_id, purpose="statement_link", now=now)
    language = asked.language or (await accounts.account_facts(session, account_id)).language
    settings: Settings = request.app.state.settings
    district: District = request.app.state.district
    return await documents.make_link(
        session,
        account_id,
        asked.bill,
        language,
        public_url=settings.public_url,
        days=district.policy.statements.link_days,
        now=now,
        today=now.astimezone(district.zone).date(),
    )


@router.get("/statements/{token}", dependencies=[admits(Kind.TELEPHONY)], response_class=Response)
async def get_statement(token: str, session: SessionDep, now: NowDep, made_with: MadeWithDep) -> Response:
    """The PDF behind a link. A wrong link and one that has expired are answered alike."""
    pdf = await documents.open_link(session, made_with, token, now)
    return Response(pdf, media_type="application/pdf")


router.include_router(of_conversation)
