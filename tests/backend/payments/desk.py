"""The staff at their desks: calls of the payments' routes, each in somebody's name."""

import itertools
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from backend.access import Role
from tests.backend.conftest import SEEDED_AT
from tests.backend.living import (
    Api,
    seeded_api,
    seeded_url,
    shared_seeded_url,
    shared_url,
    valkey_url,
)
from tests.backend.options.test_routes import signed_in

__all__ = ["seeded_api", "seeded_url", "shared_seeded_url", "shared_url", "valkey_url"]
TODAY = SEEDED_AT.date()
_keys = itertools.count(1)
Headers = dict[str, str]


class Desk:
    """The staff's calls, each in somebody's name."""

    def __init__(self, api: Api, csr: Headers, lead: Headers) -> None:
        self.api, self.csr, self.lead = api, csr, lead

    async def call(self, who: Headers, method: str, path: str, body: Any = None) -> httpx.Response:
        return await self.api.client.request(method, path, json=body, headers=who)

    async def take(self, number: str, cents: int, method: str = "cash", **changes: Any) -> httpx.Response:
        body = {
            "account_number": number,
            "amount_cents": cents,
            "method": method,
            "reference": None if method == "cash" else "1042",
            "idempotency_key": f"routes-test-{next(_keys)}-{uuid4()}",
            **changes,
        }
        return await self.call(self.csr, "POST", "/v1/payments", body)

    async def send(self, who: Headers, kind: str, content: bytes, name: str = "bank.txt") -> httpx.Response:
        path = f"/v1/payment-files/{kind}"
        return await self.api.client.post(path, params={"name": name}, content=content, headers=who)


@pytest.fixture
async def desk(seeded_api: Api) -> AsyncIterator[Desk]:
    await seeded_api.clock(SEEDED_AT)
    async with signed_in(seeded_api, Role.CSR) as csr, signed_in(seeded_api, Role.LEAD) as lead:
        yield Desk(seeded_api, csr, lead)


@pytest.fixture
async def drawer(desk: Desk) -> str:
    opened = await desk.call(desk.csr, "POST", "/v1/cash-batches", {"float_cents": 10_000})
    assert opened.status_code == 201, opened.text
    batch_id: str = opened.json()["batch_id"]
    return batch_id
