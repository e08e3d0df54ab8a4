"""HTTP of drawers, of unapplied money, of the bank's files and of what returns leave for a person: for the staff."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from backend.access import Principal, reach_account_as_staff
from backend.clock import NowDep
from backend.database import DatabaseDep, SessionDep
from backend.district.service import DistrictDep
from backend.errors import HeadgateError
from backend.payments import batches, imports, refunds, return_items, service, unapplied
from backend.payments.cash_schemas import (
    ApplyIn,
    BatchOut,
    CloseIn,
    FileKind,
    FilesOut,
    ImportOut,
    NoteIn,
    OpenIn,
    RefusedFileOut,
    ReturnItemOut,
    TakenFileOut,
    UnappliedOut,
)
from backend.payments.request_schemas import ReasonIn, RefundOut
from backend.payments.schemas import ReceiptOut
from backend.staff.bearer import ADMITS_STAFF

FILE_BYTES_MAX = 20_000_000
StaffDep = Annotated[Principal, ADMITS_STAFF]
_BINARY = {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string"}}}}}

router = APIRouter()


class FileTooLargeError(HeadgateError):
    """413: no day's file is so large."""

    def __init__(self) -> None:
        detail = f"A file has at most {FILE_BYTES_MAX // 1_000_000} MB. Nothing of it was taken."
        super().__init__(413, "file_too_large", detail)


@router.post("/v1/cash-batches", status_code=201)
async def post_batch(
    given: OpenIn, staff: StaffDep, session: SessionDep, now: NowDep, district: DistrictDep
) -> BatchOut:
    """Open one's drawer for today with its float."""
    made = await batches.open_batch(session, staff, float_cents=given.float_cents, district=district, now=now)
    return BatchOut.model_validate(made)


@router.get("/v1/cash-batches")
async def get_batches(
    staff: StaffDep,
    session: SessionDep,
    now: NowDep,
    district: DistrictDep,
    business_date: Annotated[date | None, Query(description="Today's, when it is left out.")] = None,
) -> list[BatchOut]:
    """The drawers of a day, and those of earlier days that nobody has closed."""
    day = business_date or now.astimezone(district.zone).date()
    return [BatchOut.model_validate(one) for one in await batches.batches_of(session, day)]


@router.get("/v1/cash-batches/current")
async def get_current_batch(staff: StaffDep, session: SessionDep) -> BatchOut:
    """One's own open drawer."""
    found = await batches.current_batch(session, staff)
    if found is None:
        raise batches.NoOpenBatchError
    return BatchOut.model_validate(found)


@router.get("/v1/cash-batches/{batch_id}")
async def get_batch(batch_id: UUID, staff: StaffDep, session: SessionDep) -> BatchOut:
    """A drawer by tender, with what should be in it and what was counted."""
    return BatchOut.model_validate(await batches.report(session, batch_id))


@router.post("/v1/cash-batches/{batch_id}/close")
async def post_close(
    batch_id: UUID, counted: CloseIn, *, staff: StaffDep, session: SessionDep, now: NowDep, district: DistrictDep
) -> BatchOut:
    """Close a drawer with its count; what is over or short is posted."""
    done = await batches.close_batch(session, staff, batch_id, **counted.model_dump(), district=district, now=now)
    return BatchOut.model_validate(done)


@router.get("/v1/unapplied-receipts")
async def get_unapplied(staff: StaffDep, session: SessionDep) -> list[UnappliedOut]:
    """Money that waits for a person to say whose it is, oldest first."""
    return [UnappliedOut.model_validate(row) for row in await unapplied.open_receipts(session)]


@router.post("/v1/unapplied-receipts/{receipt_id}/application")
async def post_application(
    receipt_id: UUID, said: ApplyIn, *, staff: StaffDep, session: SessionDep, now: NowDep, district: DistrictDep
) -> ReceiptOut:
    """Say whose it is, closed accounts included; the receipt of the payment it becomes."""
    account_id = await service.account_of_number(session, said.account_number)
    await reach_account_as_staff(session, staff, account_id, purpose="apply_receipt", now=now)
    payment = await unapplied.apply_receipt(
        session, staff, receipt_id, account_id=account_id, note=said.note, district=district, now=now
    )
    return ReceiptOut.model_validate(await service.receipt(session, payment.id, now))


@router.post("/v1/unapplied-receipts/{receipt_id}/refunds")
async def post_receipt_refund(
    receipt_id: UUID, asked: ReasonIn, staff: StaffDep, session: SessionDep, now: NowDep
) -> RefundOut:
    """Ask for unapplied money to be paid back; another person decides."""
    made = await refunds.request_receipt_refund(session, staff, receipt_id, reason=asked.reason, now=now)
    return RefundOut.model_validate(made)


@router.post("/v1/payment-files/{kind}", status_code=201, openapi_extra=_BINARY)
async def post_file(
    kind: FileKind,
    request: Request,
    name: Annotated[str, Query(max_length=200, pattern=r"^[^\x00-\x1f]+$", description="The file's name.")],
    *,
    response: Response,
    staff: StaffDep,
    database: DatabaseDep,
    now: NowDep,
    district: DistrictDep,
) -> ImportOut:
    """Take in a file, whole or not at all: BAI2 (`lockbox`), plain CSV (`payments`) or NACHA (`returns`).

    201: taken. 200: the same content was taken before. 422 `file_refused`: `problems` with line, field and reason.
    """
    file = imports.File(name, await _content(request), now.astimezone(district.zone).date())
    try:
        async with database.transaction() as session:
            done = await imports.import_file(session, staff, kind, file, district=district, now=now)
    except imports.ImportRefusedError as refused:
        async with database.transaction() as session:
            await imports.note_refused(session, kind, file, refused.problems, now)
        raise
    response.status_code = 201 if done.is_new else 200
    return ImportOut.model_validate(done)


async def _content(request: Request) -> bytes:
    content = bytearray()
    async for piece in request.stream():
        content += piece
        if len(content) > FILE_BYTES_MAX:
            raise FileTooLargeError
    return bytes(content)


@router.get("/v1/payment-files")
async def get_files(staff: StaffDep, session: SessionDep) -> FilesOut:
    """The files that were taken in, and those that were refused and not taken since, with what is wrong in them."""
    return FilesOut(
        taken=[TakenFileOut.model_validate(one) for one in await imports.taken_files(session)],
        refused=[RefusedFileOut.model_validate(one) for one in await imports.refused_files(session)],
    )


@router.get("/v1/return-items")
async def get_return_items(staff: StaffDep, session: SessionDep) -> list[ReturnItemOut]:
    """What returns leave for a person: no payment matches, or what the bank says needs care."""
    return [ReturnItemOut.model_validate(row) for row in await return_items.open_items(session)]


@router.post("/v1/return-items/{item_id}/done", status_code=204)
async def post_item_done(
    item_id: UUID, said: NoteIn, *, staff: StaffDep, session: SessionDep, now: NowDep, district: DistrictDep
) -> None:
    """Somebody has dealt with it; the note says how."""
    await return_items.finish_item(session, staff, item_id, note=said.note, district=district, now=now)
