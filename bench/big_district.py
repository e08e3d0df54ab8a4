"""A district of any size with a year behind it, made in the database itself: for measurements.

Thirteen monthly bills an account in four cycles, fourteen reads a meter, payments with what they paid; a quarter on
autopay, some with recurring payments, budget bills, arrangements, holds, and some who pay late or not at all.
"""

from datetime import date
from typing import Any, LiteralString

import psycopg
from psycopg import sql

FIRST_NIGHT = date(2026, 12, 5)
"""The first cycle has been read today; autopay of the second is due."""

# Ids sort by time, as the program's own do: `bench_id(kind, n)`.
_BEFORE: tuple[LiteralString, ...] = (
    "SET session_replication_role = replica",
    "SET synchronous_commit = off",
    "SET maintenance_work_mem = '256MB'",
    """
CREATE FUNCTION pg_temp.bench_id(kind int, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (lpad(to_hex(kind), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid
""",
    """
CREATE TEMP TABLE people AS
SELECT n, 1 + n % 4 AS cycle, 5 + 7 * (n % 4) AS read_day, n % 4 = 0 OR n % 16 = 9 AS autopay, n % 23 = 3 AS late
  FROM generate_series(1, {accounts}) AS n
""",
    # The 13th month is the one that has been read for the night; its reads are there for the first cycle alone.
    """
CREATE TEMP TABLE months AS
SELECT p.n, p.cycle, p.autopay, p.late, m, 6 + p.n % 17 + (5 * sin(m)) ::int AS units,
       sum(6 + p.n % 17 + (5 * sin(m))::int) OVER (PARTITION BY p.n ORDER BY m) AS total_units,
       (date '2025-11-01' + m * interval '1 month')::date + p.read_day - 1 AS read_on
  FROM people p CROSS JOIN generate_series(0, 13) AS m WHERE m < 13 OR p.cycle = 1
""",
    """
CREATE TEMP TABLE charged AS
SELECT n, cycle, m, units, 4000 + 400 * units::bigint AS cents, read_on,
       coalesce(lag(read_on) OVER (PARTITION BY n ORDER BY m), read_on - 30) + 1 AS since,
       read_on + 2 AS issued_on, read_on + 23 AS due_on,
       CASE WHEN m = 12 AND n % 12 = 5 OR m >= 11 AND n % 40 = 7 THEN NULL
            WHEN autopay THEN read_on + 23 WHEN late THEN read_on + 33 ELSE read_on + 8 + n % 13 END AS paid_on
  FROM months WHERE m < 13
""",
    "ANALYZE people, months, charged",
)

