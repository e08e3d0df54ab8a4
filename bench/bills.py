"""A cycle's bills, prepared, approved and posted, by size: milliseconds for 1,000 accounts, and the memory it takes.

    python -m bench.bills [--accounts 2500 10000 25000] [--seconds-max 40]

Each size is a district of its own, all of it one cycle: a house with a meter, fourteen monthly reads and the bill
before. One in a hundred was not read, one in a hundred used five times as much. Everything is what a night does: 500
accounts in a transaction, committed, with the ledger's checks. On a busy machine look at the processor time, not at
the clock. Exit 1 when the largest takes over `--seconds-max`.
"""

import argparse
import asyncio
import resource
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
import psycopg
from sqlalchemy import text

from backend.billing import review, service
from backend.billing.facts import Tariff
from backend.database import Database
from backend.district.service import District
from backend.migrations import upgrade
from backend.models.base import new_id
from backend.rates.service import RateBook
from backend.settings import Settings
from ops.embedded import running_postgres

DISTRICT = Path("district")
NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
TODAY = NOW.date()
END = date(2026, 11, 20)
WRONG_EACH = 100

# Ids are made of a kind and a number, so that rows find one another without a look-up.
_GENERATE = """
CREATE FUNCTION pg_temp.id_of(kind int, number bigint) RETURNS uuid IMMUTABLE LANGUAGE sql AS
$$ SELECT (lpad(to_hex(kind), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(number), 12, '0'))::uuid $$;
INSERT INTO customers (id, kind, name, first_name, language)
SELECT pg_temp.id_of(1, n), 'person', 'Rosa Aguilar', 'Rosa', 'en' FROM generate_series(1, %(count)s) n;
INSERT INTO premises (id, street, city, state, zip, zone)
SELECT pg_temp.id_of(2, n), n || ' Acequia Lane', 'Rio Seco', 'CA', '92000', 'Valley'
  FROM generate_series(1, %(count)s) n;
INSERT INTO meters (id, premise_id, serial_number, size_inches, installed_on, digits, units_per_count)
SELECT pg_temp.id_of(3, n), pg_temp.id_of(2, n), 'B' || n, '5/8', '2020-01-01', 6, 0.01
  FROM generate_series(1, %(count)s) n;
INSERT INTO accounts (id, number, customer_id, status, service_class, opened_on, autopay, paperless,
                      medical_protection, identity_locked, billing_cycle)
SELECT pg_temp.id_of(4, n), 10000000 + n, pg_temp.id_of(1, n), 'active', 'residential', '2020-01-01', false, false,
       false, false, 1 FROM generate_series(1, %(count)s) n;
INSERT INTO service_agreements (id, premise_id, account_id, service_class, started_on)
SELECT pg_temp.id_of(5, n), pg_temp.id_of(2, n), pg_temp.id_of(4, n), 'residential', '2020-01-01'
  FROM generate_series(1, %(count)s) n;
INSERT INTO ledger_accounts (id, code, kind, account_id)
SELECT pg_temp.id_of(4, n), 'receivable', 'asset', pg_temp.id_of(4, n) FROM generate_series(1, %(count)s) n;
INSERT INTO meter_reads (id, meter_id, read_on, kind, register_value)
SELECT pg_temp.id_of(100 + month, n), pg_temp.id_of(3, n), (%(end)s::date - make_interval(months => 13 - month))::date,
       'actual', (n * 7919) %% 400000 + month * (900 + (n * 31 + month * 17) %% 400)
                 + CASE WHEN month = 13 AND n %% %(each)s = 0 THEN 5000 ELSE 0 END
  FROM generate_series(1, %(count)s) n, generate_series(0, 13) month
 WHERE NOT (month = 13 AND n %% %(each)s = 1);
INSERT INTO ledger_entries (id, idempotency_key, kind, description, effective_on, posted_at, content_digest,
                            posting_count)
SELECT pg_temp.id_of(6, n), 'before:' || n, 'bill', 'Water service', '2026-10-23', now(), sha256('x'), 2
  FROM generate_series(1, %(count)s) n;
INSERT INTO ledger_postings (entry_id, line, ledger_account_id, amount_cents, effective_on, due_on)
SELECT pg_temp.id_of(6, n), 1, pg_temp.id_of(4, n), 7198, '2026-10-23'::date, '2026-11-13'::date
  FROM generate_series(1, %(count)s) n
UNION ALL
SELECT pg_temp.id_of(6, n), 2, '00000000-0000-4000-8000-000000004000', -7198, '2026-10-23', NULL
  FROM generate_series(1, %(count)s) n;
INSERT INTO bills (id, account_id, entry_id, period_start, period_end, issued_on, due_date, usage_ccf, amount_cents)
SELECT pg_temp.id_of(7, n), pg_temp.id_of(4, n), pg_temp.id_of(6, n), '2026-09-21', '2026-10-20', '2026-10-23',
       '2026-11-13', 11, 7198 FROM generate_series(1, %(count)s) n;
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of each step, and how many bills and exceptions there were."""

    accounts: int
    prepare: float
    approve: float
    bill: float
    bills: int
    exceptions: int
    python_cpu: float
    postgres_cpu: float

    @property
    def seconds(self) -> float:
        return self.prepare + self.approve + self.bill

    def per_thousand(self, seconds: float) -> float:
        """Milliseconds for 1,000 accounts."""
        return seconds * 1_000_000 / self.accounts


