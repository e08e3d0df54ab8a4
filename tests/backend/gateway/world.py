"""The two processors as a test drives them: what a customer does on their pages, what their banks do, how they fail."""

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import httpx

from backend.gateway.protocol import PaymentGateway
from backend.gateway.sandbox.adapter import SandboxGateway
from backend.gateway.stripe.adapter import StripeGateway
from backend.gateway.values import HostedPage
from ops.embedded import free_port
from processor.app import create_app
from processor.settings import Settings
from tests.backend.gateway.stripe_server import API_KEY, StripeServer, listening
from tests.telephony_simulator.world import serving

PATIENCE_SECONDS = 1.0
WEBHOOK_SECRET = "whsec_of_the_tests_only"
PROCESSOR_KEY = "the-merchant-key-of-the-tests"
OPERATOR = "the-operator-token-of-the-tests"

Sent = tuple[bytes, dict[str, str]]
"""The body and the headers of a webhook."""


class World(Protocol):
    """One processor. Names of methods and faults are those of processor/cards.py and processor/state/controls.py."""

    gateway: PaymentGateway
    signature_header: str

    async def save_method(self, name: str, customer: str | None) -> str:
        """A token of a method that behaves as its name says."""

    async def fill_in(self, page: HostedPage, name: str, amount_cents: int | None = None) -> bool:
        """Do on the page what a customer does; False when the page would not take it."""

    async def misbehave(self, *next_charges: str) -> None:
        """What becomes of the next charges."""

    async def go_down(self, down: bool) -> None:
        """Stop answering, or come back."""

    async def settle(self, charge_id: str, decline: str | None = None) -> None:
        """The bank's answer to a pending debit."""

    async def dispute(self, charge_id: str, reason: str = "fraudulent") -> str:
        """The customer's bank takes a charge back; the dispute's id."""

    async def close_dispute(self, dispute_id: str, state: str) -> None:
        """The bank decides."""

    async def pass_seconds(self, seconds: float) -> None:
        """Move the processor's clock."""

    async def bodies(self) -> list[bytes]:
        """The events so far, in their order, as they are sent."""

    async def attempts(self) -> int:
        """How many charges the processor has on record."""


def signed(body: bytes, header: str, *, secret: str = WEBHOOK_SECRET, seconds_ago: float = 0) -> dict[str, str]:
    """The headers of a webhook, signed as both processors do, written from the description."""
    moment = int(time.time() - seconds_ago)
    seal = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return {header: f"t={moment},v1={seal}"}


class StripeWorld:
    """Stripe's client against the loopback server."""

    signature_header = "stripe-signature"

    def __init__(self, gateway: StripeGateway, server: StripeServer) -> None:
        self.gateway: PaymentGateway = gateway
        self.server = server
        self._books = server.books

    async def save_method(self, name: str, customer: str | None) -> str:
        return str(self._books.save_method(name, customer)["id"])

    async def fill_in(self, page: HostedPage, name: str, amount_cents: int | None = None) -> bool:
        self._books.pass_time()
        return self._books.complete(self._books.objects[page.id], name, amount_cents)

    async def misbehave(self, *next_charges: str) -> None:
        self.server.next_charges[:] = next_charges

    async def go_down(self, down: bool) -> None:
        self.server.down = down

    async def settle(self, charge_id: str, decline: str | None = None) -> None:
        code = "debit_not_authorized" if decline == "not_authorized" else decline
        self._books.settle(self._books.objects[charge_id], code)

    async def dispute(self, charge_id: str, reason: str = "fraudulent") -> str:
        made = self._dispute(charge_id, reason, "needs_response")
        made["balance_transactions"] = [{"id": "txn_1", "object": "balance_transaction", "amount": -made["amount"]}]
        self._books.tell("charge.dispute.created", made)
        self._books.tell("charge.dispute.funds_withdrawn", made)
        return str(made["id"])

    async def inquire(self, charge_id: str) -> str:
        """The bank asks about a charge, and takes nothing yet; the dispute's id."""
        made = self._dispute(charge_id, "fraudulent", "warning_needs_response")
        self._books.tell("charge.dispute.created", made)
        return str(made["id"])

    async def withdraw(self, dispute_id: str) -> None:
        """The inquiry has become a chargeback."""
        made = self._books.objects[dispute_id]
        made["status"] = "needs_response"
        self._books.tell("charge.dispute.funds_withdrawn", made)

    def _dispute(self, charge_id: str, reason: str, status: str) -> dict[str, Any]:
        amount = self._books.objects[charge_id]["amount"]
        return self._books.add(
            "dispute", payment_intent=charge_id, charge=None, amount=amount, reason=reason, status=status,
            balance_transactions=[],
        )  # fmt: skip

    async def close_dispute(self, dispute_id: str, state: str) -> None:
        made = self._books.objects[dispute_id]
        made["status"] = state
        self._books.tell("charge.dispute.closed", made)

    async def pass_seconds(self, seconds: float) -> None:
        self._books.offset_seconds += seconds

    async def bodies(self) -> list[bytes]:
        return [json.dumps(event).encode() for event in self._books.events]

    async def attempts(self) -> int:
        return len(self._books.all("payment_intent"))


