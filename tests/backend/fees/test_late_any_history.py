"""Whatever happened on an account: a late fee is on each bill of which so much is unpaid, and on no other."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID, uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from backend.district.service import District
from backend.ledger import chart
from backend.ledger import rules as entries
from backend.ledger import service as ledger
from backend.models.bill import Bill
from backend.payments import rules
from backend.settings import driver_url
from tests.backend.factories import make_account
from tests.backend.fees.conftest import NOW, TODAY, add_bill
from tests.backend.fees.test_late_on_what_is_open import (
    TOMORROW,
    YESTERDAY,
    add_charge,
    add_fee,
    charged,
    missed_installment,
    pay,
)

# Any history: charges, payments, credits that nothing was paid with yet, a plan, money on its way.
days = st.sampled_from([YESTERDAY - timedelta(days=70), YESTERDAY - timedelta(days=5), YESTERDAY, TODAY, TOMORROW])
cents = st.integers(300, 12_000)
steps = st.one_of(
    st.tuples(st.just("bill"), cents, days),
    st.tuples(st.just("fee"), cents, days),
    st.tuples(st.just("payment"), cents, days),
    st.tuples(st.just("credit"), cents, days),
    st.tuples(st.just("charge"), cents, days),
)


async def _do(session: AsyncSession, account_id: UUID, district: District, step: tuple[str, int, date]) -> None:
    name, amount, day = step
    if name == "bill":
        await add_bill(session, account_id, cents=amount, due=day)
    elif name == "fee":
        await add_fee(session, account_id, amount, day)
    elif name == "payment":
        await pay(session, account_id, district, amount, on=min(day, TODAY))
    elif name == "credit":
        postings = entries.transfer(chart.ADJUSTMENTS, account_id, amount)
        await ledger.post_entry(session, entries.Entry(str(uuid4()), "adjustment", "", min(day, TODAY), postings), NOW)
    else:
        await add_charge(session, account_id, amount, on=min(day, TODAY))


async def _unpaid(session: AsyncSession, account_id: UUID, plan: date | None, order: rules.Order) -> dict[UUID, int]:
    """What each charge has left when all the money that is there, or on its way, has paid by the pure rule."""
    query = text(
        "SELECT entry_id, line, is_fee, charged_on, due_on, left_cents FROM open_charges WHERE account_id = :id"
    )
    rows = (await session.execute(query, {"id": account_id})).all()
    opened = [
        rules.Charge((str(row.entry_id), row.line), row.left_cents, row.is_fee, row.charged_on, row.due_on)
        for row in rows
    ]
    free = sum(row.left_cents for row in rows) - await ledger.balance_cents(session, account_id)
    coming = await session.scalar(text("SELECT coalesce(sum(amount_cents), 0) FROM charges"))
    paid = {one.key: amount for one, amount in rules.allocate(free + coming, rules.in_order(opened, order, plan))}
    return {UUID(one.key[0]): one.unpaid_cents - paid.get(one.key, 0) for one in opened}


async def _night(
    url: str, history: Sequence[tuple[str, int, date]], plan: date | None, district: District
) -> tuple[set[UUID], set[UUID]]:
    """The bills that a night put a fee on, and those that the pure rule says."""
    engine = create_async_engine(driver_url(url), poolclass=NullPool)
    async with AsyncSession(engine) as session:
        await session.execute(text("DELETE FROM charges"))
        account_id = await make_account(session)
        for step in history:
            await _do(session, account_id, district, step)
        if plan is not None:
            await missed_installment(session, account_id, plan)
        unpaid = await _unpaid(session, account_id, plan, rules.Order())
        found = await charged(session, district)
        last = TODAY - timedelta(days=district.policy.fees.late.catch_up_days + 1)
        query = select(Bill.entry_id).where(Bill.due_date.between(last, YESTERDAY))
        window = set(await session.scalars(query))
    await engine.dispose()
    least = district.policy.fees.late.least_owed_cents
    return found, {entry_id for entry_id in window if unpaid.get(entry_id, 0) >= least}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    history=st.lists(steps, min_size=1, max_size=8),
    plan=st.sampled_from([None, YESTERDAY - timedelta(days=80), YESTERDAY - timedelta(days=23)]),
)
def test_a_late_fee_is_on_each_bill_of_which_so_much_is_unpaid_and_on_no_other(
    database_url: str, district: District, history: list[tuple[str, int, date]], plan: date | None
) -> None:
    found, expected = asyncio.run(_night(database_url, history, plan, district))
    assert found == expected
