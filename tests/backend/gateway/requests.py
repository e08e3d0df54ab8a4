"""Requests as the tests make them; what matters to a test is given in its changes."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from backend.gateway.values import (
    AmountLimits,
    ChargeRequest,
    CheckoutRequest,
    GatewayCharge,
    MethodKind,
    SetupRequest,
)

Charging = Callable[..., Awaitable[GatewayCharge]]
"""`charge("visa", amount_cents=…)`: charge a new method of that name."""


def now() -> datetime:
    return datetime.now(UTC)


def request_of(method: str, customer: str | None, **changes: Any) -> ChargeRequest:
    made = ChargeRequest(
        reference="charge 1",
        idempotency_key="charge 1",
        amount_cents=4_250,
        method=method,
        kind=MethodKind.CARD,
        description="Water bill",
        customer=customer,
    )
    return replace(made, **changes)


def setup_of(customer: str) -> SetupRequest:
    return SetupRequest("setup 1", customer, "en", "https://district.example/back", now() + timedelta(hours=1))


def checkout_of(amount: int | AmountLimits) -> CheckoutRequest:
    soon = now() + timedelta(hours=1)
    return CheckoutRequest("checkout 1", amount, "Water bill", "es", "https://district.example/back", soon)


LIMITS = AmountLimits(least_cents=500, most_cents=50_000, suggested_cents=4_250)
