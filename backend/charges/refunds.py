"""Sends refunds of charges to the processor, once: each under a key of its own, again after a pause until it answers.

The ledger has the refund when it is agreed to. One that the processor refuses, or that comes back, is reversed there,
and a person has an item.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row, RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from backend.charges import rules
from backend.charges.tools import Tools
from backend.gateway.errors import DeclinedError, GatewayUnavailableError, RequestRefusedError
from backend.gateway.values import GatewayRefund, RefundRequest, RefundState
from backend.payments import card_refunds

AT_ONCE = 20
SOON = timedelta(minutes=1)
SEARCH_AFTER = timedelta(hours=12)
"""From then on the processor may have forgotten the key (Stripe: after a day), so it is looked for first."""
REFUSED, RETURNED = "REFUND_REFUSED", "REFUND_RETURNED"
log = structlog.get_logger("backend.charges")


async def send_refunds(tools: Tools) -> int:
    """Send what is to be sent, or sent again; how many the processor has now."""
    async with tools.database.transaction() as session:
        due = await card_refunds.refunds_to_send(session, AT_ONCE, rules.LEASE)
    sent = 0
    for row in due:
        if row.processor != tools.gateway.name:
            log.error("refund_of_another_processor", refund_id=str(row.id), processor=row.processor)
            continue
        try:
            sent += await _send(tools, row)
        except GatewayUnavailableError:
            break  # the others wait for their turn, rather than everybody for each of them
    return sent


async def _send(tools: Tools, row: Row[Any]) -> bool:
    """:raises GatewayUnavailableError: the processor has not answered; it is sent again after a pause."""
    try:
        made = await _find(tools, row) or await tools.gateway.refund(
            RefundRequest(
                reference=str(row.id),
                idempotency_key=f"refund:{row.id}",
                charge_id=row.processor_charge_id,
                amount_cents=row.total_cents,
            )
        )
    except (DeclinedError, RequestRefusedError) as refused:
        log.error("refund_refused", refund_id=str(row.id), code=refused.error)
        async with tools.database.transaction() as session:
            await _fail(session, tools, row.id, REFUSED)
        return False
    except GatewayUnavailableError as away:
        log.info("refund_not_known", refund_id=str(row.id), why=away.why)
        async with tools.database.transaction() as session:
            await card_refunds.send_later(session, row.id, max(SOON, rules.pause(row.looks, pending=False)))
        raise
    async with tools.database.transaction() as session:
        await _keep(session, tools, row.id, made.id, made.state.value)
    return True


async def _find(tools: Tools, row: Row[Any]) -> GatewayRefund | None:
    """One that was made long ago, whose answer got lost."""
    if tools.real_now - row.first_sent_at < SEARCH_AFTER:
        return None
    listed = await tools.gateway.made_between(row.first_sent_at - SOON, tools.real_now + SOON)
    return next((one for one in listed.refunds if one.reference == str(row.id)), None)


async def _keep(
    session: AsyncSession, tools: Tools, refund_id: UUID, processor_refund_id: str | None, state: str | None
) -> None:
    if await card_refunds.was_sent(session, refund_id, processor_refund_id):
        log.info("refund_sent", refund_id=str(refund_id))
    if state == RefundState.FAILED:
        await _fail(session, tools, refund_id, RETURNED)


async def _fail(session: AsyncSession, tools: Tools, refund_id: UUID, code: str) -> None:
    now = tools.clock.now()
    await card_refunds.fail_refund(session, refund_id, code, today=tools.district.today(now), now=now)


async def hear_of_refund(session: AsyncSession, tools: Tools, event: RowMapping) -> None:
    """What the processor tells of a refund: of one of ours, that it has it, or that it came back."""
    try:
        refund_id = UUID(event["reference"] or "")
    except ValueError:
        return
    await _keep(session, tools, refund_id, event["subject_id"], event["state"])
