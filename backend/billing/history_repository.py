"""What accounts used before, and how far the bills of a run have gone out."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

_USE = text("""
SELECT account_id, usage_ccf, period_end - period_start + 1 AS days FROM (
       SELECT b.*, row_number() OVER (PARTITION BY b.account_id ORDER BY b.period_end DESC, b.id DESC) AS place
         FROM bills b WHERE b.account_id = ANY(:ids)
          AND NOT EXISTS (SELECT FROM bill_cancellations c WHERE c.bill_id = b.id)) numbered
 WHERE place <= :count ORDER BY account_id, period_end, id
""").bindparams(bindparam("ids", type_=ARRAY(Uuid())))

_OUT = text("SELECT count(*) FROM bills WHERE run_id = :run_id").bindparams(bindparam("run_id", type_=Uuid()))


async def use(session: AsyncSession, ids: Sequence[UUID], count: int) -> Sequence[Any]:
    """(account, CCF, days) of the newest bills that stand, oldest first."""
    return (await session.execute(_USE, {"ids": list(ids), "count": count})).all()


async def bills_out(session: AsyncSession, run_id: UUID) -> int:
    return int((await session.execute(_OUT, {"run_id": run_id})).scalar_one())
