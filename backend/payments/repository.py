"""Queries on payments and their returns."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.payment import Payment, PaymentReturn


async def payment_by_id(session: AsyncSession, payment_id: UUID) -> Payment | None:
    return await session.get(Payment, payment_id)


async def payment_by_entry(session: AsyncSession, entry_id: UUID) -> Payment | None:
    return await session.scalar(select(Payment).where(Payment.entry_id == entry_id))


async def return_of(session: AsyncSession, payment_id: UUID) -> PaymentReturn | None:
    return await session.scalar(select(PaymentReturn).where(PaymentReturn.payment_id == payment_id))


async def add_payment(session: AsyncSession, payment: Payment) -> None:
    session.add(payment)
    await session.flush()


async def add_return(session: AsyncSession, returned: PaymentReturn) -> None:
    session.add(returned)
    await session.flush()
