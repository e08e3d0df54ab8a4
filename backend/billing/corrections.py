"""Bills outside the cycle: final bills, and bills taken back by a reversal and made again."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.billing import facts as gathering
from backend.billing import repository, rules
from backend.billing.amounts import DAY
from backend.billing.errors import BillNotFoundError, CorrectionError
from backend.billing.facts import Tariff
from backend.billing.reckoning import lines_json
from backend.errors import NotFoundError
from backend.ledger import service as ledger
from backend.ledger.bulk import BillToPost, post_bills
from backend.models.account import Account
from backend.models.base import new_id
from backend.models.bill import Bill
from backend.models.billing import BillCancellation
from backend.models.meter_read import MeterRead


@dataclass(frozen=True, slots=True)
class Corrected:
    """A bill that was posted outside a run, and whether this call posted it."""

    bill_id: UUID
    amount_cents: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class _How:
    kind: str
    key: str
    issued_on: date
    now: datetime


async def final_bill(
    session: AsyncSession, tariff: Tariff, account_id: UUID, *, issued_on: date, now: datetime
) -> Corrected:
    """Bill an account whose service has ended for its last days; once, however often it is asked for.

    :raises NotFoundError: no such account.
    :raises CorrectionError: its service has not ended, or nothing is left to bill.
    """
    await _lock_account(session, account_id)
    facts = await _facts(session, account_id, date.max)
    ends = [agreement.ended_on for agreement in facts.agreements]
    last_day = max((day for day in ends if day is not None), default=None)
    if last_day is None or None in ends:
        raise CorrectionError("service_not_ended", "End the service agreement first; then the last days can be billed.")
    known = await session.scalar(
        select(Bill).where(Bill.account_id == account_id, Bill.kind == "final", Bill.period_end == last_day)
    )
    if known is not None:
        return Corrected(known.id, known.amount_cents, is_new=False)
    first = rules.first_day(facts)
    if first is None or first > last_day:
        raise CorrectionError("nothing_to_bill", "Every day of service of this account has been billed.")
    facts = await _facts(session, account_id, last_day)
    how = _How("final", f"final:{account_id}:{last_day}", issued_on, now)
    return await _post(session, tariff, facts, (first, last_day), how)


async def cancel_bill(
    session: AsyncSession, bill_id: UUID, *, reason: str, cancelled_by: UUID | None, today: date, now: datetime
) -> BillCancellation:
    """Take a bill back by a reversal in the ledger; what it estimated is no longer a read.

    :raises BillNotFoundError: no such bill.
    :raises CorrectionError: no reason was given.
    """
    if not reason.strip():
        raise CorrectionError("reason_required", "Say why this bill is cancelled.")
    bill = await session.scalar(select(Bill).where(Bill.id == bill_id).with_for_update())
    if bill is None:
        raise BillNotFoundError
    known = await session.get(BillCancellation, bill_id)
    if known is not None:
        return known
    reversal = await ledger.reverse_entry(
        session,
        bill.entry_id,
        effective_on=today,
        description=f"Bill of {bill.issued_on} cancelled",
        idempotency_key=f"cancel:{bill_id}",
        now=now,
    )
    cancellation = BillCancellation(
        bill_id=bill_id,
        reversal_entry_id=reversal.entry_id,
        reason=reason.strip(),
        cancelled_by=cancelled_by,
        cancelled_at=now,
    )
    session.add(cancellation)
    if bill.is_estimated:
        await _drop_estimates(session, bill)
    await session.flush()
    return cancellation


async def rebill(session: AsyncSession, tariff: Tariff, bill_id: UUID, *, issued_on: date, now: datetime) -> Corrected:
    """Bill the period of a cancelled bill again, from the reads there are now; once.

    :raises BillNotFoundError: no such bill.
    :raises CorrectionError: it was not cancelled, or the period comes to nothing.
    """
    bill = await session.scalar(select(Bill).where(Bill.id == bill_id).with_for_update())
    if bill is None:
        raise BillNotFoundError
    cancellation = await session.get(BillCancellation, bill_id)
    if cancellation is None:
        raise CorrectionError("not_cancelled", "Cancel this bill first; then its period can be billed again.")
    if cancellation.replaced_by_id is not None:
        replaced = await session.get_one(Bill, cancellation.replaced_by_id)
        return Corrected(replaced.id, replaced.amount_cents, is_new=False)
    facts = await _facts(session, bill.account_id, bill.period_end)
    period = (bill.period_start, bill.period_end)
    made = await _post(session, tariff, facts, period, _How("rebill", f"rebill:{bill_id}", issued_on, now))
    cancellation.replaced_by_id = made.bill_id
    await session.flush()
    return made


async def account_of(session: AsyncSession, bill_id: UUID) -> UUID:
    """Whose bill it is.

    :raises BillNotFoundError: no such bill.
    """
    found = await session.scalar(select(Bill.account_id).where(Bill.id == bill_id))
    if found is None:
        raise BillNotFoundError
    return found


async def _lock_account(session: AsyncSession, account_id: UUID) -> None:
    found = await session.scalar(select(Account.id).where(Account.id == account_id).with_for_update(key_share=True))
    if found is None:
        raise NotFoundError("account_not_found", "There is no account with this id.")


async def _facts(session: AsyncSession, account_id: UUID, latest: date) -> rules.Facts:
    accounts = await repository.accounts_by_id(session, [account_id])
    until = min(latest, date(9000, 1, 1))
    (facts,) = await gathering.gather(session, accounts, until)
    return facts


async def _post(
    session: AsyncSession,
    tariff: Tariff,
    facts: rules.Facts,
    period: tuple[date, date],
    how: _How,
) -> Corrected:
    terms = await gathering.terms(session, tariff, period[1], period[0])
    draft = rules.draft_period(facts, period, terms)
    missing = [finding for finding in draft.findings if finding.code in rules.CANNOT_RELEASE]
    if missing:
        raise CorrectionError("rate_missing", str(missing[0].detail.get("problem")))
    if draft.amount_cents <= 0:
        raise CorrectionError("nothing_to_bill", "The charges of this period come to nothing.")
    bill = BillToPost(
        account_id=facts.account_id,
        amount_cents=draft.amount_cents,
        usage_ccf=draft.units,
        period=period,
        issued_on=how.issued_on,
        due_date=how.issued_on + timedelta(days=tariff.policy.due_days),
        idempotency_key=how.key,
        kind=how.kind,
        is_estimated=draft.is_estimated,
    )
    (posted,) = await post_bills(session, [bill], how.now)
    if posted.is_new:
        await repository.add_lines(session, [posted.bill_id], [lines_json(draft)])
    if estimates := rules.made_up_reads(draft.meters):
        await repository.add_estimates(session, [(new_id(), *estimate) for estimate in estimates])
    return Corrected(posted.bill_id, draft.amount_cents, posted.is_new)


async def _drop_estimates(session: AsyncSession, bill: Bill) -> None:
    services = await repository.services(session, [bill.account_id])
    meters = [row.meter_id for row in services if row.meter_id is not None]
    made_up = delete(MeterRead).where(MeterRead.meter_id.in_(meters), MeterRead.kind == "estimated")
    await session.execute(made_up.where(MeterRead.read_on.between(bill.period_start - DAY, bill.period_end)))
