"""Queries on bills with their lines, what the ledger says around them, and statement links."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.billing import BillLine
from backend.models.billing_option import StatementLink
from backend.rates.rules import Line

# The wanted bill (or the newest up to today) and those of the fourteen months before it that still count, newest
# first: enough for the same month last year, a run of estimates, and the usage picture.
_BILLS = text("""
WITH wanted AS (
    SELECT b.account_id, b.issued_on, b.id FROM bills b
     WHERE b.account_id = :account_id AND b.issued_on <= :today
       AND (b.id = :bill_id OR (CAST(:bill_id AS uuid) IS NULL
            AND NOT EXISTS (SELECT FROM bill_cancellations c WHERE c.bill_id = b.id)))
     ORDER BY b.issued_on DESC, b.id DESC LIMIT 1)
SELECT b.id, b.entry_id, b.run_id, b.kind, b.period_start, b.period_end, b.issued_on, b.due_date, b.usage_ccf,
       b.amount_cents, b.is_estimated, b.id = wanted.id AS is_wanted, d.basis,
       EXISTS (SELECT FROM bill_cancellations c WHERE c.bill_id = b.id) AS is_cancelled
  FROM wanted JOIN bills b ON b.account_id = wanted.account_id
   AND (b.issued_on, b.id) <= (wanted.issued_on, wanted.id) AND b.issued_on >= wanted.issued_on - 430
  LEFT JOIN bill_drafts d ON d.run_id = b.run_id AND d.account_id = b.account_id
 WHERE b.id = wanted.id OR NOT EXISTS (SELECT FROM bill_cancellations c WHERE c.bill_id = b.id)
 ORDER BY b.issued_on DESC, b.id DESC
""")

# For each bill: the balance right after it, and what came between the bill before and it, by sort of entry.
# A reversal counts with what it takes back; bills and their reversals are in none of the sums.
_AROUND = text("""
SELECT asked.place, sums.balance_cents, between_bills.fees_cents, between_bills.payments_cents
  FROM unnest(CAST(:froms AS date[]), CAST(:untils AS date[])) WITH ORDINALITY AS asked (after, until, place)
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(amount_cents), 0)::bigint AS balance_cents FROM ledger_postings
        WHERE ledger_account_id = :account_id AND effective_on <= asked.until) sums
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(p.amount_cents) FILTER (WHERE coalesce(undone.kind, e.kind)
                       IN ('fee', 'adjustment', 'write_off')), 0)::bigint AS fees_cents,
              coalesce(sum(p.amount_cents) FILTER (WHERE coalesce(undone.kind, e.kind) = 'payment'), 0)::bigint
                       AS payments_cents
         FROM ledger_postings p JOIN ledger_entries e ON e.id = p.entry_id
         LEFT JOIN ledger_entries undone ON undone.id = e.reverses_id
        WHERE p.ledger_account_id = :account_id AND p.effective_on > asked.after
          AND p.effective_on <= asked.until) between_bills
 ORDER BY asked.place
""")

_WANTED = text("""
SELECT b.id FROM bills b WHERE b.account_id = :account_id AND b.issued_on <= :today
   AND (b.id = :bill_id OR (CAST(:bill_id AS uuid) IS NULL
        AND NOT EXISTS (SELECT FROM bill_cancellations c WHERE c.bill_id = b.id)))
 ORDER BY b.issued_on DESC, b.id DESC LIMIT 1
""")

_LISTED = text("""
SELECT b.id, b.kind, b.period_start, b.period_end, b.issued_on, b.due_date, b.usage_ccf, b.amount_cents, b.is_estimated,
       c.bill_id IS NOT NULL AS is_cancelled, c.replaced_by_id
  FROM bills b LEFT JOIN bill_cancellations c ON c.bill_id = b.id
 WHERE b.account_id = :account_id AND b.issued_on <= :today
 ORDER BY b.issued_on DESC, b.id DESC LIMIT :count
""")

_AGREEMENT = text("""
SELECT a.service_class, s.persons, s.landscape_sqft, p.zone
  FROM accounts a
  LEFT JOIN LATERAL (SELECT * FROM service_agreements g WHERE g.account_id = a.id
                      ORDER BY g.ended_on IS NOT NULL, g.started_on DESC, g.id LIMIT 1) s ON true
  LEFT JOIN premises p ON p.id = s.premise_id
 WHERE a.id = :account_id
""")

_FEES = text("""
SELECT e.description, p.amount_cents, p.effective_on
  FROM ledger_postings p JOIN ledger_entries e ON e.id = p.entry_id
  LEFT JOIN ledger_entries undone ON undone.id = e.reverses_id
 WHERE p.ledger_account_id = :account_id AND p.effective_on > :after AND p.effective_on <= :until
   AND coalesce(undone.kind, e.kind) IN ('fee', 'adjustment', 'write_off')
 ORDER BY p.effective_on, e.id, p.line
""")


async def bills_up_to(
    session: AsyncSession, account_id: UUID, bill_id: UUID | None, today: date
) -> Sequence[RowMapping]:
    """The wanted bill first, then those of the fourteen months before it; nothing when there is no such bill."""
    values = {"account_id": account_id, "bill_id": bill_id, "today": today}
    return (await session.execute(_BILLS, values)).mappings().all()


async def wanted_bill(session: AsyncSession, account_id: UUID, bill_id: UUID | None, today: date) -> UUID | None:
    """The id of this bill of the account (None: of the newest that stands), if there is one."""
    values = {"account_id": account_id, "bill_id": bill_id, "today": today}
    found: UUID | None = await session.scalar(_WANTED, values)
    return found


async def listed_bills(session: AsyncSession, account_id: UUID, today: date, count: int) -> Sequence[RowMapping]:
    """The newest bills, cancelled ones too, newest first."""
    values = {"account_id": account_id, "today": today, "count": count}
    return (await session.execute(_LISTED, values)).mappings().all()


async def lines_of(session: AsyncSession, bill_ids: Sequence[UUID]) -> dict[UUID, tuple[Line, ...]]:
    """Each bill's lines in order."""
    found: dict[UUID, list[Line]] = defaultdict(list)
    query = select(BillLine).where(BillLine.bill_id.in_(bill_ids)).order_by(BillLine.bill_id, BillLine.line)
    for row in await session.scalars(query):
        found[row.bill_id].append(Line(row.code, row.quantity, row.dollars_each, row.amount_cents, row.detail))
    return {bill_id: tuple(lines) for bill_id, lines in found.items()}


async def around(session: AsyncSession, account_id: UUID, spans: Sequence[tuple[date, date]]) -> Sequence[RowMapping]:
    """For each span (after, until): `balance_cents` at its end, `fees_cents` and `payments_cents` within it."""
    values = {"account_id": account_id, "froms": [span[0] for span in spans], "untils": [span[1] for span in spans]}
    return (await session.execute(_AROUND, values)).mappings().all()


async def agreement(session: AsyncSession, account_id: UUID) -> RowMapping | None:
    """`service_class`, `persons`, `landscape_sqft`, `zone` of the account's newest agreement."""
    return (await session.execute(_AGREEMENT, {"account_id": account_id})).mappings().first()


async def fees_between(session: AsyncSession, account_id: UUID, after: date, until: date) -> Sequence[RowMapping]:
    """Fees and adjustments with their day and description, oldest first."""
    values = {"account_id": account_id, "after": after, "until": until}
    return (await session.execute(_FEES, values)).mappings().all()


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
