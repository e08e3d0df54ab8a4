"""A bill with all that explains it, in one round trip: so many statements would take longer to send than to run.

The statement is also written so that the server keeps one plan of it for all accounts, because planning takes as long
as running: there is one for each way to ask, and the account stands behind a sub-select, at whose share of the ledger
the planner does not guess anew each time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.rates.rules import Line
from backend.statements import rules

Row = dict[str, Any]

_ACCOUNT = "(SELECT CAST(:account_id AS uuid))"
_STANDS = "NOT EXISTS (SELECT FROM bill_cancellations c WHERE c.bill_id = b.id)"

# Each service that has lines on the bill `t`, with its lines. What it was reckoned from is kept with the bill; for one
# from before that was, its agreement as it is now stands in.
_SERVICES = """
SELECT json_agg(json_build_object(
           'agreement_id', of_bill.agreement_id, 'service_class', of_bill.service_class, 'lines', of_bill.lines,
           'first_day', coalesce(s.first_day, greatest(t.period_start, g.started_on)),
           'last_day', coalesce(s.last_day, least(t.period_end, g.ended_on)), 'units', s.units::text,
           'is_estimated', coalesce(s.is_estimated, t.is_estimated), 'persons', coalesce(s.persons, g.persons),
           'landscape_sqft', coalesce(s.landscape_sqft, g.landscape_sqft), 'et_inches', s.et_inches::text[],
           'meters', coalesce(s.meters, '[]'), 'place', concat_ws(', ', p.street, p.unit)
       ) ORDER BY of_bill.first_line)
  FROM (SELECT l.agreement_id, l.service_class, min(l.line) AS first_line,
               json_agg(json_build_array(l.code, l.quantity::text, l.dollars_each::text, l.amount_cents, l.detail)
                        ORDER BY l.line) AS lines
          FROM bill_lines l WHERE l.bill_id = t.id GROUP BY l.agreement_id, l.service_class) of_bill
  JOIN service_agreements g ON g.id = of_bill.agreement_id
  JOIN premises p ON p.id = g.premise_id
  LEFT JOIN bill_services s ON s.bill_id = t.id AND s.agreement_id = of_bill.agreement_id
"""

# What the ledger says of the asked bill `a`, as it stood when that bill was posted: `balance` (with what of it was not
# due yet), what a budget bill (`level`) or a payment plan (`plan`) put off, and each fee, payment and the like since
# the bill before. A reversal counts as what it takes back; bills and their reversals are in the balance alone.
_AROUND = f"""
SELECT 'balance' AS what, NULL AS code, NULL::date AS day, sum(m.amount_cents)::bigint AS cents,
       coalesce(sum(m.amount_cents) FILTER (WHERE m.due_on >= a.effective_on), 0)::bigint AS not_yet_due_cents
  FROM mine m WHERE (m.posted_at, m.entry_id) <= (a.until_at, a.until_id)
UNION ALL
SELECT 'level', NULL, NULL, -l.deferred_cents, 0 FROM budget_entries l WHERE l.bill_id = a.bill_id AND l.kind = 'level'
UNION ALL
SELECT 'plan', NULL, NULL, coalesce(sum(i.amount_cents), 0)::bigint, 0
  FROM arrangements g
  JOIN arrangement_installments i ON i.arrangement_id = g.id AND i.due_on >= a.effective_on
   AND (i.kept_on IS NULL OR i.kept_on > a.effective_on)
 WHERE g.account_id = {_ACCOUNT} AND g.status IN ('active', 'completed') AND g.agreed_on <= a.effective_on
UNION ALL
SELECT done.kind,
       coalesce((SELECT f.code FROM fee_charges f WHERE f.entry_id = coalesce(m.reverses_id, m.entry_id)),
                (SELECT budget.kind FROM budget_entries budget WHERE budget.entry_id = m.entry_id)),
       m.effective_on, m.amount_cents, CASE WHEN m.reverses_id IS NULL THEN 0 ELSE 1 END
  FROM mine m
 CROSS JOIN LATERAL (
       SELECT coalesce((SELECT undone.kind FROM ledger_entries undone WHERE undone.id = m.reverses_id), m.kind) AS kind
       ) done
 WHERE (m.posted_at, m.entry_id) <= (a.until_at, a.until_id)
   AND (a.since_id IS NULL OR (m.posted_at, m.entry_id) > (a.since_at, a.since_id))
   AND done.kind <> 'bill'
"""


def _statement(which: str) -> TextClause:
    """The bill that is wanted and those of the fourteen months before it that still count, newest first.

    Enough for the same month last year, a run of estimates, and the usage picture. The one before and those about a
    year older come with what is around them; these and a run of estimates come with their services.
    """
    return text(f"""