_ROWS: tuple[LiteralString, ...] = (
    """
INSERT INTO customers (id, kind, name, first_name, language)
SELECT pg_temp.bench_id(1, n), 'person', 'Customer ' || n, 'Customer', CASE n % 3 WHEN 0 THEN 'es' ELSE 'en' END
  FROM people
""",
    """
INSERT INTO customer_phones (id, customer_id, phone, rank, texts_allowed)
SELECT pg_temp.bench_id(2, n), pg_temp.bench_id(1, n), '+1951' || lpad(n::text, 7, '0'), 0, true FROM people
""",
    """
INSERT INTO premises (id, street, city, state, zip, zone)
SELECT pg_temp.bench_id(3, n), n || ' Bench St', 'Rio Seco', 'CA', '92594', 'Valley' FROM people
""",
    """
INSERT INTO meters (id, premise_id, serial_number, size_inches, installed_on, digits, units_per_count)
SELECT pg_temp.bench_id(4, n), pg_temp.bench_id(3, n), 'B' || n, '5/8', '2016-01-15', 6, 0.01 FROM people
""",
    """
INSERT INTO accounts (id, number, customer_id, status, service_class, opened_on, autopay, paperless,
                      medical_protection, identity_locked, billing_cycle)
SELECT pg_temp.bench_id(5, n), (10000000 + n)::text, pg_temp.bench_id(1, n), 'active', 'residential', '2020-01-01',
       autopay, n % 3 = 0, n % 100 = 1, false, cycle FROM people
""",
    """
INSERT INTO service_agreements (id, premise_id, account_id, service_class, started_on)
SELECT pg_temp.bench_id(6, n), pg_temp.bench_id(3, n), pg_temp.bench_id(5, n), 'residential', '2020-01-01' FROM people
""",
    """
INSERT INTO ledger_accounts (id, code, kind, account_id)
SELECT pg_temp.bench_id(5, n), 'receivable', 'asset', pg_temp.bench_id(5, n) FROM people
""",
    """
INSERT INTO meter_reads (id, meter_id, read_on, kind, register_value)
SELECT pg_temp.bench_id(7, m * 10000000 + n), pg_temp.bench_id(4, n), read_on, 'actual',
       100000 + 100 * total_units + n % 100 FROM months ORDER BY m, n
""",
    """
INSERT INTO billing_runs (id, cycle, period_start, period_end, status, prepared_at, approved_at, billed_at)
SELECT pg_temp.bench_id(8, m * 10 + cycle), cycle, min(since), read_on, 'billed', read_on, read_on, read_on
  FROM charged GROUP BY cycle, m, read_on
""",
    """
INSERT INTO bill_drafts (run_id, account_id, period_start, period_end, usage_units, amount_cents, is_estimated, lines,
                         service_class, basis)
SELECT pg_temp.bench_id(8, m * 10 + cycle), pg_temp.bench_id(5, n), since, read_on, units, cents, false, '[]',
       'residential', jsonb_build_object('services', '[]'::jsonb, 'meters', jsonb_build_array(jsonb_build_object(
           'meter_id', pg_temp.bench_id(4, n), 'counts', 100 * units, 'units', units, 'units_per_count', '0.01',
           'made_up', false)))
  FROM charged WHERE m = 12
""",
    """
INSERT INTO ledger_entries (id, idempotency_key, kind, description, effective_on, posted_at, content_digest,
                            posting_count)
SELECT pg_temp.bench_id(16, m * 10000000 + n), 'bench bill ' || m || ' ' || n, 'bill', 'Water service', issued_on,
       issued_on, sha256(int8send(n)), 2 FROM charged ORDER BY m, n
""",
    """
INSERT INTO ledger_postings (entry_id, line, ledger_account_id, amount_cents, effective_on, due_on)
SELECT pg_temp.bench_id(16, m * 10000000 + n), side.line, side.account, side.cents, issued_on, side.due_on
  FROM charged CROSS JOIN LATERAL (VALUES
       (1, pg_temp.bench_id(5, n), cents, due_on),
       (2, '00000000-0000-4000-8000-000000004000', -cents, NULL)) AS side (line, account, cents, due_on) ORDER BY m, n
""",
    """
INSERT INTO bills (id, account_id, entry_id, period_start, period_end, issued_on, due_date, usage_ccf, amount_cents,
                   run_id)
SELECT pg_temp.bench_id(9, m * 10000000 + n), pg_temp.bench_id(5, n), pg_temp.bench_id(16, m * 10000000 + n), since,
       read_on, issued_on, due_on, units, cents, pg_temp.bench_id(8, m * 10 + cycle) FROM charged ORDER BY m, n
""",
    """
INSERT INTO ledger_entries (id, idempotency_key, kind, description, effective_on, posted_at, content_digest,
                            posting_count)
SELECT pg_temp.bench_id(32, m * 10000000 + n), 'bench payment ' || m || ' ' || n, 'payment', 'Payment', paid_on,
       paid_on, sha256(int8send(n)), 2 FROM charged WHERE paid_on < {night} ORDER BY m, n
""",
    """
INSERT INTO ledger_postings (entry_id, line, ledger_account_id, amount_cents, effective_on)
SELECT pg_temp.bench_id(32, m * 10000000 + n), side.line, side.account, side.cents, paid_on
  FROM charged CROSS JOIN LATERAL (VALUES
       (1, '00000000-0000-4000-8000-000000001000'::uuid, cents),
       (2, pg_temp.bench_id(5, n), -cents)) AS side (line, account, cents) WHERE paid_on < {night} ORDER BY m, n
""",
    """
INSERT INTO payments (id, account_id, entry_id, method, amount_cents, received_on)
SELECT pg_temp.bench_id(10, m * 10000000 + n), pg_temp.bench_id(5, n), pg_temp.bench_id(32, m * 10000000 + n),
       'bank_transfer', cents, paid_on FROM charged WHERE paid_on < {night} ORDER BY m, n
""",
    """
INSERT INTO payment_allocations (account_id, credit_entry_id, credit_line, charge_entry_id, charge_line, amount_cents)
SELECT pg_temp.bench_id(5, n), pg_temp.bench_id(32, m * 10000000 + n), 2, pg_temp.bench_id(16, m * 10000000 + n), 1,
       cents FROM charged WHERE paid_on < {night} ORDER BY m, n
""",
    """
INSERT INTO payment_instructions (id, account_id, kind, method_label, started_on)
SELECT pg_temp.bench_id(11, n), pg_temp.bench_id(5, n), 'autopay', 'checking ending 4421', '2025-01-01'
  FROM people WHERE autopay
""",
    """
INSERT INTO payment_instructions (id, account_id, kind, method_label, amount_cents, day_of_month, started_on)
SELECT pg_temp.bench_id(12, n), pg_temp.bench_id(5, n), 'recurring', 'checking ending 4421', 5000, 5, '2025-01-01'
  FROM people WHERE n % 40 = 11
""",
    """
INSERT INTO budget_bills (id, account_id, monthly_cents, started_on, recalculate_on)
SELECT pg_temp.bench_id(13, n), pg_temp.bench_id(5, n), 9000, '2026-12-01', '2027-12-01' FROM people WHERE n % 25 = 8
""",
    """
INSERT INTO arrangements (id, account_id, agreed_on, total_cents, status)
SELECT pg_temp.bench_id(14, n), pg_temp.bench_id(5, n), '2026-11-20', 8000, 'active' FROM people WHERE n % 100 = 47
""",
    """
INSERT INTO arrangement_installments (arrangement_id, number, due_on, amount_cents)
SELECT pg_temp.bench_id(14, n), i, date '2026-12-01' + 30 * (i - 1), 4000
  FROM people CROSS JOIN generate_series(1, 2) AS i WHERE n % 100 = 47
""",
    """
INSERT INTO account_holds (id, account_id, kind, started_on, note, placed_at)
SELECT pg_temp.bench_id(15, n), pg_temp.bench_id(5, n), 'dispute', '2026-11-20', 'Bill disputed', now()
  FROM people WHERE n % 200 = 5
""",
    """
INSERT INTO evapotranspiration (zone, day, inches)
SELECT 'Valley', date '2026-12-31' - n, 0.17 FROM generate_series(0, 430) AS n
""",
)

