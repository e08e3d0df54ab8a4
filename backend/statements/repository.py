"""Queries on bills with their lines and services, what the ledger says around them, and statement links."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, TextClause, Uuid, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.billing_option import StatementLink
from backend.rates.rules import Line

Row = dict[str, Any]

# The statements of an explanation take longer to plan than to run. So they ask in ways that let the server keep one plan
# for everybody: an account behind a sub-select (whose share of the table it does not guess at), bills as rows of a
# fixed number, and two statements where the one would have an "or".
_MY_ACCOUNT = "(SELECT CAST(:account_id AS uuid))"
_STANDS = "NOT EXISTS (SELECT FROM bill_cancellations c WHERE c.bill_id = b.id)"


def _bills_statement(which: str) -> TextClause:
    """The bill that is wanted and those of the fourteen months before it that still count, newest first.

    Enough for the same month last year, a run of estimates, and the usage picture.
    """
    return text(f"""
WITH wanted AS (
    SELECT b.account_id, b.issued_on, b.id FROM bills b
     WHERE b.account_id = {_MY_ACCOUNT} AND b.issued_on <= :today AND {which}
     ORDER BY b.issued_on DESC, b.id DESC LIMIT 1)
SELECT b.id, b.entry_id, b.kind, b.period_start, b.period_end, b.issued_on, b.due_date, b.usage_ccf, b.amount_cents,
       b.is_estimated, NOT {_STANDS} AS is_cancelled
  FROM wanted JOIN bills b ON b.account_id = wanted.account_id
   AND (b.issued_on, b.id) <= (wanted.issued_on, wanted.id) AND b.issued_on >= wanted.issued_on - 430
 WHERE b.id = wanted.id OR {_STANDS}
 ORDER BY b.issued_on DESC, b.id DESC
""")


_BILLS_UP_TO = _bills_statement("b.id = :bill_id").bindparams(bindparam("bill_id", type_=Uuid()))
_BILLS_UP_TO_NEWEST = _bills_statement(_STANDS)

COMPARED_MAX = 3
"""A bill, the one before it and last year's."""
SERVED_MAX = 16
"""Those, with the run of estimates before the bill: more are asked for in turns."""


def _given(names: Sequence[str], count: int) -> str:
    """Rows of as many parameters."""
    rows = (", ".join(f"CAST(:{name}_{place} AS uuid)" for name in names) for place in range(count))
    return "VALUES " + ", ".join(f"({place}, {row})" for place, row in enumerate(rows))


def _values(names: Sequence[str], rows: Sequence[Sequence[UUID | None]], count: int) -> Row:
    """The parameters of `_given`; rows that are not asked for are NULL."""
    filled = [*rows, *[[None] * len(names)] * (count - len(rows))]
    return {
        f"{name}_{place}": value for place, row in enumerate(filled) for name, value in zip(names, row, strict=True)
    }


# What the ledger says of each asked bill, as it stood when that bill was posted: `balance` (with what of it was not due
# yet), what a budget bill (`level`) or a payment plan (`plan`) put off, and each fee, payment and the like since the
# bill before (`since_id`). A reversal counts as what it takes back; bills and their reversals are in the balance alone.
_ASKED = ("bill_id", "entry_id", "since_id")
_AROUND = text(f"""
WITH asked AS MATERIALIZED (
    SELECT u.place, u.bill_id, e.id AS until_id, e.posted_at AS until_at, e.effective_on, s.id AS since_id,
           s.posted_at AS since_at
      FROM ({_given(_ASKED, COMPARED_MAX)}) AS u (place, {", ".join(_ASKED)})
      JOIN ledger_entries e ON e.id = u.entry_id LEFT JOIN ledger_entries s ON s.id = u.since_id
), mine AS MATERIALIZED (
    SELECT p.entry_id, p.amount_cents, p.due_on, e.effective_on, e.posted_at, e.reverses_id, e.kind
      FROM ledger_postings p JOIN ledger_entries e ON e.id = p.entry_id
     WHERE p.ledger_account_id = {_MY_ACCOUNT} AND e.posted_at <= (SELECT max(until_at) FROM asked)
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
  JOIN arrangements g ON g.account_id = {_MY_ACCOUNT} AND g.status IN ('active', 'completed')
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
""")


