"""Payments posted one transaction each from 8 clients, beside a bare two-row insert on the same server.

    python -m bench.posting [--payments 400] [--rounds 15]

Both go the same way: the backend's pool, session and driver, one transaction each, committed to disk. The rounds are
short and take turns, so that neither has the quieter half of the machine; the ratio is the median of the rounds'. A
payment is everything that posting one is: the entry once for its key, two postings with their checks at commit, the
payment, what it pays in the district's order. The accounts have thirteen months of bills and payments behind them, as
in the demonstration district, and a bill open that each payment pays a part of.
"""

import argparse
import asyncio
import itertools
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.accounts.rules import account_number
from backend.database import Database
from backend.ledger import chart, rules
from backend.ledger import service as ledger
from backend.migrations import upgrade
from backend.models.account import Account
from backend.models.base import new_id
from backend.models.customer import Customer
from backend.models.ledger import LedgerAccount
from backend.payments import service as payments
from backend.settings import Settings
from ops.embedded import running_postgres

CLIENTS = 8
ACCOUNTS = 2_000
PART = 500
MONTHS = 13
GOAL = 0.5
NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
TODAY = NOW.date()

Work = Callable[[AsyncSession, int], Awaitable[Any]]
_numbers = itertools.count(1)
_BARE = "INSERT INTO bare VALUES (%s, 1, %s, %s), (%s, 2, %s, %s)"


async def _accounts(session: AsyncSession) -> list[UUID]:
    customers = [
        Customer(id=new_id(), kind="person", name="Rosa Aguilar", first_name="Rosa", language="en")
        for _ in range(ACCOUNTS)
    ]
    accounts = [
        Account(
            id=new_id(),
            number=account_number(serial),
            customer_id=customer.id,
            status="active",
            service_class="residential",
            opened_on=date(2020, 1, 1),
            autopay=False,
            paperless=False,
            medical_protection=False,
            identity_locked=False,
        )
        for serial, customer in enumerate(customers, 1)
    ]
    receivables = [
        LedgerAccount(id=account.id, code="receivable", kind="asset", account_id=account.id) for account in accounts
    ]
    for rows in (customers, accounts, receivables):
        session.add_all(rows)
        await session.flush()
    return [account.id for account in accounts]


async def _history(session: AsyncSession, account_ids: list[UUID]) -> None:
    """A bill a month for each account, and a payment of each but the last."""
    for month in range(MONTHS):
        issued_on = TODAY - timedelta(days=30 * (MONTHS - month))
        due_on = issued_on + timedelta(days=21)
        bills = [
            rules.Entry(
                f"bill:{month}:{account_id}",
                "bill",
                "Water service",
                issued_on,
                rules.transfer(account_id, chart.WATER_REVENUE, 8_000 + month, due_on),
            )
            for account_id in account_ids
        ]
        await ledger.post_entries(session, bills, NOW)
        if month < MONTHS - 1:
            paid = [
                payments.new_payment(
                    account_id=account_id,
                    amount_cents=8_000 + month,
                    method="check",
                    received_on=due_on,
                    idempotency_key=f"paid:{month}:{account_id}",
                )
                for account_id in account_ids
            ]
            await payments.post_payments(session, paid, None, NOW)


async def _prepare(database: Database) -> list[UUID]:
    async with database.transaction() as session:
        await session.execute(text("CREATE TABLE bare (id uuid, line smallint, account uuid, cents bigint)"))
        await session.execute(text("ALTER TABLE bare ADD PRIMARY KEY (id, line)"))
        account_ids = await _accounts(session)
    for start in range(0, len(account_ids), PART):
        async with database.transaction() as session:
            await _history(session, account_ids[start : start + PART])
    async with database.single_statement() as session:
        await session.execute(text("VACUUM (ANALYZE)"))
    return account_ids


async def _rate(database: Database, work: Work, count: int) -> float:
    """Transactions a second from the clients, `count` in all."""
    todo = iter(range(count))

    async def client() -> None:
        for _ in todo:
            async with database.transaction() as session:
                await work(session, next(_numbers))

    started = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(CLIENTS):
            group.create_task(client())
    return count / (time.perf_counter() - started)


async def _measure(database: Database, count: int, rounds: int) -> tuple[list[float], list[float]]:
    account_ids = await _prepare(database)

    async def bare(session: AsyncSession, number: int) -> None:
        one, account_id = new_id(), account_ids[number % len(account_ids)]
        values = (one, account_id, number, one, account_id, -number)
        await (await session.connection()).exec_driver_sql(_BARE, values)

    async def payment(session: AsyncSession, number: int) -> None:
        await payments.post_payment(
            session,
            account_id=account_ids[number % len(account_ids)],
            amount_cents=500 + number % 97,
            method="card",
            received_on=TODAY,
            idempotency_key=f"bench:{number}",
            now=NOW,
        )

    for work in (bare, payment):
        await _rate(database, work, count)
    bare_rates, payment_rates = [], []
    for _ in range(rounds):
        bare_rates.append(await _rate(database, bare, count))
        payment_rates.append(await _rate(database, payment, count))
    return bare_rates, payment_rates


def main() -> None:
    """Print both rates and their ratio; exit 1 when the goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.posting", description=__doc__)
    parser.add_argument("--payments", type=int, default=400, help="transactions of each kind in a round")
    parser.add_argument("--rounds", type=int, default=15)
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="headgate-bench-") as folder,
        running_postgres(Path(folder) / "data", durable=True) as url,
    ):
        upgrade(url)
        settings: dict[str, Any] = {
            "database_url": url,
            "redis_url": "redis://unused",
            "secret_key": "for a benchmark only",
        }
        bare, posted = asyncio.run(_run(Settings(**settings), asked.payments, asked.rounds))
    ratios = [payment / plain for payment, plain in zip(posted, bare, strict=True)]
    ratio = statistics.median(ratios)
    print(f"bare two-row insert  {statistics.median(bare):8.0f} a second (median of {asked.rounds} rounds)")
    print(f"payment              {statistics.median(posted):8.0f} a second, {CLIENTS} clients, one transaction each")
    print(
        f"ratio                {ratio:8.2f}  (rounds {min(ratios):.2f} to {max(ratios):.2f}; goal at least {GOAL:.2f})"
    )
    raise SystemExit(0 if ratio >= GOAL else 1)


async def _run(settings: Settings, count: int, rounds: int) -> tuple[list[float], list[float]]:
    database = Database.from_settings(settings)
    try:
        return await _measure(database, count, rounds)
    finally:
        await database.close()


if __name__ == "__main__":
    main()
