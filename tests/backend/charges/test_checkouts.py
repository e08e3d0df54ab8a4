"""Pay by link: once, until it expires, a fixed or a chosen amount; what is paid there is charged like any other."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.charges.checkouts import (
    CheckoutLink,
    CheckoutNotFoundError,
    CheckoutOverError,
    NewCheckout,
    begin_checkout,
    close_checkout,
    due_checkouts,
    look_at_checkout,
)
from backend.gateway.errors import GatewayUnavailableError
from backend.gateway.values import AmountLimits
from backend.ledger.service import IdempotencyConflictError
from backend.payments.service import AmountRefusedError
from tests.backend.charges.payer import DEBT_CENTS, PHONE, Payer
from tests.backend.gateway.world import SandboxWorld

LIMITS = AmountLimits(least_cents=500, most_cents=50_000, suggested_cents=DEBT_CENTS)
OVERDUE = "UPDATE checkouts SET look_at = now() - interval '1 second' RETURNING id"


async def link(payer: Payer, **changes: Any) -> CheckoutLink:
    """A link for the payer's account, to somebody who may not see it."""
    values = {
        "idempotency_key": f"link:{uuid4()}",
        "account_id": payer.account_id,
        "amount": DEBT_CENTS,
        "purpose": "bill",
        "channel": "link",
        "language": "en",
        "description": "Water bill, account ending in 1234",
        "return_url": "https://district.example/back",
        "expires_at": payer.tools.real_now + timedelta(hours=1),
        "recipient": PHONE,
    }
    tools = payer.tools
    new = NewCheckout(**{**values, **changes})
    return await begin_checkout(tools.database, tools.gateway, new, district=tools.district, now=tools.clock.now())


async def finished(payer: Payer, checkout_id: UUID) -> str:
    """Look at the page and do what its charge needs."""
    status = await look_at_checkout(payer.tools, checkout_id)
    if status == "completed":
        await payer.walk(checkout_id)
    return status


async def test_what_is_paid_on_the_page_is_in_the_ledger_and_told_once(world: SandboxWorld, payer: Payer) -> None:
    made = await link(payer)
    assert await finished(payer, made.checkout_id) == "open"
    assert await world.fill_in(made.page, "visa")
    for _ in range(3):
        assert await finished(payer, made.checkout_id) == "completed"
    charge = await payer.state(made.checkout_id)
    assert (charge.status, charge.amount_cents, charge.method_label) == ("told", DEBT_CENTS, "Visa ending in 4242")
    assert await payer.balance_cents() == 0
    (receipt,) = await payer.texts()
    assert "$82.50" in receipt and "balance" not in receipt
    assert await world.attempts() == 1


async def test_a_chosen_amount_is_what_is_charged(world: SandboxWorld, payer: Payer) -> None:
    made = await link(payer, amount=LIMITS)
    assert await world.fill_in(made.page, "mastercard", 1_234)
    await finished(payer, made.checkout_id)
    assert await payer.balance_cents() == DEBT_CENTS - 1_234


async def test_a_bank_account_is_told_as_pending_first(world: SandboxWorld, payer: Payer) -> None:
    made = await link(payer)
    await world.fill_in(made.page, "checking")
    await finished(payer, made.checkout_id)
    assert (await payer.state(made.checkout_id)).status == "pending"
    found = await payer.tools.gateway.find_charge(str(made.checkout_id), since=payer.tools.real_now)
    assert found is not None
    await world.settle(found.id)
    await payer.walk(made.checkout_id)
    assert [("pending" in words) for words in await payer.texts()] == [True, False]


async def test_a_card_that_was_declined_on_the_page_first_is_no_payment_that_failed(
    world: SandboxWorld, payer: Payer
) -> None:
    made = await link(payer)
    assert not await world.fill_in(made.page, "insufficient_funds")
    assert await finished(payer, made.checkout_id) == "open"
    assert await world.fill_in(made.page, "visa")
    await finished(payer, made.checkout_id)
    assert (await payer.state(made.checkout_id)).status == "told"
    assert len(await payer.texts()) == 1


async def test_nobody_pays_on_a_link_that_has_expired(world: SandboxWorld, payer: Payer) -> None:
    made = await link(payer)
    await world.pass_seconds(3_700)
    assert not await world.fill_in(made.page, "visa")
    assert await finished(payer, made.checkout_id) == "expired"
    assert await payer.rows("SELECT id FROM charges") == []


async def test_a_link_that_is_closed_too_late_counts(world: SandboxWorld, payer: Payer) -> None:
    paid, left = await link(payer), await link(payer)
    await world.fill_in(paid.page, "visa")
    assert await close_checkout(payer.tools, paid.checkout_id) == "completed"
    assert await close_checkout(payer.tools, left.checkout_id) == "expired"
    assert not await world.fill_in(left.page, "visa")
    await payer.walk(paid.checkout_id)
    assert await payer.balance_cents() == 0


async def test_the_same_key_is_the_same_page_until_it_was_used(world: SandboxWorld, payer: Payer) -> None:
    expires_at = payer.tools.real_now + timedelta(hours=1)
    first = await link(payer, idempotency_key="one", expires_at=expires_at)
    assert await link(payer, idempotency_key="one", expires_at=expires_at) == first
    with pytest.raises(IdempotencyConflictError):
        await link(payer, idempotency_key="one", amount=100)
    await world.fill_in(first.page, "visa")
    await finished(payer, first.checkout_id)
    with pytest.raises(CheckoutOverError):
        await link(payer, idempotency_key="one")


@pytest.mark.parametrize("amount", [0, 49, AmountLimits(10, 50_000, 5_000), AmountLimits(500, 100_000_000_000, 5_000)])
async def test_an_amount_that_cannot_be_has_no_link(payer: Payer, amount: int | AmountLimits) -> None:
    with pytest.raises(AmountRefusedError):
        await link(payer, amount=amount)


async def test_a_link_that_the_processor_never_made_is_over_in_time(world: SandboxWorld, payer: Payer) -> None:
    await world.go_down(True)
    with pytest.raises(GatewayUnavailableError):
        await link(payer, expires_at=payer.tools.clock.now() - timedelta(minutes=5))
    await payer.rows(OVERDUE)
    (checkout_id,) = await due_checkouts(payer.tools.database)
    assert await look_at_checkout(payer.tools, checkout_id) == "expired"


async def test_a_page_whose_notification_got_lost_is_asked_about(world: SandboxWorld, payer: Payer) -> None:
    made = await link(payer)
    assert await due_checkouts(payer.tools.database) == []
    await payer.rows(OVERDUE)
    assert await due_checkouts(payer.tools.database) == [made.checkout_id]
    await look_at_checkout(payer.tools, made.checkout_id)
    assert await due_checkouts(payer.tools.database) == []


async def test_while_the_processor_is_down_a_page_is_not_asked_about_all_the_time(
    world: SandboxWorld, payer: Payer
) -> None:
    made = await link(payer)
    await payer.rows(OVERDUE)
    await world.go_down(True)
    with pytest.raises(GatewayUnavailableError):
        await look_at_checkout(payer.tools, made.checkout_id)
    assert await due_checkouts(payer.tools.database) == []


async def test_a_link_that_does_not_exist(payer: Payer) -> None:
    for ask in (look_at_checkout, close_checkout):
        with pytest.raises(CheckoutNotFoundError):
            await ask(payer.tools, uuid4())
