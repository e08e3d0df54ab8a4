"""Recording payments: once for each key, never nothing or less."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from backend.ledger import service as ledger
from backend.models.payment import Payment
from backend.payments import service
from tests.backend.factories import make_account

NOW, TODAY = datetime(2026, 11, 23, 18, 0, tzinfo=UTC), date(2026, 11, 23)


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
