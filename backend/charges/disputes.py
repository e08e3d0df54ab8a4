"""A bank takes a card payment back (a chargeback): what it paid is owed again, and a lead has it to look into.

When the bank takes the money, whatever becomes of it, the payment is reversed, like any return of a bank's and for its
reason, by `backend/payments/returns.py`; a bank that only asks moves nothing. When the district wins, the money is
back, is posted again, and the customer is told. All that is told by notifications that may come twice, late and in any
order, also before we know the charge, and each is done once. What does not fit (another amount, a charge that is not
ours) is left to the night's reconciliation, which lists every dispute for a person.
"""

from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Row, RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from backend.charges import event_repository, repository, telling
from backend.charges.refunds import hear_of_refund
from backend.charges.tools import Tools
from backend.database import announce
from backend.gateway.values import DisputeState, NotificationKind
from backend.ledger.service import NotReversibleError
from backend.payments import returns
from backend.payments import service as payments
from backend.payments.return_items import Cause, Given, add_item
from backend.payments.return_rules import DISPUTED, code_of_dispute

AT_ONCE = 200
WAITS_FOR_CHARGE = timedelta(days=7)
"""A dispute of a charge that is not in the ledger is kept so long: we may not have heard of the charge yet."""
_MONEY_IS_GONE = frozenset({DisputeState.OPEN, DisputeState.LOST})
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
    """Whether it is dealt with; a dispute of a payment that is not in the ledger yet waits for that."""
    if event["kind"] == NotificationKind.REFUND_CHANGED:
        await hear_of_refund(session, tools, event)
        return await event_repository.set_handled(session, event["id"], now)
    charge = await repository.by_processor_charge(session, event["processor"], event["charge_id"])
    if charge is None or charge.payment_id is None:
        if now - event["received_at"] < WAITS_FOR_CHARGE:
            return False
    elif charge.amount_cents + charge.fee_cents == event["amount_cents"]:
        won = await event_repository.was_won(session, event["processor"], event["subject_id"])
        if event["state"] in _MONEY_IS_GONE and not won:
            await _take_back(session, tools, charge, event, now)
        elif event["kind"] == NotificationKind.DISPUTE_CLOSED and event["state"] == DisputeState.WON:
            await _post_again(session, tools, charge, event, now)
    return await event_repository.set_handled(session, event["id"], now)


async def _take_back(session: AsyncSession, tools: Tools, charge: Row[Any], event: RowMapping, now: datetime) -> None:
    code = code_of_dispute(event["reason"], charge.method_kind)
    given = Given(tools.district.today(now), code, reference=event["subject_id"])
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
    key = f"dispute-won:{event['subject_id']}"
    taken_back = await repository.has_entry(session, f"dispute:{event['subject_id']}")
    if not taken_back or await repository.has_entry(session, key):
        return
    again = payments.new_payment(
        account_id=charge.account_id,
        amount_cents=charge.amount_cents,
        fee_cents=charge.fee_cents,
        method="card" if charge.method_kind == "card" else "bank_transfer",
        received_on=tools.district.today(now),
        idempotency_key=key,
        bank_reference=charge.processor_charge_id,
    )
    payment = await payments.post_new(session, again, tools.district, now)
    if not await telling.tell_won(session, charge, tools.district, now):
        given = Given(tools.district.today(now), DISPUTED, reference=event["subject_id"])
        await add_item(session, given, charge.amount_cents, Cause.WRITE_TO_CUSTOMER, payment.id)
    announce(session, "money", account_id=charge.account_id)
    log.info("dispute_won", charge_id=str(charge.id))
