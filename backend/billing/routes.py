"""HTTP of billing runs, for the staff: the report, its exceptions, decisions, approval; and corrected bills."""

from dataclasses import replace
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from backend.access import Principal, reach_account_as_staff
from backend.billing import cancellations, corrections, listing, report, review, service
from backend.billing.correction_schemas import CancellationIn, CancellationOut, CorrectedOut, ProposalOut, ReleaseIn
from backend.billing.corrections import Asked
from backend.billing.errors import NotToPrepareError
from backend.billing.facts import Tariff
from backend.billing.schemas import (
    AccountInRunOut,
    DecidedOut,
    DecisionIn,
    ExceptionsOut,
    ExceptionStatus,
    RegisterRowOut,
    ReportOut,
    RunIn,
    RunOut,
)
from backend.clock import NowDep
from backend.database import SessionDep
from backend.district.service import DistrictDep
from backend.staff.bearer import ADMITS_STAFF
from backend.staff.permissions import Permission, require

router = APIRouter(tags=["billing"])
StaffDep = Annotated[Principal, ADMITS_STAFF]
Page = Annotated[int, Query(ge=1, le=1_000)]


async def _tariff(request: Request) -> Tariff:
    return Tariff(request.app.state.rate_book, request.app.state.district.policy.billing)


TariffDep = Annotated[Tariff, Depends(_tariff)]


async def _today(now: NowDep, district: DistrictDep) -> date:
    return now.astimezone(district.zone).date()


TodayDep = Annotated[date, Depends(_today)]


async def _asking(now: NowDep, today: TodayDep, district: DistrictDep) -> Asked:
    return Asked(issued_on=today, now=now, district=district)


AskingDep = Annotated[Asked, Depends(_asking)]


@router.get("/v1/billing-runs")
async def get_runs(staff: StaffDep, session: SessionDep) -> list[RunOut]:
    """The newest billing runs."""
    require(staff, Permission.SEE_BILLING)
    return [RunOut.model_validate(run) for run in await report.runs(session)]


@router.post("/v1/billing-runs", status_code=202)
async def post_run(
    asked: RunIn, *, staff: StaffDep, session: SessionDep, now: NowDep, today: TodayDep, tariff: TariffDep
) -> RunOut:
    """Prepare a cycle by hand, without waiting for its night. One that is prepared already stays as it is."""
    by = require(staff, Permission.REVIEW_BILLING)
    if asked.cycle not in tariff.policy.cycles or asked.period_end > today:
        raise NotToPrepareError
    run_id = await service.begin_run(session, cycle=asked.cycle, period_end=asked.period_end, now=now, prepared_by=by)
    return RunOut.model_validate(await report.run_row(session, run_id))


@router.get("/v1/billing-runs/{run_id}")
async def get_run(run_id: UUID, staff: StaffDep, session: SessionDep, today: TodayDep) -> ReportOut:
    """The report of a run: sums by class, exceptions, what is owed before and after, and whether all of it agrees."""
    require(staff, Permission.SEE_BILLING)
    return ReportOut.model_validate(await report.run_report(session, run_id, today=today))


@router.get("/v1/billing-runs/{run_id}/exceptions")
async def get_exceptions(
    run_id: UUID,
    staff: StaffDep,
    session: SessionDep,
    *,
    status: ExceptionStatus | None = None,
    code: str | None = None,
    skip: Annotated[int, Query(ge=0)] = 0,
    count: Page = listing.PAGE,
) -> ExceptionsOut:
    """The exceptions of a run, open ones first."""
    require(staff, Permission.SEE_BILLING)
    page = await listing.exceptions(session, run_id, status=status, code=code, skip=skip, count=count)
    return ExceptionsOut.model_validate(page)


@router.get("/v1/billing-runs/{run_id}/exceptions.csv", response_class=Response)
async def get_exceptions_csv(run_id: UUID, staff: StaffDep, session: SessionDep) -> Response:
    """Every exception of a run, for a spreadsheet."""
    require(staff, Permission.SEE_BILLING)
    await report.run_row(session, run_id)
    return _csv(await listing.exceptions_csv(session, run_id), f"exceptions-{run_id}.csv")


@router.get("/v1/billing-runs/{run_id}/register")
async def get_register(
    run_id: UUID, staff: StaffDep, session: SessionDep, after: UUID | None = None, count: Page = listing.PAGE
) -> list[RegisterRowOut]:
    """The drafts of a run; the last account's id asks for the next page."""
    require(staff, Permission.SEE_BILLING)
    return [
        RegisterRowOut.model_validate(row) for row in await listing.register(session, run_id, after=after, count=count)
    ]


@router.get("/v1/billing-runs/{run_id}/register.csv", response_class=Response)
async def get_register_csv(run_id: UUID, staff: StaffDep, session: SessionDep) -> Response:
    """Every draft of a run with the total, for a spreadsheet."""
    require(staff, Permission.SEE_BILLING)
    await report.run_row(session, run_id)
    return _csv(await listing.register_csv(session, run_id), f"register-{run_id}.csv")


