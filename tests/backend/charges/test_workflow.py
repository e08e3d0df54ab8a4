"""The durable workflow in the living application: at once on a good day, by itself after a bad one."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from backend.charges.tools import Tools
from backend.settings import Settings
from tests.backend.charges.payer import DEBT_CENTS, Payer, enrolled, until
from tests.backend.charges.test_checkouts import link
from tests.backend.conftest import create_database
from tests.backend.gateway.world import PROCESSOR_KEY, WEBHOOK_SECRET, SandboxWorld, signed
from tests.backend.living import TELEPHONY, Api, living, settings_for
from tests.backend.workflows.telephone import Telephone, listening

SOON_SECONDS = 40.0


@pytest.fixture
def settings(server_url: str, migrated_template: str, valkey_url: str, world: SandboxWorld) -> Settings:
    """A database of its own: workflows outlive a request, and must not meet another test's tables."""
    url = create_database(server_url, f"charges_{time.monotonic_ns()}", migrated_template)
    return settings_for(
        url,
        valkey_url,
        workflows=True,
        processor_url=world.url,
        processor_key=PROCESSOR_KEY,
        processor_webhook_secret=WEBHOOK_SECRET,
    )


@asynccontextmanager
async def running(settings: Settings, world: SandboxWorld) -> AsyncIterator[tuple[Api, Tools]]:
    """The application, ready, and what its payments work with."""
    async with living(settings) as api:

        async def ready() -> bool:
            return (await api.client.get("/readyz")).status_code == 200

        await until(ready, SOON_SECONDS)
        tools: Tools = api.app.state.payment_tools
        assert isinstance(tools, Tools)
        yield api, tools


async def told(payer: Payer, charge_id: object) -> bool:
    return (await payer.rows(f"SELECT status FROM charges WHERE id = '{charge_id}'"))[0][0] == "told"


async def test_a_payment_is_charged_posted_and_texted_at_once(settings: Settings, world: SandboxWorld) -> None:
    telephone = Telephone()
    with listening(telephone) as port:
        changed = settings.model_copy(update={"telephony_url": f"http://127.0.0.1:{port}"})
        async with running(changed, world) as (_, tools):
            payer = await enrolled(tools, world)
            charge = await payer.agree()
            await until(lambda: told(payer, charge.id), SOON_SECONDS)

            async def sent() -> bool:
                return bool(telephone.asked)

            await until(sent, SOON_SECONDS)
            assert await payer.balance_cents() == 0
    (text,) = telephone.asked
    assert "we received your payment of $82.50" in text["text"]


async def test_the_ledger_does_not_wait_for_telephony(settings: Settings, world: SandboxWorld) -> None:
    async with running(settings.model_copy(update={"telephony_url": "http://127.0.0.1:9"}), world) as (_, tools):
        payer = await enrolled(tools, world)
        charge = await payer.agree()
        await until(lambda: told(payer, charge.id), SOON_SECONDS)
        assert await payer.balance_cents() == 0
        assert await payer.rows("SELECT status FROM outbound_messages") == [("pending",)]


async def test_an_outcome_that_got_lost_is_found_by_itself(settings: Settings, world: SandboxWorld) -> None:
    await world.misbehave("charge_then_error", "error")
    async with running(settings, world) as (_, tools):
        payers = [await enrolled(tools, world), await enrolled(tools, world)]
        charges = [await payer.agree() for payer in payers]
        for payer, charge in zip(payers, charges, strict=True):
            await until(lambda payer=payer, charge=charge: told(payer, charge.id), SOON_SECONDS)  # type: ignore[misc]
    assert await world.attempts() == 2


async def test_a_webhook_lets_it_look_at_once(settings: Settings, world: SandboxWorld) -> None:
    async with running(settings, world) as (api, tools):
        payer = await enrolled(tools, world)
        charge = await payer.agree(method=await payer.save("checking"))

        async def pending() -> bool:
            return (await payer.state(charge.id)).status == "pending"

        await until(pending, SOON_SECONDS)
        made = await tools.gateway.find_charge(str(charge.id), since=tools.real_now)
        assert made is not None
        await world.settle(made.id)
        for body in await world.bodies():
            headers = {**TELEPHONY, **signed(body, "processor-signature")}
            assert (await api.client.post("/v1/payment-notifications", content=body, headers=headers)).is_success
        await until(lambda: told(payer, charge.id), SOON_SECONDS)


async def test_what_is_paid_by_link_needs_nobody_to_ask(settings: Settings, world: SandboxWorld) -> None:
    async with running(settings, world) as (api, tools):
        payer = await enrolled(tools, world)
        half = DEBT_CENTS // 2  # what is more than owed after the first is paid would be closed
        by_webhook, by_itself = await link(payer, amount=half), await link(payer, amount=half)
        await world.fill_in(by_webhook.page, "visa")
        for body in await world.bodies():
            headers = {**TELEPHONY, **signed(body, "processor-signature")}
            assert (await api.client.post("/v1/payment-notifications", content=body, headers=headers)).is_success

        async def paid() -> bool:
            return await payer.rows("SELECT status FROM charges WHERE status = 'told'") == [("told",)]

        await until(paid, SOON_SECONDS)
        await world.fill_in(by_itself.page, "visa")
        await payer.rows("UPDATE checkouts SET look_at = now() WHERE status = 'open' RETURNING id")

        async def both() -> bool:
            return len(await payer.rows("SELECT id FROM charges WHERE status = 'told'")) == 2

        await until(both, SOON_SECONDS)


async def test_a_stop_in_the_middle_is_taken_up_by_the_next_start(settings: Settings, world: SandboxWorld) -> None:
    await world.misbehave("slow:8")
    async with running(settings, world) as (_, tools):
        payer = await enrolled(tools, world)
        charge = await payer.agree()

        async def submitted() -> bool:
            return (await payer.state(charge.id)).status != "created"

        await until(submitted, SOON_SECONDS)
    assert await world.attempts() <= 1
    async with running(settings, world) as (_, tools):
        again = Payer(tools, world, payer.account_id, payer.customer_id, payer.customer, payer.method_id)
        await again.rows("UPDATE charges SET look_at = now() RETURNING id")
        await until(lambda: told(again, charge.id), SOON_SECONDS)
        assert await again.balance_cents() == 0
    assert await world.attempts() == 1
