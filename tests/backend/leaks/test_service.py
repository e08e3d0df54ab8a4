"""A credit after a leak: by the policy, once, within the role's authority, and it pays what is owed."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Role
from backend.billing.cancellations import cancel_bill
from backend.district.service import District
from backend.errors import ForbiddenError
from backend.leaks import service
from backend.leaks.service import Claim, LeakRefusedError
from backend.ledger import service as ledger
from backend.models.account import ServiceAgreement
from backend.models.bill import Bill
from backend.models.billing import BillLine
from backend.models.premise import Premise
from tests.backend.factories import make_account
from tests.backend.fees.conftest import NOW, TODAY, AddStaff, add_bill, add_staff, district

__all__ = ["add_staff", "district"]
DUE = TODAY + timedelta(days=15)
REPAIRED = TODAY - timedelta(days=5)
CLAIM = Claim(REPAIRED, "Plumber's receipt 4711.")
TIERS = (("1", 9, "3.47"), ("2", 20, "3.96"), ("3", 11, "9.52"))
"""40 units: $31.23, $79.20 and $104.72."""


async def leaking(session: AsyncSession, *before: int) -> Bill:
    """A bill of 40 units on a new account, with bills of the same season in the years before that used `before`."""
    account_id = await make_account(session)
    premise = Premise(
        street=f"{account_id} Acequia Lane", unit=None, city="Rio Seco", state="CA", zip="92000", zone="Valley"
    )
    session.add(premise)
    await session.flush()
    agreement = ServiceAgreement(
        account_id=account_id, premise_id=premise.id, service_class="residential", started_on=date(2020, 1, 1)
    )
    session.add(agreement)
    for years, used in enumerate(before, 1):
        old = await add_bill(session, account_id, cents=100, due=DUE.replace(year=DUE.year - years))
        old.usage_ccf = used
    bill = await add_bill(session, account_id, cents=21_515, due=DUE)
    bill.usage_ccf = 40
    await session.flush()
    for number, (tier, units, price) in enumerate(TIERS, 1):
        amount = int(units * Decimal(price) * 100)
        one = BillLine(
            bill_id=bill.id, line=number, code=f"volume:{tier}", detail=tier, quantity=Decimal(units),
            dollars_each=Decimal(price), amount_cents=amount, agreement_id=agreement.id, service_class="residential",
        )  # fmt: skip
        session.add(one)
    await session.flush()
    return bill


def with_policy(district: District, **changes: Any) -> District:
    policy = district.policy.leak_adjustment.model_copy(update=changes)
    return replace(district, policy=district.policy.model_copy(update={"leak_adjustment": policy}))


async def refusal(session: AsyncSession, bill_id: UUID, district: District, repaired_on: date = REPAIRED) -> object:
    with pytest.raises(LeakRefusedError) as refused:
        await service.propose(session, bill_id, repaired_on, now=NOW, district=district)
    return refused.value.extra["reason"]


async def test_half_of_what_is_above_the_same_season_is_credited_once(
    session: AsyncSession, district: District, add_staff: AddStaff
) -> None:
    """40 against the average of 10, 12 and 8: 30 above, half is 15: 11 × $9.52 and 4 × $3.96 are $120.56."""
    bill, lead = await leaking(session, 10, 12, 8), await add_staff(Role.LEAD)
    proposed = await service.propose(session, bill.id, REPAIRED, now=NOW, district=district)
    assert (proposed.units, proposed.credit_cents, proposed.is_posted) == (Decimal(15), 12_056, False)
    before = await ledger.balance_cents(session, bill.account_id)
    made = await service.adjust(session, lead, bill.id, CLAIM, now=NOW, district=district)
    again = await service.adjust(session, lead, bill.id, Claim(TODAY, "Once more"), now=NOW, district=district)
    await session.commit()
    assert made == again == replace(proposed, is_posted=True)
    assert await ledger.balance_cents(session, bill.account_id) == before - 12_056
    assert sum(line.balance_cents for line in await ledger.trial_balance(session)) == 0
    left = await session.scalar(text("SELECT sum(left_cents) FROM open_charges"))
    assert left == before - 12_056
    kept = (await session.execute(text("SELECT note, repaired_on, adjusted_by, units FROM leak_adjustments"))).one()
    assert kept == ("Plumber's receipt 4711.", REPAIRED, lead.staff_id, Decimal(15))


async def test_a_district_may_bill_it_at_the_first_tiers_price(session: AsyncSession, district: District) -> None:
    """20 × $0.49 and 11 × $6.05: $9.80 and $66.55."""
    bill = await leaking(session)
    slo = with_policy(district, method="base_price")
    found = await service.propose(session, bill.id, REPAIRED, now=NOW, district=slo)
    assert (found.units, found.credit_cents) == (Decimal(31), 7_635)


async def test_above_ones_authority_somebody_else_has_to_do_it(
    session: AsyncSession, district: District, add_staff: AddStaff
) -> None:
    bill = await leaking(session, 10, 12, 8)
    with pytest.raises(ForbiddenError) as refused:
        await service.adjust(session, await add_staff(Role.CSR), bill.id, CLAIM, now=NOW, district=district)
    assert refused.value.error == "above_authority"
    assert (await service.propose(session, bill.id, REPAIRED, now=NOW, district=district)).is_posted is False
    made = await service.adjust(session, await add_staff(Role.LEAD), bill.id, CLAIM, now=NOW, district=district)
    assert made.is_posted


async def test_what_the_policy_does_not_credit(session: AsyncSession, district: District, add_staff: AddStaff) -> None:
    bill = await leaking(session, 10)
    assert await refusal(session, bill.id, district, TODAY + timedelta(days=1)) == "not_repaired"
    assert await refusal(session, bill.id, district, bill.period_start - timedelta(days=1)) == "another_bill"
    later = with_policy(district, claim_days=4)
    assert await refusal(session, bill.id, later) == "too_late"
    assert await refusal(session, bill.id, with_policy(district, service_classes=("multifamily",))) == "class_excluded"
    assert await refusal(session, (await leaking(session)).id, district) == "no_history"
    assert await refusal(session, (await leaking(session, 40)).id, district) == "nothing_above"
    plain = await add_bill(session, await make_account(session), due=DUE)
    assert await refusal(session, plain.id, district) == "no_water"
    with pytest.raises(LeakRefusedError) as refused:
        await service.adjust(
            session, await add_staff(Role.LEAD), bill.id, Claim(REPAIRED, " "), now=NOW, district=district
        )
    assert refused.value.extra["reason"] == "note_needed"
    with pytest.raises(service.BillNotFoundError):
        await service.propose(session, UUID(int=1), REPAIRED, now=NOW, district=district)


async def test_once_in_so_many_months_unless_it_was_taken_back(
    session: AsyncSession, district: District, add_staff: AddStaff
) -> None:
    bill, lead = await leaking(session, 10, 12, 8), await add_staff(Role.LEAD)
    await service.adjust(session, lead, bill.id, CLAIM, now=NOW, district=district)
    another = await add_bill(session, bill.account_id, due=DUE + timedelta(days=1))
    assert await refusal(session, another.id, district) == "too_often"
    (entry_id,) = await session.scalars(text("SELECT entry_id FROM leak_adjustments"))
    await ledger.reverse_entry(
        session, entry_id, effective_on=TODAY, description="", idempotency_key="taken back", now=NOW
    )
    assert await refusal(session, another.id, district) == "no_water"


async def test_a_bill_that_was_cancelled_has_nothing_to_adjust(session: AsyncSession, district: District) -> None:
    bill = await leaking(session, 10)
    await ledger.reverse_entry(
        session, bill.entry_id, effective_on=TODAY, description="", idempotency_key="cancelled", now=NOW
    )
    assert await refusal(session, bill.id, district) == "bill_cancelled"


async def test_the_credit_goes_with_its_bill(session: AsyncSession, district: District, add_staff: AddStaff) -> None:
    bill, lead = await leaking(session, 10, 12, 8), await add_staff(Role.LEAD)
    made = await service.adjust(session, lead, bill.id, CLAIM, now=NOW, district=district)
    before = await ledger.balance_cents(session, bill.account_id)
    for _ in range(2):
        await cancel_bill(session, bill.id, reason="read wrong", cancelled_by=None, today=TODAY, now=NOW)
        after = await ledger.balance_cents(session, bill.account_id)
        assert after == before - bill.amount_cents + made.credit_cents
