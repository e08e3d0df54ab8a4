"""A night's late fees: who is charged, who is spared, and the same night again."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.district.service import District
from backend.fees.late import charge_late_fees
from backend.fees.service import charge_fee, fees_of
from backend.ledger import service as ledger
from backend.models.account_hold import AccountHold, LowIncomeDeclaration
from backend.models.arrangement import Arrangement, Installment
from backend.models.fee import FeeCharge
from backend.parts import EVERYTHING, account_parts
from tests.backend.factories import make_account
from tests.backend.fees.conftest import NOW, TODAY, add_bill, pay

YESTERDAY = TODAY - timedelta(days=1)


async def charge(session: AsyncSession, district: District, day: date = TODAY) -> dict[str, int]:
    return await charge_late_fees(session, day, NOW, EVERYTHING, district=district)


def counts(fees: int, cents: int, waived: int = 0) -> dict[str, int]:
    return {"late_fees": fees, "late_fee_cents": cents, "interest_waived_cents": waived}


async def balances(session: AsyncSession, *accounts: UUID) -> list[int]:
    return [await ledger.balance_cents(session, one) for one in accounts]


async def test_each_late_bill_has_one_fee_and_the_night_again_has_none(
    session: AsyncSession, district: District
) -> None:
    late, paid, not_due, partly = [await make_account(session) for _ in range(4)]
    await add_bill(session, late, due=YESTERDAY)
    await add_bill(session, late, due=TODAY - timedelta(days=8))
    await add_bill(session, paid, due=YESTERDAY)
    await pay(session, paid, 8_250, YESTERDAY)
    await add_bill(session, not_due, due=TODAY)
    await add_bill(session, partly, due=YESTERDAY)
    await pay(session, partly, 7_251)
    assert await charge(session, district) == counts(2, 2_000)
    assert await charge(session, district) == counts(0, 0)
    assert await balances(session, late, paid, not_due, partly) == [18_500, 0, 8_250, 999]
    assert sum(line.balance_cents for line in await ledger.trial_balance(session)) == 0
    # The next night, the bill that was due today is late, and nobody else is charged again.
    assert await charge(session, district, TODAY + timedelta(days=1)) == counts(1, 1_000)


async def test_a_fee_charged_by_hand_is_the_bills_one_fee(session: AsyncSession, district: District) -> None:
    account_id = await make_account(session)
    bill = await add_bill(session, account_id, due=YESTERDAY)
    await charge_fee(
        session,
        account_id=account_id,
        code="late",
        charged_on=TODAY,
        due_on=TODAY,
        caused_by_entry_id=bill.entry_id,
        idempotency_key="by hand",
        now=NOW,
        district=district,
    )
    assert (await charge(session, district))["late_fees"] == 0


async def test_who_is_spared(session: AsyncSession, district: District) -> None:
    medical, disputed, was_disputed, keeps_plan, broke_plan, cancelled = [await make_account(session) for _ in range(6)]
    for one in (medical, disputed, was_disputed, keeps_plan, broke_plan):
        await add_bill(session, one, due=YESTERDAY)
    await session.execute(text("UPDATE accounts SET medical_protection = true WHERE id = :id"), {"id": medical})
    for one, ended_on in ((disputed, None), (was_disputed, YESTERDAY)):
        hold = AccountHold(
            account_id=one, kind="dispute", started_on=date(2026, 11, 1), ended_on=ended_on, note="", placed_at=NOW
        )
        session.add(hold)
    for one, kept_on in ((keeps_plan, YESTERDAY), (broke_plan, None)):
        plan = Arrangement(account_id=one, agreed_on=date(2026, 10, 1), total_cents=9_000, status="active")
        session.add(plan)
        await session.flush()
        first = Installment(arrangement_id=plan.id, number=1, due_on=YESTERDAY, amount_cents=4_500, kept_on=kept_on)
        session.add(first)
    bill = await add_bill(session, cancelled, due=YESTERDAY)
    await ledger.reverse_entry(
        session, bill.entry_id, effective_on=TODAY, description="Cancelled", idempotency_key="back", now=NOW
    )
    await session.flush()
    await charge(session, district)
    charged = set(await session.scalars(select(FeeCharge.account_id)))
    assert charged == {was_disputed, broke_plan}


async def test_a_late_day_long_gone_is_let_pass(session: AsyncSession, district: District) -> None:
    last, gone = await make_account(session), await make_account(session)
    days = district.policy.fees.late.catch_up_days
    await add_bill(session, last, due=YESTERDAY - timedelta(days=days))
    await add_bill(session, gone, due=YESTERDAY - timedelta(days=days + 1))
    assert (await charge(session, district))["late_fees"] == 1
    assert [fee.code for fee in await fees_of(session, last)] == ["late"]
    assert await fees_of(session, gone) == []


async def test_the_parts_together_are_the_whole(session: AsyncSession, district: District) -> None:
    accounts = [await make_account(session) for _ in range(5)]
    for one in accounts:
        await add_bill(session, one, due=YESTERDAY)
    counts = [
        (await charge_late_fees(session, TODAY, NOW, part, district=district))["late_fees"]
        for part in await account_parts(session, size=2)
    ]
    assert counts == [2, 2, 1]
    assert await session.scalar(select(func.count()).select_from(FeeCharge)) == 5


def with_interest(district: District, percent: float, flat_cents: int) -> District:
    """The district, had it adopted such a late fee."""
    late = district.policy.fees.late.model_copy(update={"percent": percent, "flat_cents": flat_cents})
    fees = district.policy.fees.model_copy(update={"late": late})
    return replace(district, policy=district.policy.model_copy(update={"fees": fees}))


async def test_a_low_income_household_is_let_off_the_interest_once_in_twelve_months(
    session: AsyncSession, district: District
) -> None:
    """HSC 116914(a)(2). A bill of $82.50 at 10 percent and $5: $13.25, of which $8.25 is interest."""
    poor, other = await make_account(session), await make_account(session)
    session.add(
        LowIncomeDeclaration(
            account_id=poor,
            basis="program",
            program="wic",
            declared_on=date(2026, 10, 1),
            expires_on=date(2027, 12, 1),
            recorded_at=NOW,
        )
    )
    strict = with_interest(district, 10, 500)
    for one in (poor, other):
        await add_bill(session, one, due=YESTERDAY)
        await add_bill(session, one, cents=10_000, due=TODAY + timedelta(days=29))
    assert await charge(session, strict) == counts(2, 500 + 1_325, 825)
    assert await charge(session, strict) == counts(0, 0)
    # A month later the same household pays interest like everybody: $100 + 10 percent + $5.
    assert await charge(session, strict, TODAY + timedelta(days=30)) == counts(2, 2 * 1_500)
    assert await balances(session, poor, other) == [18_250 + 500 + 1_500, 18_250 + 1_325 + 1_500]


async def test_interest_alone_that_is_waived_leaves_no_fee_and_is_not_charged_later(
    session: AsyncSession, district: District
) -> None:
    account_id, strict = await make_account(session), with_interest(district, 10, 0)
    declared = {"declared_on": TODAY, "expires_on": TODAY + timedelta(days=1), "recorded_at": NOW}
    session.add(LowIncomeDeclaration(account_id=account_id, basis="declaration", **declared))
    await add_bill(session, account_id, due=YESTERDAY)
    assert await charge(session, strict) == counts(0, 0, 825)
    assert await charge(session, strict, TODAY + timedelta(days=2)) == counts(0, 0)
