"""The step that holds the card processor's day against ours: every difference is left to a person."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from backend.charges.reconciliation import ask, is_of, list_of, reconcile, span_of, to_ask
from backend.gateway.choice import gateway_of
from backend.gateway.values import ChargeState
from backend.nightly import items
from backend.nightly.steps import Counts, Night, once

PART = 1


async def reconciliation(night: Night) -> None:
    """Ask first, also for what the list leaves out, then compare in one transaction.

    Without a processor there is nothing to compare.

    :raises GatewayError: the processor does not say: the night waits for it, and goes on by itself.
    """
    gateway = gateway_of(night.settings, night.district.settings.name)
    if gateway is None:
        return
    span = span_of(night.business_date, night.district, night.now)
    try:
        listed, name = await list_of(gateway, span), gateway.name
        async with night.database.transaction() as session:
            unlisted = await to_ask(session, listed, name, span)
        asked = await ask(gateway, unlisted)
    finally:
        await gateway.close()

    async def work(session: AsyncSession) -> Counts:
        found = await reconcile(session, listed, asked, name, span)
        await items.add_differences(session, night.business_date, found)
        of_day = [one for one in listed.charges if is_of(one.created_at, span, before=timedelta())]
        made = [one for one in of_day if one.state is ChargeState.SUCCEEDED]
        cents = sum(one.amount_cents for one in made)
        return {"processor_charges": len(made), "processor_charges_cents": cents, "differences": len(found)}

    await once(night, "reconciliation", PART, work)
