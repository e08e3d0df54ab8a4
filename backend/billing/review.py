"""Looking the preliminary ledger over: people decide its exceptions, and another person approves the run."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.billing import repository, rules
from backend.billing.errors import (
    DecisionError,
    ExceptionNotFoundError,
    OpenExceptionsError,
    SamePersonError,
    WrongRunStatusError,
)
from backend.billing.facts import Tariff
from backend.billing.service import locked_run, open_exceptions, reckon
from backend.models.billing import BillingException, BillingRun

REASON_LENGTH_MAX = 1_000


@dataclass(frozen=True, slots=True)
class _Said:
    decision: str
    reason: str
    by: UUID | None
    at: datetime


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
    """Release an exception (it is right as it is), or resolve it (its cause was mended: the bill is reckoned anew).

    The same decision again changes nothing.

    :raises ExceptionNotFoundError: no such exception.
    :raises WrongRunStatusError: the run is approved; from then on nothing in it changes.
    :raises DecisionError: no reason; decided otherwise before; cannot be released; or its cause is still there.
    """
    said = _Said(decision, reason.strip(), decided_by, now)
    if decision not in ("resolved", "released") or not 0 < len(said.reason) <= REASON_LENGTH_MAX:
        raise DecisionError("decision_incomplete", "Say `resolved` or `released`, and why.")
    run_id = await session.scalar(select(BillingException.run_id).where(BillingException.id == exception_id))
    if run_id is None:
        raise ExceptionNotFoundError
    run = await locked_run(session, run_id)
    query = select(BillingException).where(BillingException.id == exception_id)
    found = (await session.scalars(query.execution_options(populate_existing=True))).one()
    if found.status == decision:
        return found
    if found.status != "open":
        raise DecisionError("decided_before", f"This exception was {found.status} before.", status=found.status)
    if run.status != "prepared":
        raise WrongRunStatusError(run.status, "prepared")
    if decision == "released":
        if found.code in rules.CANNOT_RELEASE:
            raise DecisionError("cannot_be_released", "Mend the cause first: there is no amount to bill.")
        _decide(found, said)
    else:
        await _reckon_anew(session, tariff, run, found, said)
    await session.flush()
    return found


async def _reckon_anew(
    session: AsyncSession,
    tariff: Tariff,
    run: BillingRun,
    found: BillingException,
    said: _Said,
) -> None:
    """Draft the account's bill again; what is no longer found is resolved, what is new stands open."""
    await repository.drop_draft(session, run.id, found.account_id)
    before = await _open_of(session, run.id, found.account_id)
    accounts = await repository.accounts_by_id(session, [found.account_id])
    still = await reckon(session, tariff, run, accounts)
    there = {(account_id, finding.code, finding.meter_id) for account_id, finding in still.found}
    if (found.account_id, found.code, found.meter_id) in there:
        raise DecisionError("still_there", "The cause is still there. Mend it, or release the exception with a reason.")
    for one in before:
        if (one.account_id, one.code, one.meter_id) not in there:
            _decide(one, said)


async def _open_of(session: AsyncSession, run_id: UUID, account_id: UUID) -> list[BillingException]:
    query = select(BillingException).where(
        BillingException.run_id == run_id,
        BillingException.account_id == account_id,
        BillingException.status == "open",
    )
    return list(await session.scalars(query))


def _decide(found: BillingException, said: _Said) -> None:
    found.status, found.reason, found.decided_by, found.decided_at = said.decision, said.reason, said.by, said.at


async def approve_run(session: AsyncSession, run_id: UUID, *, approved_by: UUID, now: datetime) -> BillingRun:
    """Let the bills of a run go out. From now on it does not change.

    :raises RunNotFoundError: no such run.
    :raises WrongRunStatusError: it is still being prepared, or its bills are out.
    :raises SamePersonError: `approved_by` prepared it.
    :raises OpenExceptionsError: an exception is open.
    """
    run = await locked_run(session, run_id)
    if run.status == "approved" and run.approved_by == approved_by:
        return run
    if run.status != "prepared":
        raise WrongRunStatusError(run.status, "prepared")
    if run.prepared_by == approved_by:
        raise SamePersonError
    if count := await open_exceptions(session, run_id):
        raise OpenExceptionsError(count)
    run.status, run.approved_by, run.approved_at = "approved", approved_by, now
    await session.flush()
    return run