class SandboxWorld:
    """The sandbox processor, its pages filled in over HTTP as a browser does."""

    signature_header = "processor-signature"

    def __init__(self, gateway: SandboxGateway, url: str, http: httpx.AsyncClient) -> None:
        self.gateway: PaymentGateway = gateway
        self.url = url
        self.http = http
        self._offset = 0.0

    async def _control(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        headers = {"Authorization": f"Bearer {OPERATOR}"}
        answer = await self.http.request(method, f"/v1/control{path}", json=body, headers=headers)
        assert answer.is_success, answer.text
        return answer.json()

    async def save_method(self, name: str, customer: str | None) -> str:
        return str((await self._control("POST", "/methods", {"name": name, "customer": customer}))["id"])

    async def fill_in(self, page: HostedPage, name: str, amount_cents: int | None = None) -> bool:
        form = {"method": name, "bank": "approve"}
        if amount_cents is not None:
            form["amount"] = f"{amount_cents // 100}.{amount_cents % 100:02}"
        before = (await self.gateway.page(page.id)).state
        answer = await self.http.post(page.url, data=form)
        return answer.status_code == 303 and before == "open"

    async def misbehave(self, *next_charges: str) -> None:
        await self._control("PUT", "/faults", {"next_charges": list(next_charges), "settle_seconds": None})

    async def go_down(self, down: bool) -> None:
        until = time.time() + 3600 if down else 0
        await self._control("PUT", "/faults", {"down_until": until, "settle_seconds": None})

    async def settle(self, charge_id: str, decline: str | None = None) -> None:
        await self._control("POST", f"/charges/{charge_id}/settle", {"decline": decline})

    async def dispute(self, charge_id: str, reason: str = "fraudulent") -> str:
        return str((await self._control("POST", f"/charges/{charge_id}/dispute", {"reason": reason}))["id"])

    async def close_dispute(self, dispute_id: str, state: str) -> None:
        await self._control("POST", f"/disputes/{dispute_id}/close", {"state": state})

    async def pass_seconds(self, seconds: float) -> None:
        self._offset += seconds
        moment = time.gmtime(time.time() + self._offset)
        await self._control("PUT", "/clock", {"now": time.strftime("%Y-%m-%dT%H:%M:%SZ", moment)})

    async def charge_directly(self, reference: str, method: str, customer: str | None = None) -> None:
        """Charge a method past the adapter."""
        body = {"reference": reference, "amount_cents": 8_250, "method": method, "customer": customer}
        headers = {"Authorization": f"Bearer {PROCESSOR_KEY}", "Idempotency-Key": f"charge:{reference}"}
        body["description"] = "Water bill payment"
        answer = await self.http.post("/v1/charges", json=body, headers=headers)
        assert answer.status_code == 201, answer.text

    async def bodies(self) -> list[bytes]:
        events = (await self._control("GET", "/events"))["events"]
        return [event["body"].encode() for event in events]

    async def attempts(self) -> int:
        answer = await self.http.get("/v1/charges", headers={"Authorization": f"Bearer {PROCESSOR_KEY}"})
        return len(answer.json()["data"])


@asynccontextmanager
async def stripe_world(seconds: float = PATIENCE_SECONDS) -> AsyncIterator[StripeWorld]:
    """Stripe with nothing in it; `seconds` is how long the gateway waits for an answer."""
    server = StripeServer()
    with listening(server) as url:
        gateway = StripeGateway(API_KEY, WEBHOOK_SECRET, api_url=url, seconds=seconds)
        yield StripeWorld(gateway, server)
        server.closing.set()
        await gateway.close()


@asynccontextmanager
async def sandbox_world(folder: Path, seconds: float = PATIENCE_SECONDS) -> AsyncIterator[SandboxWorld]:
    """A processor with nothing in it, whose webhooks wait to be fetched; `seconds` as in `stripe_world`."""
    settings = Settings(
        home=folder,
        demo=True,
        processor_port=free_port(),
        processor_key=PROCESSOR_KEY,  # type: ignore[arg-type]
        processor_webhook_secret=WEBHOOK_SECRET,  # type: ignore[arg-type]
        operator_token=OPERATOR,  # type: ignore[arg-type]
    )
    async with serving(create_app(settings), settings.processor_port) as url, httpx.AsyncClient(base_url=url) as http:
        gateway = SandboxGateway(
            url, PROCESSOR_KEY, WEBHOOK_SECRET, merchant="Rio Seco Water District", seconds=seconds
        )
        world = SandboxWorld(gateway, url, http)
        await world._control("PUT", "/webhooks", {"mode": "hold"})
        await world.misbehave()
        yield world
        await gateway.close()