def _services_statement(count: int) -> TextClause:
    """Each service that has lines on one of `count` bills, with its lines (see `Line`).

    What it was reckoned from is kept with the bill; for one from before that was, its agreement as it is now stands in.
    """
    return text(f"""
SELECT of_bill.bill_id, of_bill.agreement_id, of_bill.service_class, of_bill.lines,
       coalesce(s.first_day, greatest(b.period_start, g.started_on)) AS first_day,
       coalesce(s.last_day, least(b.period_end, g.ended_on)) AS last_day, s.units,
       coalesce(s.is_estimated, b.is_estimated) AS is_estimated, coalesce(s.persons, g.persons) AS persons,
       coalesce(s.landscape_sqft, g.landscape_sqft) AS landscape_sqft, coalesce(s.et_inches, '{{}}') AS et_inches,
       coalesce(s.meters, '[]') AS meters, concat_ws(', ', p.street, p.unit) AS place
  FROM ({_given(["bill_id"], count)}) AS asked (place, bill_id)
  JOIN bills b ON b.id = asked.bill_id
 CROSS JOIN LATERAL (
       SELECT l.bill_id, l.agreement_id, l.service_class, min(l.line) AS first_line,
              json_agg(json_build_array(l.code, l.quantity::text, l.dollars_each::text, l.amount_cents, l.detail)
                       ORDER BY l.line) AS lines
         FROM bill_lines l WHERE l.bill_id = b.id GROUP BY l.bill_id, l.agreement_id, l.service_class) of_bill
  JOIN service_agreements g ON g.id = of_bill.agreement_id
  JOIN premises p ON p.id = g.premise_id
  LEFT JOIN bill_services s ON s.bill_id = of_bill.bill_id AND s.agreement_id = of_bill.agreement_id
 ORDER BY asked.place, of_bill.first_line
""")


_SERVICES = {count: _services_statement(count) for count in (COMPARED_MAX, SERVED_MAX)}

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
    values = {"account_id": account_id, "today": today}
    if bill_id is None:
        return (await session.execute(_BILLS_UP_TO_NEWEST, values)).mappings().all()
    return (await session.execute(_BILLS_UP_TO, {**values, "bill_id": bill_id})).mappings().all()


async def wanted_bill(session: AsyncSession, account_id: UUID, bill_id: UUID | None, today: date) -> UUID | None:
    """The id of this bill of the account (None: of the newest that stands), if there is one."""
    values = {"account_id": account_id, "bill_id": bill_id, "today": today}
    found: UUID | None = await session.scalar(_WANTED, values)
    return found


async def listed_bills(session: AsyncSession, account_id: UUID, today: date, count: int) -> Sequence[RowMapping]:
    """The newest bills, cancelled ones too, newest first; `asked_cents` is what a budget bill asked for."""
    values = {"account_id": account_id, "today": today, "count": count}
    return (await session.execute(_LISTED, values)).mappings().all()


async def services_of(session: AsyncSession, bill_ids: Sequence[UUID]) -> Mapping[UUID, list[Row]]:
    """What each bill's services were reckoned from, in the order of their lines; a bill without lines has none.

    `lines` of each are tuples of `rates.rules.Line`.
    """
    found: defaultdict[UUID, list[Row]] = defaultdict(list)
    for first in range(0, len(bill_ids), SERVED_MAX):
        ids = bill_ids[first : first + SERVED_MAX]
        count = COMPARED_MAX if len(ids) <= COMPARED_MAX else SERVED_MAX
        rows = await session.execute(_SERVICES[count], _values(["bill_id"], [[one] for one in ids], count))
        for row in rows.mappings():
            found[row["bill_id"]].append({**row, "lines": tuple(_line(*line) for line in row["lines"])})
    return found


def _line(code: str, quantity: str, dollars_each: str, amount_cents: int, detail: str) -> Line:
    return Line(code, Decimal(quantity), Decimal(dollars_each), amount_cents, detail)


async def around(
    session: AsyncSession, account_id: UUID, asked: Sequence[tuple[UUID, UUID, UUID | None]]
) -> list[list[Row]]:
    """For each asked bill (its id, its entry, the entry of the bill before) the rows of `_AROUND` that are of it.

    At most `COMPARED_MAX` bills.
    """
    found: list[list[Row]] = [[] for _ in asked]
    values = {"account_id": account_id, **_values(_ASKED, asked, COMPARED_MAX)}
    for row in (await session.execute(_AROUND, values)).mappings():
        found[row["place"]].append(dict(row))
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
