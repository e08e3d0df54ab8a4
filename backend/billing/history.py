"""What accounts used before, by the day, to hold a draft against; and how many bills of a run are out."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.billing import history_repository as repository

BILLS = 13


async def units_per_day(session: AsyncSession, account_ids: Sequence[UUID]) -> dict[UUID, list[Decimal]]:
    """Of each account the CCF a day of its newest bills that stand, at most 13, oldest first."""
    found: dict[UUID, list[Decimal]] = {account_id: [] for account_id in account_ids}
    for account_id, ccf, days in await repository.use(session, account_ids, BILLS) if account_ids else ():
        found[account_id].append(Decimal(ccf) / days)
    return found


async def bills_out(session: AsyncSession, run_id: UUID) -> int:
    """How many bills of the run have gone out."""
    return await repository.bills_out(session, run_id)
