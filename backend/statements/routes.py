"""HTTP of bills and statements: for a verified conversation, for the staff, and for whoever holds a link that lives."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from backend.access import Kind, admits
from backend.accounts import service as accounts
from backend.clock import NowDep
from backend.database import SessionDep
from backend.district.service import DistrictDep
from backend.doors import reached, two_doors
from backend.rates.service import RateBookDep
from backend.settings import Settings
from backend.statements import documents, links, service, usage
from backend.statements.schemas import BillsOut, ExplanationOut, StatementLinkIn, StatementLinkOut
from backend.statements.usage_schemas import UsageOut

Language = Literal["en", "es"]
BillOfPath = Annotated[UUID | Literal["latest"], Path(description="A bill's id, or `latest`.")]
LanguageOfQuery = Annotated[Language | None, Query(description="Without it, the customer's.")]
PDF: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {}}, "description": "The statement, a tagged PDF."}
}

shared = APIRouter()
of_telephony = APIRouter()


async def _made_with(request: Request, district: DistrictDep, book: RateBookDep) -> documents.Print:
    settings: Settings = request.app.state.settings
    return documents.Print(district, book, settings.district_dir, settings.demo)


MadeWithDep = Annotated[documents.Print, Depends(_made_with)]


@shared.get("/bills")
async def get_bills(
    account_id: Annotated[UUID, reached("bills")], session: SessionDep, now: NowDep, district: DistrictDep
) -> BillsOut:
    """The account's bills, newest first (level 2)."""
    return BillsOut(bills=await service.bills_of(session, account_id, district.today(now)), as_of=now)


@shared.get("/bills/{bill}/explanation")
async def get_explanation(
    bill: BillOfPath,
    account_id: Annotated[UUID, reached("bill_explanation")],
    session: SessionDep,
    now: NowDep,
    made_with: MadeWithDep,
) -> ExplanationOut:
    """Why this bill differs from the last and from the same month last year, each cause in cents (level 2)."""
    today = made_with.district.today(now)
    explanation = await service.explain_bill(session, made_with.book, account_id, _id(bill), now=now, today=today)
    return ExplanationOut.of(explanation)


@shared.get("/bills/{bill}/statement", response_class=Response, responses=PDF)
async def get_statement(
    bill: BillOfPath,
    *,
    language: LanguageOfQuery = None,
    account_id: Annotated[UUID, reached("statement")],
    session: SessionDep,
    now: NowDep,
    made_with: MadeWithDep,
) -> Response:
    """The statement of a bill as a PDF (level 2)."""
    chosen = language or await _language_of(session, account_id)
    pdf = await documents.statement_pdf(session, made_with, account_id, _id(bill), language=chosen, now=now)
    return Response(pdf, media_type="application/pdf")


@shared.get("/usage", response_model=UsageOut)
async def get_usage(
    *,
    months: Annotated[int, Query(ge=1, le=usage.MONTHS_MAX)] = 24,
    account_id: Annotated[UUID, reached("usage")],
    session: SessionDep,
    now: NowDep,
    district: DistrictDep,
) -> usage.Usage:
    """What the meters counted month by month, and where the registers stand (level 2)."""
    return await usage.usage_of(session, account_id, months, now=now, today=district.today(now))


@shared.post("/statement-link", status_code=201, response_model=StatementLinkOut)
async def post_statement_link(
    asked: StatementLinkIn,
    request: Request,
    *,
    account_id: Annotated[UUID, reached("statement_link")],
    session: SessionDep,
    now: NowDep,
    district: DistrictDep,
) -> links.Link:
    """A link to a statement that expires, for the customer, texted to the phone on file if asked (level 2)."""
    settings: Settings = request.app.state.settings
    wanted = links.Asked(asked.bill, asked.language, asked.text)
    return await links.make_link(
        session, account_id, wanted, public_url=settings.public_url, now=now, district=district
    )


@of_telephony.get(
    "/v1/statements/{token}", dependencies=[admits(Kind.TELEPHONY)], response_class=Response, responses=PDF
)
async def get_statement_by_link(token: str, session: SessionDep, now: NowDep, made_with: MadeWithDep) -> Response:
    """The PDF behind a link. A wrong link and one that has expired are answered alike."""
    pdf, language = await links.open_link(session, made_with, token, now)
    return Response(pdf, media_type="application/pdf", headers={"Content-Language": language})


def _id(bill: UUID | Literal["latest"]) -> UUID | None:
    return None if bill == "latest" else bill


async def _language_of(session: SessionDep, account_id: UUID) -> str:
    return (await accounts.account_facts(session, account_id)).language


router = APIRouter(tags=["statements"])
router.include_router(two_doors(shared, tags=[]))
router.include_router(of_telephony)
