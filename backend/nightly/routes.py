"""HTTP of the nightly update: the operator starts and watches it, leads see to what it left."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from backend.access import Kind, Principal, admits
from backend.clock import NowDep
from backend.database import Database, SessionDep
from backend.district.service import DistrictDep
from backend.errors import UnavailableError
from backend.nightly import items, service
from backend.nightly.schemas import ItemDoneIn, NightIn, NightOut, WorkOut
from backend.settings import Settings
from backend.staff.bearer import ADMITS_STAFF
from backend.workflows.runner import Workflows

router = APIRouter(prefix="/v1/nightly", tags=["nightly"])
OPERATOR = [admits(Kind.OPERATOR)]
StaffDep = Annotated[Principal, ADMITS_STAFF]


class NoWorkflowsError(UnavailableError):
    """503: durable workflows are off, or not up yet."""

    def __init__(self) -> None:
        super().__init__("workflows_not_ready", "Durable workflows have not started yet. Try again in a moment.")


@router.post(
    "",
    response_model=NightOut,
    responses={200: {"description": "It was finished before."}},
    status_code=202,
    dependencies=OPERATOR,
)
async def post_nightly(
    asked: NightIn, request: Request, response: Response, now: NowDep, district: DistrictDep
) -> service.Progress:
    """Start the update of a date, or hurry it on where it waits; one that is finished stays as it is (200).

    Nights before it that were missed come first, in order.
    """
    workflows: Workflows | None = request.app.state.workflows
    settings: Settings = request.app.state.settings
    today = now.astimezone(district.zone).date()
    business_date = asked.business_date or today
    # On record before the workflow starts, so that whoever asks next finds it.
    database: Database = request.app.state.database
    async with database.transaction() as session:
        found = await service.begin(session, business_date, district, now, settings.nightly_part_accounts)
        if workflows is None or not workflows.ready:
            raise NoWorkflowsError
        first = await service.next_night(session, today)
    if found.status == "finished":
        response.status_code = 200
        return found
    await workflows.start_nightly(first or business_date)
    return found


@router.get("/work")
async def get_work(staff: StaffDep, session: SessionDep) -> WorkOut:
    """What waits for people: how many of each kind, and what no other list has."""
    return WorkOut.model_validate(await items.work(session, staff))


@router.post("/items/{item_id}/done", status_code=204)
async def post_item_done(item_id: UUID, said: ItemDoneIn, staff: StaffDep, session: SessionDep, now: NowDep) -> None:
    """Somebody has seen to an item, and says how."""
    await items.finish_item(session, staff, item_id, note=said.note, now=now)


@router.get("/{business_date}", response_model=NightOut, dependencies=OPERATOR)
async def get_nightly(business_date: date, session: SessionDep) -> service.Progress:
    """How far the update of a date is, and its summary when it is finished."""
    return await service.progress(session, business_date)
