"""What is printed, saved or heard, over plain HTTP with the console's session: statements, receipts, recordings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import reach_account_as_staff
from backend.accounts import service as accounts
from backend.billing import listing, report
from backend.console import entrance
from backend.console.account.payments import what_was_paid
from backend.console.seat import Seat, SignedOutError
from backend.console.surroundings import SESSION_COOKIE, Surroundings
from backend.console.words import LANGUAGES
from backend.payments import service as payments
from backend.recordings import service as recordings
from backend.recordings import sound
from backend.staff.permissions import Permission, SignedIn
from backend.statements.documents import Print, statement_pdf

router = APIRouter(include_in_schema=False)
_PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin", "X-Content-Type-Options": "nosniff"}


@asynccontextmanager
async def _asked(request: Request, permission: Permission) -> AsyncIterator[tuple[Seat, AsyncSession]]:
    """The seat and the transaction of a request by somebody who may.

    :raises SignedOutError: nobody is signed in. :raises ForbiddenError: the role may not.
    """
    around: Surroundings = request.app.state.surroundings
    staff: SignedIn | None = await entrance.signed_in(request)
    if staff is None:
        raise SignedOutError
    seat = Seat(around, request.cookies.get(SESSION_COOKIE, ""), staff)
    async with seat.looking() as session:
        seat.me.require(permission)
        yield seat, session


async def signed_out(request: Request, problem: Exception) -> Response:
    """Nobody is signed in any more: sign in first."""
    return entrance.to_sign_in(request)


@router.get("/accounts/{account_id}/bills/{bill_id}/statement-{language}.pdf")
async def get_statement(request: Request, account_id: UUID, bill_id: UUID, language: str) -> Response:
    """A bill's statement."""
    language = language if language in LANGUAGES else LANGUAGES[0]
    async with _asked(request, Permission.SEE_ACCOUNTS) as (seat, session):
        around, now = seat.around, seat.now()
        await reach_account_as_staff(session, seat.principal, account_id, purpose="statement", now=now)
        made_with = Print(around.district, around.book, around.settings.district_dir, around.demo)
        pdf = await statement_pdf(session, made_with, account_id, bill_id, language=language, now=now)
        number = (await accounts.account_facts(session, account_id)).number
    return _file(pdf, "application/pdf", f"statement-{number}-{language}.pdf", "inline")


@router.get("/accounts/{account_id}/payments/{payment_id}/receipt")
async def get_receipt(request: Request, account_id: UUID, payment_id: UUID, language: str = "") -> Response:
    """A receipt to print, in the customer's language unless another is asked for."""
    async with _asked(request, Permission.SEE_ACCOUNTS) as (seat, session):
        now = seat.now()
        await reach_account_as_staff(session, seat.principal, account_id, purpose="receipt", now=now)
        facts = await accounts.account_facts(session, account_id)
        found = await payments.receipt(session, payment_id, now, account_id=account_id)
    spoken = language if language in LANGUAGES else facts.language
    t = seat.around.wording(spoken)
    values: dict[str, Any] = {
        "r": t,
        "spoken": spoken,
        "found": found,
        "facts": facts,
        "settings": seat.district.settings,
        "paid": [(what_was_paid(t, line), line.amount_cents) for line in found.paid],
        "at": t.clock_time(now, now),
        "today": t.day(seat.today()),
        "clerk": seat.me.name,
    }
    return entrance.page(request, "receipt.html", **values)


@router.get("/billing/{run_id}/{what}.csv")
async def get_billing_csv(request: Request, run_id: UUID, what: Literal["register", "exceptions"]) -> Response:
    """The drafts of a run, or its exceptions, for a spreadsheet."""
    async with _asked(request, Permission.SEE_BILLING) as (_, session):
        run = await report.run_row(session, run_id)
        made = listing.register_csv if what == "register" else listing.exceptions_csv
        content = await made(session, run_id)
    # A byte order mark, or a spreadsheet takes the letters for another alphabet's.
    return _file(f"\ufeff{content}", "text/csv; charset=utf-8", f"{what}-cycle-{run.cycle}-{run.period_end}.csv")


@router.get("/cases/{case_id}/recordings/{sid}")
async def get_recording(request: Request, case_id: UUID, sid: str) -> Response:
    """A message or a call, to listen to; players that move about in it ask for parts (RFC 9110, 14)."""
    async with _asked(request, Permission.SEE_CASES) as (seat, session):
        await recordings.may_listen(session, seat.principal, case_id, sid)
    # The connection is given back first: Twilio may take its time.
    found = await sound.fetch(seat.around.settings, sid)
    part = sound.part_of(len(found.content), request.headers.get("range"))
    headers = {**_PRIVATE, "Accept-Ranges": "bytes", "Content-Disposition": "inline"}
    if part is None:
        return Response(found.content, media_type=found.media_type, headers=headers)
    first, last = part
    headers["Content-Range"] = f"bytes {first}-{last}/{len(found.content)}"
    return Response(found.content[first : last + 1], 206, headers, found.media_type)


def _file(content: bytes | str, media_type: str, name: str, how: str = "attachment") -> Response:
    headers = {**_PRIVATE, "Content-Disposition": f'{how}; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)
