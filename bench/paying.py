"""`python -m bench.paying`: from an offer to its receipt, and many payments a second, through everything that runs.

    python -m bench.paying [--payments 100] [--seconds 20] [--rate 50] [--warm 15]

One customer first: offer, yes, and the receipt in the outbox, one after the other, through the account API and the
sandbox processor (which answers at once). Then as many customers as it takes, at a steady rate, first for
`--warm` seconds in which nothing is measured: what is sustained does not open its connections anew. Afterwards the
processor's charges, the ledger's payments and the receipts are counted: each must be the same, to the cent.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import psycopg
import psycopg.rows
import uvloop
from rich.console import Console
from rich.table import Table

from backend.gateway.choice import gateway_of
from backend.gateway.protocol import PaymentGateway
from backend.gateway.values import ChargeState
from backend.settings import Settings
from bench.cpu import cpu_seconds, each_ms
from bench.system import System, running_system

GOAL_MS, GOAL_RATE = 150.0, 50.0
CENTS = 100
LOOK_SECONDS = 0.02
"""A receipt is seen so much later at most; looking more often takes from the machine what is measured."""
PATIENCE_SECONDS, BUSY_SECONDS = 60.0, 0.25

# So many accounts that owe, each with a card at the processor and a text thread in which its customer is known.
_ACCOUNTS = """
SELECT DISTINCT ON (a.customer_id) a.id, a.customer_id FROM accounts a
 WHERE a.status = 'active'
   AND (SELECT sum(amount_cents) FROM ledger_postings WHERE ledger_account_id = a.id) > %s
   AND NOT EXISTS (SELECT FROM processor_customers m WHERE m.customer_id = a.customer_id)
 ORDER BY a.customer_id, a.id LIMIT %s
"""
_TOLD = "SELECT id FROM charges WHERE id = ANY(%s) AND told_at IS NOT NULL AND status = 'told'"
_BOOKS = """
SELECT (SELECT count(*) FROM charges WHERE status NOT IN ('told', 'failed')) AS unfinished,
       (SELECT count(*) FROM charges WHERE status = 'told') AS told,
       (SELECT coalesce(sum(amount_cents), 0) FROM charges WHERE status = 'told') AS told_cents,
       (SELECT count(*) FROM payments p JOIN charges c ON c.payment_id = p.id) AS paid,
       (SELECT coalesce(sum(p.amount_cents), 0) FROM payments p JOIN charges c ON c.payment_id = p.id) AS paid_cents,
       (SELECT count(*) FROM outbound_messages WHERE purpose = 'payment_receipt') AS receipts,
       (SELECT sum(amount_cents) FROM ledger_postings) AS trial_balance_cents
