"""What is on its way for an account is not asked for again: nobody pays twice because a bank takes days."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.charges import service as charges
from backend.district.service import District
from backend.ledger import service as ledger
from backend.offers.errors import PaymentPendingError


async def refuse_twice(
    session: AsyncSession,
    account_id: UUID,
    amount_cents: int,
    *,
    district: District,
    now: datetime,
    told: bool = True,
) -> None:
    """More than what is left once everything on its way has come; an account with nothing on its way may pay ahead.

    `told`: whoever asks may hear how much.

    :raises PaymentPendingError: it would be paid twice.
    """
    coming = await charges.on_its_way_cents(session, account_id)
    if not coming:
        return
    left = max(0, await ledger.balance_cents(session, account_id, district.today(now)) - coming)
    if amount_cents > left:
        raise PaymentPendingError(coming, left) if told else PaymentPendingError(None)
