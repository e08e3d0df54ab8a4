"""Taking back a payment of the counter: two people, the same day, to the cent."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from backend.access import Principal
from backend.district.service import District
from backend.errors import HeadgateError
from backend.ledger import service as ledger
from backend.payments import batches, counter, refunds, returns, service, voids
from backend.payments.authority import AboveAuthorityError, AlreadyDecidedError, SecondPersonError
from backend.payments.return_items import Given
from backend.payments.voids import Void
from tests.backend.payments.conftest import NOW, TODAY, books, count, number_of, owing_account

TOMORROW = NOW + timedelta(days=1)


async def taken(
    session: AsyncSession, clerk: Principal, district: District, *, owed: int = 8_250, cents: int = 8_250
) -> UUID:
    """A check taken at the clerk's counter today, for an account with one bill."""
    await batches.open_batch(session, clerk, float_cents=0, district=district, now=NOW)
    number = await number_of(session, await owing_account(session, owed))
    given = counter.Given(number, cents, "check", f"void-test-{number}", reference="1042")
    done = await counter.take_payment(session, clerk, given, district=district, now=NOW)
    assert done.payment_id is not None
    return done.payment_id


async def ask(session: AsyncSession, who: Principal, payment_id: UUID, district: District) -> Void:
    return await voids.request_void(session, who, payment_id, reason="Wrong account", district=district, now=NOW)


async def decide(
    session: AsyncSession, who: Principal, void: Void, district: District, *, approve: bool = True
) -> Void:
    return await voids.decide_void(session, who, void.id, approve=approve, note="Seen", district=district, now=NOW)


class TestAgreed:
    async def test_what_was_paid_is_owed_again_with_its_old_due_date(
        self, session: AsyncSession, clerk: Principal, lead: Principal, district: District
    ) -> None:
        payment_id = await taken(session, clerk, district)
        account_id = await service.account_of(session, payment_id)
        void = await decide(session, lead, await ask(session, clerk, payment_id, district), district)
        await session.commit()
        assert void.status == "posted"
        assert await ledger.balance_cents(session, account_id) == 8_250
        receipt = await service.receipt(session, payment_id, NOW)
        assert (receipt.status, receipt.paid, receipt.left_as_credit_cents) == ("voided", (), 0)
        preview = await service.preview(session, account_id, 8_250, district)
        assert [(line.due_on, line.amount_cents) for line in preview.paid] == [(TODAY - timedelta(days=3), 8_250)]

    async def test_again_it_is_the_same_void(
        self, session: AsyncSession, clerk: Principal, lead: Principal, district: District
    ) -> None:
        asked = await ask(session, clerk, await taken(session, clerk, district), district)
        first = await decide(session, lead, asked, district)
        assert await decide(session, lead, asked, district) == first
        assert await ask(session, clerk, asked.payment_id, district) == first
        with pytest.raises(AlreadyDecidedError):
            await decide(session, lead, asked, district, approve=False)

    async def test_other_credits_pay_in_its_place(
        self, session: AsyncSession, clerk: Principal, lead: Principal, district: District
    ) -> None:
        payment_id = await taken(session, clerk, district, owed=5_000, cents=5_000)
        account_id = await service.account_of(session, payment_id)
        later = await service.post_payment(
            session,
            account_id=account_id,
            amount_cents=2_000,
            method="card",
            received_on=TODAY,
            idempotency_key="later credit",
            now=NOW,
            district=district,
        )
        await decide(session, lead, await ask(session, clerk, payment_id, district), district)
        receipt = await service.receipt(session, later.id, NOW)
        assert ([line.amount_cents for line in receipt.paid], receipt.left_as_credit_cents) == ([2_000], 0)

    async def test_two_who_agree_at_once_void_it_once(
        self, session: AsyncSession, engine: AsyncEngine, clerk: Principal, lead: Principal, district: District
    ) -> None:
        asked = await ask(session, clerk, await taken(session, clerk, district), district)
        await session.commit()

        async def agree() -> str:
            async with AsyncSession(engine) as own:
                done = await decide(own, lead, asked, district)
                await own.commit()
                return done.status

        assert await asyncio.gather(agree(), agree(), agree()) == ["posted"] * 3
        assert (await books(session))["receivable"] == 8_250


class TestDeclined:
    async def test_the_payment_stands_and_may_be_asked_about_again(
        self, session: AsyncSession, clerk: Principal, lead: Principal, district: District
    ) -> None:
        asked = await ask(session, clerk, await taken(session, clerk, district), district)
        assert (await decide(session, lead, asked, district, approve=False)).status == "declined"
        assert (await service.receipt(session, asked.payment_id, NOW)).status == "posted"
        second = await ask(session, clerk, asked.payment_id, district)
        assert (second.status, second.id == asked.id) == ("pending", False)