"""


@dataclass(frozen=True)
class Customer:
    """A customer in a thread, who pays one bill after the other."""

    conversation_id: UUID
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Payers:
    """Customers of a running system who pay, as the assistant does it for them."""

    def __init__(self, system: System, http: aiohttp.ClientSession, gateway: PaymentGateway) -> None:
        self.system, self.http, self.gateway = system, http, gateway
        self.busy = 0
        self._actions = {"Authorization": f"Bearer {system.secrets['actions_token']}"}
        self._operator = {"Authorization": f"Bearer {system.secrets['operator_token']}"}

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        """A call of the account API; asked again in a moment when it says that it is too busy."""
        url, until = self.system.url("backend") + path, time.perf_counter() + PATIENCE_SECONDS
        while True:
            async with self.http.request(method, url, json=body, headers=self._actions) as answer:
                told = await answer.json()
            if answer.status < 400:
                return told
            if answer.status != 503 or time.perf_counter() > until:
                raise RuntimeError(f"{method} {path}: {answer.status} {told}")
            self.busy += 1
            await asyncio.sleep(BUSY_SECONDS)

    async def enrol(self, count: int, owing_cents: int) -> list[Customer]:
        """So many customers who owe at least that much, each with a card on file."""
        with psycopg.connect(self.system.database_url) as connection:
            rows = connection.execute(_ACCOUNTS, (owing_cents, count)).fetchall()
            if len(rows) < count:
                raise RuntimeError(f"only {len(rows)} accounts owe ${owing_cents / 100:.2f} or more")
            made = []
            for account_id, customer_id in rows:
                known_as = await self.gateway.create_customer(f"customer:{customer_id}")
                made.append(_customer(connection, account_id, customer_id, (known_as, await self._card(known_as))))
        return made

    async def _card(self, customer: str) -> str:
        url = self.system.url("processor") + "/v1/control/methods"
        async with self.http.post(url, json={"name": "visa", "customer": customer}, headers=self._operator) as answer:
            told = await answer.json()
            token: str = told["id"]
            return token

    async def pay(self, customer: Customer, receipts: "Receipts") -> float:
        """An offer, a yes, and its receipt; the milliseconds from the first to the last."""
        base = f"/v1/conversations/{customer.conversation_id}/payment-offers"
        began = time.perf_counter()
        offer = await self.call("POST", base, {"amount_cents": CENTS})
        charge = await self.call("POST", f"{base}/{offer['id']}/acceptance", {})
        return 1000 * (await receipts.wait_for(UUID(charge["id"])) - began)

    async def charges_at_the_processor(self, since: datetime) -> Counter[str]:
        """How many charges the processor has, by their state, and the cents of those that succeeded."""
        found = await self.gateway.made_between(since, datetime.now(UTC) + timedelta(minutes=1))
        made = Counter(one.state.value for one in found.charges)
        made["cents"] = sum(one.amount_cents for one in found.charges if one.state is ChargeState.SUCCEEDED)
        return made


class Receipts:
    """Sees receipts as they come into the outbox, by one statement for all who wait: customers do not ask either."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._waiting: dict[UUID, asyncio.Future[float]] = {}

    async def wait_for(self, charge_id: UUID) -> float:
        """When its receipt was seen.

        :raises TimeoutError: it did not come.
        """
        coming = self._waiting[charge_id] = asyncio.get_running_loop().create_future()
        return await asyncio.wait_for(coming, PATIENCE_SECONDS)

    async def look(self) -> None:
        """Look until cancelled."""
        async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
            while True:
                if self._waiting:
                    rows = await connection.execute(_TOLD, [list(self._waiting)])
                    seen = time.perf_counter()
                    for (charge_id,) in await rows.fetchall():
                        coming = self._waiting.pop(charge_id)
                        if not coming.done():
                            coming.set_result(seen)
                await asyncio.sleep(LOOK_SECONDS)


def gateway_of_system(system: System) -> PaymentGateway:
    """The backend's own way to the processor."""
    values = {name.removeprefix("HEADGATE_").lower(): value for name, value in system.variables("backend").items()}
    settings = Settings(**{name: values[name] for name in Settings.model_fields if name in values})  # type: ignore[arg-type]
    made = gateway_of(settings, "bench")
    assert made is not None  # the demonstration always has the sandbox
    return made


def _customer(
    connection: psycopg.Connection[Any], account_id: UUID, customer_id: UUID, tokens: tuple[str, str]
) -> Customer:
    """`tokens` are the processor's of the customer and of the card."""
    method_id, conversation_id = uuid4(), uuid4()
    connection.execute(
        "INSERT INTO processor_customers (customer_id, processor, token) VALUES (%s, 'sandbox', %s)",
        (customer_id, tokens[0]),
    )
    connection.execute(
        "INSERT INTO saved_methods (id, customer_id, processor, token, kind, brand, last4, label, saved_at)"
        " VALUES (%s, %s, 'sandbox', %s, 'card', 'visa', '4242', 'Visa ending in 4242', now())",
        (method_id, customer_id, tokens[1]),
    )
    connection.execute(
        "INSERT INTO saved_method_accounts (method_id, account_id, added_at) VALUES (%s, %s, now())",
        (method_id, account_id),
    )
    connection.execute(
        "INSERT INTO conversations (id, channel, thread_key, party, language, mode, verification_level, account_id,"
        " calling_number_on_file, offered, expects_secret, last_seq, started_at, last_turn_at)"
        " VALUES (%s, 'chat', %s, NULL, 'en', 'assistant', 2, %s, false, '[]', false, 0, now(), now())",
        (conversation_id, f"bench-{conversation_id}", account_id),
    )
    return Customer(conversation_id)


async def one_after_the_other(payers: Payers, receipts: Receipts, payments: int) -> list[float]:
    """Milliseconds of each payment of one customer."""
    (customer,) = await payers.enrol(1, (payments + 5) * CENTS)
    for _ in range(3):
        await payers.pay(customer, receipts)
    return [await payers.pay(customer, receipts) for _ in range(payments)]


