"""A payment that the bank gives back: owed again to the cent, the fee, autopay, the customer told, once."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal
from backend.arrangements.service import check_arrangements
from backend.district.service import District
from backend.fees import service as fees
from backend.ledger import service as ledger
from backend.models.arrangement import Arrangement, Installment
from backend.options import service as options
from backend.parts import EVERYTHING
from backend.payments import refunds, service, unapplied
from tests.backend.factories import make_account
from tests.backend.fees.conftest import add_bill
from tests.backend.payments.conftest import NOW, TODAY, books, close, owing_account
from tests.backend.payments.deeds import FIRST_FEE_CENTS, LATER_FEE_CENTS, PAID_CENTS, give_back, pay


class TestWhatIsOwedAgain:
    async def test_what_it_paid_with_the_old_due_date_and_the_fee(
        self, session: AsyncSession, district: District
    ) -> None:
        account_id = await owing_account(session)
        payment = await pay(session, account_id, district)
        returned = await give_back(session, payment.id, district)
        await session.commit()
        assert (returned.reason_code, returned.amount_cents, returned.next_step) == ("R01", PAID_CENTS, "re_present")
        assert await ledger.balance_cents(session, account_id) == PAID_CENTS + FIRST_FEE_CENTS
        preview = await service.preview(session, account_id, 100_000, district)
        assert [(line.kind, line.due_on, line.amount_cents) for line in preview.paid] == [
            ("bill", TODAY - timedelta(days=3), PAID_CENTS),
            ("fee", TODAY + timedelta(days=21), FIRST_FEE_CENTS),
        ]
        assert (await service.receipt(session, payment.id, NOW)).status == "returned"

    async def test_another_payment_pays_in_its_place(self, session: AsyncSession, district: District) -> None:
        account_id = await owing_account(session)
        first = await pay(session, account_id, district)
        second = await pay(session, account_id, district, key="payment-2", cents=9_000)
        await give_back(session, first.id, district, "R17")
        receipt = await service.receipt(session, second.id, NOW)
        assert ([line.amount_cents for line in receipt.paid], receipt.left_as_credit_cents) == ([PAID_CENTS], 750)

    async def test_after_its_credit_was_refunded_the_account_owes_it(
        self, session: AsyncSession, clerk: Principal, lead: Principal, district: District
    ) -> None:
        account_id = await make_account(session)
        payment = await pay(session, account_id, district)
        asked = await refunds.request_refund(
            session, clerk, account_id, amount_cents=PAID_CENTS, reason="x", idempotency_key="refund-1", now=NOW
        )
        await refunds.decide_refund(session, lead, asked.id, approve=True, note="x", district=district, now=NOW)
        await give_back(session, payment.id, district, "R10")
        assert await ledger.balance_cents(session, account_id) == PAID_CENTS

    async def test_on_a_closed_account_too(self, session: AsyncSession, district: District) -> None:
        account_id = await owing_account(session)
        payment = await pay(session, account_id, district)
        await close(session, account_id)
        await give_back(session, payment.id, district, "R02")
        await session.commit()
        assert await ledger.balance_cents(session, account_id) == PAID_CENTS + FIRST_FEE_CENTS

    async def test_money_applied_from_unapplied_leaves_both(
        self, session: AsyncSession, lead: Principal, district: District
    ) -> None:
        account_id = await owing_account(session)
        new = unapplied.NewReceipt("404", PAID_CENTS, "lockbox", TODAY, "unapplied-1", bank_reference="0042")
        (receipt,) = await unapplied.keep(session, [new], NOW)
        payment = await unapplied.apply_receipt(
            session, lead, receipt.id, account_id=account_id, note="Hers", district=district, now=NOW
        )
        await give_back(session, payment.id, district, "R10")
        await session.commit()
        assert await books(session) == {"receivable": PAID_CENTS, "water_revenue": -PAID_CENTS}
        assert receipt.status == "returned"
        assert await unapplied.open_receipts(session) == []


class TestArrangement:
    """What an arrangement counted as kept by the payment is owed again; what others kept stays kept."""

    AGREED_ON = TODAY - timedelta(days=60)

    async def agreed(self, session: AsyncSession) -> UUID:
        """An account that pays $300 in three installments, 40 and 10 days ago and in 20 days."""
        account_id = await make_account(session)
        await add_bill(session, account_id, cents=30_000, due=self.AGREED_ON - timedelta(days=30))
        arrangement = Arrangement(account_id=account_id, agreed_on=self.AGREED_ON, total_cents=30_000, status="active")
        session.add(arrangement)
        await session.flush()
        for number, days in enumerate((-40, -10, 20), 1):
            due_on = TODAY + timedelta(days=days)
            session.add(Installment(arrangement_id=arrangement.id, number=number, due_on=due_on, amount_cents=10_000))
        await session.flush()
        return account_id

    async def kept(self, session: AsyncSession, account_id: UUID) -> tuple[str, list[int]]:
        query = text("""
            SELECT g.status, i.number FROM arrangements g
              LEFT JOIN arrangement_installments i ON i.arrangement_id = g.id AND i.kept_on IS NOT NULL
             WHERE g.account_id = :id ORDER BY i.number
        """)
        rows = (await session.execute(query, {"id": account_id})).all()
        return rows[0][0], [row[1] for row in rows if row[1]]

    async def night(self, session: AsyncSession, day: date, district: District) -> None:
        await check_arrangements(session, day, EVERYTHING, district=district)

    async def test_only_what_that_payment_had_kept(self, session: AsyncSession, district: District) -> None:
        account_id = await self.agreed(session)
        for days, key in ((45, "first"), (12, "second")):
            day = TODAY - timedelta(days=days)
            payment = await pay(session, account_id, district, key=key, cents=10_000, on=day)
            await self.night(session, day, district)
        assert await self.kept(session, account_id) == ("active", [1, 2])
        await give_back(session, payment.id, district)
        assert await self.kept(session, account_id) == ("active", [1])
        await self.night(session, TODAY, district)
        assert await self.kept(session, account_id) == ("active", [1])
        await self.night(session, TODAY + timedelta(days=1), district)
        assert await self.kept(session, account_id) == ("broken", [1])

    async def test_one_that_was_completed_goes_on(self, session: AsyncSession, district: District) -> None:
        account_id = await self.agreed(session)
        payments = [
            await pay(session, account_id, district, key=f"part {place}", cents=cents, on=TODAY - timedelta(days=1))
            for place, cents in enumerate((25_000, 5_000))
        ]
        await self.night(session, TODAY, district)
        assert await self.kept(session, account_id) == ("completed", [1, 2, 3])
        await give_back(session, payments[1].id, district)
        assert await self.kept(session, account_id) == ("active", [1, 2])
        await give_back(session, payments[0].id, district)
        assert await self.kept(session, account_id) == ("active", [])

    async def test_an_old_payment_from_before_is_none_of_its(self, session: AsyncSession, district: District) -> None:
        account_id = await self.agreed(session)
        old = await pay(session, account_id, district, key="old", cents=500, on=self.AGREED_ON)
        await pay(session, account_id, district, key="new", cents=10_000, on=TODAY - timedelta(days=45))
        await self.night(session, TODAY - timedelta(days=45), district)
        await give_back(session, old.id, district, "R10")
        assert await self.kept(session, account_id) == ("active", [1])


class TestTheFee:
    async def test_is_the_lower_one_first_and_the_higher_one_later(
        self, session: AsyncSession, district: District
    ) -> None:
        account_id = await make_account(session)
        for number in (1, 2, 3):
            payment = await pay(session, account_id, district, key=f"payment-{number}")
            await give_back(session, payment.id, district)
        await session.commit()
        expected = FIRST_FEE_CENTS + 2 * LATER_FEE_CENTS
        assert await ledger.balance_cents(session, account_id) == expected

    async def test_counts_for_the_customer_whichever_account_it_was(
        self, session: AsyncSession, district: District
    ) -> None:
        old, new = await make_account(session), await make_account(session)
        move = text(
            "UPDATE accounts SET customer_id = (SELECT customer_id FROM accounts WHERE id = :old) WHERE id = :new"
        )
        await session.execute(move, {"old": old, "new": new})
        await give_back(session, (await pay(session, old, district)).id, district)
        await close(session, old)
        await give_back(session, (await pay(session, new, district, key="payment-2")).id, district)
        assert await ledger.balance_cents(session, new) == LATER_FEE_CENTS

    async def test_that_was_taken_back_does_not_count(self, session: AsyncSession, district: District) -> None:
        account_id = await make_account(session)
        first = await give_back(session, (await pay(session, account_id, district)).id, district)
        assert first.fee_entry_id is not None
        await ledger.reverse_entry(
            session, first.fee_entry_id, effective_on=TODAY, description="Bank's error", idempotency_key="x", now=NOW
        )
        await give_back(session, (await pay(session, account_id, district, key="payment-2")).id, district)
        assert await ledger.balance_cents(session, account_id) == FIRST_FEE_CENTS

    @pytest.mark.parametrize("code", ["R05", "R07", "R08", "R10", "R11", "R15", "R16", "R17", "R24", "R29", "R99"])
    async def test_is_none_when_the_customer_s_account_is_not_to_blame(
        self, session: AsyncSession, district: District, code: str
    ) -> None:
        account_id = await make_account(session)
        returned = await give_back(session, (await pay(session, account_id, district)).id, district, code)
        assert (returned.fee_entry_id, await ledger.balance_cents(session, account_id)) == (None, 0)

    async def test_is_listed_with_the_account_s_fees(self, session: AsyncSession, district: District) -> None:
        account_id = await make_account(session)
        await give_back(session, (await pay(session, account_id, district)).id, district)
        (fee,) = await fees.fees_of(session, account_id)
        assert (fee.code, fee.amount_cents, fee.state) == ("returned_payment", FIRST_FEE_CENTS, "charged")


class TestAutopay:
    async def enrolled(self, session: AsyncSession, district: District) -> UUID:
        account_id = await owing_account(session)
        terms = {"method_label": "checking ending 4421", "now": NOW, "district": district}
        await options.enrol_autopay(session, account_id, **terms)  # type: ignore[arg-type]
        await options.set_recurring(session, account_id, amount_cents=5_000, day_of_month=5, **terms)  # type: ignore[arg-type]
        return account_id

    @pytest.mark.parametrize("code", ["R02", "R03", "R04", "R07", "R08", "R10", "R16", "R20"])
    async def test_ends_with_what_is_drawn_each_month(
        self, session: AsyncSession, district: District, code: str
    ) -> None:
        account_id = await self.enrolled(session, district)
        await give_back(session, (await pay(session, account_id, district)).id, district, code)
        assert await options.autopay_of(session, account_id) is None
        assert await options.recurring_of(session, account_id, TODAY) is None

    @pytest.mark.parametrize("code", ["R01", "R09", "R11", "R18"])
    async def test_goes_on_when_the_bank_account_is_still_good(
        self, session: AsyncSession, district: District, code: str
    ) -> None:
        account_id = await self.enrolled(session, district)
        await give_back(session, (await pay(session, account_id, district)).id, district, code)
        assert await options.autopay_of(session, account_id) is not None
