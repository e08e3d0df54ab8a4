"""Money through everything that runs: from the processor's page, or a card on file, to the text on the phone."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest

from backend.charges.checkouts import CheckoutLink, NewCheckout, begin_checkout
from backend.charges.service import NewCharge, begin_charge
from backend.charges.tools import Tools
from backend.clock import Clock
from backend.database import Database
from backend.district.service import District
from backend.gateway.choice import gateway_of
from backend.saved_methods import repository as saved
from backend.saved_methods.service import save_method
from backend.settings import Settings
from bench.system import System
from tests.e2e.browser import chromium
from tests.e2e.http import Http
from tests.e2e.people import People, eventually

Answer = TypeVar("Answer")
CENTS = 1_234


def at_the_backend(system: System, work: Callable[[Tools], Awaitable[Answer]]) -> Answer:
    """What a part of the backend would do that lets customers pay, with the backend's own settings."""

    async def run() -> Answer:
        named = {name.removeprefix("HEADGATE_").lower(): value for name, value in system.variables("backend").items()}
        settings = Settings(**{name: named[name] for name in Settings.model_fields if name in named})  # type: ignore[arg-type]
        district = District.load(settings.district_dir)
        database, gateway = Database.from_settings(settings), gateway_of(settings, district.settings.name)
        assert gateway is not None
        try:
            return await work(Tools(database, gateway, district, Clock()))
        finally:
            await gateway.close()
            await database.close()

    return asyncio.run(run())


@pytest.fixture(scope="module")
def operator(system: System) -> Iterator[Http]:
    """The operator of the sandbox processor."""
    made = Http(system.url("processor"), system.secrets["operator_token"])
    yield made
    made.close()


def somebodys_account(people: People) -> UUID:
    """An account that no other test looks at."""
    query = (
        "SELECT a.id FROM accounts a WHERE a.status = 'active' AND NOT EXISTS (SELECT FROM demo_customers d"
        " WHERE d.account_id = a.id) AND NOT EXISTS (SELECT FROM charges c WHERE c.account_id = a.id) LIMIT 1"
    )
    found: UUID = people.rows(query)[0]["id"]
    return found


def receipts(people: People, phone: str) -> list[str]:
    """What this phone was told."""
    return [message["body"] for message in people.inbox(phone)]


def status(people: People, charge_id: UUID) -> str | None:
    rows = people.rows("SELECT status FROM charges WHERE id = %s", charge_id)
    return str(rows[0]["status"]) if rows else None


def card_on_file(system: System, account_id: UUID, operator: Http) -> UUID:
    """A customer has saved a Visa."""

    async def save(tools: Tools) -> UUID:
        async with tools.database.transaction() as session:
            (customer_id,) = await saved.customers_of(session, [account_id])
        customer = await tools.gateway.create_customer(f"customer:{customer_id}")
        token = operator.post("/v1/control/methods", {"name": "visa", "customer": customer})["id"]
        facts, name = await tools.gateway.method(token), tools.gateway.name
        async with tools.database.transaction() as session:
            await saved.keep_processor_customer(session, customer_id, name, customer)
            return await save_method(session, customer_id, [account_id], facts, processor=name, now=datetime.now(UTC))

    return at_the_backend(system, save)


def agree(system: System, account_id: UUID, method: UUID, phone: str) -> UUID:
    """They agree to pay $12.34 with it."""
    new = NewCharge(
        idempotency_key=f"test:{uuid4()}",
        account_id=account_id,
        amount_cents=CENTS,
        method=method,
        purpose="other_amount",
        channel="sms",
        language="en",
        recipient=phone,
    )

    async def begin(tools: Tools) -> UUID:
        async with tools.database.transaction() as session:
            return (await begin_charge(session, new, district=tools.district, now=datetime.now(UTC))).id

    return at_the_backend(system, begin)


def test_by_link_in_spanish_on_the_processors_page(system: System, people: People) -> None:
    account_id, phone = somebodys_account(people), people.new_phone()

    async def link(tools: Tools) -> CheckoutLink:
        now = datetime.now(UTC)
        new = NewCheckout(
            idempotency_key=f"test:{uuid4()}",
            account_id=account_id,
            amount=CENTS,
            purpose="other_amount",
            channel="link",
            language="es",
            description="Factura de agua",
            return_url=system.url("telephony") + "/es",
            expires_at=now + timedelta(hours=1),
            recipient=phone,
        )
        return await begin_checkout(tools.database, tools.gateway, new, district=tools.district, now=now)

    made = at_the_backend(system, link)
    with chromium() as browser:
        page = browser.new_page(locale="es-US")
        page.goto(made.page.url)
        page.get_by_role("radio", name="Visa que termina en 4242").check()
        page.get_by_role("button", name="Pagar $12.34").click()
        page.get_by_role("heading", name="Pago recibido").wait_for()
        page.get_by_role("link", name="Volver a").click()
        page.get_by_role("heading", level=1).wait_for()
    (receipt,) = eventually(lambda: receipts(people, phone), what="the receipt")
    assert "recibimos su pago de $12.34 con Visa que termina en 4242" in receipt
    assert status(people, made.checkout_id) == "told"
    told = people.rows("SELECT kind FROM gateway_events WHERE reference = %s", str(made.checkout_id))
    assert {row["kind"] for row in told} == {"charge_succeeded", "checkout_completed"}, "by webhook, through telephony"


def test_a_backend_killed_while_it_charges(system: System, people: People, operator: Http) -> None:
    account_id, phone = somebodys_account(people), people.new_phone()
    method = card_on_file(system, account_id, operator)
    operator.put("/v1/control/faults", {"next_charges": ["slow:3"], "settle_seconds": 20})
    charge_id = agree(system, account_id, method, phone)
    eventually(lambda: status(people, charge_id) == "submitted", what="the submission")
    os.kill(system.pids()["backend"], signal.SIGKILL)
    eventually(lambda: receipts(people, phone), seconds=90, what="the receipt")
    assert status(people, charge_id) == "told"
    assert len(receipts(people, phone)) == 1
    assert charges_of(system, charge_id) == ["succeeded"]
    posted = people.rows("SELECT id FROM ledger_entries WHERE idempotency_key = %s", f"charge:{charge_id}")
    assert len(posted) == 1


def charges_of(system: System, charge_id: UUID) -> list[str]:
    """What the processor has of a charge."""
    processor = Http(system.url("processor"), system.secrets["processor_key"])
    found: dict[str, Any] = processor.get(f"/v1/charges?reference={charge_id}")
    processor.close()
    return [each["state"] for each in found["data"]]


@contextmanager
def processor_down(operator: Http) -> Iterator[None]:
    """As long as the block lasts."""
    operator.put("/v1/control/faults", {"down_until": 4e9, "settle_seconds": 20})
    yield
    operator.put("/v1/control/faults", {"settle_seconds": 20})


def test_a_processor_that_is_down_and_back(system: System, people: People, operator: Http) -> None:
    account_id, phone = somebodys_account(people), people.new_phone()
    method = card_on_file(system, account_id, operator)
    with processor_down(operator):
        charge_id = agree(system, account_id, method, phone)
        eventually(lambda: status(people, charge_id) == "unknown", what="the outcome that nobody knows")
    eventually(lambda: status(people, charge_id) == "told", seconds=90, what="the outcome")
    assert charges_of(system, charge_id) == ["succeeded"]
    eventually(lambda: len(receipts(people, phone)) == 1, what="the receipt")
