"""Queries on bills with their lines and services, what the ledger says around them, and statement links."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, RowMapping, Uuid, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.billing_option import StatementLink
from backend.rates.rules import Line

Row = dict[str, Any]

# The wanted bill (or the newest up to today) and those of the fourteen months before it that still count, newest
# first: enough for the same month last year, a run of estimates, and the usage picture.
_BILLS = text("""
WITH wanted AS (
    SELECT b.account_id, b.issued_on, b.id FROM bills b
     WHERE b.account_id = :account_id AND b.issued_on <= :today
       AND (b.id = :bill_id OR (CAST(:bill_id AS uuid) IS NULL
            AND NOT EXISTS (SELECT FROM bill_cancellations c WHERE c.bill_id = b.id)))
     ORDER BY b.issued_on DESC, b.id DESC LIMIT 1)
SELECT b.id, b.entry_id, b.kind, b.period_start, b.period_end, b.issued_on, b.due_date, b.usage_ccf, b.amount_cents,
       b.is_estimated, EXISTS (SELECT FROM bill_cancellations c WHERE c.bill_id = b.id) AS is_cancelled
  FROM wanted JOIN bills b ON b.account_id = wanted.account_id
   AND (b.issued_on, b.id) <= (wanted.issued_on, wanted.id) AND b.issued_on >= wanted.issued_on - 430
 WHERE b.id = wanted.id OR NOT EXISTS (SELECT FROM bill_cancellations c WHERE c.bill_id = b.id)
 ORDER BY b.issued_on DESC, b.id DESC
""")

# What the ledger says of each asked bill, as it stood when that bill was posted: `balance` (with what of it was not due
# yet), what a budget bill (`level`) or a payment plan (`plan`) put off, and each fee, payment and the like since the
# bill before (`since_id`). A reversal counts as what it takes back; bills and their reversals are in the balance alone.
_AROUND = text("""
WITH asked AS (
    SELECT u.place, u.bill_id, e.id AS until_id, e.posted_at AS until_at, e.effective_on, s.id AS since_id,
           s.posted_at AS since_at
      FROM unnest(:bill_ids, :entry_ids, :since_ids) WITH ORDINALITY AS u (bill_id, entry_id, since_id, place)
      JOIN ledger_entries e ON e.id = u.entry_id LEFT JOIN ledger_entries s ON s.id = u.since_id
), mine AS MATERIALIZED (
    SELECT p.entry_id, p.amount_cents, p.due_on, e.effective_on, e.posted_at, e.reverses_id, e.kind
      FROM ledger_postings p JOIN ledger_entries e ON e.id = p.entry_id
     WHERE p.ledger_account_id = :account_id AND e.posted_at <= (SELECT max(until_at) FROM asked)
)
SELECT a.place, 'balance' AS what, NULL AS code, NULL::date AS day, sum(m.amount_cents)::bigint AS cents,
       coalesce(sum(m.amount_cents) FILTER (WHERE m.due_on >= a.effective_on), 0)::bigint AS not_yet_due_cents
  FROM asked a JOIN mine m ON (m.posted_at, m.entry_id) <= (a.until_at, a.until_id) GROUP BY a.place
UNION ALL
SELECT a.place, 'level', NULL, NULL, -l.deferred_cents, 0
  FROM asked a JOIN budget_entries l ON l.bill_id = a.bill_id AND l.kind = 'level'
UNION ALL
SELECT a.place, 'plan', NULL, NULL, sum(i.amount_cents)::bigint, 0
  FROM asked a
  JOIN arrangements g ON g.account_id = :account_id AND g.status IN ('active', 'completed')
   AND g.agreed_on <= a.effective_on
  JOIN arrangement_installments i ON i.arrangement_id = g.id AND i.due_on >= a.effective_on
   AND (i.kept_on IS NULL OR i.kept_on > a.effective_on)
 GROUP BY a.place
