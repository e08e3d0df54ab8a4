"""What is Stripe's alone: its words for a no, its limits, its other failures, and that its client repeats nothing."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from backend.gateway.errors import (
    DeclinedError,
    GatewayUnavailableError,
    OutcomeUnknownError,
    RequestRefusedError,
)
from backend.gateway.stripe.adapter import StripeGateway
from backend.gateway.stripe.declines import reason_of
from backend.gateway.values import ChargeState, DeclineReason, DisputeState, NotificationKind
from ops.embedded import free_port
from tests.backend.gateway.requests import checkout_of, now, request_of
from tests.backend.gateway.stripe_server import API_KEY
from tests.backend.gateway.world import WEBHOOK_SECRET, StripeWorld, signed, stripe_world


@pytest.fixture
async def stripe() -> AsyncIterator[StripeWorld]:
    async with stripe_world(seconds=20.0) as made:
        yield made


async def charge(stripe: StripeWorld, name: str = "visa") -> Any:
    customer = await stripe.gateway.create_customer("one")
    token = await stripe.save_method(name, customer)
    return await stripe.gateway.charge(request_of(token, customer))


@pytest.mark.parametrize(
    ("decline_code", "code", "reason"),
    [
        ("insufficient_funds", "card_declined", DeclineReason.INSUFFICIENT_FUNDS),
        ("stolen_card", "card_declined", DeclineReason.LOST_OR_STOLEN),
        ("fraudulent", "card_declined", DeclineReason.DO_NOT_HONOR),
        (None, "card_declined", DeclineReason.DO_NOT_HONOR),
        ("a_word_of_next_year", "card_declined", DeclineReason.DO_NOT_HONOR),
        (None, "expired_card", DeclineReason.EXPIRED_CARD),
        (None, "incorrect_cvc", DeclineReason.INCORRECT_DETAILS),
        (None, "authentication_required", DeclineReason.NEEDS_VERIFICATION),
        (None, "debit_not_authorized", DeclineReason.NOT_AUTHORIZED),
        (None, "a_code_of_next_year", DeclineReason.OTHER),
        (None, None, DeclineReason.OTHER),
    ],
)
def test_the_issuers_word_comes_before_stripes(
    decline_code: str | None, code: str | None, reason: DeclineReason
) -> None:
    assert reason_of(decline_code, code) is reason


async def test_its_client_repeats_nothing_and_every_post_has_our_key(stripe: StripeWorld) -> None:
    await stripe.misbehave("error")
    with pytest.raises(OutcomeUnknownError):
        await charge(stripe)
    posts = [headers.get("idempotency-key") for method, _, headers in stripe.server.requests if method == "POST"]
    assert posts == ["customer:one", "charge 1"]


async def test_too_many_requests_is_nothing_done(stripe: StripeWorld) -> None:
    stripe.server.status = 429
    with pytest.raises(GatewayUnavailableError) as busy:
        await stripe.gateway.charge(request_of("pm_1", None))
    assert not isinstance(busy.value, OutcomeUnknownError)


@pytest.mark.parametrize("status", [401, 403])
async def test_a_wrong_key_is_our_fault_and_nothing_done(stripe: StripeWorld, status: int) -> None:
    stripe.server.status = status
    with pytest.raises(RequestRefusedError):
        await stripe.gateway.charge(request_of("pm_1", None))


async def test_nobody_there_is_not_known_for_a_charge_and_away_for_a_question() -> None:
    nowhere = StripeGateway(API_KEY, WEBHOOK_SECRET, api_url=f"http://127.0.0.1:{free_port()}", seconds=2)
    with pytest.raises(OutcomeUnknownError):
        await nowhere.charge(request_of("pm_1", None))
    with pytest.raises(GatewayUnavailableError) as away:
        await nowhere.charge_by_id("pi_1")
    assert not isinstance(away.value, OutcomeUnknownError)
    await nowhere.close()


@pytest.mark.parametrize("minutes", [20, 25 * 60])
async def test_a_page_lives_from_half_an_hour_to_a_day(stripe: StripeWorld, minutes: int) -> None:
    with pytest.raises(RequestRefusedError):
        await stripe.gateway.open_checkout(replace(checkout_of(4_250), expires_at=now() + timedelta(minutes=minutes)))


async def test_a_canceled_intent_is_a_charge_that_failed(stripe: StripeWorld) -> None:
    made = await charge(stripe)
    stripe.server.books.objects[made.id]["status"] = "canceled"
    found = await stripe.gateway.charge_by_id(made.id)
    assert (found.state, found.decline) == (ChargeState.FAILED, DeclineReason.OTHER)


@pytest.mark.parametrize(
    ("awaits", "state"), [("verify_with_microdeposits", ChargeState.PENDING), ("use_stripe_sdk", None)]
)
async def test_an_account_that_waits_for_small_deposits_is_pending(
    stripe: StripeWorld, awaits: str, state: ChargeState | None
) -> None:
    made = await charge(stripe)
    stripe.server.books.objects[made.id] |= {"status": "requires_action", "next_action": {"type": awaits}}
    found = await stripe.gateway.find_charge("charge 1", since=now())
    assert (found.state if found else None) == state


async def test_of_several_attempts_the_one_that_took_money_counts(stripe: StripeWorld) -> None:
    with pytest.raises(DeclinedError):
        await charge(stripe, "expired")
    customer = await stripe.gateway.create_customer("one")
    token = await stripe.save_method("visa", customer)
    paid = await stripe.gateway.charge(request_of(token, customer, idempotency_key="another"))
    found = await stripe.gateway.find_charge("charge 1", since=now())
    assert found is not None and found.id == paid.id


async def test_an_inquiry_has_taken_nothing_until_the_funds_are_withdrawn(stripe: StripeWorld) -> None:
    made = await charge(stripe)
    dispute_id = await stripe.inquire(made.id)
    await stripe.withdraw(dispute_id)
    heard = [
        stripe.gateway.read_notification(body, signed(body, stripe.signature_header)) for body in await stripe.bodies()
    ]
    told = [(one.kind, one.dispute.state) for one in heard if one is not None and one.dispute is not None]
    assert told == [
        (NotificationKind.DISPUTE_OPENED, DisputeState.INQUIRY),
        (NotificationKind.DISPUTE_OPENED, DisputeState.OPEN),
    ]


async def test_a_dispute_that_has_taken_money_says_so_from_the_first(stripe: StripeWorld) -> None:
    await stripe.dispute((await charge(stripe)).id)
    heard = [
        stripe.gateway.read_notification(body, signed(body, stripe.signature_header)) for body in await stripe.bodies()
    ]
    assert [one.dispute.state for one in heard if one is not None and one.dispute is not None] == [
        DisputeState.OPEN,
        DisputeState.OPEN,
    ]
