"""Each test runs against Stripe's client and against the sandbox."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from backend.gateway.protocol import PaymentGateway
from backend.gateway.values import GatewayCharge, MethodKind
from tests.backend.gateway.requests import Charging, request_of
from tests.backend.gateway.world import World, sandbox_world, stripe_world


@pytest.fixture
def patience_seconds() -> float:
    """As patient as the district is, so that a busy machine is not taken for silence; tests of silence wait less."""
    return 20.0


@pytest.fixture(params=["stripe", "sandbox"])
async def world(request: pytest.FixtureRequest, tmp_path: Path, patience_seconds: float) -> AsyncIterator[World]:
    """One processor with nothing in it."""
    stripe = request.param == "stripe"
    opened = stripe_world(patience_seconds) if stripe else sandbox_world(tmp_path, patience_seconds)
    async with opened as made:
        yield made


@pytest.fixture
def gateway(world: World) -> PaymentGateway:
    """The adapter under test."""
    return world.gateway


@pytest.fixture
async def customer(gateway: PaymentGateway) -> str:
    """The processor's id of a customer."""
    return await gateway.create_customer("customer of the tests")


@pytest.fixture
def charge(world: World, gateway: PaymentGateway, customer: str) -> Charging:
    """Charge a new method of that name."""

    async def charged(name: str = "visa", **changes: Any) -> GatewayCharge:
        token = await world.save_method(name, customer)
        kind = MethodKind.BANK_ACCOUNT if name.startswith("checking") else MethodKind.CARD
        return await gateway.charge(request_of(token, customer, kind=kind, **changes))

    return charged