class TestWhoMay:
    async def test_never_the_one_who_asked(
        self, session: AsyncSession, clerk: Principal, lead: Principal, district: District
    ) -> None:
        asked = await ask(session, lead, await taken(session, clerk, district), district)
        with pytest.raises(SecondPersonError):
            await decide(session, lead, asked, district)

    async def test_never_below_the_role_that_the_district_names(
        self, session: AsyncSession, clerk: Principal, lead: Principal, district: District
    ) -> None:
        asked = await ask(session, lead, await taken(session, clerk, district), district)
        with pytest.raises(AboveAuthorityError):
            await decide(session, clerk, asked, district)

    async def test_the_list_says_who_may_decide_each(
        self, session: AsyncSession, clerk: Principal, lead: Principal, supervisor: Principal, district: District
    ) -> None:
        asked = await ask(session, lead, await taken(session, clerk, district), district)
        for who, may in ((clerk, False), (lead, False), (supervisor, True)):
            (row,) = await voids.pending_voids(session, who, district=district)
            assert (row.id, row.amount_cents, row.reason, row.may_decide) == (asked.id, 8_250, "Wrong account", may)
        await decide(session, supervisor, asked, district)
        assert await voids.pending_voids(session, supervisor, district=district) == []

    async def test_the_database_wants_two_people(
        self, session: AsyncSession, clerk: Principal, district: District
    ) -> None:
        await ask(session, clerk, await taken(session, clerk, district), district)
        with pytest.raises(IntegrityError, match="two_people"):
            await session.execute(text("UPDATE payment_voids SET status = 'declined', decided_by = requested_by"))


class TestTooLate:
    async def test_on_another_day(
        self, session: AsyncSession, clerk: Principal, lead: Principal, district: District
    ) -> None:
        payment_id = await taken(session, clerk, district)
        with pytest.raises(voids.NotVoidableError, match="not_voidable"):
            await voids.request_void(session, clerk, payment_id, reason="x", district=district, now=TOMORROW)
        asked = await ask(session, clerk, payment_id, district)
        with pytest.raises(voids.NotVoidableError):
            await voids.decide_void(session, lead, asked.id, approve=True, note="x", district=district, now=TOMORROW)

    async def test_when_its_drawer_is_counted(
        self, session: AsyncSession, clerk: Principal, district: District
    ) -> None:
        payment_id = await taken(session, clerk, district)
        batch = await batches.current_batch(session, clerk)
        assert batch is not None
        await batches.close_batch(
            session, clerk, batch.batch_id, counted_cash_cents=0, counted_checks_cents=8_250, district=district, now=NOW
        )
        with pytest.raises(voids.NotVoidableError):
            await ask(session, clerk, payment_id, district)

    async def test_when_the_bank_has_returned_it(
        self, session: AsyncSession, clerk: Principal, lead: Principal, district: District
    ) -> None:
        asked = await ask(session, clerk, await taken(session, clerk, district), district)
        await returns.return_payment(
            session, payment_id=asked.payment_id, given=Given(TODAY, "R01"), district=district, now=NOW
        )
        with pytest.raises(ledger.NotReversibleError):
            await decide(session, lead, asked, district)

    async def test_when_its_money_was_paid_back(
        self, session: AsyncSession, clerk: Principal, lead: Principal, district: District
    ) -> None:
        payment_id = await taken(session, clerk, district, owed=1_000, cents=5_000)
        account_id = await service.account_of(session, payment_id)
        refund = await refunds.request_refund(
            session, clerk, account_id, amount_cents=4_000, reason="Too much", idempotency_key="back", now=NOW
        )
        await refunds.decide_refund(session, lead, refund.id, approve=True, note="Yes", district=district, now=NOW)
        with pytest.raises(voids.NotVoidableError):
            await ask(session, clerk, payment_id, district)

    async def test_when_it_did_not_come_over_the_counter(
        self, session: AsyncSession, clerk: Principal, district: District
    ) -> None:
        payment = await service.post_payment(
            session,
            account_id=await owing_account(session),
            amount_cents=100,
            method="bank_transfer",
            received_on=TODAY,
            idempotency_key="drawn",
            now=NOW,
        )
        with pytest.raises(voids.NotVoidableError):
            await ask(session, clerk, payment.id, district)

    @pytest.mark.parametrize("error", [service.PaymentNotFoundError, voids.VoidNotFoundError])
    async def test_there_must_be_one(
        self, session: AsyncSession, clerk: Principal, lead: Principal, district: District, error: type[HeadgateError]
    ) -> None:
        nobody = Void(UUID(int=1), UUID(int=1), "pending")
        with pytest.raises(error):
            if error is service.PaymentNotFoundError:
                await ask(session, clerk, nobody.payment_id, district)
            else:
                await decide(session, lead, nobody, district)
        assert await count(session, "payment_voids") == 0
