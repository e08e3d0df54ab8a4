"""A payment that the bank gave back: the customer told, once, by hand, and in the history."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal
from backend.district.service import District
from backend.ledger import service as ledger
from backend.models.payment import PaymentReturn
from backend.options import service as options
from backend.payments import history, return_items, returns, service
from backend.payments.authority import AboveAuthorityError
from backend.payments.return_items import Given
from tests.backend.factories import make_account
from tests.backend.fees.conftest import add_bill
from tests.backend.payments.conftest import NOW, TODAY, count, owing_account
from tests.backend.payments.deeds import FIRST_FEE_CENTS, PAID_CENTS, can_be_texted, causes, give_back, pay, texts


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
