"""A night's look at arrangements: what counts toward them, and what does not."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.arrangements.service import Checked, check_arrangements
from backend.district.service import District
from backend.ledger import service as ledger
from backend.models.arrangement import Arrangement, Installment
from backend.models.bill import Bill
from backend.parts import EVERYTHING
from backend.payments import returns
from backend.payments import service as payments
from tests.backend.factories import make_account
from tests.backend.fees.conftest import FOLDER, add_bill, pay

NOW = datetime(2026, 11, 1, 18, 0, tzinfo=UTC)
AGREED = date(2026, 11, 1)
FIRST, SECOND = date(2026, 11, 10), date(2026, 12, 10)
LATE = FIRST + timedelta(days=11)
"""The first installment has not been kept for longer than the district waits."""


@pytest.fixture(scope="session")
def district() -> District:
    return District.load(FOLDER)


@pytest.fixture
async def account_id(session: AsyncSession) -> UUID:
    """An account with a bill of $60 that was due before the agreement."""
    made = await make_account(session)
    await add_bill(session, made, cents=6_000, due=AGREED - timedelta(days=40))
    return made


async def agree(session: AsyncSession, account_id: UUID) -> UUID:
    """Two installments of $30."""
    plan = Arrangement(account_id=account_id, agreed_on=AGREED, total_cents=6_000, status="active")
    session.add(plan)
    await session.flush()
    for number, due_on in enumerate((FIRST, SECOND), 1):
        session.add(Installment(arrangement_id=plan.id, number=number, due_on=due_on, amount_cents=3_000))
    await session.flush()
    return plan.id


async def look(session: AsyncSession, day: date, district: District) -> Checked:
    return await check_arrangements(session, day, EVERYTHING, district=district)


async def kept(session: AsyncSession) -> list[date | None]:
    return list(await session.scalars(select(Installment.kept_on).order_by(Installment.number)))


async def test_a_payment_keeps_the_installment_once(
    session: AsyncSession, account_id: UUID, district: District
) -> None:
    await agree(session, account_id)
    await pay(session, account_id, 3_000, FIRST)
    assert (await look(session, FIRST, district)).installments_kept == 1
    assert await look(session, FIRST, district) == Checked()
    assert await kept(session) == [FIRST, None]


async def test_what_is_not_paid_in_time_is_broken_and_told(
    session: AsyncSession, account_id: UUID, district: District
) -> None:
    plan_id = await agree(session, account_id)
    assert await look(session, LATE - timedelta(days=1), district) == Checked()
    assert await look(session, LATE, district) == Checked(broken=[(plan_id, account_id)])
    assert await look(session, LATE, district) == Checked()


async def test_all_paid_is_completed(session: AsyncSession, account_id: UUID, district: District) -> None:
    plan_id = await agree(session, account_id)
    await pay(session, account_id, 6_000, FIRST)
    assert await look(session, FIRST, district) == Checked(2, completed=[(plan_id, account_id)])


async def test_the_day_of_the_agreement_counts_from_the_agreement_on(
    session: AsyncSession, account_id: UUID, district: District
) -> None:
    await pay(session, account_id, 3_000, AGREED)  # before: the agreement is over the rest
    await agree(session, account_id)
    assert (await look(session, AGREED, district)).installments_kept == 0
    await pay(session, account_id, 3_000, AGREED)  # after: the first installment, at once
    assert (await look(session, AGREED, district)).installments_kept == 1


async def test_new_bills_are_paid_before_installments(
    session: AsyncSession, account_id: UUID, district: District
) -> None:
    """HSC 116910: the customer keeps current charges paid as well."""
    await agree(session, account_id)
    await add_bill(session, account_id, cents=2_000, due=FIRST)
    await pay(session, account_id, 4_999, FIRST)
    assert (await look(session, FIRST, district)).installments_kept == 0
    await pay(session, account_id, 1, FIRST)
    assert (await look(session, FIRST, district)).installments_kept == 1


async def test_a_new_bill_that_is_not_due_yet_waits(
    session: AsyncSession, account_id: UUID, district: District
) -> None:
    await agree(session, account_id)
    await add_bill(session, account_id, cents=2_000, due=FIRST + timedelta(days=1))
    await pay(session, account_id, 3_000, FIRST)
    assert (await look(session, FIRST, district)).installments_kept == 1


async def test_an_old_charge_that_is_taken_back_counts_like_money(
    session: AsyncSession, account_id: UUID, district: District
) -> None:
    extra = await add_bill(session, account_id, cents=3_000, due=AGREED - timedelta(days=10))
    await agree(session, account_id)
    await _take_back(session, extra, FIRST)
    assert (await look(session, FIRST, district)).installments_kept == 1


async def _take_back(session: AsyncSession, bill: Bill, day: date) -> None:
    await ledger.reverse_entry(
        session, bill.entry_id, effective_on=day, description="Wrong", idempotency_key=f"undo {bill.id}", now=NOW
    )


async def _give_back(session: AsyncSession, payment_id: UUID, day: date, district: District) -> None:
    given = returns.Given(day, "R01")
    await returns.return_payment(session, payment_id=payment_id, given=given, district=district, now=NOW)


async def _post(session: AsyncSession, account_id: UUID, cents: int, day: date, district: District) -> UUID:
    payment = await payments.post_payment(
        session,
        account_id=account_id,
        amount_cents=cents,
        method="check",
        received_on=day,
        idempotency_key=f"payment of {day}",
        now=NOW,
        district=district,
    )
    return payment.id


async def test_an_installment_that_comes_back_was_not_paid(
    session: AsyncSession, account_id: UUID, district: District
) -> None:
    plan_id = await agree(session, account_id)
    payment_id = await _post(session, account_id, 3_000, FIRST - timedelta(days=2), district)
    await _give_back(session, payment_id, FIRST, district)
    assert (await look(session, FIRST, district)).installments_kept == 0
    assert (await look(session, LATE, district)).broken == [(plan_id, account_id)]


async def test_an_older_payment_that_comes_back_breaks_nothing(
    session: AsyncSession, account_id: UUID, district: District
) -> None:
    """It is owed beside the plan: the installment itself was paid."""
    before = await _post(session, account_id, 1_000, AGREED - timedelta(days=3), district)
    await agree(session, account_id)
    await pay(session, account_id, 3_000, FIRST)
    await _give_back(session, before, FIRST, district)
    checked = await look(session, LATE, district)
    assert (checked.installments_kept, checked.broken) == (1, [])
