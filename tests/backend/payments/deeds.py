"""Paying, and the bank giving it back, as the tests of returns do it."""

from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.district.service import District
from backend.models.customer import CustomerPhone
from backend.models.payment import Payment, PaymentReturn
from backend.payments import return_items, returns, service
from backend.payments.return_items import Given
from tests.backend.payments.conftest import NOW, TODAY

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
