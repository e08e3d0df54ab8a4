"""Looking the preliminary ledger over: people decide its exceptions, and another person approves the run."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.billing import report, repository, rules
from backend.billing.errors import (
    DecisionError,
    DoesNotTieError,
    ExceptionNotFoundError,
    OpenExceptionsError,
    SamePersonError,
    WrongRunStatusError,
)
from backend.billing.facts import Tariff
from backend.billing.reckoning import Decision, reckon
from backend.billing.service import FIRST, OVERTAKEN, locked_run, open_exceptions
from backend.models.billing import BillingException, BillingRun

DECISIONS = ("resolved", "released", "held")
REASON_LENGTH_MAX = 1_000
ALL = 2**31
"""More drafts than any run has."""


async def decide_exception(
    session: AsyncSession,
    tariff: Tariff,
    exception_id: UUID,
    *,
    decision: str,
    reason: str,
    decided_by: UUID | None,
    now: datetime,
) -> BillingException:
    """Release an exception (it is right as it is), hold the account back, or resolve it (its cause was mended).

    Resolving reckons the account's bill anew. A held account is left out of this run; its next bill takes these days
    in. Until the run is approved one may think better of it: the earlier decision is kept in `earlier`. The same
    decision again changes nothing.

    :raises ExceptionNotFoundError: no such exception.
    :raises WrongRunStatusError: the run is approved; from then on nothing in it changes.
    :raises DecisionError: no reason; it was resolved before; it cannot be released; or its cause is still there.
    """
    said = Decision(decision, reason.strip(), decided_by, now)
    if decision not in DECISIONS or not 0 < len(said.reason) <= REASON_LENGTH_MAX:
        raise DecisionError("decision_incomplete", "Say `resolved`, `released` or `held`, and why.")
    run_id = await session.scalar(select(BillingException.run_id).where(BillingException.id == exception_id))
    if run_id is None:
        raise ExceptionNotFoundError
    run = await locked_run(session, run_id)
    found = await _fresh(session, exception_id)
    if found.status == decision:
        return found
    if run.status != "prepared":
        raise WrongRunStatusError(run.status, "prepared")
    if found.status == "resolved":
        raise DecisionError("decided_before", "This exception was resolved: its cause is gone.")
    if decision == "resolved":
        await _reckon_anew(session, tariff, run, found, said)
        return await _fresh(session, exception_id)
    if decision == "released" and found.code in rules.CANNOT_RELEASE:
        detail = "There is no amount to bill. Mend the cause and resolve it, or hold the account back."
        raise DecisionError("cannot_be_released", detail)
    _decide(found, said)
    await session.flush()
    return found


async def _fresh(session: AsyncSession, exception_id: UUID) -> BillingException:
    query = select(BillingException).where(BillingException.id == exception_id)
    return (await session.scalars(query.execution_options(populate_existing=True))).one()


async def _reckon_anew(
    session: AsyncSession, tariff: Tariff, run: BillingRun, found: BillingException, said: Decision
) -> None:
    """Draft the account's bill again; what is found no more is resolved, what is new stands open."""
    accounts = await repository.accounts_by_id(session, [found.account_id])
    was_due = await repository.has_draft(session, run.id, found.account_id)
    still = await reckon(session, tariff, run, accounts, said)
    if still.holds(found.account_id, found.code, found.meter_id):
        detail = "The cause is still there. Mend it, or release the exception or hold the account, with a reason."
        raise DecisionError("still_there", detail)
    run.accounts_not_due += was_due - len(still.drafts)


def _decide(found: BillingException, said: Decision) -> None:
    if found.status != "open":
        before = {
            "status": found.status,
            "reason": found.reason,
            "decided_by": str(found.decided_by) if found.decided_by else None,
            "decided_at": found.decided_at.isoformat() if found.decided_at else None,
        }
        found.earlier = [*found.earlier, before]
    found.status, found.reason, found.decided_by, found.decided_at = said.status, said.reason, said.by, said.at


async def approve_run(
    session: AsyncSession, run_id: UUID, *, approved_by: UUID, today: date, now: datetime
) -> BillingRun:
    """Let the bills of a run go out. From now on it does not change.

    The second pair of eyes is another's: neither who prepared the run nor who let one of its exceptions pass.

    :raises RunNotFoundError: no such run.
    :raises WrongRunStatusError: it is still being prepared, or its bills are out.
    :raises SamePersonError: `approved_by` prepared it, or released an exception of it.
    :raises OpenExceptionsError: an exception is open.
    :raises DoesNotTieError: its sums do not agree.
    """
    run = await locked_run(session, run_id)
    if run.status == "approved" and run.approved_by == approved_by:
        return run
    if run.status != "prepared":
        raise WrongRunStatusError(run.status, "prepared")
    if run.prepared_by == approved_by or await _has_released(session, run_id, approved_by):
        raise SamePersonError
    if count := await open_exceptions(session, run_id):
        raise OpenExceptionsError(count)
    await repository.hold_overtaken(session, (run_id, FIRST, ALL), OVERTAKEN, now)
    made = await report.run_report(session, run_id, today=today)
    if wrong := [check.name for check in made.checks if not check.ties]:
        raise DoesNotTieError(wrong)
    run.accounts_active = made.counts.accounts_active
    run.status, run.approved_by, run.approved_at = "approved", approved_by, now
    await session.flush()
    return run


async def _has_released(session: AsyncSession, run_id: UUID, staff_id: UUID) -> bool:
    query = select(BillingException.id).where(
        BillingException.run_id == run_id,
        BillingException.status == "released",
        BillingException.decided_by == staff_id,
    )
    return await session.scalar(query.limit(1)) is not None