async def at_a_rate(
    payers: Payers, receipts: Receipts, rate: float, seconds: float
) -> tuple[list[float], float, dict[str, float]]:
    """Milliseconds of each payment when they begin at a steady rate, the payments a second that were done, and the
    milliseconds of CPU that each took, by process."""
    count = int(rate * 2)
    customers = await payers.enrol(count, int(seconds) * CENTS)
    total = int(rate * seconds)
    used = cpu_seconds(payers.system)
    began = time.perf_counter()

    async def one(number: int) -> float:
        await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
        customer = customers[number % count]
        async with customer.turn:
            return await payers.pay(customer, receipts)

    found = await asyncio.gather(*(one(number) for number in range(total)))
    took = time.perf_counter() - began
    return list(found), total / took, each_ms(used, cpu_seconds(payers.system), total)


def books_of(system: System) -> dict[str, int]:
    """What the database has of charges, payments and receipts."""
    with psycopg.connect(system.database_url, row_factory=psycopg.rows.dict_row) as connection:
        row = connection.execute(_BOOKS).fetchone()
    return {name: int(value) for name, value in (row or {}).items()}


def is_right(books: dict[str, int], at_processor: Counter[str], paid: int) -> bool:
    """Whether so many payments were charged, posted and told, each once, to the cent, and nothing is left to do."""
    return (
        books["unfinished"] == books["trial_balance_cents"] == 0
        and books["told"] == books["paid"] == books["receipts"] == at_processor["succeeded"] == paid
        and books["told_cents"] == books["paid_cents"] == at_processor["cents"] == paid * CENTS
    )


async def measure(system: System, given: argparse.Namespace) -> bool:
    """Pay, print, and say whether nothing was charged twice or lost."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        gateway = gateway_of_system(system)
        payers, since = Payers(system, http, gateway), datetime.now(UTC) - timedelta(minutes=1)
        receipts = Receipts(system.database_url)
        looking = asyncio.create_task(receipts.look())
        alone = await one_after_the_other(payers, receipts, given.payments)
        warm = (await at_a_rate(payers, receipts, given.rate, given.warm))[0] if given.warm else []
        many, rate, spent = await at_a_rate(payers, receipts, given.rate, given.seconds)
        looking.cancel()
        at_processor = await payers.charges_at_the_processor(since)
        await gateway.close()
    books = books_of(system)
    table = Table("", "measured", "goal")
    table.add_row("offer to receipt, one customer, median", f"{statistics.median(alone):.0f} ms", f"< {GOAL_MS:.0f} ms")
    table.add_row("  95 of 100 within", f"{statistics.quantiles(alone, n=20)[-1]:.0f} ms", "")
    table.add_row(f"payments a second, asked for {given.rate:.0f}", f"{rate:.1f}", f"{GOAL_RATE:.0f}")
    table.add_row("  offer to receipt meanwhile, median", f"{statistics.median(many):.0f} ms", "")
    table.add_row("  95 of 100 within", f"{statistics.quantiles(many, n=20)[-1]:.0f} ms", "")
    table.add_row("  the longest", f"{max(many):.0f} ms", "")
    table.add_row("  told to ask again in a moment", str(payers.busy), "0")
    table.add_row("  CPU of a payment, all processes", f"{sum(spent.values()):.1f} ms", f"< {2000 / GOAL_RATE:.0f} ms")
    for process, ms in spent.items():
        table.add_row(f"    {process}", f"{ms:.1f} ms", "")
    Console().print(table)
    paid = len(alone) + 3 + len(warm) + len(many)
    right = is_right(books, at_processor, paid)
    print(f"{paid} agreed to; processor {dict(at_processor)}; {books}: {'all the same' if right else 'NOT THE SAME'}")
    return right


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--payments", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rate", type=float, default=GOAL_RATE)
    parser.add_argument("--warm", type=float, default=15.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="headgate-bench-") as folder, running_system(Path(folder)) as system:
        # On the loop that the servers have: what the customers cost is no part of what is measured.
        if not uvloop.run(measure(system, given)):
            raise SystemExit(1)


if __name__ == "__main__":
    main()
