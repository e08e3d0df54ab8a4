"""Sending a file of payments or returns: plain HTTP, because a browser sends files so; then back to the page."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, File, Form, Request, Response, UploadFile
from fastapi.responses import RedirectResponse

from backend.console import entrance
from backend.console.money.tabs import FILES
from backend.console.seat import Refusal, Seat
from backend.console.surroundings import PREFIX, SESSION_COOKIE, DatabaseAwayError, Surroundings
from backend.payments import imports
from backend.payments.imports import LISTED_KINDS, ImportRefusedError
from backend.staff.permissions import Permission
from backend.weather.service import WEATHER, import_weather

BYTES_MAX = 25_000_000
router = APIRouter(include_in_schema=False)


@router.post("/money/files", dependencies=[Depends(entrance.from_this_site)])
async def send_file(
    request: Request, kind: Annotated[str, Form()] = "", file: Annotated[UploadFile | None, File()] = None
) -> Response:
    """Take the file in, whole or not at all, and say on the page what became of it."""
    around: Surroundings = request.app.state.surroundings
    staff = await entrance.signed_in(request)
    if staff is None:
        return entrance.to_sign_in(request)
    if kind not in LISTED_KINDS or file is None or not file.filename:
        return _back("told", "file_missing")
    content = await file.read(BYTES_MAX + 1)
    if len(content) > BYTES_MAX:
        return _back("told", "file_too_large")
    seat = Seat(around, request.cookies.get(SESSION_COOKIE, ""), staff)
    given = imports.File(file.filename.rsplit("/", 1)[-1], content, seat.today())
    try:
        return await _take(seat, kind, given)
    except DatabaseAwayError:
        return _back("told", "trouble")


async def _take(seat: Seat, kind: str, file: imports.File) -> Response:
    try:
        async with seat.deed(Permission.HANDLE_BANK_MONEY) as session:
            who, district, now = seat.principal, seat.district, seat.now()
            if kind == WEATHER:
                done = await import_weather(session, who, file, district=district, now=now)
            else:
                done = await imports.import_file(session, who, kind, file, district=district, now=now)
    except Refusal as refusal:
        if isinstance(refusal.__cause__, ImportRefusedError):
            async with seat.looking() as session:
                await imports.note_refused(session, kind, file, refusal.__cause__.problems, seat.now())
        return _back("told", refusal.error)
    return _back("taken" if done.is_new else "known", str(done.import_id))


def _back(name: str, value: str) -> Response:
    return RedirectResponse(f"{PREFIX}{FILES.path}?{name}={quote(value)}", 303)
