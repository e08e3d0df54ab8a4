"""A late fee is on what is open of the bill itself: by the allocations, budget bills, and money on its way."""

import itertools
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.district.service import District
from backend.fees.late import charge_late_fees
from backend.ledger import service as ledger
from backend.models.arrangement import Arrangement, Installment
from backend.models.bill import Bill
from backend.models.billing_option import BudgetBill, BudgetEntry
from backend.models.charge import CHARGE_STATUSES, ON_THE_WAY, Charge
from backend.models.fee import FeeCharge
from backend.options.budget_entries import put_off
from backend.parts import EVERYTHING
from backend.payments import service
from tests.backend.factories import make_account
from tests.backend.fees.conftest import NOW, TODAY, add_bill

YESTERDAY = TODAY - timedelta(days=1)
TOMORROW = TODAY + timedelta(days=1)
BILL_CENTS = 8_250
_keys = itertools.count(1)


async def charged(session: AsyncSession, district: District, day: date = TODAY) -> set[UUID]:
    """The bills' entries that have a late fee after the night of `day`."""
    await charge_late_fees(session, day, NOW, EVERYTHING, district=district)
    return {one for one in await session.scalars(select(FeeCharge.caused_by_entry_id)) if one is not None}


async def pay(
    session: AsyncSession,
    account_id: UUID,
    district: District,
    cents: int,
    *,
    on: date = YESTERDAY,
    posted_on: date | None = None,
) -> None:
    """A payment that is allocated as it is posted."""
    new = service.new_payment(
        account_id=account_id,
        amount_cents=cents,
        method="bank_transfer",
        received_on=on,
        posted_on=posted_on or on,
        idempotency_key=f"payment {next(_keys)}",
    )
    await service.post_new(session, new, district, NOW)


async def add_fee(session: AsyncSession, account_id: UUID, cents: int, due: date) -> None:
    await ledger.post_fee(
        session,
        account_id=account_id,
        amount_cents=cents,
        description="Notice tag fee",
        effective_on=due - timedelta(days=21),
        due_on=due,
        idempotency_key=f"fee {next(_keys)}",
        now=NOW,
    )


async def add_charge(
    session: AsyncSession, account_id: UUID, cents: int, status: str = "pending", *, on: date = TODAY
) -> Charge:
    """Money asked of a bank account."""
    one = Charge(
        idempotency_key=f"charge {next(_keys)}",
        account_id=account_id,
        amount_cents=cents,
        purpose="bill",
        channel="sms",
        processor="sandbox",
        method_token="pm_1",
        method_kind="bank_account",
        method_label="bank account ending 6789",
        description="Water bill",
        language="en",
        shows_balance=False,
        status=status,
        decline_reason="declined" if status == "failed" else None,
        posted_on=on if status == "succeeded" else None,
        created_at=NOW,
        received_on=on,
    )
    session.add(one)
    await session.flush()
    return one


async def missed_installment(session: AsyncSession, account_id: UUID, agreed_on: date) -> None:
    """A plan that is active, and not kept to."""
    plan = Arrangement(account_id=account_id, agreed_on=agreed_on, total_cents=6_000, status="active")
    session.add(plan)
    await session.flush()
    session.add(Installment(arrangement_id=plan.id, number=1, due_on=YESTERDAY, amount_cents=6_000))
    await session.flush()


async def test_a_fee_due_the_same_day_and_not_paid_makes_no_paid_bill_late(
    session: AsyncSession, district: District
) -> None:
    account_id = await make_account(session)
    await add_bill(session, account_id, due=YESTERDAY)
    await add_fee(session, account_id, 1_500, YESTERDAY)
    await pay(session, account_id, district, BILL_CENTS)
    assert await ledger.balance_cents(session, account_id) == 1_500
    assert await charged(session, district) == set()


async def test_on_a_plan_that_was_missed_the_current_bill_that_is_paid_is_not_late(
    session: AsyncSession, district: District
) -> None:
    account_id = await make_account(session)
    agreed_on = TODAY - timedelta(days=40)
    await add_bill(session, account_id, cents=6_000, due=agreed_on - timedelta(days=10))
    await missed_installment(session, account_id, agreed_on)
    await add_bill(session, account_id, due=YESTERDAY)
    await pay(session, account_id, district, BILL_CENTS)
    assert await charged(session, district) == set()
    other = await make_account(session)
    await missed_installment(session, other, agreed_on)
    unpaid = await add_bill(session, other, due=YESTERDAY)
    assert await charged(session, district) == {unpaid.entry_id}


