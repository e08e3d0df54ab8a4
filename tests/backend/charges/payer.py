"""A customer with a debt, a phone, and ways to pay on file; what they agree to, and what became of it."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from backend.charges import service
from backend.charges.service import ChargeState, NewCharge
from backend.charges.steps import Outcome, advance
from backend.charges.tools import Tools
from backend.gateway.values import MethodFacts, MethodKind
from backend.ledger import service as ledger
from backend.saved_methods import repository as saved
from backend.saved_methods.service import save_method
from tests.backend.factories import make_account
from tests.backend.gateway.world import SandboxWorld

PHONE = "+15550001111"
DEBT_CENTS = 8_250
_keys = itertools.count(1)


async def until(true: Callable[[], Awaitable[bool]], seconds: float = 30.0) -> None:
    """Until it is true; fails when it does not become so in time."""
    async with asyncio.timeout(seconds):
        while not await true():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


@dataclass(frozen=True)
class Payer:
    """An account and its owner, at the processor as well."""

    tools: Tools
    world: SandboxWorld
    account_id: UUID
    customer_id: UUID
    customer: str
    method_id: UUID

    async def save(self, name: str) -> UUID:
        """Another way to pay, which behaves as its name says (processor/cards.py)."""
        token = await self.world.save_method(name, self.customer)
        return await _save(self.tools, self.customer_id, self.account_id, await self.tools.gateway.method(token))

    def new(self, **changes: Any) -> NewCharge:
        """What they agree to: their whole debt from their card, told to their phone."""
        agreed = NewCharge(
            idempotency_key=f"offer:{next(_keys)}",
            account_id=self.account_id,
            amount_cents=DEBT_CENTS,
            method=self.method_id,
            purpose="bill",
            channel="sms",
            language="en",
            recipient=PHONE,
            shows_balance=True,
        )
        return replace(agreed, **changes)

    async def agree(self, new: NewCharge | None = None, **changes: Any) -> ChargeState:
        """Begin a charge."""
        agreed = new or self.new(**changes)
        async with self.tools.database.transaction() as session:
            return await service.begin_charge(session, agreed, district=self.tools.district, now=self.tools.clock.now())

    async def walk(self, charge_id: UUID) -> Outcome:
        """Do what a run of the workflow does; how it ended."""
        return await advance(self.tools, charge_id)

    async def walk_until_done(self, charge_id: UUID) -> None:
        """Run after run, as the workflow does, until there is nothing more to do."""

        async def done() -> bool:
            return await self.walk(charge_id) == "done"

        await until(done)

    async def has_status(self, charge_id: UUID, status: str) -> bool:
        """Whether it has come so far."""
        return (await self.state(charge_id)).status == status

    async def state(self, charge_id: UUID) -> ChargeState:
        """The charge as it stands."""
        async with self.tools.database.transaction() as session:
            return await service.charge_state(session, charge_id)

    async def balance_cents(self) -> int:
        """What the account owes."""
        async with self.tools.database.transaction() as session:
            return await ledger.balance_cents(session, self.account_id)

    async def texts(self) -> list[str]:
        """The words in the outbox, in their order."""
        query = "SELECT text FROM outbound_messages ORDER BY created_at, id"
        async with self.tools.database.transaction() as session:
            return list(await session.scalars(text(query)))

    async def rows(self, query: str) -> list[Any]:
        """What is in the database."""
        async with self.tools.database.transaction() as session:
            return list((await session.execute(text(query))).all())


async def _save(tools: Tools, customer_id: UUID, account_id: UUID, facts: MethodFacts) -> UUID:
    async with tools.database.transaction() as session:
        return await save_method(
            session, customer_id, [account_id], facts, processor=tools.gateway.name, now=tools.clock.now()
        )


async def enrolled(tools: Tools, world: SandboxWorld, name: str = "visa") -> Payer:
    """A new account that owes $82.50 since a bill, with one method of that name on file."""
    today = date(2026, 11, 23)
    async with tools.database.transaction() as session:
        account_id = await make_account(session)
        (customer_id,) = await saved.customers_of(session, [account_id])
        await ledger.post_bill(
            session,
            account_id=account_id,
            amount_cents=DEBT_CENTS,
            usage_ccf=12,
            period=(today - timedelta(days=60), today - timedelta(days=31)),
            issued_on=today - timedelta(days=30),
            due_date=today - timedelta(days=9),
            idempotency_key=f"bill {next(_keys)}",
            now=tools.clock.now(),
        )
    customer = await tools.gateway.create_customer(f"customer:{customer_id}")
    async with tools.database.transaction() as session:
        await saved.keep_processor_customer(session, customer_id, tools.gateway.name, customer)
    token = await world.save_method(name, customer)
    method_id = await _save(tools, customer_id, account_id, await tools.gateway.method(token))
    return Payer(tools, world, account_id, customer_id, customer, method_id)


def captured(token: str, *, processor: str = "sandbox") -> service.Captured:
    """A card that was keyed on the phone for one payment."""
    return service.Captured(processor, MethodFacts(token, MethodKind.CARD, "visa", "4242"))