WITH wanted AS (
    SELECT b.account_id, b.issued_on, b.id FROM bills b
     WHERE b.account_id = {_ACCOUNT} AND b.issued_on <= :today AND {which}
     ORDER BY b.issued_on DESC, b.id DESC LIMIT 1
), told AS MATERIALIZED (
    SELECT b.id, b.entry_id, b.kind, b.period_start, b.period_end, b.issued_on, b.due_date, b.usage_ccf, b.amount_cents,
           b.is_estimated, NOT {_STANDS} AS is_cancelled,
           row_number() OVER newest AS place, lead(b.entry_id) OVER newest AS since_id,
           bool_and(b.is_estimated OR b.id = wanted.id) OVER newest AS in_run,
           first_value(middle.day) OVER newest - middle.day - {rules.YEAR.days} AS days_off_a_year
      FROM wanted JOIN bills b ON b.account_id = wanted.account_id
       AND (b.issued_on, b.id) <= (wanted.issued_on, wanted.id) AND b.issued_on >= wanted.issued_on - 430
     CROSS JOIN LATERAL (SELECT b.period_start + (b.period_end - b.period_start) / 2 AS day) middle
     WHERE b.id = wanted.id OR {_STANDS}
    WINDOW newest AS (ORDER BY b.issued_on DESC, b.id DESC)
), asked AS MATERIALIZED (
    SELECT t.id AS bill_id, e.id AS until_id, e.posted_at AS until_at, e.effective_on, s.id AS since_id,
           s.posted_at AS since_at
      FROM told t JOIN ledger_entries e ON e.id = t.entry_id LEFT JOIN ledger_entries s ON s.id = t.since_id
     WHERE t.place <= 2 OR abs(t.days_off_a_year) <= {rules.SAME_MONTH_DAYS}
), mine AS MATERIALIZED (
    SELECT p.entry_id, p.amount_cents, p.due_on, e.effective_on, e.posted_at, e.reverses_id, e.kind
      FROM ledger_postings p JOIN ledger_entries e ON e.id = p.entry_id
     WHERE p.ledger_account_id = {_ACCOUNT} AND e.posted_at <= (SELECT max(until_at) FROM asked)
)
SELECT t.id, t.entry_id, t.kind, t.period_start, t.period_end, t.issued_on, t.due_date, t.usage_ccf, t.amount_cents,
       t.is_estimated, t.is_cancelled,
       CASE WHEN t.in_run OR a.bill_id IS NOT NULL THEN ({_SERVICES}) END AS services,
       CASE WHEN a.bill_id IS NOT NULL THEN (
           SELECT json_agg(json_build_array(x.what, x.code, x.day, x.cents, x.not_yet_due_cents) ORDER BY x.day)
             FROM ({_AROUND}) x) END AS around
  FROM told t LEFT JOIN asked a ON a.bill_id = t.id
 ORDER BY t.place
""")


_OF_BILL = _statement("b.id = :bill_id").bindparams(bindparam("bill_id", type_=Uuid()))
_OF_NEWEST = _statement(_STANDS)


@dataclass(frozen=True, slots=True)
class Told:
    """A bill's row; its services in the order of their lines; what is around it (see `_statement` for which bills).

    A service's `lines` are `rates.rules.Line`s, `meters` are as they were kept.
    """

    bill: Mapping[str, Any]
    services: list[Row]
    around: list[Row]


async def bills_up_to(session: AsyncSession, account_id: UUID, bill_id: UUID | None, today: date) -> list[Told]:
    """The wanted bill first, then those of the fourteen months before it; nothing when there is no such bill."""
    values: Row = {"account_id": account_id, "today": today}
    statement = _OF_NEWEST
    if bill_id is not None:
        statement, values["bill_id"] = _OF_BILL, bill_id
    return [_told(dict(row)) for row in (await session.execute(statement, values)).mappings()]


def _told(row: Row) -> Told:
    services, around = row.pop("services") or (), row.pop("around") or ()
    return Told(row, [_service(one) for one in services], [_moved(*one) for one in around])


def _service(one: Row) -> Row:
    return {
        **one,
        "agreement_id": UUID(one["agreement_id"]),
        "first_day": date.fromisoformat(one["first_day"]),
        "last_day": date.fromisoformat(one["last_day"]),
        "units": None if one["units"] is None else Decimal(one["units"]),
        "et_inches": [Decimal(inches) for inches in one["et_inches"] or ()],
        "lines": tuple(_line(*line) for line in one["lines"]),
    }


def _line(code: str, quantity: str, dollars_each: str, amount_cents: int, detail: str) -> Line:
    return Line(code, Decimal(quantity), Decimal(dollars_each), amount_cents, detail)


def _moved(what: str, code: str | None, day: str | None, cents: int, not_yet_due_cents: int) -> Row:
    known = date.fromisoformat(day) if day else None
    return {"what": what, "code": code, "day": known, "cents": cents, "not_yet_due_cents": not_yet_due_cents}
