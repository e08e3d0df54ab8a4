"""What people of a billing office do, in the tests' words."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text

from backend.billing import cancellations, review, service
from backend.billing.corrections import Asked
from backend.models.billing import BillingException
from tests.backend.billing.town import DISTRICT, NOW, TARIFF, TODAY, Home, Town

ENDED = date(2026, 11, 14)
ASKED = Asked(TODAY, NOW, reason="Looked at it", district=DISTRICT)
UNEXPLAINED = replace(ASKED, reason="")


async def decide(
    town: Town, exception_id: UUID, decision: str, by: UUID | None = None, reason: str = "Looked at it"
) -> BillingException:
    return await review.decide_exception(
        town.session, TARIFF, exception_id, decision=decision, reason=reason, decided_by=by, now=NOW
    )


async def approve(town: Town, run_id: UUID, by: UUID) -> None:
    await review.approve_run(town.session, run_id, approved_by=by, today=TODAY, now=NOW)
    await town.session.commit()


async def bill(town: Town, run_id: UUID) -> service.PartDone:
    return await service.bill_run(town.database, TARIFF, run_id, issued_on=TODAY, now=NOW)


async def high(town: Town) -> tuple[Home, UUID, UUID]:
    """An account with a high read, its run, and the exception."""
    home = await town.home(closing=161)
    run_id = await town.prepare()
    return home, run_id, await town.exception_id(run_id, home.account_id, "HIGH")


async def cancel(town: Town, bill_id: UUID, reason: str = "Misread") -> Any:
    return await cancellations.cancel_bill(
        town.session, bill_id, reason=reason, cancelled_by=await town.person(), today=TODAY, now=NOW
    )


async def end_service(town: Town, home: Home, day: date = ENDED) -> None:
    values = {"day": day, "id": home.agreement_id}
    await town.session.execute(text("UPDATE service_agreements SET ended_on = :day WHERE id = :id"), values)


async def billed_run(town: Town) -> UUID:
    """Prepare cycle 1, release what was found, approve and bill it."""
    run_id = await town.prepare()
    clerk, lead = await town.person(), await town.person("Ana")
    for row in await town.rows("SELECT id FROM billing_exceptions WHERE run_id = :run", run=run_id):
        await review.decide_exception(
            town.session, TARIFF, row.id, decision="released", reason="Looked at it", decided_by=clerk, now=NOW
        )
    await review.approve_run(town.session, run_id, approved_by=lead, today=TODAY, now=NOW)
    await town.session.commit()
    await service.bill_run(town.database, TARIFF, run_id, issued_on=TODAY, now=NOW)
    return run_id


async def bill_of(town: Town, account_id: UUID) -> Any:
    query = "SELECT * FROM bills WHERE account_id = :id ORDER BY period_end DESC, id DESC LIMIT 1"
    return (await town.rows(query, id=account_id))[0]
