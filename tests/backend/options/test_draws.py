"""A night's drafts: what is drawn, what is not, the same night again, and when it ends."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.accounts import service as accounts
from backend.district.service import District
from backend.ledger import service as ledger
from backend.models.arrangement import Arrangement
from backend.models.payment import Payment, PaymentReturn
from backend.options import service
from backend.options.draws import draw_due
from backend.parts import EVERYTHING
from backend.payments import service as payments
from tests.backend.factories import make_account
from tests.backend.fees.conftest import NOW, TODAY, add_bill, pay

LABEL = "checking ending 4421"


async def night(session: AsyncSession, district: District, day: date = TODAY) -> dict[str, int]:
    return await draw_due(session, day, NOW, EVERYTHING, district=district)


async def enrolled(session: AsyncSession, district: District) -> UUID:
    account_id = await make_account(session)
    await service.enrol_autopay(session, account_id, method_label=LABEL, now=NOW, district=district)
    return account_id


async def test_each_bill_is_drawn_on_its_due_date_once(session: AsyncSession, district: District) -> None:
    due_today, paid, partly, due_later, behind = [await enrolled(session, district) for _ in range(5)]
    by_hand = await make_account(session)
    for one in (due_today, paid, partly, by_hand, behind):
        await add_bill(session, one, cents=8_250, due=TODAY)
    await pay(session, paid, 8_250)
    await pay(session, partly, 3_000)
    await add_bill(session, due_later, cents=8_250, due=TODAY + timedelta(days=1))
    await add_bill(session, behind, cents=4_000, due=date(2026, 9, 1))
    first = await night(session, district)
    again = await night(session, district)
    assert (first["autopay"], first["autopay_cents"]) == (3, 8_250 + 5_250 + 8_250)
    assert (again["autopay"], again["autopay_cents"]) == (0, 0)
    left = [await ledger.balance_cents(session, one) for one in (due_today, paid, partly, due_later, behind, by_hand)]
    assert left == [0, 0, 0, 8_250, 4_000, 8_250]
    assert set(await session.scalars(select(Payment.method))) == {"bank_transfer"}
    keys = list(await session.scalars(text("SELECT idempotency_key FROM ledger_entries WHERE kind = 'payment'")))
    assert sum(key.startswith("autopay:") and key.endswith(f":{TODAY}") for key in keys) == 3
    assert (await night(session, district, TODAY + timedelta(days=1)))["autopay_cents"] == 8_250


async def test_a_missed_night_is_made_up_and_a_long_gone_one_is_not(session: AsyncSession, district: District) -> None:
    missed, gone = await enrolled(session, district), await enrolled(session, district)
    await session.execute(text("UPDATE payment_instructions SET started_on = '2026-01-01'"))
    days = district.policy.options.catch_up_days
    await add_bill(session, missed, due=TODAY - timedelta(days=days))
    await add_bill(session, gone, due=TODAY - timedelta(days=days + 1))
    assert (await night(session, district))["autopay"] == 1
    assert await ledger.balance_cents(session, missed) == 0
    assert (await night(session, district, TODAY + timedelta(days=1)))["autopay"] == 0


async def test_a_bill_due_before_enrolment_is_the_customers_own(session: AsyncSession, district: District) -> None:
    account_id = await enrolled(session, district)
    await add_bill(session, account_id, due=TODAY - timedelta(days=1))
    assert (await night(session, district))["autopay"] == 0


async def test_a_returned_draft_is_not_drawn_again_and_the_second_ends_autopay(
    session: AsyncSession, district: District
) -> None:
    account_id = await enrolled(session, district)
    for number, day in enumerate((TODAY, TODAY + timedelta(days=30)), 1):
        await add_bill(session, account_id, due=day)
        assert (await night(session, district, day))["autopay"] == 1
        payment = (await session.scalars(select(Payment).order_by(Payment.received_on.desc()).limit(1))).one()
        reversal = await ledger.reverse_entry(
            session,
            payment.entry_id,
            effective_on=day,
            description="Returned",
            idempotency_key=f"return {number}",
            now=NOW,
        )
        returned = PaymentReturn(
            payment_id=payment.id,
            account_id=account_id,
            reversal_entry_id=reversal.entry_id,
            reason_code="R01",
            amount_cents=payment.amount_cents,
            returned_on=day + timedelta(days=2),
        )
        session.add(returned)
        await session.flush()
    after = TODAY + timedelta(days=33)
    await add_bill(session, account_id, due=after)
    assert await night(session, district, after) == {
        "autopay_ended": 1,
        "recurring": 0,
        "recurring_cents": 0,
        "autopay": 0,
        "autopay_cents": 0,
    }
    assert await service.autopay_of(session, account_id) is None
    assert not (await accounts.account_facts(session, account_id)).autopay
    fresh = await service.enrol_autopay(session, account_id, method_label=LABEL, now=NOW, district=district)
    assert fresh.started_on == TODAY  # a new authorization begins anew, the old returns are not held against it
    assert (await night(session, district, after))["autopay"] == 1


async def test_where_the_bank_draws_nothing_only_what_is_on_file_is_drawn(
    session: AsyncSession, district: District
) -> None:
    account_id = await enrolled(session, district)
    await add_bill(session, account_id, cents=8_250, due=TODAY)
    options = district.policy.options.model_copy(update={"bank_drafts": False})
    without = replace(district, policy=district.policy.model_copy(update={"options": options}))
    assert (await night(session, without))["autopay"] == 0
    assert await ledger.balance_cents(session, account_id) == 8_250, "nothing is credited that nobody draws"
    other = await make_account(session)
    with pytest.raises(service.OptionRefusedError) as refused:
        await service.enrol_autopay(session, other, method_label=LABEL, now=NOW, district=without)
    assert refused.value.extra["reason"] == "no_bank_drafts"
    with pytest.raises(service.OptionRefusedError):
        await service.set_recurring(
            session, other, amount_cents=500, day_of_month=1, method_label=LABEL, now=NOW, district=without
        )


class TestOnAPlan:
    """The debt is on a payment plan, and autopay pays each new bill."""

    async def planned(self, session: AsyncSession, district: District) -> UUID:
        account_id = await enrolled(session, district)
        await add_bill(session, account_id, cents=30_000, due=TODAY - timedelta(days=20))
        plan = Arrangement(
            account_id=account_id, agreed_on=TODAY - timedelta(days=22), total_cents=30_000, status="active"
        )
        session.add(plan)
        await session.flush()
        await add_bill(session, account_id, cents=8_250, due=TODAY)
        return account_id

    async def pay_by_hand(self, session: AsyncSession, district: District, account_id: UUID, cents: int) -> None:
        await payments.post_payment(
            session, account_id=account_id, amount_cents=cents, method="cash", received_on=TODAY - timedelta(days=1),
            idempotency_key=f"by hand {account_id} {cents}", now=NOW, district=district,
        )  # fmt: skip

    async def test_the_new_bill_is_drawn(self, session: AsyncSession, district: District) -> None:
        await self.planned(session, district)
        assert (await night(session, district))["autopay_cents"] == 8_250

    async def test_a_bill_that_was_paid_by_hand_is_not_drawn_again(
        self, session: AsyncSession, district: District
    ) -> None:
        account_id = await self.planned(session, district)
        await self.pay_by_hand(session, district, account_id, 8_250)
        assert (await night(session, district))["autopay"] == 0
        assert await ledger.balance_cents(session, account_id) == 30_000

    async def test_of_a_bill_that_was_paid_in_part_the_rest_is_drawn(
        self, session: AsyncSession, district: District
    ) -> None:
        account_id = await self.planned(session, district)
        await self.pay_by_hand(session, district, account_id, 3_000)
        assert (await night(session, district))["autopay_cents"] == 5_250


class TestPaymentOnADay:
    async def test_the_31st_in_november_is_the_30th(self, session: AsyncSession, district: District) -> None:
        account_id = await make_account(session)
        await add_bill(session, account_id, cents=9_000, due=date(2026, 12, 10))
        await service.set_recurring(
            session,
            account_id,
            amount_cents=4_000,
            day_of_month=31,
            method_label=LABEL,
            now=NOW,
            district=district,
        )
        assert (await night(session, district, date(2026, 11, 29)))["recurring"] == 0
        assert (await night(session, district, date(2026, 11, 30)))["recurring_cents"] == 4_000
        assert (await night(session, district, date(2026, 12, 1)))["recurring"] == 0
        assert (await night(session, district, date(2026, 12, 31)))["recurring_cents"] == 4_000
        assert (await night(session, district, date(2027, 1, 31)))["recurring_cents"] == 1_000  # what is left
        assert (await night(session, district, date(2027, 2, 28)))["recurring"] == 0
        assert await ledger.balance_cents(session, account_id) == 0

    async def test_autopay_draws_only_what_it_left(self, session: AsyncSession, district: District) -> None:
        account_id = await enrolled(session, district)
        await add_bill(session, account_id, cents=9_000, due=TODAY)
        await service.set_recurring(
            session,
            account_id,
            amount_cents=4_000,
            day_of_month=23,
            method_label=LABEL,
            now=NOW,
            district=district,
        )
        counts = await night(session, district)
        assert (counts["recurring_cents"], counts["autopay_cents"]) == (4_000, 5_000)
        assert await ledger.balance_cents(session, account_id) == 0
