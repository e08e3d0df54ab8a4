"""`python -m bench.killing [--runs 200] [--seed 2026]`: customers pay by text while processes die, and it adds up.

In each run some customers text that they pay and confirm it, and at a random moment of it the backend, telephony or the
engine is killed (SIGKILL) and started again by the supervisor, as in production. Customers do what people do: whoever
gets no answer asks again, whoever gets no receipt confirms again. At the end nothing is left to do, and the processor's
charges, the ledger's payments and the receipts that came to the phones are the same, each once, to the cent. How long
a run takes is how long a process takes to be back.
"""

import argparse
import asyncio
import os
import re
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import aiohttp
import psycopg

from bench.paying import CENTS, Payers, books_of, gateway_of_system, is_right
from bench.system import System, running_system

VICTIMS = ("backend", "backend", "telephony", "engine")
"""The backend has most of the moments of a charge."""
CUSTOMERS = 12
PAYING_MAX = 4
MOMENTS_SECONDS = 0.6
"""From the text that asks to pay to the receipt it takes about this long; a death comes anywhere in it."""
BACK_SECONDS, SETTLE_SECONDS = 90.0, 180.0
PATIENCE_SECONDS = 4.0
"""So long a customer waits for the receipt before confirming again; after some times, they begin anew."""
CONFIRMS_MAX = 4
AGAIN_SECONDS = 2.0
"""Nobody texts faster; who does is taken for a machine."""
PAUSE_SECONDS = 0.05
_LEFT = """
SELECT (SELECT count(*) FROM charges WHERE look_at IS NOT NULL OR told_at IS NULL)
     + (SELECT count(*) FROM outbound_messages
         WHERE purpose = 'payment_receipt' AND status NOT IN ('sent', 'delivered'))
"""
_TWICE = """
SELECT count(*) FROM (SELECT FROM ledger_entries WHERE kind = 'payment' AND idempotency_key LIKE 'charge:%'
                       GROUP BY idempotency_key HAVING count(*) > 1) twice
"""
_PAYS_BY_TEXT = """
INSERT INTO text_enrolments (id, account_id, phone, language, status, terms, asked_at, confirmed_at)
SELECT gen_random_uuid(), account_id, %s, 'en', 'confirmed', 'bench', now(), now() FROM conversations WHERE id = %s
"""
_RECEIPT = re.compile(r"Confirmation number (\d+)")


async def until(true: Callable[[], Awaitable[bool]], seconds: float, what: str) -> None:
    """Until it is true.

    :raises TimeoutError: it does not become so in time.
    """
    deadline = time.monotonic() + seconds
    while not await true():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        await asyncio.sleep(PAUSE_SECONDS)


@dataclass(frozen=True)
class Texter:
    """A customer who pays by text, and says it again when nothing comes of it."""

    phone: str
    simulator: str
    http: aiohttp.ClientSession
    headers: dict[str, str]

    async def text(self, words: str) -> str:
        """What comes back at once; nothing while nobody is there."""
        body = {"from": self.phone, "body": words, "media": []}
        async with self.http.post(f"{self.simulator}/api/texts", json=body, headers=self.headers) as answer:
            told = await answer.json()
        return " ".join(reply["body"] for reply in told.get("replies", ()))

    async def receipts(self) -> list[str]:
        """The confirmation numbers of all receipts that came to this phone."""
        url = f"{self.simulator}/api/phones/{self.phone}/messages"
        async with self.http.get(url, headers=self.headers) as answer:
            return [number for one in await answer.json() for number in _RECEIPT.findall(one["body"])]

    async def pay(self) -> None:
        """Ask to pay, confirm, and have a receipt.

        :raises TimeoutError: it cannot be done.
        """
        before, deadline = len(await self.receipts()), time.monotonic() + BACK_SECONDS

        async def has_receipt() -> bool:
            return len(await self.receipts()) > before

        while True:
            while "CONFIRM" not in (heard := await self.text(f"pay {CENTS // 100} dollar")):
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{self.phone} is not offered to pay, but told: {heard!r}")
                await asyncio.sleep(AGAIN_SECONDS)
            for _ in range(CONFIRMS_MAX):
                await self.text("CONFIRM")
                try:
                    return await until(has_receipt, PATIENCE_SECONDS, "no receipt")
                except TimeoutError:
                    continue


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


async def one_run(system: System, texters: list[Texter], chance: Random, deaths: Counter[str]) -> None:
    """Some customers pay, and something dies meanwhile."""
    victim = chance.choice(VICTIMS)
    paying = [asyncio.create_task(texter.pay()) for texter in texters]
    await asyncio.sleep(chance.uniform(0.0, MOMENTS_SECONDS))
    await _kill(system, victim)
    deaths[victim] += 1
    await asyncio.gather(*paying)


async def texters_of(payers: Payers, runs: int) -> list[Texter]:
    """Customers who owe enough, each with a card on file and a phone that pays by text."""
    customers = await payers.enrol(CUSTOMERS, (2 * runs + 1) * CENTS)
    system, phones = payers.system, [f"+1213556{place:04d}" for place in range(CUSTOMERS)]
    with psycopg.connect(system.database_url) as connection:
        for phone, customer in zip(phones, customers, strict=True):
            connection.execute(_PAYS_BY_TEXT, (phone, customer.conversation_id))
    headers = {"Authorization": f"Bearer {system.secrets['operator_token']}"}
    return [Texter(phone, system.url("simulator"), payers.http, headers) for phone in phones]


async def measure(system: System, given: argparse.Namespace) -> bool:
    """Run, print, and say whether everything adds up."""
    chance, deaths, since = Random(given.seed), Counter[str](), datetime.now(UTC) - timedelta(minutes=1)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as http:
        gateway = gateway_of_system(system)
        payers = Payers(system, http, gateway)
        texters = await texters_of(payers, given.runs)
        for number in range(1, given.runs + 1):
            await one_run(system, chance.sample(texters, chance.randint(1, PAYING_MAX)), chance, deaths)
            await until(lambda: _none_left(system), SETTLE_SECONDS, "a payment is not finished")
            if number % 10 == 0:
                print(f"{number} runs, deaths {dict(deaths)}", flush=True)
        at_processor = await payers.charges_at_the_processor(since)
        numbers = [number for texter in texters for number in await texter.receipts()]
        await gateway.close()
    books, twice = books_of(system), _ask(system, _TWICE) + len(numbers) - len(set(numbers))
    right = is_right(books, at_processor, len(numbers)) and twice == 0
    print(f"{given.runs} runs (seed {given.seed}), {len(numbers)} receipts on phones, deaths {dict(deaths)}")
    print(
        f"processor {dict(at_processor)}; {books}; posted or told twice: {twice}:"
        f" {'all the same' if right else 'NOT THE SAME'}"
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
