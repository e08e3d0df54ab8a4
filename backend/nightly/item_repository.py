"""Rows of what nights leave to people, and counts of everything else that waits for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.base import new_id
from backend.models.nightly import NightlyItem

_OPEN = text("""
SELECT i.id, i.business_date, i.kind, i.account_id, a.number AS account_number, i.detail
  FROM nightly_items i LEFT JOIN accounts a ON a.id = i.account_id
 WHERE i.status = 'open' ORDER BY i.business_date, i.kind, i.id LIMIT 500
""")

_TO_DO = text("""
SELECT (SELECT count(*) FROM billing_exceptions WHERE status = 'open') AS billing_exceptions,
       (SELECT count(*) FROM billing_runs WHERE status = 'prepared') AS runs_to_approve,
       (SELECT count(*) FROM unapplied_receipts WHERE status = 'open') AS unapplied_receipts,
       (SELECT count(*) FROM return_items WHERE status = 'open') AS return_items,
       (SELECT count(*) FROM read_items WHERE status = 'open') AS read_items,
       (SELECT count(*) FROM fee_reversals WHERE status = 'pending') AS fee_reversals,
       (SELECT count(*) FROM refunds WHERE status = 'pending') AS refunds,
       (SELECT count(*) FROM payment_voids WHERE status = 'pending') AS voids,
       (SELECT count(*) FROM nightly_items WHERE status = 'open') AS nightly_items
""")


@dataclass(frozen=True, slots=True)
class NewItem:
    """An item to be; nothing is added when its cause is listed already."""

    kind: str
    cause: str
    account_id: UUID | None
    detail: dict[str, Any]


async def add(session: AsyncSession, business_date: date, made: Sequence[NewItem]) -> None:
    if not made:
        return
    values = [
        {
            "id": new_id(),
            "business_date": business_date,
            "kind": one.kind,
            "cause": one.cause,
            "account_id": one.account_id,
            "detail": one.detail,
            "status": "open",
        }
        for one in made
    ]
    await session.execute(insert(NightlyItem).values(values).on_conflict_do_nothing(index_elements=["cause"]))


async def open_items(session: AsyncSession) -> Sequence[RowMapping]:
    return (await session.execute(_OPEN)).mappings().all()


async def finish(session: AsyncSession, item_id: UUID, note: str, staff_id: UUID, now: datetime) -> str | None:
    """Close an open item; the status it had, None when there is no such item."""
    status: str | None = await session.scalar(
        select(NightlyItem.status).where(NightlyItem.id == item_id).with_for_update()
    )
    if status == "open":
        values = {"status": "done", "note": note, "decided_by": staff_id, "decided_at": now}
        await session.execute(update(NightlyItem).where(NightlyItem.id == item_id).values(values))
    return status


async def to_do(session: AsyncSession) -> dict[str, int]:
    """What waits for a person, by kind."""
    return dict((await session.execute(_TO_DO)).mappings().one())