def _generate(url: str, count: int) -> None:
    values = {"count": count, "end": END, "each": WRONG_EACH}
    with psycopg.connect(url, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute(_GENERATE, values)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")


async def _timed(work: Callable[[], Awaitable[Any]]) -> tuple[Any, float]:
    started = time.perf_counter()
    result = await work()
    return result, time.perf_counter() - started


async def _measure(database: Database, tariff: Tariff, accounts: int) -> Measured:
    python, postgres = time.process_time(), await _postgres_cpu(database)
    run_id, prepare = await _timed(
        lambda: service.prepare_run(database, tariff, cycle=1, period_end=END, now=NOW - timedelta(days=1))
    )
    approver = new_id()
    async with database.transaction() as session:
        await session.execute(
            text(
                "INSERT INTO staff (id, user_name, name, role, password_digest, languages, active, created_at,"
                " password_changed_at) VALUES (:id, 'bench', 'Bench', 'lead', 'none', ARRAY['en'], true, :now, :now)"
            ),
            {"id": approver, "now": NOW},
        )
        released = text("UPDATE billing_exceptions SET status = 'released', reason = 'bench', decided_at = :now")
        count = text("SELECT count(*) FROM billing_exceptions")
        exceptions: int = (await session.execute(count)).scalar_one()
        await session.execute(released, {"now": NOW})
    _, approve = await _timed(lambda: _approve(database, run_id, approver))
    done, bill = await _timed(lambda: service.bill_run(database, tariff, run_id, issued_on=TODAY, now=NOW))
    python, postgres = time.process_time() - python, await _postgres_cpu(database) - postgres
    return Measured(accounts, prepare, approve, bill, done.bills, exceptions, python, postgres)


async def _postgres_cpu(database: Database) -> float:
    """Seconds of processor that the server's processes for our connections have taken so far."""
    async with database.transaction() as session:
        query = "SELECT pid FROM pg_stat_activity WHERE application_name = 'headgate-backend'"
        pids = (await session.execute(text(query))).scalars().all()
    return sum(sum(psutil.Process(pid).cpu_times()[:2]) for pid in pids)


async def _approve(database: Database, run_id: UUID, approver: UUID) -> None:
    async with database.transaction() as session:
        await review.approve_run(session, run_id, approved_by=approver, today=TODAY, now=NOW)


async def _size(url: str, accounts: int) -> Measured:
    values: dict[str, Any] = {
        "database_url": url,
        "redis_url": "redis://unused",
        "secret_key": "for a benchmark only",
        "statement_timeout_ms": 300_000,
        "database_pool_size": 4,
    }
    database = Database.from_settings(Settings(**values))
    tariff = Tariff(RateBook.load(DISTRICT), District.load(DISTRICT).policy.billing)
    try:
        return await _measure(database, tariff, accounts)
    finally:
        await database.close()


def main() -> None:
    """Print a line for each size; exit 1 when the largest takes too long."""
    parser = argparse.ArgumentParser(prog="python -m bench.bills", description=__doc__)
    parser.add_argument("--accounts", type=int, nargs="+", default=[2_500, 10_000, 25_000])
    parser.add_argument("--seconds-max", type=float, default=40.0, help="for the largest of them")
    asked = parser.parse_args()
    print("accounts   prepare   approve      bill   whole    ms for 1,000  CPU s python + postgres   bills  exceptions")
    for accounts in sorted(asked.accounts):
        with (
            tempfile.TemporaryDirectory(prefix="headgate-bench-") as folder,
            running_postgres(Path(folder) / "data", durable=True) as url,
        ):
            upgrade(url)
            _generate(url, accounts)
            one = asyncio.run(_size(url, accounts))
        print(
            f"{one.accounts:8,} {one.prepare:7.1f} s {one.approve:7.1f} s {one.bill:7.1f} s {one.seconds:5.1f} s"
            f"  {one.per_thousand(one.prepare):6.0f} + {one.per_thousand(one.bill):5.0f}"
            f"  {one.python_cpu:12.1f} + {one.postgres_cpu:5.1f}    {one.bills:6,}  {one.exceptions:6,}"
        )
    print(f"memory of this process at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    raise SystemExit(0 if one.seconds <= asked.seconds_max else 1)


if __name__ == "__main__":
    main()
