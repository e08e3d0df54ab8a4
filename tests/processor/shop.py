"""A running processor, and a merchant who takes its webhooks as a test says."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI, Request, Response

from ops.embedded import free_port
from processor.app import create_app
from processor.settings import Settings
from tests.telephony_simulator.world import serving

KEY = "the-merchant-key-of-the-tests"
SECRET = "the-webhook-secret-of-the-tests"
OPERATOR = "the-operator-token-of-the-tests"
MERCHANT = {"Authorization": f"Bearer {KEY}"}
TOKEN = {"Authorization": f"Bearer {OPERATOR}"}


@dataclass
class Merchant:
    """Takes webhooks: what came, and the statuses it answers with, each once, the last one for ever."""

    url: str
    bodies: list[bytes] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=lambda: [200])

    async def take(self, request: Request) -> Response:
        """One webhook."""
        self.bodies.append(await request.body())
        self.signatures.append(request.headers.get("processor-signature", ""))
        return Response(status_code=self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0])


@dataclass
class Processor:
    """The running processor as merchant and operator see it."""

    url: str
    http: httpx.AsyncClient
    merchant: Merchant

    async def control(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """A call of the operator."""
        answer = await self.http.request(method, f"/v1/control{path}", json=body, headers=TOKEN)
        assert answer.is_success, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def post(self, path: str, body: dict[str, Any], key: str | None = None) -> httpx.Response:
        """A call of the merchant."""
        headers = MERCHANT if key is None else {**MERCHANT, "Idempotency-Key": key}
        return await self.http.post(f"/v1{path}", json=body, headers=headers)

    async def get(self, path: str) -> dict[str, Any]:
        """What the merchant sees."""
        answer = await self.http.get(f"/v1{path}", headers=MERCHANT)
        assert answer.is_success, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def method(self, name: str = "visa") -> str:
        """A method of that name, of nobody in particular."""
        return str((await self.control("POST", "/methods", {"name": name}))["id"])

    async def charge(self, reference: str, name: str = "visa", cents: int = 4_250) -> dict[str, Any]:
        """A charge of a new method."""
        body = {"reference": reference, "amount_cents": cents, "method": await self.method(name)}
        told: dict[str, Any] = (await self.post("/charges", body, reference)).json()
        return told

    async def page(self, **changes: Any) -> dict[str, Any]:
        """A page to pay $42.50 on."""
        body = {
            "mode": "payment",
            "reference": "page 1",
            "merchant": "Rio Seco Water District",
            "description": "Water bill, account ending in 1234",
            "language": "en",
            "return_url": f"{self.merchant.url}/back",
            "expires_at": "2090-01-01T00:00:00Z",
            "least_cents": 4_250,
            "most_cents": 4_250,
            "suggested_cents": 4_250,
            **changes,
        }
        answer = await self.post("/pages", body)
        assert answer.status_code == 201, answer.text
        told: dict[str, Any] = answer.json()
        return told


def settings_in(folder: Path, merchant: Merchant, **changes: Any) -> Settings:
    """A processor whose state is in `folder`."""
    values: dict[str, Any] = {
        "home": folder,
        "demo": True,
        "processor_port": free_port(),
        "processor_key": KEY,
        "processor_webhook_secret": SECRET,
        "operator_token": OPERATOR,
        "telephony_url": merchant.url,
    }
    return Settings(**{**values, **changes})


@asynccontextmanager
async def a_merchant() -> AsyncIterator[Merchant]:
    """A merchant on loopback."""
    port = free_port()
    made = Merchant(f"http://127.0.0.1:{port}")
    app = FastAPI()
    app.add_route("/payments/notifications", made.take, methods=["POST"])
    app.add_route("/back", lambda request: Response("Back at the district"), methods=["GET"])
    async with serving(app, port):
        yield made


@asynccontextmanager
async def running(settings: Settings, merchant: Merchant) -> AsyncIterator[Processor]:
    """The processor, started and stopped."""
    async with (
        serving(create_app(settings), settings.processor_port) as url,
        httpx.AsyncClient(base_url=url, trust_env=False, timeout=20) as http,
    ):
        yield Processor(url, http, merchant)
