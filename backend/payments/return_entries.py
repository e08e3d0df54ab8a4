"""The entries of a return file: each gives a payment back, or becomes an item for a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.district.service import District
from backend.ledger import service as ledger
from backend.models.cash import UnappliedReceipt
from backend.payments import return_repository, return_rules
from backend.payments.files import REFERENCE_LENGTH_MAX
from backend.payments.nacha import FileReturn
from backend.payments.return_items import Cause, Given, add_item
from backend.payments.return_rules import NextStep
from backend.payments.returns import return_payment


@dataclass(frozen=True, slots=True)
class ReturnsDone:
    """How many entries of a file became returns, and how many became items for a person instead."""

    returned: int
    items: int


async def take_returns(
    session: AsyncSession,
    entries: Sequence[FileReturn],
    *,
    import_id: UUID,
    returned_on: date,
    district: District,
    now: datetime,
) -> ReturnsDone:
    """Return the payment that each entry is for; an entry that no payment matches becomes an item, never lost."""
    matched = 0
    for entry in entries:
        reference = entry.individual_id[:REFERENCE_LENGTH_MAX]
        given = Given(returned_on, entry.reason_code, import_id, entry.line, entry.trace_number, reference)
        since = returned_on - timedelta(days=district.policy.payments.return_match_days)
        earlier = await return_repository.earlier_return(session, entry.trace_number, entry.amount_cents, since)
        cause = _set_aside(entry, earlier)
        if cause is not None:
            await add_item(session, given, entry.amount_cents, cause, earlier)
        elif await _give_back(session, entry, given, since, district=district, now=now):
            matched += 1
        else:
            await add_item(session, given, entry.amount_cents, Cause.UNMATCHED)
    return ReturnsDone(matched, len(entries) - matched)


def _set_aside(entry: FileReturn, earlier: UUID | None) -> Cause | NextStep | None:
    """Why an entry gives no payment back by itself, whatever it matches."""
    rule = return_rules.rule_of(entry.reason_code)
    if not rule.reverses:
        return rule.next_step
    if entry.amount_cents == 0:
        return Cause.CORRECT_BANK_DETAILS
    if not entry.is_debit:
        return Cause.CREDIT_RETURNED
    return Cause.RETURNED_BEFORE if earlier is not None else None


async def _give_back(
    session: AsyncSession, entry: FileReturn, given: Given, since: date, *, district: District, now: datetime
) -> bool:
    """Return the payment, or the money not applied yet, that the entry is for; False when there is none."""
    payment_id = await return_repository.matching_payment(
        session, entry.trace_number, entry.individual_id, entry.amount_cents, since
    )
    if payment_id is not None:
        await return_payment(session, payment_id=payment_id, given=given, district=district, now=now)
        return True
    receipt = await return_repository.matching_receipt(session, entry.trace_number, entry.amount_cents, since)
    if receipt is None:
        return False
    await _give_back_receipt(session, receipt, given, now)
    return True


async def _give_back_receipt(session: AsyncSession, receipt: UnappliedReceipt, given: Given, now: datetime) -> None:
    await ledger.reverse_entry(
        session,
        receipt.entry_id,
        effective_on=given.returned_on,
        description=f"Unapplied receipt returned by the bank ({given.reason_code})",
        idempotency_key=f"return:{receipt.id}",
        now=now,
    )
    receipt.status = "returned"
    await session.flush()
