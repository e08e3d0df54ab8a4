"""An account that changed while a run stands that is not billed yet: its draft is reckoned anew, or it must wait."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.billing import repository
from backend.billing.errors import AccountInApprovedRunError
from backend.billing.facts import Tariff
from backend.billing.reckoning import Decision, reckon
from backend.errors import NotFoundError
from backend.models.account import Account
from backend.models.billing import BillingRun

CHANGED = "The account's service was changed, and its bill reckoned anew."


@dataclass(frozen=True, slots=True)
class Standing:
    """An account before it is changed, with the unbilled runs of its cycle, all locked.

    `not_due`: the runs that count it among the accounts without a day to bill.
    """

    account: Account
    runs: tuple[BillingRun, ...]
    not_due: frozenset[UUID] = frozenset()


async def lock_runs(session: AsyncSession, cycle: int) -> tuple[BillingRun, ...]:
    """The runs of a cycle whose bills are not out, for this transaction alone. Before any account is locked."""
    query = select(BillingRun).where(BillingRun.cycle == cycle, BillingRun.status != "billed")
    locked = query.order_by(BillingRun.id).with_for_update().execution_options(populate_existing=True)
    return tuple(await session.scalars(locked))


async def lock_account(session: AsyncSession, account_id: UUID) -> Standing:
    """The account and its cycle's unbilled runs, for this transaction alone; runs first, as billing locks them.

    :raises NotFoundError: no such account.
    """
    account = await session.get(Account, account_id)
    if account is None:
        raise NotFoundError("account_not_found", "There is no account with this id.")
    runs = await lock_runs(session, account.billing_cycle)
    await session.refresh(account, with_for_update={"key_share": True})
    not_due = {
        run.id
        for run in runs
        if _reaches(run, account) and not _was_closed(run, account) and not await _is_drafted(session, run, account)
    }
    return Standing(account, runs, frozenset(not_due))


async def drafted_in(session: AsyncSession, standing: Standing) -> list[BillingRun]:
    """Those of the runs that hold a draft of the account."""
    return [run for run in standing.runs if await _is_drafted(session, run, standing.account)]


async def refuse_if_approved(session: AsyncSession, standing: Standing, day: date) -> None:
    """A draft of an approved run changes no more: a change that begins within its days waits for the bill.

    :raises AccountInApprovedRunError: it does.
    """
    for run in await drafted_in(session, standing):
        if run.status == "approved" and day <= run.period_end:
            raise AccountInApprovedRunError(run.period_end)


async def draft_again(
    session: AsyncSession, tariff: Tariff, standing: Standing, *, by: UUID | None, now: datetime
) -> None:
    """Reckon the account anew in those runs that have come past it."""
    await session.flush()
    account = standing.account
    rows = await repository.accounts_by_id(session, [account.id])
    for run in standing.runs:
        if not _reaches(run, account):
            continue
        made = await reckon(session, tariff, run, rows, Decision("resolved", CHANGED, by, now))
        is_not_due = not made.drafts and not _was_closed(run, account)
        run.accounts_not_due += is_not_due - (run.id in standing.not_due)
    await session.flush()


def _reaches(run: BillingRun, account: Account) -> bool:
    """Whether the run is being looked over and has come past the account."""
    is_past = run.status == "prepared" or (
        run.status == "preparing" and run.prepared_through is not None and account.id <= run.prepared_through
    )
    return is_past and account.opened_on <= run.period_end


def _was_closed(run: BillingRun, account: Account) -> bool:
    return account.closed_on is not None and account.closed_on <= run.period_end


async def _is_drafted(session: AsyncSession, run: BillingRun, account: Account) -> bool:
    return await repository.has_draft(session, run.id, account.id)
