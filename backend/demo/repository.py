"""Queries on what only the demonstration has."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.demo import DemoCustomer


async def named_customers(session: AsyncSession) -> Sequence[Row[str, UUID]]:
    """(situation, account id) of each named customer, in their order."""
    query = select(DemoCustomer.situation, DemoCustomer.account_id).order_by(DemoCustomer.position)
    return (await session.execute(query)).all()
