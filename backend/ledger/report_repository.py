"""Queries that only read the ledger: the parts of statements, of aging, and of the district's own books."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.ledger.aging import Aging, Allocation, Movement
from backend.parts import WITHIN, Part

_MOVEMENTS = text("""
SELECT p.entry_id, p.line, p.amount_cents, p.effective_on, p.due_on, e.reverses_id IS NOT NULL AS is_reversal,
       r.effective_on AS undone_on
  FROM ledger_postings p JOIN ledger_entries e ON e.id = p.entry_id
  LEFT JOIN ledger_entries r ON r.reverses_id = p.entry_id
 WHERE p.ledger_account_id = :account_id
""")

_ALLOCATIONS = text("""
SELECT a.credit_entry_id, a.credit_line, a.charge_entry_id, a.charge_line, a.amount_cents, r.effective_on AS undone_on
  FROM payment_allocations a LEFT JOIN ledger_entries r ON r.id = a.undone_by_id
 WHERE a.charge_entry_id IN (SELECT entry_id FROM ledger_postings WHERE ledger_account_id = :account_id)
   AND a.account_id = :account_id
 ORDER BY a.id
""")

_ENTRIES = text("""
SELECT e.id AS entry_id, p.effective_on, e.kind, e.description, p.due_on, p.amount_cents, e.reverses_id
  FROM ledger_postings p JOIN ledger_entries e ON e.id = p.entry_id
 WHERE p.ledger_account_id = :account_id AND p.effective_on BETWEEN :first AND :last
 ORDER BY p.effective_on, e.posted_at, e.id, p.line
""")

# What is unpaid is looked for charge by charge; the credits that are left are what it is more than the balance.
# A credit of a later day pays nothing yet; entries that were reversed, and their reversals, are left out.
_AGES = text(f"""
WITH later AS MATERIALIZED (
    SELECT entry_id FROM ledger_postings WHERE {WITHIN.format("ledger_account_id")} AND effective_on > :as_of
), paid AS (
    SELECT charge_entry_id AS entry_id, charge_line AS line, sum(amount_cents) AS cents
      FROM payment_allocations
     WHERE {WITHIN.format("account_id")} AND undone_by_id IS NULL
       AND credit_entry_id NOT IN (SELECT entry_id FROM later)
     GROUP BY charge_entry_id, charge_line
), unpaid AS MATERIALIZED (
    SELECT p.entry_id, :as_of - coalesce(p.due_on, p.effective_on) AS late,
           p.amount_cents - coalesce(paid.cents, 0) AS cents
      FROM ledger_postings p LEFT JOIN paid USING (entry_id, line)
     WHERE {WITHIN.format("p.ledger_account_id")} AND p.effective_on <= :as_of AND p.amount_cents > 0
       AND p.amount_cents > coalesce(paid.cents, 0)
), standing AS (
    SELECT u.* FROM unpaid u JOIN ledger_entries e ON e.id = u.entry_id
     WHERE e.reverses_id IS NULL AND NOT EXISTS (
           SELECT FROM ledger_entries r WHERE r.reverses_id = u.entry_id AND r.effective_on <= :as_of)
)
SELECT coalesce(sum(cents) FILTER (WHERE late <= 0), 0)::bigint AS current_cents,
       coalesce(sum(cents) FILTER (WHERE late BETWEEN 1 AND 30), 0)::bigint AS days_1_30_cents,
       coalesce(sum(cents) FILTER (WHERE late BETWEEN 31 AND 60), 0)::bigint AS days_31_60_cents,
       coalesce(sum(cents) FILTER (WHERE late BETWEEN 61 AND 90), 0)::bigint AS days_61_90_cents,
       coalesce(sum(cents) FILTER (WHERE late > 90), 0)::bigint AS days_over_90_cents,
       (coalesce(sum(cents), 0) - (SELECT coalesce(sum(amount_cents), 0) FROM ledger_postings
         WHERE {WITHIN.format("ledger_account_id")} AND effective_on <= :as_of))::bigint AS credit_cents
  FROM standing
""")

# The district's own accounts have codes; everything else is a customer's receivable.
_DAY = text("""
WITH own AS MATERIALIZED (
    SELECT id, code, kind FROM ledger_accounts WHERE account_id IS NULL
), sums AS (
    SELECT own.id, sum(p.amount_cents) FILTER (WHERE p.effective_on < :day) AS opening_cents,
           sum(p.amount_cents) FILTER (WHERE p.effective_on = :day AND p.amount_cents > 0) AS debits_cents,
           -sum(p.amount_cents) FILTER (WHERE p.effective_on = :day AND p.amount_cents < 0) AS credits_cents
      FROM ledger_postings p LEFT JOIN own ON own.id = p.ledger_account_id
     WHERE p.effective_on <= :day GROUP BY own.id
)
SELECT coalesce(own.code, 'receivable') AS code, coalesce(own.kind, 'asset') AS kind,
       coalesce(sums.opening_cents, 0)::bigint AS opening_cents,
       coalesce(sums.debits_cents, 0)::bigint AS debits_cents, coalesce(sums.credits_cents, 0)::bigint AS credits_cents
  FROM own FULL JOIN sums ON sums.id = own.id ORDER BY 1
""")


async def movements(session: AsyncSession, account_id: UUID) -> list[Movement]:
    """Every posting to the account's receivable."""
    rows = await session.execute(_MOVEMENTS, {"account_id": account_id})
    return [Movement((row[0], row[1]), *row[2:]) for row in rows]


async def allocations(session: AsyncSession, account_id: UUID) -> list[Allocation]:
    """What was paid with what, also what was undone since, in the order in which it was made."""
    rows = await session.execute(_ALLOCATIONS, {"account_id": account_id})
    return [Allocation((row[0], row[1]), (row[2], row[3]), row[4], row[5]) for row in rows]


async def entries(session: AsyncSession, account_id: UUID, first: date, last: date) -> Sequence[RowMapping]:
    """The entries of a receivable from `first` to `last` (both included), in order."""
    values = {"account_id": account_id, "first": first, "last": last}
    return (await session.execute(_ENTRIES, values)).mappings().all()


async def ages(session: AsyncSession, part: Part, as_of: date) -> Aging:
    """What the accounts of the part owe together, by age."""
    row = (await session.execute(_AGES, {"as_of": as_of, **part.bounds})).mappings().one()
    return Aging(**row)


async def day_of_books(session: AsyncSession, day: date) -> Sequence[RowMapping]:
    """`code`, `kind`, `opening_cents`, `debits_cents`, `credits_cents` of each ledger account, receivables as one."""
    return (await session.execute(_DAY, {"day": day})).mappings().all()