class TestMoneyOnItsWay:
    @pytest.mark.parametrize("status", [status for status in CHARGE_STATUSES if status not in ("posted", "told")])
    async def test_what_may_still_come_in_pays_the_bill_as_of_its_day(
        self, session: AsyncSession, district: District, status: str
    ) -> None:
        account_id = await make_account(session)
        bill = await add_bill(session, account_id, due=YESTERDAY)
        await add_charge(session, account_id, BILL_CENTS, status)
        assert await charged(session, district) == (set() if status in ON_THE_WAY else {bill.entry_id})

    async def test_a_debit_that_fails_leaves_the_bill_late(self, session: AsyncSession, district: District) -> None:
        account_id = await make_account(session)
        bill = await add_bill(session, account_id, due=YESTERDAY)
        debit = await add_charge(session, account_id, BILL_CENTS)
        assert await charged(session, district) == set()
        debit.status, debit.decline_reason = "failed", "insufficient_funds"
        await session.flush()
        assert await charged(session, district, TOMORROW) == {bill.entry_id}

    async def test_it_pays_older_charges_first_and_counts_from_the_day_it_was_made(
        self, session: AsyncSession, district: District
    ) -> None:
        owes_more, made_later, all_but_ten = [await make_account(session) for _ in range(3)]
        await add_bill(session, owes_more, cents=5_000, due=TODAY - timedelta(days=60))
        late = [await add_bill(session, one, due=YESTERDAY) for one in (owes_more, made_later, all_but_ten)]
        await add_charge(session, owes_more, 5_000)
        await add_charge(session, made_later, BILL_CENTS, on=TOMORROW)
        await add_charge(session, all_but_ten, BILL_CENTS - 1_000)
        assert await charged(session, district) == {bill.entry_id for bill in late}

    async def test_a_night_that_is_made_up_later_knows_when_the_customer_paid(
        self, session: AsyncSession, district: District
    ) -> None:
        in_time, too_late, partly = [await make_account(session) for _ in range(3)]
        for one in (in_time, too_late, partly):
            await add_bill(session, one, due=YESTERDAY)
        await pay(session, in_time, district, BILL_CENTS, on=TODAY, posted_on=TODAY + timedelta(days=3))
        await pay(session, too_late, district, BILL_CENTS, on=TOMORROW)
        await pay(session, partly, district, BILL_CENTS - 999, on=TODAY)
        await pay(session, partly, district, 5_999, on=TOMORROW)
        await charged(session, district)
        assert list(await session.scalars(select(FeeCharge.account_id))) == [too_late]


class TestBudgetBills:
    """A bill of $82.50 on a budget of $60 a month asks for $60; one on a budget of $95 asks for $95."""

    async def level(self, session: AsyncSession, bill: Bill, monthly_cents: int) -> None:
        budget = BudgetBill(
            account_id=bill.account_id,
            monthly_cents=monthly_cents,
            started_on=bill.issued_on,
            recalculate_on=bill.issued_on + timedelta(days=365),
        )
        session.add(budget)
        deferred = bill.amount_cents - monthly_cents
        entry = put_off(f"level {bill.id}", "", bill.account_id, deferred, day=bill.issued_on, due_on=bill.due_date)
        posted = await ledger.post_entry(session, entry, NOW)
        await session.flush()
        session.add(
            BudgetEntry(
                entry_id=posted.entry_id, budget_id=budget.id, kind="level", bill_id=bill.id, deferred_cents=deferred
            )
        )
        await session.flush()

    @pytest.mark.parametrize(
        ("monthly", "paid", "is_late"),
        [
            (6_000, 6_000, False),
            (6_000, 5_001, False),
            (6_000, 5_000, True),
            (9_500, 8_501, False),
            (9_500, 8_500, True),
        ],
    )
    async def test_what_was_asked_for_is_what_can_be_late(
        self, session: AsyncSession, district: District, monthly: int, paid: int, is_late: bool
    ) -> None:
        account_id = await make_account(session)
        bill = await add_bill(session, account_id, due=YESTERDAY)
        await self.level(session, bill, monthly)
        await pay(session, account_id, district, paid)
        assert await charged(session, district) == ({bill.entry_id} if is_late else set())

    async def test_what_was_put_off_does_not_count_where_it_paid_an_older_charge(
        self, session: AsyncSession, district: District
    ) -> None:
        account_id = await make_account(session)
        await add_bill(session, account_id, cents=2_250, due=TODAY - timedelta(days=60))
        bill = await add_bill(session, account_id, due=YESTERDAY)
        await self.level(session, bill, 6_000)
        await service.allocate_credits(session, [account_id], district)
        await pay(session, account_id, district, 6_000)
        assert await charged(session, district) == set()
