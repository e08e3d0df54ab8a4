"""A bank takes a card payment back (a chargeback): what it paid is owed again, and a lead has it to look into.

The money has gone when the dispute opens, whatever becomes of it: so the payment is reversed then, like any return of a
bank's, by `backend/payments/returns.py`. When the district wins, the money is back, and is posted again. Both are told
by notifications that may come twice, late and in any order, and each is done once. What does not fit (another amount, a
charge that is not ours) is left to the night's reconciliation, which lists every dispute for a person.
"""

from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Row, RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from backend.charges import event_repository, repository
from backend.charges.tools import Tools
from backend.database import announce
from backend.gateway.values import DisputeState, NotificationKind
from backend.ledger.service import NotReversibleError
from backend.payments import returns
from backend.payments import service as payments
from backend.payments.return_items import Given
from backend.payments.return_rules import DISPUTED

AT_ONCE = 50
log = structlog.get_logger("backend.charges")


async def settle_disputes(tools: Tools) -> int:
    """Deal with what processors have told of disputes and refunds; how many. Each in a transaction of its own."""
    async with tools.database.transaction() as session:
        events = await event_repository.unhandled(session, AT_ONCE)
    settled = 0
    for event in events:
        async with tools.database.transaction() as session:
            settled += await _settle(session, tools, event, tools.clock.now())
    return settled


async def _settle(session: AsyncSession, tools: Tools, event: RowMapping, now: datetime) -> bool:
    """Whether it is dealt with; a payment that is not in the ledger yet waits for that."""
    charge = await repository.by_processor_charge(session, event["processor"], event["charge_id"])
    if charge is not None and charge.status == "succeeded":
        return False
    total = 0 if charge is None else charge.amount_cents + charge.fee_cents
    if charge is not None and charge.payment_id is not None and total == event["amount_cents"]:
        won = await event_repository.was_won(session, event["processor"], event["subject_id"])
        if event["kind"] == NotificationKind.DISPUTE_OPENED and not won:
            await _take_back(session, tools, charge, event, now)
        elif event["kind"] == NotificationKind.DISPUTE_CLOSED and event["state"] == DisputeState.WON:
            await _post_again(session, tools, charge, event, now)
    return await event_repository.set_handled(session, event["id"], now)


async def _take_back(session: AsyncSession, tools: Tools, charge: Row[Any], event: RowMapping, now: datetime) -> None:
    given = Given(tools.district.today(now), DISPUTED, reference=event["subject_id"])
    try:
        await returns.return_payment(
            session,
            payment_id=charge.payment_id,
            given=given,
            district=tools.district,
            now=now,
            idempotency_key=f"dispute:{event['subject_id']}",
        )
    except NotReversibleError:
        return  # it came back in another way, or was voided
    announce(session, "money", account_id=charge.account_id)
    log.info("payment_disputed", charge_id=str(charge.id))


async def _post_again(session: AsyncSession, tools: Tools, charge: Row[Any], event: RowMapping, now: datetime) -> None:
    """Only what was taken back: a dispute that was won before anybody heard of it has changed nothing."""
    if not await repository.was_taken_back(session, f"dispute:{event['subject_id']}"):
        return
    again = payments.new_payment(
        account_id=charge.account_id,
        amount_cents=charge.amount_cents,
        fee_cents=charge.fee_cents,
        method="card",
        received_on=tools.district.today(now),
        idempotency_key=f"dispute-won:{event['subject_id']}",
        bank_reference=charge.processor_charge_id,
    )
    await payments.post_new(session, again, tools.district, now)
    announce(session, "money", account_id=charge.account_id)
    log.info("dispute_won", charge_id=str(charge.id))
