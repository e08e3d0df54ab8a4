"""A payment that the bank gives back: owed again to the cent, the fee, autopay, the customer told, once."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal
from backend.arrangements.service import check_arrangements
from backend.district.service import District
from backend.fees import service as fees
from backend.ledger import service as ledger
from backend.models.arrangement import Arrangement, Installment
from backend.models.customer import CustomerPhone
from backend.models.payment import Payment, PaymentReturn
from backend.options import service as options
from backend.parts import EVERYTHING
from backend.payments import history, refunds, return_items, returns, service, unapplied
from backend.payments.authority import AboveAuthorityError
from backend.payments.return_items import Given
from tests.backend.factories import make_account
from tests.backend.fees.conftest import add_bill
from tests.backend.payments.conftest import NOW, TODAY, books, close, count, owing_account

FIRST_FEE_CENTS, LATER_FEE_CENTS = 2_500, 3_500
"""Civil Code 1719(a)(1): at most $25 for the first, $35 for each later one."""
PAID_CENTS = 8_250


async def pay(
    session: AsyncSession,
    account_id: UUID,
    district: District,
    *,
    key: str = "payment-1",
    cents: int = PAID_CENTS,
    on: date = TODAY,
    method: str = "bank_transfer",
) -> Payment:
    return await service.post_payment(
        session,
        account_id=account_id,
        amount_cents=cents,
        method=method,
        received_on=on,
        idempotency_key=key,
        now=NOW,
        district=district,
    )


async def give_back(
    session: AsyncSession, payment_id: UUID, district: District, code: str = "R01", on: date = TODAY
) -> PaymentReturn:
    return await returns.return_payment(
        session, payment_id=payment_id, given=Given(on, code), district=district, now=NOW
    )


async def can_be_texted(session: AsyncSession, account_id: UUID, language: str = "en") -> None:
    """Give the customer a telephone and a language."""
    query = text(
        "UPDATE customers SET language = :language WHERE id = (SELECT customer_id FROM accounts WHERE id = :id)"
    )
    await session.execute(query, {"id": account_id, "language": language})
    query = text("SELECT customer_id FROM accounts WHERE id = :id")
    customer_id = (await session.execute(query, {"id": account_id})).scalar_one()
    session.add(CustomerPhone(customer_id=customer_id, phone="+17605550142", rank=0, texts_allowed=True))
    await session.flush()


async def texts(session: AsyncSession) -> list[str]:
    query = text("SELECT text FROM outbound_messages WHERE purpose = 'returned_payment' ORDER BY id")
    return list(await session.scalars(query))


async def causes(session: AsyncSession) -> list[str]:
    return [row.cause for row in await return_items.open_items(session)]


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


class TestTheCustomer:
    @pytest.mark.parametrize(
        ("language", "said"),
        [
            ("en", "your payment of $82.50 of November 23 was returned: the bank could not find that account."),
            ("es", "su pago de $82.50 del 23 de noviembre fue devuelto: el banco no encontró esa cuenta."),
        ],
    )
    async def test_is_told_by_text_in_their_language(
        self, session: AsyncSession, district: District, language: str, said: str
    ) -> None:
        account_id = await owing_account(session)
        await can_be_texted(session, account_id, language)
        await give_back(session, (await pay(session, account_id, district)).id, district, "R03")
        (told,) = await texts(session)
        assert said in told and "$25.00" in told and "$107.50" in told

    async def test_hears_of_autopay_in_the_same_text_and_in_no_other(
        self, session: AsyncSession, district: District
    ) -> None:
        account_id = await owing_account(session)
        await options.enrol_autopay(session, account_id, method_label="checking", now=NOW, district=district)
        await can_be_texted(session, account_id)
        await give_back(session, (await pay(session, account_id, district)).id, district, "R02")
        (told,) = await texts(session)
        assert "Autopay is off." in told
        assert await count(session, "outbound_messages") == 1

    @pytest.mark.parametrize("code", ["R14", "R15", "R17", "R24"])
    async def test_hears_nothing_of_a_death_or_of_our_own_error(
        self, session: AsyncSession, district: District, code: str
    ) -> None:
        account_id = await owing_account(session)
        await can_be_texted(session, account_id)
        await give_back(session, (await pay(session, account_id, district)).id, district, code)
        assert await texts(session) == []
        (cause,) = await causes(session)
        assert cause in ("stop_with_care", "our_error")

    async def test_without_a_telephone_gets_a_letter_from_a_person(
        self, session: AsyncSession, district: District
    ) -> None:
        account_id = await owing_account(session)
        await give_back(session, (await pay(session, account_id, district)).id, district)
        (item,) = await return_items.open_items(session)
        assert (item.cause, item.account_id, item.meaning) == ("write_to_customer", account_id, "insufficient funds")


class TestOnce:
    async def test_again_by_its_own_key_is_the_same_return(self, session: AsyncSession, district: District) -> None:
        account_id = await owing_account(session)
        await can_be_texted(session, account_id)
        payment = await pay(session, account_id, district)
        first = await give_back(session, payment.id, district)
        assert (await give_back(session, payment.id, district)).id == first.id
        assert await ledger.balance_cents(session, account_id) == PAID_CENTS + FIRST_FEE_CENTS
        assert len(await texts(session)) == 1

    async def test_under_another_key_it_is_refused(self, session: AsyncSession, district: District) -> None:
        payment = await pay(session, await make_account(session), district)
        await give_back(session, payment.id, district)
        with pytest.raises(ledger.NotReversibleError):
            await returns.return_payment(
                session,
                payment_id=payment.id,
                given=Given(TODAY, "R01"),
                district=district,
                now=NOW,
                idempotency_key="another",
            )

    async def test_there_must_be_a_payment_and_not_of_cash(self, session: AsyncSession, district: District) -> None:
        with pytest.raises(service.PaymentNotFoundError):
            await give_back(session, uuid4(), district)
        payment = await pay(session, await make_account(session), district, method="cash")
        with pytest.raises(returns.NotReturnableError):
            await give_back(session, payment.id, district)


async def by_hand(
    session: AsyncSession, who: Principal, payment_id: UUID, district: District, *, code: str = "R01", on: date = TODAY
) -> PaymentReturn:
    return await returns.return_by_hand(
        session, who, payment_id, reason_code=code, returned_on=on, district=district, now=NOW
    )


class TestByHand:
    async def test_does_the_same_once_however_the_bank_s_word_came(
        self, session: AsyncSession, lead: Principal, district: District
    ) -> None:
        account_id = await owing_account(session)
        payment = await pay(session, account_id, district, method="check")
        first = await by_hand(session, lead, payment.id, district)
        assert (await by_hand(session, lead, payment.id, district)).id == first.id
        assert await ledger.balance_cents(session, account_id) == PAID_CENTS + FIRST_FEE_CENTS
        with pytest.raises(ledger.NotReversibleError):
            await by_hand(session, lead, payment.id, district, code="R02")

    @pytest.mark.parametrize("code", ["R99", "R61", "R71", "C01", ""])
    async def test_needs_a_reason_that_gives_a_payment_back(
        self, session: AsyncSession, lead: Principal, district: District, code: str
    ) -> None:
        payment = await pay(session, await make_account(session), district)
        with pytest.raises(returns.NotReturnableError):
            await by_hand(session, lead, payment.id, district, code=code)

    @pytest.mark.parametrize("days", [-1, 1])
    async def test_needs_a_day_between_the_payment_and_today(
        self, session: AsyncSession, lead: Principal, district: District, days: int
    ) -> None:
        payment = await pay(session, await make_account(session), district)
        with pytest.raises(returns.ReturnDateError):
            await by_hand(session, lead, payment.id, district, on=TODAY + timedelta(days=days))

    async def test_is_for_the_roles_that_the_district_names(
        self, session: AsyncSession, clerk: Principal, district: District
    ) -> None:
        payment = await pay(session, await make_account(session), district)
        with pytest.raises(AboveAuthorityError):
            await by_hand(session, clerk, payment.id, district)


class TestHistory:
    async def test_says_what_came_back_why_and_until_when_it_may_be_tried_again(
        self, session: AsyncSession, district: District
    ) -> None:
        account_id = await make_account(session)
        await add_bill(session, account_id, cents=20_000, due=TODAY)
        first = await pay(session, account_id, district, on=TODAY - timedelta(days=9))
        await pay(session, account_id, district, key="payment-2", cents=1_000, on=TODAY - timedelta(days=4))
        await give_back(session, first.id, district, on=TODAY - timedelta(days=6))
        other, returned = await history.payments_of(session, account_id, TODAY)
        assert (other.status, other.returned, returned.status) == ("posted", None, "returned")
        assert returned.returned is not None
        assert (returned.returned.reason_code, returned.returned.meaning) == ("R01", "insufficient funds")
        assert returned.returned.present_again_until == first.received_on + timedelta(days=180)

    async def test_three_presentments_are_the_end(self, session: AsyncSession, district: District) -> None:
        account_id = await make_account(session)
        for number in range(3):
            day = TODAY - timedelta(days=30 - 10 * number)
            payment = await pay(session, account_id, district, key=f"payment-{number}", on=day)
            await give_back(session, payment.id, district, on=day + timedelta(days=2))
            newest, *older = await history.payments_of(session, account_id, TODAY)
            assert newest.returned is not None
            may = newest.returned.present_again_until
            assert may == (TODAY - timedelta(days=30) + timedelta(days=180) if number < 2 else None)
            assert [one.returned.present_again_until for one in older if one.returned] == [None] * number

    async def test_another_reason_is_not_tried_again(self, session: AsyncSession, district: District) -> None:
        account_id = await make_account(session)
        await give_back(session, (await pay(session, account_id, district)).id, district, "R02")
        (row,) = await history.payments_of(session, account_id, TODAY)
        assert row.returned is not None
        assert (row.returned.next_step, row.returned.present_again_until) == ("new_account", None)
