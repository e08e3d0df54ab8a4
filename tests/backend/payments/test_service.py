"""Payments and returned payments."""

from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from backend.district.service import District
from backend.ledger import service as ledger
from backend.models.payment import Payment, PaymentReturn
from backend.payments import returns, service
from tests.backend.factories import make_account

NOW, TODAY = datetime(2026, 11, 23, 18, 0, tzinfo=UTC), date(2026, 11, 23)
DISTRICT = District.load(Path(__file__).parents[3] / "district")
FIRST_FEE_CENTS = 2_500
"""Civil Code 1719: at most $25 for the first."""


async def pay(session: AsyncSession, account_id: UUID, cents: int = 6_000, key: str = "payment-1") -> Payment:
    return await service.post_payment(
        session,
        account_id=account_id,
        amount_cents=cents,
        method="bank_transfer",
        received_on=TODAY,
        idempotency_key=key,
        now=NOW,
    )


async def give_back(
    session: AsyncSession, payment_id: UUID, *, reason_code: str = "R01", key: str = "return-1"
) -> PaymentReturn:
    return await returns.return_payment(
        session,
        payment_id=payment_id,
        given=returns.Given(TODAY, reason_code),
        district=DISTRICT,
        idempotency_key=key,
        now=NOW,
    )


class TestPostPayment:
    async def test_lowers_what_is_owed_and_has_a_confirmation_number(self, session: AsyncSession) -> None:
        account_id = await make_account(session)
        payment = await pay(session, account_id)
        await session.commit()
        assert await ledger.balance_cents(session, account_id) == -6_000
        assert payment.confirmation_number >= 10_000_001

    async def test_twice_with_one_key_is_one_payment(self, session: AsyncSession) -> None:
        account_id = await make_account(session)
        first = await pay(session, account_id)
        second = await pay(session, account_id)
        assert second.confirmation_number == first.confirmation_number
        assert await ledger.balance_cents(session, account_id) == -6_000

    async def test_refuses_another_amount_under_the_same_key(self, session: AsyncSession) -> None:
        account_id = await make_account(session)
        await pay(session, account_id)
        with pytest.raises(ledger.IdempotencyConflictError):
            await pay(session, account_id, 6_001)

    @pytest.mark.parametrize("cents", [0, -1])
    async def test_refuses_nothing_and_less(self, session: AsyncSession, cents: int) -> None:
        account_id = await make_account(session)
        with pytest.raises(ValueError, match="more than nothing"):
            await pay(session, account_id, cents)

    async def test_refuses_an_account_that_does_not_exist(self, session: AsyncSession) -> None:
        with pytest.raises(ledger.ReceivableNotFoundError):
            await pay(session, uuid4())


class TestReturnPayment:
    async def test_owes_again_what_was_paid_and_the_fee(self, session: AsyncSession) -> None:
        account_id = await make_account(session)
        payment = await pay(session, account_id)
        returned = await give_back(session, payment.id)
        await session.commit()
        assert returned.amount_cents == 6_000
        assert await ledger.balance_cents(session, account_id) == FIRST_FEE_CENTS

    async def test_our_own_error_costs_the_customer_nothing(self, session: AsyncSession) -> None:
        account_id = await make_account(session)
        payment = await pay(session, account_id)
        await give_back(session, payment.id, reason_code="R17")
        await session.commit()
        assert await ledger.balance_cents(session, account_id) == 0

    async def test_twice_with_one_key_is_one_return_and_one_fee(self, session: AsyncSession) -> None:
        account_id = await make_account(session)
        payment = await pay(session, account_id)
        first, second = await give_back(session, payment.id), await give_back(session, payment.id)
        await session.commit()
        assert second.id == first.id
        assert await ledger.balance_cents(session, account_id) == FIRST_FEE_CENTS

    async def test_refuses_a_second_return(self, session: AsyncSession) -> None:
        payment = await pay(session, await make_account(session))
        await give_back(session, payment.id)
        with pytest.raises(ledger.NotReversibleError):
            await give_back(session, payment.id, key="return-2")

    async def test_the_second_one_costs_what_the_law_allows_for_later_ones(self, session: AsyncSession) -> None:
        account_id = await make_account(session)
        for number in (1, 2):
            payment = await pay(session, account_id, key=f"payment-{number}")
            await give_back(session, payment.id, key=f"return-{number}")
        await session.commit()
        assert await ledger.balance_cents(session, account_id) == FIRST_FEE_CENTS + 3_500

    async def test_refuses_a_payment_that_does_not_exist(self, session: AsyncSession) -> None:
        with pytest.raises(service.PaymentNotFoundError):
            await give_back(session, uuid4())
