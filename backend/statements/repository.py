"""Queries on lists of bills and on statement links; `history_repository` has a bill with all that explains it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.billing_option import StatementLink

_WANTED = text("""
SELECT b.id FROM bills b WHERE b.account_id = :account_id AND b.issued_on <= :today
   AND (b.id = :bill_id OR (CAST(:bill_id AS uuid) IS NULL
        AND NOT EXISTS (SELECT FROM bill_cancellations c WHERE c.bill_id = b.id)))
 ORDER BY b.issued_on DESC, b.id DESC LIMIT 1
""")

_LISTED = text("""
SELECT b.id, b.kind, b.period_start, b.period_end, b.issued_on, b.due_date, b.usage_ccf, b.amount_cents,
       (b.amount_cents - coalesce(level.deferred_cents, 0))::bigint AS asked_cents, b.is_estimated,
       c.bill_id IS NOT NULL AS is_cancelled, c.replaced_by_id
  FROM bills b LEFT JOIN bill_cancellations c ON c.bill_id = b.id
  LEFT JOIN budget_entries level ON level.bill_id = b.id AND level.kind = 'level'
 WHERE b.account_id = :account_id AND b.issued_on <= :today
 ORDER BY b.issued_on DESC, b.id DESC LIMIT :count
""")


async def wanted_bill(session: AsyncSession, account_id: UUID, bill_id: UUID | None, today: date) -> UUID | None:
    """The id of this bill of the account (None: of the newest that stands), if there is one."""
    values = {"account_id": account_id, "bill_id": bill_id, "today": today}
    found: UUID | None = await session.scalar(_WANTED, values)
    return found


async def listed_bills(session: AsyncSession, account_id: UUID, today: date, count: int) -> Sequence[RowMapping]:
    """The newest bills, cancelled ones too, newest first; `asked_cents` is what a budget bill asked for."""
    values = {"account_id": account_id, "today": today, "count": count}
    return (await session.execute(_LISTED, values)).mappings().all()


async def bill_account(session: AsyncSession, bill_id: UUID) -> UUID | None:
    """Whose bill it is."""
    found: UUID | None = await session.scalar(text("SELECT account_id FROM bills WHERE id = :id"), {"id": bill_id})
    return found


async def add_link(session: AsyncSession, link: StatementLink) -> None:
    session.add(link)
    await session.flush()


async def live_link(session: AsyncSession, token_digest: bytes, now: datetime) -> StatementLink | None:
    """The link of this digest, unless it has expired."""
    query: Any = select(StatementLink).where(StatementLink.token_digest == token_digest, StatementLink.expires_at > now)
    found: StatementLink | None = await session.scalar(query)
    return found
