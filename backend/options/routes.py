"""HTTP of the ways to pay. A conversation reads them at level 2 and changes them at level 3; the staff do both."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from backend.accounts import service as accounts
from backend.clock import NowDep
from backend.database import SessionDep
from backend.district.service import DistrictDep
from backend.doors import CHANGE, reached, two_doors
from backend.options import budget, service
from backend.options.schemas import (
    AutopayIn,
    AutopayOut,
    BudgetFactsOut,
    BudgetOut,
    MethodOnFileOut,
    OptionsOut,
    PaperlessIn,
    RecurringIn,
    RecurringOut,
)
from backend.saved_methods import service as saved_methods

ASKED = "asked"
ReadDep = Annotated[UUID, reached("options")]
ChangeDep = Annotated[UUID, reached("change_options", CHANGE)]
shared = APIRouter()


@shared.get("/options")
async def get_options(account_id: ReadDep, session: SessionDep, now: NowDep, district: DistrictDep) -> OptionsOut:
    """Every way to pay that is on."""
    facts = await budget.explain_budget(session, account_id, now=now, district=district)
    autopay = await service.autopay_of(session, account_id)
    recurring = await service.recurring_of(session, account_id, district.today(now))
    return OptionsOut(
        autopay=AutopayOut.model_validate(autopay) if autopay else None,
        recurring=RecurringOut.model_validate(recurring) if recurring else None,
        paperless=(await accounts.account_facts(session, account_id)).paperless,
        budget=BudgetOut.model_validate(facts.budget) if facts.budget else None,
        recurring_cents_max=district.policy.options.recurring_cents_max,
        on_file=[
            MethodOnFileOut(method_id=one.id, label=one.label("en"))
            for one in await saved_methods.methods_of(session, account_id)
            if not one.has_expired(district.today(now))
        ],
        as_of=now,
    )


async def _source(session: SessionDep, account_id: UUID, method_id: UUID | None, label: str | None) -> service.Source:
    if method_id is not None:
        return await service.source_on_file(session, account_id, method_id)
    return service.Source(label or "")


@shared.put("/options/autopay")
async def put_autopay(
    body: AutopayIn, account_id: ChangeDep, session: SessionDep, now: NowDep, district: DistrictDep
) -> AutopayOut:
    """Pay each bill on its due date (level 3)."""
    source = await _source(session, account_id, body.method_id, body.method_label)
    made = await service.enrol_autopay(
        session, account_id, method_label=source.label, method_id=source.method_id, now=now, district=district
    )
    return AutopayOut.model_validate(made)


@shared.delete("/options/autopay", status_code=204)
async def delete_autopay(account_id: ChangeDep, session: SessionDep, now: NowDep, district: DistrictDep) -> None:
    """Draw no more bills (level 3)."""
    await service.end_autopay(session, account_id, reason=ASKED, now=now, district=district)


@shared.put("/options/recurring")
async def put_recurring(
    body: RecurringIn, account_id: ChangeDep, session: SessionDep, now: NowDep, district: DistrictDep
) -> RecurringOut:
    """Pay a fixed amount on a day of the month, never more than is owed (level 3)."""
    source = await _source(session, account_id, body.method_id, body.method_label)
    made = await service.set_recurring(
        session,
        account_id,
        amount_cents=body.amount_cents,
        day_of_month=body.day_of_month,
        method_label=source.label,
        method_id=source.method_id,
        now=now,
        district=district,
    )
    return RecurringOut.model_validate(made)


@shared.delete("/options/recurring", status_code=204)
async def delete_recurring(account_id: ChangeDep, session: SessionDep, now: NowDep, district: DistrictDep) -> None:
    """Make no more payments on a day (level 3)."""
    await service.end_recurring(session, account_id, reason=ASKED, now=now, district=district)


@shared.put("/options/paperless")
async def put_paperless(
    body: PaperlessIn, account_id: ChangeDep, session: SessionDep, now: NowDep, district: DistrictDep
) -> PaperlessIn:
    """Bills by email, or on paper again (level 3)."""
    await service.set_paperless(session, account_id, paperless=body.paperless, now=now, district=district)
    return body


@shared.get("/options/budget")
async def get_budget(account_id: ReadDep, session: SessionDep, now: NowDep, district: DistrictDep) -> BudgetFactsOut:
    """The budget bill with how its amount is made, or what it would be and why there is none."""
    facts = await budget.explain_budget(session, account_id, now=now, district=district)
    return BudgetFactsOut.model_validate(facts)


@shared.put("/options/budget")
async def put_budget(account_id: ChangeDep, session: SessionDep, now: NowDep, district: DistrictDep) -> BudgetOut:
    """Level the bills from today on (level 3)."""
    made = await budget.join_budget_bill(session, account_id, now=now, district=district)
    return BudgetOut.model_validate(made)


@shared.delete("/options/budget", status_code=204)
async def delete_budget(account_id: ChangeDep, session: SessionDep, now: NowDep, district: DistrictDep) -> None:
    """End the budget bill; the difference falls due (level 3)."""
    await budget.leave_budget_bill(session, account_id, reason=ASKED, now=now, district=district)


router = two_doors(shared, tags=["options"])
