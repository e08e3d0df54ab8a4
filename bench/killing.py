"""`python -m bench.killing [--runs 200] [--seed 2026]`: customers pay while processes die, and everything adds up.

In each run some customers agree to a payment, and at a random moment of it the backend, telephony or the engine is
killed (SIGKILL) and started again by the supervisor, as in production. Customers do what people do: they ask again.
At the end nothing is left to do, and the processor's charges, the ledger's payments and the receipts are the same, each
once, to the cent. How long a run takes is how long a process takes to be back.
"""

import argparse
import asyncio
import os
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import aiohttp
import psycopg

from bench.paying import CENTS, Customer, Payers, books_of, gateway_of_system, is_right
from bench.system import System, running_system

VICTIMS = ("backend", "backend", "backend", "telephony", "engine")
"""The backend has most of the moments of a charge."""
CUSTOMERS = 12
PAYING_MAX = 4
MOMENTS_SECONDS = 0.3
"""A payment takes a tenth of a second; a death comes anywhere in it, and in what comes before and after."""
BACK_SECONDS, SETTLE_SECONDS = 90.0, 180.0
PAUSE_SECONDS = 0.05
_LEFT = """
SELECT (SELECT count(*) FROM charges WHERE look_at IS NOT NULL OR told_at IS NULL)
     + (SELECT count(*) FROM outbound_messages WHERE purpose = 'payment_receipt' AND status = 'pending')
"""
_TWICE = """
SELECT count(*) FROM (SELECT FROM ledger_entries WHERE kind = 'payment' AND idempotency_key LIKE 'charge:%'
                       GROUP BY idempotency_key HAVING count(*) > 1) twice
"""


async def until(true: Callable[[], Awaitable[bool]], seconds: float, what: str) -> None:
    """Until it is true.

    :raises TimeoutError: it does not become so in time.
    """
    deadline = time.monotonic() + seconds
    while not await true():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        await asyncio.sleep(PAUSE_SECONDS)


class Persistent(Payers):
    """Customers who ask again when nobody answers."""

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        """As `Payers.call`, through the death of whoever is called."""
        deadline = time.monotonic() + BACK_SECONDS
        while True:
            try:
                return await super().call(method, path, body)
            except (aiohttp.ClientError, TimeoutError) as gone:
                if time.monotonic() > deadline:
                    raise TimeoutError("the backend does not come back") from gone
                await asyncio.sleep(PAUSE_SECONDS)

    async def agree(self, customer: Customer) -> str:
        """An offer and a yes to it, said until it is heard; the charge's id."""
        base = f"/v1/conversations/{customer.conversation_id}/payment-offers"
        offer = await self.call("POST", base, {"amount_cents": CENTS})
        return str((await self.call("POST", f"{base}/{offer['id']}/acceptance", {}))["id"])


def _ask(system: System, query: str) -> int:
    with psycopg.connect(system.database_url) as connection:
        row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


async def _none_left(system: System) -> bool:
    return await asyncio.to_thread(_ask, system, _LEFT) == 0


async def _kill(system: System, victim: str) -> None:
    """Kill it, and return when another is in its place (not: when that one is ready)."""
    before = system.pids().get(victim)
    if before is None:
        return  # it is on its way back from its last death
    os.kill(before, signal.SIGKILL)

    async def replaced() -> bool:
        return (await asyncio.to_thread(system.pids)).get(victim) not in (None, before)

    await until(replaced, BACK_SECONDS, f"{victim} is not started again")


async def one_run(payers: Persistent, customers: list[Customer], chance: Random, deaths: Counter[str]) -> list[str]:
    """Some customers pay, and something dies meanwhile; the ids of their charges."""
    victim = chance.choice(VICTIMS)
    paying = [asyncio.create_task(payers.agree(customer)) for customer in customers]
    await asyncio.sleep(chance.uniform(0.0, MOMENTS_SECONDS))
    await _kill(payers.system, victim)
    deaths[victim] += 1
    return list(await asyncio.gather(*paying))


async def measure(system: System, given: argparse.Namespace) -> bool:
    """Run, print, and say whether everything adds up."""
    chance, deaths, agreed = Random(given.seed), Counter[str](), set[str]()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as http:
        gateway, since = gateway_of_system(system), datetime.now(UTC) - timedelta(minutes=1)
        payers = Persistent(system, http, gateway)
        customers = await payers.enrol(CUSTOMERS, (given.runs + 1) * CENTS)
        for number in range(1, given.runs + 1):
            chosen = chance.sample(customers, chance.randint(1, PAYING_MAX))
            agreed |= set(await one_run(payers, chosen, chance, deaths))
            await until(lambda: _none_left(system), SETTLE_SECONDS, "a payment is not finished")
            if number % 10 == 0:
                print(f"{number} runs, {len(agreed)} payments, deaths {dict(deaths)}", flush=True)
        at_processor = await payers.charges_at_the_processor(since)
        await gateway.close()
    books, twice = books_of(system), _ask(system, _TWICE)
    right = is_right(books, at_processor, len(agreed)) and twice == 0
    print(f"{given.runs} runs (seed {given.seed}), {len(agreed)} payments agreed to, deaths {dict(deaths)}")
    print(
        f"processor {dict(at_processor)}; {books}; posted twice: {twice}: {'all the same' if right else 'NOT THE SAME'}"
    )
    return right


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=2026)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="headgate-bench-") as folder, running_system(Path(folder)) as system:
        if not asyncio.run(measure(system, given)):
            raise SystemExit(1)


if __name__ == "__main__":
    main()
