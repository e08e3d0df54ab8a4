"""A bank takes a card payment back: owed again, told, and a lead's item, once; a dispute that is won is paid again."""

from collections.abc import Awaitable, Callable

import pytest

from backend.charges.disputes import settle_disputes
from tests.backend.charges.payer import DEBT_CENTS, Payer
from tests.backend.charges.test_notifications import hear
from tests.backend.gateway.world import SandboxWorld

OPEN_EVENTS = "SELECT kind FROM gateway_events WHERE handled_at IS NULL"
RETURNS = "SELECT reason_code, amount_cents FROM payment_returns"
ITEMS = "SELECT cause FROM return_items ORDER BY cause"
"""The customer has no telephone on file for texts: so a person writes to them."""
NOT_POSTED = "status = 'succeeded', payment_id = NULL, confirmation_number = NULL, told_at = NULL"


async def paid(payer: Payer) -> str:
    """The processor's name of a payment that is in the ledger; its own news are forgotten."""
    charge = await payer.agree()
    await payer.walk_until_done(charge.id)
    assert await payer.balance_cents() == 0
    await payer.world.bodies()
    made = await payer.tools.gateway.find_charge(str(charge.id), since=payer.tools.real_now)
    assert made is not None
    return made.id


Settle = Callable[..., Awaitable[int]]


@pytest.fixture
def settle(payer: Payer, world: SandboxWorld) -> Settle:
    async def run(*, backwards: bool = False) -> int:
        """Hear all the news there are, then deal with them; how many were dealt with."""
        bodies = await world.bodies()
        for body in reversed(bodies) if backwards else bodies:
            await hear(payer, body)
        return await settle_disputes(payer.tools)

    return run


async def test_what_was_disputed_is_owed_again_and_a_lead_has_it(
    world: SandboxWorld, payer: Payer, settle: Settle
) -> None:
    await world.dispute(await paid(payer))
    assert await settle() >= 1
    assert await payer.balance_cents() == DEBT_CENTS
    assert await payer.rows(RETURNS) == [("DISPUTE", DEBT_CENTS)]
    assert await payer.rows(ITEMS) == [("fraud_review",), ("write_to_customer",)]
    assert await payer.rows(OPEN_EVENTS) == []


async def test_the_same_news_again_changes_nothing(world: SandboxWorld, payer: Payer, settle: Settle) -> None:
    await world.dispute(await paid(payer))
    bodies = await world.bodies()
    for body in bodies + bodies:
        await hear(payer, body)
        await settle()
    assert await settle_disputes(payer.tools) == 0
    assert await payer.balance_cents() == DEBT_CENTS
    assert (len(await payer.rows(RETURNS)), len(await payer.rows(ITEMS))) == (1, 2)


@pytest.mark.parametrize(("state", "owed"), [("won", 0), ("lost", DEBT_CENTS)])
async def test_what_is_won_is_posted_again(
    world: SandboxWorld, payer: Payer, settle: Settle, state: str, owed: int
) -> None:
    dispute = await world.dispute(await paid(payer))
    await settle()
    await world.close_dispute(dispute, state)
    await settle()
    assert await payer.balance_cents() == owed
    assert await payer.rows(OPEN_EVENTS) == []


async def test_won_before_anybody_heard_of_it_nothing_was_ever_owed(
    world: SandboxWorld, payer: Payer, settle: Settle
) -> None:
    dispute = await world.dispute(await paid(payer))
    await world.close_dispute(dispute, "won")
    await settle(backwards=True)
    assert await payer.balance_cents() == 0
    assert await payer.rows(RETURNS) == []
    assert await payer.rows(OPEN_EVENTS) == []


async def test_a_payment_that_is_not_posted_yet_is_waited_for(
    world: SandboxWorld, payer: Payer, settle: Settle
) -> None:
    await world.dispute(await paid(payer))
    ((charge_id,),) = await payer.rows(f"UPDATE charges SET {NOT_POSTED} RETURNING id")
    await settle()
    assert await payer.rows(OPEN_EVENTS) == [("dispute_opened",)]
    assert await payer.balance_cents() == 0
    await payer.walk_until_done(charge_id)
    await settle()
    assert await payer.balance_cents() == DEBT_CENTS


async def test_another_amount_or_charge_moves_no_money(world: SandboxWorld, payer: Payer, settle: Settle) -> None:
    """The night's reconciliation lists them for a person (`test_reconciliation.py`)."""
    await world.dispute(await paid(payer))
    await payer.rows("UPDATE charges SET processor_charge_id = 'another' RETURNING id")
    await settle()
    assert await payer.balance_cents() == 0
    assert await payer.rows(RETURNS) == await payer.rows(OPEN_EVENTS) == []