@router.get("/v1/billing-runs/{run_id}/accounts/{account_id}")
async def get_account_in_run(
    run_id: UUID, account_id: UUID, staff: StaffDep, session: SessionDep, now: NowDep
) -> AccountInRunOut:
    """One account of a run: its draft with the reads behind it, its exceptions, its last bills."""
    require(staff, Permission.SEE_BILLING)
    await reach_account_as_staff(session, staff, account_id, purpose="billing_review", now=now)
    return AccountInRunOut.model_validate(await listing.account_in_run(session, run_id, account_id))


@router.post("/v1/billing-exceptions/{exception_id}/decision")
async def post_decision(
    exception_id: UUID, said: DecisionIn, *, staff: StaffDep, session: SessionDep, now: NowDep, tariff: TariffDep
) -> DecidedOut:
    """Resolve an exception, release it, or hold its account back, with the reason that is kept."""
    by = require(staff, Permission.REVIEW_BILLING)
    decided = await review.decide_exception(
        session, tariff, exception_id, decision=said.decision, reason=said.reason, decided_by=by, now=now
    )
    return DecidedOut.model_validate(decided)


@router.post("/v1/billing-runs/{run_id}/approval")
async def post_approval(run_id: UUID, staff: StaffDep, session: SessionDep, now: NowDep, today: TodayDep) -> ReportOut:
    """Let the bills of a run go out with the next nightly update. Nothing in the run changes from here on."""
    by = require(staff, Permission.APPROVE_BILLING)
    await review.approve_run(session, run_id, approved_by=by, today=today, now=now)
    return ReportOut.model_validate(await report.run_report(session, run_id, today=today))


@router.post("/v1/billing-runs/{run_id}/preparation", status_code=202)
async def post_preparation(run_id: UUID, staff: StaffDep, session: SessionDep, now: NowDep) -> RunOut:
    """Prepare a run again, because reads, rates or accounts were mended. It goes on after this answer."""
    by = require(staff, Permission.REVIEW_BILLING)
    await service.prepare_again(session, run_id, now=now, prepared_by=by)
    return RunOut.model_validate(await report.run_row(session, run_id))


@router.get("/v1/accounts/{account_id}/final-bill")
async def get_final_bill(
    account_id: UUID, *, staff: StaffDep, session: SessionDep, now: NowDep, tariff: TariffDep
) -> ProposalOut:
    """What the final bill of an account would be, and what is unusual about it. Nothing is posted."""
    require(staff, Permission.CORRECT_BILLS)
    await reach_account_as_staff(session, staff, account_id, purpose="final_bill", now=now)
    return ProposalOut.of(await corrections.propose_final_bill(session, tariff, account_id))


@router.post("/v1/accounts/{account_id}/final-bill")
async def post_final_bill(
    account_id: UUID, said: ReleaseIn, *, staff: StaffDep, session: SessionDep, asking: AskingDep, tariff: TariffDep
) -> CorrectedOut:
    """Bill an account whose service has ended for its last days; once."""
    by = require(staff, Permission.CORRECT_BILLS)
    await reach_account_as_staff(session, staff, account_id, purpose="final_bill", now=asking.now)
    asked = replace(asking, by=by, reason=said.reason)
    return CorrectedOut.model_validate(await corrections.final_bill(session, tariff, account_id, asked))


@router.post("/v1/bills/{bill_id}/cancellation")
async def post_cancellation(
    bill_id: UUID, said: CancellationIn, *, staff: StaffDep, session: SessionDep, now: NowDep, today: TodayDep
) -> CancellationOut:
    """Take a bill back by a reversal; once."""
    by = require(staff, Permission.CORRECT_BILLS)
    account_id = await cancellations.account_of(session, bill_id)
    await reach_account_as_staff(session, staff, account_id, purpose="cancel_bill", now=now)
    made = await cancellations.cancel_bill(session, bill_id, reason=said.reason, cancelled_by=by, today=today, now=now)
    return CancellationOut.model_validate(made)


@router.get("/v1/bills/{bill_id}/rebill")
async def get_rebill(
    bill_id: UUID, *, staff: StaffDep, session: SessionDep, now: NowDep, tariff: TariffDep
) -> ProposalOut:
    """What a cancelled bill would be now, and what is unusual about it. Nothing is posted."""
    require(staff, Permission.CORRECT_BILLS)
    account_id = await cancellations.account_of(session, bill_id)
    await reach_account_as_staff(session, staff, account_id, purpose="rebill", now=now)
    return ProposalOut.of(await corrections.propose_rebill(session, tariff, bill_id))


@router.post("/v1/bills/{bill_id}/rebill")
async def post_rebill(
    bill_id: UUID, said: ReleaseIn, *, staff: StaffDep, session: SessionDep, asking: AskingDep, tariff: TariffDep
) -> CorrectedOut:
    """Bill the period of a cancelled bill again, from the reads and rates there are now; once."""
    by = require(staff, Permission.CORRECT_BILLS)
    account_id = await cancellations.account_of(session, bill_id)
    await reach_account_as_staff(session, staff, account_id, purpose="rebill", now=asking.now)
    asked = replace(asking, by=by, reason=said.reason)
    return CorrectedOut.model_validate(await corrections.rebill(session, tariff, bill_id, asked))


def _csv(content: str, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)
