"""HTTP of the nightly update, for the operator: start it, watch it."""

from datetime import date

from fastapi import APIRouter, Request, Response

from backend.access import Kind, admits
from backend.clock import NowDep
from backend.database import Database, SessionDep
from backend.district.service import DistrictDep
from backend.errors import UnavailableError
from backend.nightly import service
from backend.nightly.schemas import NightIn, NightOut
from backend.workflows.runner import Workflows

router = APIRouter(prefix="/v1/nightly", tags=["nightly"], dependencies=[admits(Kind.OPERATOR)])


class NoWorkflowsError(UnavailableError):
    """503: durable workflows are off, or not up yet."""

    def __init__(self) -> None:
        super().__init__("workflows_not_ready", "Durable workflows have not started yet. Try again in a moment.")


@router.post("", response_model=NightOut, responses={200: {"description": "It was finished before."}}, status_code=202)
async def post_nightly(
    asked: NightIn, request: Request, response: Response, now: NowDep, district: DistrictDep
) -> service.Progress:
    """Start the update of a date, or go on with it; one that is finished stays as it is (200)."""
    today = now.astimezone(district.zone).date()
    business_date = asked.business_date or today
    service.check_date(business_date, today)
    workflows: Workflows | None = request.app.state.workflows
    if workflows is None or not workflows.ready:
        raise NoWorkflowsError
    # On record before the workflow starts, so that whoever asks next finds it.
    database: Database = request.app.state.database
    async with database.transaction() as session:
        found = await service.begin(session, business_date, now)
    if found.status == "finished":
        response.status_code = 200
        return found
    await workflows.start_nightly(business_date)
    return found


@router.get("/{business_date}", response_model=NightOut)
async def get_nightly(business_date: date, session: SessionDep) -> service.Progress:
    """How far the update of a date is, and its summary when it is finished."""
    return await service.progress(session, business_date)