_SECONDARY = """
SELECT indexname, indexdef FROM pg_indexes i WHERE schemaname = 'public' AND tablename = ANY(%s)
   AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conname = i.indexname)
"""
_LARGE = ["ledger_entries", "ledger_postings", "bills", "payments", "payment_allocations", "meter_reads", "bill_drafts"]
_UNSOUND = """
SELECT count(*) FROM (SELECT FROM ledger_postings GROUP BY entry_id HAVING sum(amount_cents) <> 0 OR count(*) <> 2) x
"""


def make(url: str, accounts: int) -> None:
    """Fill a migrated, empty database as of `FIRST_NIGHT`; the ledger is checked afterwards, all of it at once."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in _BEFORE:
            _run(connection, statement, accounts)
        indexes = connection.execute(_SECONDARY, [_LARGE]).fetchall()
        for name, _ in indexes:
            connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
        for statement in _ROWS:
            _run(connection, statement, accounts)
        for _, definition in indexes:
            connection.execute(definition)
        unsound = connection.execute(_UNSOUND).fetchone()
        assert unsound == (0,), "the district that was made does not balance"
        connection.execute("RESET session_replication_role")
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


def _run(connection: psycopg.Connection[Any], statement: LiteralString, accounts: int) -> None:
    night = sql.SQL("date {}").format(sql.Literal(FIRST_NIGHT.isoformat()))
    connection.execute(sql.SQL(statement).format(accounts=sql.Literal(accounts), night=night))
