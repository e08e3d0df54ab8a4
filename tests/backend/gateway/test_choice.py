"""Which processor a district's payments go through."""

from typing import Any

import pytest
from pydantic import ValidationError

from backend.gateway.choice import gateway_of
from backend.settings import Settings
from tests.backend.living import settings_for

SANDBOX = {"processor_key": "a key of the sandbox", "processor_webhook_secret": "a secret of the sandbox"}
STRIPE = {"stripe_api_key": "sk_test_1", "stripe_webhook_secret": "whsec_1"}


def settings(**changes: Any) -> Settings:
    return settings_for("postgresql://unused", "redis://unused", **changes)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({**SANDBOX}, "sandbox"),
        ({**SANDBOX, **STRIPE}, "stripe"),
        ({**STRIPE, "demo": False}, "stripe"),
        ({**SANDBOX, "demo": False}, None),
        ({}, None),
    ],
)
async def test_stripe_when_there_is_a_key_and_the_sandbox_in_the_demonstration_only(
    changes: dict[str, Any], name: str | None
) -> None:
    gateway = gateway_of(settings(**changes), "Rio Seco Water District")
    assert (gateway.name if gateway else None) == name
    if gateway is not None:
        await gateway.close()


def test_stripe_without_its_webhook_secret_is_refused() -> None:
    with pytest.raises(ValidationError, match="HEADGATE_STRIPE_WEBHOOK_SECRET"):
        settings(stripe_api_key="sk_test_1")
