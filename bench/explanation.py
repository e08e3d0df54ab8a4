"""A bill explained, in tables as large as those of a district with 100,000 accounts and five years of monthly bills.

    python -m bench.explanation [--accounts 100000] [--years 5] [--explained 2000]

The call is the one that the assistant and the console make: the bills, their lines and services, what the ledger says
around them, and the words in both languages. Each is of another account, chosen by chance, on a connection that has
been used before. Beside it stands a round trip to the same server, as what the machine does not let anyone go below.
"""

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import Database
from backend.demo.seeding import business_date, seed_district
from backend.migrations import upgrade
from backend.rates.service import RateBook
from backend.settings import Settings
from backend.statements import service as statements
from bench.copies import copy_accounts, rows_of
from ops.embedded import running_postgres

GOAL_MS = 10.0
GENERATED = 180
"""Ordinary accounts that are copied beside the demonstration's named ones."""
WARM_UP = 200
SHOWN = ("accounts", "bills", "bill_lines", "ledger_postings")
NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
FOLDER = Path(__file__).parents[1] / "district"

Call = Callable[[AsyncSession, UUID], Awaitable[Any]]


async def _explain(book: RateBook, session: AsyncSession, account_id: UUID) -> None:
    found = await statements.explain_bill(session, book, account_id, None, now=NOW, today=business_date(NOW))
    assert found.against["last"] is not None


async def _round_trip(session: AsyncSession, account_id: UUID) -> None:
    await session.execute(text("SELECT id FROM accounts WHERE id = :id"), {"id": account_id})


async def _times_ms(database: Database, account_ids: Sequence[UUID], call: Call) -> list[float]:
    """How long the call took for each account, after `WARM_UP` calls that do not count."""
    times = []
    async with database.transaction() as session:
        for account_id in account_ids:
            started = time.perf_counter()
            await call(session, account_id)
            times.append((time.perf_counter() - started) * 1_000)
            session.expunge_all()
    return times[WARM_UP:]


async def _measure(database_url: str, account_ids: Sequence[UUID]) -> tuple[list[float], list[float]]:
    settings: dict[str, Any] = {
        "database_url": database_url,
        "redis_url": "redis://unused",
        "secret_key": "for a benchmark only",
    }
    database = Database.from_settings(Settings(**settings))
    try:
        trips = await _times_ms(database, account_ids, _round_trip)
        return trips, await _times_ms(database, account_ids, partial(_explain, RateBook.load(FOLDER)))
    finally:
        await database.close()


def _told(name: str, times: list[float]) -> str:
    cuts = statistics.quantiles(times, n=100)
    return f"{name:12}{statistics.median(times):7.2f} ms median{cuts[94]:8.2f} ms p95{max(times):8.2f} ms slowest"


def main() -> None:
    """Print the times; exit 1 when the goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.explanation", description=__doc__)
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--years", type=int, default=5)
    parser.add_argument("--explained", type=int, default=2_000, help="bills explained, each of another account")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="headgate-bench-") as folder,
        running_postgres(Path(folder) / "data") as url,
    ):
        upgrade(url)
        started = time.perf_counter()
        seeded = seed_district(url, "for a benchmark only", NOW, GENERATED)
        copied = copy_accounts(url, -(-asked.accounts // seeded), asked.years, business_date(NOW))
        sizes = ", ".join(f"{rows:,} {table}" for table, rows in sorted(rows_of(url, SHOWN).items()))
        print(f"{sizes}; made in {time.perf_counter() - started:.0f} s", flush=True)
        chosen = random.Random(11).sample(copied, asked.explained + WARM_UP)
        trips, times = asyncio.run(_measure(url, chosen))
    print(_told("round trip", trips))
    print(_told("explanation", times) + f" (goal {GOAL_MS:.0f} ms median)")
    raise SystemExit(0 if statistics.median(times) <= GOAL_MS else 1)


if __name__ == "__main__":
    main()
