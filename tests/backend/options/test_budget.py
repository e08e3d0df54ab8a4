"""A budget bill from joining to its end: what is asked for, what is put off, and that every cent comes back."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.accounts import service as accounts
from backend.district.service import District
from backend.ledger import chart
from backend.ledger import service as ledger
from backend.options import budget, service
from backend.options.budget_checks import check_budgets
from backend.options.draws import draw_due
from backend.parts import EVERYTHING
from backend.statements import service as statements
from tests.backend.factories import make_account
from tests.backend.fees.conftest import NOW, TODAY, add_bill, pay

YEAR = [5_420, 5_110, 5_110, 6_020, 7_350, 8_890, 9_780, 9_990, 9_020, 7_410, 6_200, 5_640]
"""Twelve bills, oldest first: $859.40, $71.62 on average, $72 a month."""


async def with_history(session: AsyncSession, bills: int = 12) -> UUID:
    account_id = await make_account(session)
    for back, cents in zip(range(bills, 0, -1), YEAR, strict=False):
        due = TODAY - timedelta(days=30 * back)
        await add_bill(session, account_id, cents=cents, due=due)
        await pay(session, account_id, cents, due)
    return account_id


async def joined(session: AsyncSession, district: District) -> UUID:
    account_id = await with_history(session)
    made = await budget.join_budget_bill(session, account_id, now=NOW, district=district)
    assert (made.monthly_cents, made.recalculate_on) == (7_200, date(2027, 11, 23))
    return account_id


async def night(session: AsyncSession, district: District, day: date) -> dict[str, int]:
    return await check_budgets(session, day, NOW, EVERYTHING, district=district)


async def bill(session: AsyncSession, account_id: UUID, cents: int, issued_on: date) -> UUID:
    return (await add_bill(session, account_id, cents=cents, due=issued_on + timedelta(days=21))).entry_id


async def put_off(session: AsyncSession) -> int:
    return await ledger.balance_cents(session, chart.BUDGET_DEFERRED)


async def test_each_bill_asks_for_the_monthly_amount(session: AsyncSession, district: District) -> None:
    account_id = await joined(session, district)
    await bill(session, account_id, 9_900, TODAY + timedelta(days=3))
    assert (await night(session, district, TODAY + timedelta(days=3)))["budget_leveled"] == 1
    assert (await ledger.balance_cents(session, account_id), await put_off(session)) == (7_200, 2_700)
    await bill(session, account_id, 5_000, TODAY + timedelta(days=33))
    for leveled in (1, 0):
        assert (await night(session, district, TODAY + timedelta(days=33)))["budget_leveled"] == leveled
    assert (await ledger.balance_cents(session, account_id), await put_off(session)) == (14_400, 500)
    listed = await statements.bills_of(session, account_id, TODAY + timedelta(days=33), 3)
    asked = [(one.amount_cents, one.asked_cents) for one in listed]
    assert asked == [(5_000, 7_200), (9_900, 7_200), (5_640, 5_640)]
    assert sum(line.balance_cents for line in await ledger.trial_balance(session)) == 0


async def test_the_balance_and_what_is_past_due_follow_the_monthly_amount(
    session: AsyncSession, district: District
) -> None:
    account_id = await joined(session, district)
    issued = TODAY + timedelta(days=3)
    await bill(session, account_id, 9_900, issued)
    await night(session, district, issued)
    await pay(session, account_id, 7_200, issued + timedelta(days=10))
    later = issued + timedelta(days=22)
    owed = await accounts.balance(session, account_id, NOW, later)
    assert (owed.balance_cents, owed.past_due_cents) == (0, 0)


async def test_autopay_draws_the_monthly_amount(session: AsyncSession, district: District) -> None:
    account_id = await joined(session, district)
    await service.enrol_autopay(session, account_id, method_label="checking ending 4421", now=NOW, district=district)
    issued = TODAY + timedelta(days=3)
    await bill(session, account_id, 9_900, issued)
    await night(session, district, issued)
    drawn = await draw_due(session, issued + timedelta(days=21), NOW, EVERYTHING, district=district)
    assert drawn["autopay_cents"] == 7_200


async def test_a_bill_taken_back_takes_what_it_put_off_with_it(session: AsyncSession, district: District) -> None:
    account_id = await joined(session, district)
    issued = TODAY + timedelta(days=3)
    entry_id = await bill(session, account_id, 9_900, issued)
    await night(session, district, issued)
    await ledger.reverse_entry(
        session, entry_id, effective_on=issued, description="Cancelled", idempotency_key="back", now=NOW
    )
    for cancelled in (1, 0):
        assert (await night(session, district, issued))["budget_cancelled"] == cancelled
    assert (await ledger.balance_cents(session, account_id), await put_off(session)) == (0, 0)


async def test_after_a_year_the_difference_falls_due_and_the_amount_is_reckoned_anew(
    session: AsyncSession, district: District
) -> None:
    account_id = await joined(session, district)
    day = TODAY
    for _ in range(12):
        day += timedelta(days=30)
        await bill(session, account_id, 8_000, day)
        await night(session, district, day)
        await pay(session, account_id, 7_200, day)
    assert (await ledger.balance_cents(session, account_id), await put_off(session)) == (0, 12 * 800)
    for renewed in (1, 0):
        assert (await night(session, district, date(2027, 11, 23)))["budget_renewed"] == renewed
    assert (await ledger.balance_cents(session, account_id), await put_off(session)) == (9_600, 0)
    facts = await budget.explain_budget(session, account_id, now=NOW, district=district)
    assert facts.budget is not None
    assert (facts.budget.monthly_cents, facts.budget.recalculate_on) == (8_000, date(2028, 11, 23))
    due_on = await session.scalar(
        text("SELECT due_on FROM ledger_postings WHERE amount_cents = 9600 AND ledger_account_id = :id"),
        {"id": account_id},
    )
    assert due_on == date(2027, 12, 14)


async def test_a_default_ends_it_and_the_difference_falls_due(session: AsyncSession, district: District) -> None:
    account_id = await joined(session, district)
    issued = TODAY + timedelta(days=3)
    await bill(session, account_id, 9_900, issued)
    await night(session, district, issued)
    due = issued + timedelta(days=21)
    assert (await night(session, district, due + timedelta(days=30)))["budget_ended"] == 0
    for ended in (1, 0):
        assert (await night(session, district, due + timedelta(days=31)))["budget_ended"] == ended
    assert (await ledger.balance_cents(session, account_id), await put_off(session)) == (9_900, 0)
    assert await session.scalar(text("SELECT end_reason FROM budget_bills")) == "default"


async def test_leaving_gives_back_what_was_paid_ahead(session: AsyncSession, district: District) -> None:
    account_id = await joined(session, district)
    issued = TODAY + timedelta(days=3)
    await bill(session, account_id, 5_000, issued)
    await night(session, district, issued)
    await pay(session, account_id, 7_200, issued)
    left = await budget.leave_budget_bill(session, account_id, reason="asked", now=NOW, district=district)
    assert left == -2_200
    assert (await ledger.balance_cents(session, account_id), await put_off(session)) == (-2_200, 0)
    assert await budget.leave_budget_bill(session, account_id, reason="asked", now=NOW, district=district) is None


async def test_it_explains_itself(session: AsyncSession, district: District) -> None:
    account_id = await with_history(session)
    facts = await budget.explain_budget(session, account_id, now=NOW, district=district)
    assert (facts.why_not, facts.monthly_cents, facts.average_cents, facts.bills_needed) == (None, 7_200, 7_162, 12)
    assert [one.amount_cents for one in facts.history] == YEAR[::-1]
    await budget.join_budget_bill(session, account_id, now=NOW, district=district)
    issued = TODAY + timedelta(days=3)
    await bill(session, account_id, 9_900, issued)
    await night(session, district, issued)
    facts = await budget.explain_budget(session, account_id, now=NOW + timedelta(days=4), district=district)
    assert facts.budget is not None
    assert facts.budget.deferred_cents == 2_700
    assert [(one.used_cents, one.asked_cents) for one in facts.budget.months] == [(9_900, 7_200)]


async def test_who_may_not_join_hears_why(session: AsyncSession, district: District) -> None:
    new = await with_history(session, bills=11)
    behind = await with_history(session)
    await add_bill(session, behind, due=TODAY - timedelta(days=1))
    for account_id, reason in ((new, "not_enough_history"), (behind, "past_due")):
        with pytest.raises(service.OptionRefusedError) as refused:
            await budget.join_budget_bill(session, account_id, now=NOW, district=district)
        assert refused.value.extra["reason"] == reason
