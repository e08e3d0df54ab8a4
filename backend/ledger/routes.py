"""HTTP of the ledger, which only reads: for the staff an account's aging and statement, and the trial balance."""

from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from backend.access import Kind, Principal, reach_account_as_staff
from backend.clock import NowDep
from backend.database import SessionDep
from backend.district.service import District, DistrictDep
from backend.ledger import reports, service
from backend.ledger.schemas import AccountStatementOut, AgingOut, BalanceLineOut, StatementEntryOut, TrialBalanceOut
from backend.staff.bearer import ADMITS_STAFF, admits_staff_and

STATEMENT_DAYS = 90
router = APIRouter(tags=["ledger"])
StaffDep = Annotated[Principal, ADMITS_STAFF]
AsOf = Annotated[date | None, Query(description="The end of this day; today when it is left out.")]


@router.get("/v1/accounts/{account_id}/aging")
async def get_aging(
    account_id: UUID, *, staff: StaffDep, session: SessionDep, now: NowDep, district: DistrictDep, as_of: AsOf = None
) -> AgingOut:
    """What the account owes: not yet due, 1 to 30, 31 to 60, 61 to 90 and more days past due."""
    await reach_account_as_staff(session, staff, account_id, purpose="aging", now=now)
    day = as_of or _today(now, district)
    found = await reports.aging(session, account_id, day)
    values = {name: getattr(found, name) for name in AgingOut.model_fields if name != "as_of"}
    return AgingOut(**values, as_of=day)


@router.get("/v1/accounts/{account_id}/ledger")
async def get_account_ledger(
    account_id: UUID,
    *,
    staff: StaffDep,
    session: SessionDep,
    now: NowDep,
    district: DistrictDep,
    first: Annotated[date | None, Query(description="The first day; 90 days before the last when left out.")] = None,
    last: Annotated[date | None, Query(description="The last day; today when left out.")] = None,
) -> AccountStatementOut:
    """Everything posted to the account from `first` to `last`, with the balance before it and after each line."""
    await reach_account_as_staff(session, staff, account_id, purpose="account_statement", now=now)
    until = last or _today(now, district)
    since = first or until - timedelta(days=STATEMENT_DAYS)
    found = await reports.statement(session, account_id, since, until)
    return AccountStatementOut(
        account_id=account_id,
        first=found.first,
        last=found.last,
        opening_cents=found.opening_cents,
        entries=[StatementEntryOut.model_validate(one) for one in found.entries],
        closing_cents=found.closing_cents,
        as_of=now,
    )


@router.get("/v1/ledger/trial-balance", dependencies=[admits_staff_and(Kind.OPERATOR)])
async def get_trial_balance(
    session: SessionDep, now: NowDep, district: DistrictDep, as_of: AsOf = None
) -> TrialBalanceOut:
    """The balance of every ledger account; they sum to zero."""
    day = as_of or _today(now, district)
    lines = await service.trial_balance(session, day)
    return TrialBalanceOut(
        lines=[BalanceLineOut.model_validate(line) for line in lines],
        sum_cents=sum(line.balance_cents for line in lines),
        as_of=day,
    )


def _today(now: datetime, district: District) -> date:
    return now.astimezone(district.zone).date()