UNION ALL
SELECT a.place, coalesce(undone.kind, m.kind), coalesce(f.code, budget.kind), m.effective_on, m.amount_cents,
       CASE WHEN m.reverses_id IS NULL THEN 0 ELSE 1 END
  FROM asked a
  JOIN mine m ON (m.posted_at, m.entry_id) <= (a.until_at, a.until_id)
   AND (a.since_id IS NULL OR (m.posted_at, m.entry_id) > (a.since_at, a.since_id))
  LEFT JOIN ledger_entries undone ON undone.id = m.reverses_id
  LEFT JOIN fee_charges f ON f.entry_id = coalesce(m.reverses_id, m.entry_id)
  LEFT JOIN budget_entries budget ON budget.entry_id = m.entry_id
 WHERE coalesce(undone.kind, m.kind) <> 'bill'
 ORDER BY place, day
""").bindparams(*(bindparam(name, type_=ARRAY(Uuid())) for name in ("bill_ids", "entry_ids", "since_ids")))

_LINES = text("""
SELECT bill_id, line, code, detail, quantity, dollars_each, amount_cents, agreement_id FROM bill_lines
 WHERE bill_id = ANY(:bill_ids) ORDER BY bill_id, line
""").bindparams(bindparam("bill_ids", type_=ARRAY(Uuid())))

# Each service that has lines on a bill. What it was reckoned from is kept with the bill; for one from before that was,
# its agreement as it is now stands in.
_SERVICES = text("""
SELECT of_bill.bill_id, of_bill.agreement_id, of_bill.service_class,
       coalesce(s.first_day, greatest(b.period_start, g.started_on)) AS first_day,
       coalesce(s.last_day, least(b.period_end, g.ended_on)) AS last_day, s.units,
       coalesce(s.is_estimated, b.is_estimated) AS is_estimated, coalesce(s.persons, g.persons) AS persons,
       coalesce(s.landscape_sqft, g.landscape_sqft) AS landscape_sqft, coalesce(s.et_inches, '{}') AS et_inches,
       coalesce(s.meters, '[]') AS meters, concat_ws(', ', p.street, p.unit) AS place
  FROM (SELECT bill_id, agreement_id, service_class, min(line) AS first_line FROM bill_lines
         WHERE bill_id = ANY(:bill_ids) GROUP BY bill_id, agreement_id, service_class) of_bill
  JOIN bills b ON b.id = of_bill.bill_id
  JOIN service_agreements g ON g.id = of_bill.agreement_id
  JOIN premises p ON p.id = g.premise_id
  LEFT JOIN bill_services s ON s.bill_id = of_bill.bill_id AND s.agreement_id = of_bill.agreement_id
 ORDER BY of_bill.bill_id, of_bill.first_line
""").bindparams(bindparam("bill_ids", type_=ARRAY(Uuid())))

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
    """The newest bills, cancelled ones too, newest first; `asked_cents` is what a budget bill asked for."""
    values = {"account_id": account_id, "today": today, "count": count}
    return (await session.execute(_LISTED, values)).mappings().all()


async def lines_of(session: AsyncSession, bill_ids: Sequence[UUID]) -> Mapping[tuple[UUID, UUID], list[Line]]:
    """(bill, agreement) → its lines in order."""
    found: defaultdict[tuple[UUID, UUID], list[Line]] = defaultdict(list)
    for row in await session.execute(_LINES, {"bill_ids": list(bill_ids)}):
        line = Line(row.code, row.quantity, row.dollars_each, row.amount_cents, row.detail)
        found[row.bill_id, row.agreement_id].append(line)
    return found


async def services_of(session: AsyncSession, bill_ids: Sequence[UUID]) -> Mapping[UUID, list[Row]]:
    """What each bill's services were reckoned from, in the order of their lines; a bill without lines has none."""
    found: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in (await session.execute(_SERVICES, {"bill_ids": list(bill_ids)})).mappings():
        found[row["bill_id"]].append(dict(row))
    return found


async def around(
    session: AsyncSession, account_id: UUID, asked: Sequence[tuple[UUID, UUID, UUID | None]]
) -> list[list[Row]]:
    """For each asked bill (its id, its entry, the entry of the bill before) the rows of `_AROUND` that are of it."""
    bill_ids, entry_ids, since_ids = zip(*asked, strict=True)
    values = {
        "account_id": account_id,
        "bill_ids": list(bill_ids),
        "entry_ids": list(entry_ids),
        "since_ids": list(since_ids),
    }
    found: list[list[Row]] = [[] for _ in asked]
    for row in (await session.execute(_AROUND, values)).mappings():
        found[row["place"] - 1].append(dict(row))
    return found


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
