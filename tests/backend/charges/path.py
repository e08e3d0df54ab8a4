"""The whole path of a payment in processes of their own: processor, backend, telephony; and what must hold at the end.

Made to be used again: begin charges, let backends live and die in any way, `settle`, then `check`.
"""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from backend.charges.tools import Tools
from backend.clock import Clock
from backend.database import Database
from backend.district.service import District
from backend.gateway.sandbox.adapter import SandboxGateway
from backend.gateway.values import ChargeState
from ops.embedded import free_port
from tests.backend.charges.doomed import Backend
from tests.backend.charges.payer import Payer, enrolled, until
from tests.backend.gateway.world import OPERATOR, PROCESSOR_KEY, WEBHOOK_SECRET, SandboxWorld
from tests.backend.living import settings_for
from tests.backend.workflows.telephone import Telephone, listening

ROOT = Path(__file__).parents[3]
PATIENCE_SECONDS = 5.0
SETTLE_SECONDS = 60.0

_LOOKS_DUE = "UPDATE charges SET look_at = now() WHERE look_at > now() + interval '1 second' RETURNING id"
_UNFINISHED = """
SELECT (SELECT count(*) FROM charges WHERE look_at IS NOT NULL)
     + (SELECT count(*) FROM outbound_messages WHERE status = 'pending')
"""
_POSTED = "SELECT idempotency_key FROM ledger_entries WHERE kind = 'payment' AND idempotency_key LIKE 'charge:%'"
_RECEIPTS = "SELECT id FROM outbound_messages WHERE purpose = 'payment_receipt'"
_CHARGES = "SELECT id, status, amount_cents FROM charges"


@contextmanager
def running_processor(folder: Path, port: int) -> Iterator[str]:
    """The sandbox processor as a process; its address. Its state in `folder` outlives it."""
    environment = {
        **os.environ,
        "HEADGATE_HOME": str(folder),
        "HEADGATE_DEMO": "true",
        "HEADGATE_PROCESSOR_PORT": str(port),
        "HEADGATE_PROCESSOR_KEY": PROCESSOR_KEY,
        "HEADGATE_PROCESSOR_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "HEADGATE_OPERATOR_TOKEN": OPERATOR,
        "PYTHONPATH": str(ROOT),
    }
    process = subprocess.Popen([sys.executable, "-m", "processor"], env=environment, cwd=ROOT)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_ready(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            if httpx.get(f"{url}/readyz", trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        assert process.poll() is None and time.monotonic() < deadline, "the processor did not start"
        time.sleep(0.05)


@dataclass
class PaymentPath:
    """One path. `values` are the settings of a backend on it (tests/backend/charges/doomed.py)."""

    tools: Tools
    world: SandboxWorld
    telephone: Telephone
    values: dict[str, Any]
    payers: list[Payer] = field(default_factory=list)
    begun: list[UUID] = field(default_factory=list)

    async def begin(self, count: int = 1, method: str = "visa") -> list[UUID]:
        """So many customers agree to a payment; a backend that lives takes it from there."""
        for _ in range(count):
            payer = await enrolled(self.tools, self.world, method)
            self.payers.append(payer)
            self.begun.append((await payer.agree()).id)
        return self.begun[-count:]

    async def rows(self, query: str) -> list[Any]:
        """What is in the database."""
        async with self.tools.database.transaction() as session:
            return list((await session.execute(text(query))).all())

    async def hurry(self) -> None:
        """Let every look that is due later be due now: pauses are for the real world."""
        await self.rows(_LOOKS_DUE)

    async def finished(self) -> bool:
        """Whether nothing is left to do."""
        ((left,),) = await self.rows(_UNFINISHED)
        return int(left) == 0

    async def over(self, doomed: Backend) -> bool:
        """Whether a backend is dead, or has nothing left to do."""
        return doomed.killed or await self.finished()

    async def settle(self, seconds: float = SETTLE_SECONDS) -> None:
        """Until nothing is left to do; a backend must be alive."""

        async def done() -> bool:
            await self.hurry()
            return await self.finished()

        await until(done, seconds)

    async def check(self) -> None:
        """Charges at the gateway = payments in the ledger = receipts sent, each once.

        :raises AssertionError: they are not.
        """
        charges = {str(row.id): row for row in await self.rows(_CHARGES)}
        assert set(charges) == set(map(str, self.begun))
        paid = sorted(key for key, row in charges.items() if row.status == "told")
        failed = {key for key, row in charges.items() if row.status == "failed"}
        assert len(paid) + len(failed) == len(charges), Counter(row.status for row in charges.values())
        assert await self._at_the_gateway() == paid
        assert sorted(row[0].removeprefix("charge:") for row in await self.rows(_POSTED)) == paid
        receipts = {str(row[0]) for row in await self.rows(_RECEIPTS)}
        delivered = {asked["message_id"] for asked in self.telephone.asked}
        assert len(receipts) == len(paid) and receipts <= delivered
        for payer in self.payers:
            owed = await payer.balance_cents()
            assert owed in (0, 8_250), "paid once or not at all"
        assert sum([await payer.balance_cents() for payer in self.payers]) == 8_250 * len(failed)

    async def _at_the_gateway(self) -> list[str]:
        day = await self.tools.gateway.made_between(self.tools.real_now.replace(year=2000), self.tools.real_now)
        return sorted(charge.reference for charge in day.charges if charge.state is ChargeState.SUCCEEDED)


@asynccontextmanager
async def payment_path(
    database_url: str, redis_url: str, folder: Path, district: District
) -> AsyncIterator[PaymentPath]:
    """Processor and telephony run; the database is empty; no backend lives yet."""
    telephone, port = Telephone(), free_port()
    async with AsyncExitStack() as stack:
        url = stack.enter_context(running_processor(folder, port))
        telephony_port = stack.enter_context(listening(telephone))
        values = settings_for(
            database_url,
            redis_url,
            workflows=True,
            telephony_url=f"http://127.0.0.1:{telephony_port}",
            processor_url=url,
            processor_key=PROCESSOR_KEY,
            processor_webhook_secret=WEBHOOK_SECRET,
        )
        database = Database.from_settings(values)
        stack.push_async_callback(database.close)
        gateway = SandboxGateway(
            url, PROCESSOR_KEY, WEBHOOK_SECRET, merchant="Rio Seco Water District", seconds=PATIENCE_SECONDS
        )
        stack.push_async_callback(gateway.close)
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=url, trust_env=False))
        world = SandboxWorld(gateway, url, http)
        yield PaymentPath(Tools(database, gateway, district, Clock()), world, telephone, values.model_dump())
