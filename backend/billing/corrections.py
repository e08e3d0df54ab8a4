"""Bills outside the cycle: final bills, and cancelled bills made again.

They are looked over like those of a run: what is unusual about one has to be let pass by a person, with a reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.billing import correction_repository, repository, rules, service_repository, unusual
from backend.billing import facts as gathering
from backend.billing.cancellations import locked_bill
from backend.billing.errors import BillNotFoundError, CorrectionError, UnusualBillError
from backend.billing.facts import Tariff
from backend.billing.reckoning import basis_json, lines_json
from backend.district.service import District
from backend.errors import NotFoundError
from backend.ledger.bulk import BillToPost, post_bills
from backend.models.account import Account
from backend.models.base import new_id
from backend.models.bill import Bill
from backend.models.billing import BillCancellation, BillRelease
from backend.payments.service import allocate_credits
from backend.reads.rules import Finding

LATEST = date(9000, 1, 1)


@dataclass(frozen=True, slots=True)
class Asked:
    """Who bills, when, and why what is unusual about the bill may pass; `reason` "" when nothing is known to be."""

    issued_on: date
    now: datetime
    by: UUID | None = None
    reason: str = ""
    district: District | None = None
    """For the order in which credits pay the new bill; without it the usual one."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """A bill that was posted outside a run, and whether this call posted it."""

    bill_id: UUID
    amount_cents: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """A bill that could be posted: its draft, and what a person would have to let pass."""

    kind: str
    draft: rules.Draft
    unusual: list[Finding]


async def propose_final_bill(session: AsyncSession, tariff: Tariff, account_id: UUID) -> Proposal:
    """What the final bill of an account would be. Nothing is posted.

    :raises NotFoundError: no such account.
    :raises CorrectionError: its service has not ended, or nothing is left to bill.
    """
    last_day = await _last_day(session, account_id)
    facts = await _facts(session, account_id, last_day)
    first = rules.first_day(facts)
    if first is None or first > last_day:
        raise CorrectionError("nothing_to_bill", "Every day of service of this account has been billed.")
    return await _propose(session, tariff, facts, (first, last_day), "final")


async def final_bill(session: AsyncSession, tariff: Tariff, account_id: UUID, asked: Asked) -> Corrected:
    """Bill an account whose service has ended for its last days; once, however often it is asked for.

    A final bill that was cancelled is made again.

    :raises NotFoundError: no such account.
    :raises CorrectionError: its service has not ended, or nothing is left to bill.
    :raises UnusualBillError: something about it is unusual, and no reason was given to let it pass.
    """
    await _lock_account(session, account_id)
    last_day = await _last_day(session, account_id)
    known = await correction_repository.final_bills(session, account_id, last_day)
    for bill in known:
        if not bill.is_cancelled:
            return Corrected(bill.id, bill.amount_cents, is_new=False)
    if known:
        return await rebill(session, tariff, known[0].id, asked)
    proposal = await propose_final_bill(session, tariff, account_id)
    return await _post(session, tariff, proposal, f"final:{account_id}:{last_day}", asked)


async def _last_day(session: AsyncSession, account_id: UUID) -> date:
    last_day = rules.last_day_of_service(await _facts(session, account_id, LATEST))
    if last_day is None:
        raise CorrectionError("service_not_ended", "End the service agreement first; then the last days can be billed.")
    return last_day


async def propose_rebill(session: AsyncSession, tariff: Tariff, bill_id: UUID) -> Proposal:
    """What a cancelled bill would be now. Nothing is posted.

    :raises BillNotFoundError: no such bill.
    :raises CorrectionError: it was not cancelled, or its period has been billed since.
    """
    bill = await session.get(Bill, bill_id)
    if bill is None:
        raise BillNotFoundError
    if await session.get(BillCancellation, bill_id) is None:
        raise CorrectionError("not_cancelled", "Cancel this bill first; then its period can be billed again.")
    period = (bill.period_start, bill.period_end)
    if await correction_repository.is_billed(session, bill.account_id, *period):
        raise CorrectionError("billed_since", "Another bill has taken these days in. Cancel that one first.")
    facts = await _facts(session, bill.account_id, bill.period_end)
    return await _propose(session, tariff, facts, period, "rebill")


async def rebill(session: AsyncSession, tariff: Tariff, bill_id: UUID, asked: Asked) -> Corrected:
    """Bill the period of a cancelled bill again, from the reads and rates there are now; once.

    :raises BillNotFoundError: no such bill.
    :raises CorrectionError: it was not cancelled, its period was billed since, or it comes to nothing.
    :raises UnusualBillError: something about it is unusual, and no reason was given to let it pass.
    """
    bill = await locked_bill(session, bill_id)
    await _lock_account(session, bill.account_id)
    cancellation = await session.get(BillCancellation, bill_id)
    if cancellation is not None and cancellation.replaced_by_id is not None:
        replaced = await session.get_one(Bill, cancellation.replaced_by_id)
        return Corrected(replaced.id, replaced.amount_cents, is_new=False)
    proposal = await propose_rebill(session, tariff, bill_id)
    made = await _post(session, tariff, proposal, f"rebill:{bill_id}", asked)
    if cancellation is not None:
        cancellation.replaced_by_id = made.bill_id
    await session.flush()
    return made


async def _lock_account(session: AsyncSession, account_id: UUID) -> None:
    await session.scalar(select(Account.id).where(Account.id == account_id).with_for_update(key_share=True))


async def _facts(session: AsyncSession, account_id: UUID, latest: date) -> rules.Facts:
    accounts = await repository.accounts_by_id(session, [account_id])
    if not accounts:
        raise NotFoundError("account_not_found", "There is no account with this id.")
    (facts,) = await gathering.gather(session, accounts, latest)
    return facts


async def _propose(
    session: AsyncSession, tariff: Tariff, facts: rules.Facts, period: tuple[date, date], kind: str
) -> Proposal:
    terms = await gathering.terms(session, tariff, period[1], period[0])
    draft = rules.draft_period(facts, period, terms)
    if draft.amount_cents <= 0 and not draft.findings:
        raise CorrectionError("nothing_to_bill", "The charges of this period come to nothing.")
    return Proposal(kind, draft, unusual.unusual_outside_run(draft.findings))


async def _post(session: AsyncSession, tariff: Tariff, proposal: Proposal, key: str, asked: Asked) -> Corrected:
    draft = proposal.draft
    missing = [finding for finding in proposal.unusual if finding.code in rules.CANNOT_RELEASE]
    if missing:
        raise CorrectionError("rate_missing", f"Mend this first: {missing[0].detail.get('problem')}.")
    if draft.amount_cents <= 0:
        raise CorrectionError("nothing_to_bill", "The charges of this period come to nothing.")
    reason = asked.reason.strip()
    if proposal.unusual and not reason:
        raise UnusualBillError([{"code": found.code, "detail": found.detail} for found in proposal.unusual])
    bill = BillToPost(
        account_id=draft.account_id,
        amount_cents=draft.amount_cents,
        usage_ccf=draft.units,
        period=draft.period,
        issued_on=asked.issued_on,
        due_date=asked.issued_on + timedelta(days=tariff.policy.due_days),
        idempotency_key=key,
        kind=proposal.kind,
        is_estimated=draft.is_estimated,
    )
    (posted,) = await post_bills(session, [bill], asked.now)
    if posted.is_new:
        await correction_repository.add_lines(session, [posted.bill_id], [lines_json(draft)])
        await service_repository.add(session, [posted.bill_id], [basis_json(draft)])
        await _keep_release(session, posted.bill_id, proposal.unusual, asked)
    if estimates := rules.made_up_reads(draft.meters):
        await repository.add_estimates(session, [(new_id(), *estimate) for estimate in estimates])
    if proposal.kind == "final":
        await repository.close_accounts(session, [draft.account_id])
    await allocate_credits(session, [draft.account_id], asked.district)
    return Corrected(posted.bill_id, draft.amount_cents, posted.is_new)


async def _keep_release(session: AsyncSession, bill_id: UUID, unusual: Sequence[Finding], asked: Asked) -> None:
    if not unusual:
        return
    findings = [{"code": found.code, "detail": found.detail} for found in unusual]
    release = BillRelease(
        bill_id=bill_id, findings=findings, reason=asked.reason.strip(), released_by=asked.by, released_at=asked.now
    )
    session.add(release)
    await session.flush()
