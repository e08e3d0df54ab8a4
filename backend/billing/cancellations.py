"""Bills taken back by a reversal in the ledger."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.billing import correction_repository
from backend.billing.errors import BillNotFoundError, CorrectionError
from backend.leaks import service as leaks
from backend.ledger import service as ledger
from backend.models.bill import Bill
from backend.models.billing import BillCancellation


async def account_of(session: AsyncSession, bill_id: UUID) -> UUID:
    """Whose bill it is.

    :raises BillNotFoundError: no such bill.
    """
    found = await session.scalar(select(Bill.account_id).where(Bill.id == bill_id))
    if found is None:
        raise BillNotFoundError
    return found


async def locked_bill(session: AsyncSession, bill_id: UUID) -> Bill:
    """The bill, for this transaction alone.

    :raises BillNotFoundError: no such bill.
    """
    bill = await session.scalar(select(Bill).where(Bill.id == bill_id).with_for_update(key_share=True))
    if bill is None:
        raise BillNotFoundError
    return bill


async def cancel_bill(
    session: AsyncSession, bill_id: UUID, *, reason: str, cancelled_by: UUID | None, today: date, now: datetime
) -> BillCancellation:
    """Take a bill back by a reversal; what had paid it is free again. Once, however often it is asked for.

    A credit for a leak goes with the bill that it was for. What the bill estimated is no longer a read, unless a later
    bill began there.

    :raises BillNotFoundError: no such bill.
    :raises CorrectionError: no reason was given.
    """
    if not reason.strip():
        raise CorrectionError("reason_required", "Say why this bill is cancelled.")
    bill = await locked_bill(session, bill_id)
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
    await session.flush()
    await leaks.take_back(session, bill_id, today=today, now=now)
    if bill.is_estimated:
        await correction_repository.drop_estimates(session, bill.account_id, bill.period_start, bill.period_end)
    return cancellation
