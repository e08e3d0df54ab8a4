"""HTTP of reads: files in and out, lines that wait, and single reads keyed in or struck."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response, UploadFile

from backend.access import Kind, Principal, reach_account_as_staff
from backend.clock import NowDep
from backend.database import SessionDep
from backend.district.service import DistrictDep
from backend.errors import HeadgateError
from backend.payments.imports import File
from backend.reads import handheld, keyed, service
from backend.reads.errors import ReadRefusedError
from backend.reads.layouts import ReadLayoutsDep
from backend.reads.limits import limits_of
from backend.reads.schemas import (
    ItemDecidedOut,
    ItemDecisionIn,
    ItemOut,
    ReadIn,
    ReadOut,
    RouteOut,
    StrikeIn,
    TakenOut,
)
from backend.staff.bearer import ADMITS_STAFF, admits_staff_and
from backend.staff.permissions import Permission, require

FILE_BYTES_MAX = 20_000_000
router = APIRouter(tags=["reads"])
StaffDep = Annotated[Principal, ADMITS_STAFF]
StaffOrOperatorDep = Annotated[Principal, admits_staff_and(Kind.OPERATOR)]


async def _today(now: NowDep, district: DistrictDep) -> date:
    return now.astimezone(district.zone).date()


TodayDep = Annotated[date, Depends(_today)]


class FileTooLargeError(HeadgateError):
    """413: no day's reads are so many."""

    def __init__(self) -> None:
        super().__init__(413, "file_too_large", f"A file of reads has at most {FILE_BYTES_MAX // 1_000_000} MB.")


@router.post("/v1/reads/imports")
async def post_import(
    file: UploadFile,
    *,
    staff: StaffDep,
    session: SessionDep,
    now: NowDep,
    today: TodayDep,
    layouts: ReadLayoutsDep,
) -> TakenOut:
    """Take a file of reads in, whole or not at all; its name says by which layout it is read."""
    require(staff, Permission.IMPORT_READS)
    content = await file.read(FILE_BYTES_MAX + 1)
    if len(content) > FILE_BYTES_MAX:
        raise FileTooLargeError
    given = File(file.filename or "", content, today)
    return TakenOut.model_validate(await service.take_reads(session, given, layouts=layouts, now=now))


@router.get("/v1/reads/items")
async def get_items(staff: StaffDep, session: SessionDep) -> list[ItemOut]:
    """The lines of files that wait for a person, oldest first."""
    require(staff, Permission.SEE_BILLING)
    return [ItemOut.model_validate(item) for item in await service.items(session)]


@router.post("/v1/reads/items/{item_id}/decision")
async def post_item_decision(
    item_id: UUID, said: ItemDecisionIn, staff: StaffDep, session: SessionDep, now: NowDep
) -> ItemDecidedOut:
    """Take a line as a read after all, or dismiss it, with the reason that is kept."""
    by = require(staff, Permission.REVIEW_BILLING)
    decided = await service.decide_item(
        session, item_id, take=said.take, meter_id=said.meter_id, note=said.note, by=by, now=now
    )
    return ItemDecidedOut.model_validate(decided)


@router.get("/v1/reads/routes")
async def get_routes(caller: StaffOrOperatorDep, session: SessionDep) -> list[RouteOut]:
    """Every route of every cycle, with its meters counted."""
    return [RouteOut.model_validate(route) for route in await handheld.routes(session)]


@router.get("/v1/reads/handheld", response_class=Response)
async def get_handheld(
    caller: StaffOrOperatorDep,
    session: SessionDep,
    *,
    today: TodayDep,
    district: DistrictDep,
    layouts: ReadLayoutsDep,
    cycle: Annotated[int, Query(ge=1, le=99)],
    route: Annotated[str | None, Query(max_length=20)] = None,
    layout: Annotated[str, Query(max_length=40)] = "plain_csv",
) -> Response:
    """The file of a route (or of all of a cycle's) for the handheld: last reads, and what to expect."""
    made = await handheld.route_file(
        session,
        layouts,
        limits_of(district.policy.billing),
        cycle=cycle,
        route=route,
        layout=layout,
        read_on=today,
    )
    headers = {"content-disposition": f'attachment; filename="{made.name}"', "x-meters": str(made.meters)}
    return Response(made.content, media_type="text/plain; charset=utf-8", headers=headers)


@router.get("/v1/meters/{meter_id}/reads")
async def get_reads(meter_id: UUID, staff: StaffDep, session: SessionDep, now: NowDep) -> list[ReadOut]:
    """A meter's newest reads, those that were struck too."""
    require(staff, Permission.SEE_BILLING)
    account_id = await keyed.account_of_meter(session, meter_id)
    await reach_account_as_staff(session, staff, account_id, purpose="reads", now=now)
    return [ReadOut.model_validate(read) for read in await keyed.reads_of(session, meter_id)]


@router.post("/v1/meters/{meter_id}/reads")
async def post_read(
    meter_id: UUID, said: ReadIn, *, staff: StaffDep, session: SessionDep, now: NowDep, today: TodayDep
) -> list[ReadOut]:
    """Key a read in; another of that kind and day is struck. The meter's reads after that."""
    by = require(staff, Permission.REVIEW_BILLING)
    account_id = await keyed.account_of_meter(session, meter_id)
    await reach_account_as_staff(session, staff, account_id, purpose="enter_read", now=now)
    if said.read_on > today:
        raise ReadRefusedError("read_in_future", f"{said.read_on} is in the future.")
    await keyed.enter_read(
        session,
        meter_id,
        read_on=said.read_on,
        value=said.value,
        kind=said.kind,
        reason=said.reason,
        by=by,
        now=now,
    )
    return [ReadOut.model_validate(read) for read in await keyed.reads_of(session, meter_id)]


@router.post("/v1/reads/{read_id}/strike", status_code=204)
async def post_strike(read_id: UUID, said: StrikeIn, staff: StaffDep, session: SessionDep, now: NowDep) -> None:
    """Let a read that was wrong count no more; it is kept with the reason."""
    by = require(staff, Permission.REVIEW_BILLING)
    account_id = await keyed.account_of_read(session, read_id)
    await reach_account_as_staff(session, staff, account_id, purpose="strike_read", now=now)
    await keyed.strike_read(session, read_id, reason=said.reason, by=by, now=now)
