"""A bank takes a card payment back: owed again, told, and a lead's item, once; a dispute that is won is paid again."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from backend.charges.disputes import settle_disputes
from backend.ledger import chart
from backend.models.customer import CustomerPhone
from backend.options import service as options
from tests.backend.charges.conftest import SetClock
from tests.backend.charges.payer import DEBT_CENTS, PHONE, Payer
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


async def test_a_bank_that_only_asks_moves_no_money_until_it_takes_it(
    world: SandboxWorld, payer: Payer, settle: Settle
) -> None:
    await world.dispute(await paid(payer))
    for body in await world.bodies():
        await hear(payer, body)
    await payer.rows("UPDATE gateway_events SET state = 'inquiry' WHERE kind = 'dispute_opened' RETURNING id")
    assert await settle_disputes(payer.tools) == 1
    assert await payer.balance_cents() == 0 and await payer.rows(RETURNS) == []
    await payer.rows(
        "UPDATE gateway_events SET state = 'open', handled_at = NULL WHERE kind = 'dispute_opened' RETURNING id"
    )
    await settle_disputes(payer.tools)
    assert await payer.balance_cents() == DEBT_CENTS


@pytest.mark.parametrize(
    ("reason", "came"),
    [
        ("insufficient_funds", ("R01", True)),
        ("debit_not_authorized", ("R10", False)),
        ("general", ("DISPUTE", False)),
    ],
)
async def test_a_late_return_of_a_bank_debit_keeps_its_reason(
    world: SandboxWorld, payer: Payer, settle: Settle, reason: str, came: tuple[str, bool]
) -> None:
    """`came`: the code it has here, and whether autopay is still on."""
    tools, (code, still_drawn) = payer.tools, came
    async with tools.database.transaction() as session:
        await options.enrol_autopay(
            session, payer.account_id, method_label="Visa", method_id=payer.method_id, now=tools.clock.now(),
            district=tools.district,
        )  # fmt: skip
    charge = await payer.agree(method=await payer.save("checking"))
    await payer.walk(charge.id)
    (row,) = await payer.rows("SELECT processor_charge_id FROM charges")
    await world.settle(row.processor_charge_id)
    await payer.walk_until_done(charge.id)
    await world.dispute(row.processor_charge_id, reason)
    await settle()
    assert await payer.rows(RETURNS) == [(code, DEBT_CENTS)]
    async with tools.database.transaction() as session:
        assert (await options.autopay_of(session, payer.account_id) is not None) is still_drawn


async def test_the_customer_is_told_when_it_is_won(world: SandboxWorld, payer: Payer, settle: Settle) -> None:
    dispute = await world.dispute(await paid(payer))
    async with payer.tools.database.transaction() as session:
        session.add(CustomerPhone(customer_id=payer.customer_id, phone=PHONE, rank=1, texts_allowed=True))
    await settle()
    await world.close_dispute(dispute, "won")
    await settle()
    (told,) = await payer.rows("SELECT recipient, text FROM outbound_messages WHERE purpose = 'dispute_won'")
    assert told.recipient == PHONE
    assert "has closed its dispute of your payment of $82.50" in told.text and "now $0.00." in told.text


async def test_of_a_payment_with_a_convenience_fee_all_goes_back_and_comes_again(
    world: SandboxWorld, payer: Payer, settle: Settle
) -> None:
    charge = await payer.agree(amount_cents=7_000, fee_cents=250)
    await payer.walk_until_done(charge.id)
    (row,) = await payer.rows("SELECT processor_charge_id FROM charges")
    dispute = await world.dispute(row.processor_charge_id)
    await settle()
    assert (await payer.balance_cents(), await fees_cents(payer)) == (DEBT_CENTS, 0)
    assert await payer.rows(RETURNS) == [("DISPUTE", 7_000)]
    await world.close_dispute(dispute, "won")
    await settle()
    assert (await payer.balance_cents(), await fees_cents(payer)) == (DEBT_CENTS - 7_000, 250)


async def fees_cents(payer: Payer) -> int:
    """The convenience fees that the ledger has."""
    ((cents,),) = await payer.rows(
        "SELECT -coalesce(sum(amount_cents), 0) FROM ledger_postings"
        f" WHERE ledger_account_id = '{chart.CONVENIENCE_FEES}'"
    )
    return int(cents)


async def test_heard_before_we_know_the_charge_it_is_kept(world: SandboxWorld, payer: Payer, settle: Settle) -> None:
    charge_id = await paid(payer)
    await world.dispute(charge_id)
    await payer.rows("UPDATE charges SET processor_charge_id = NULL RETURNING id")
    await settle()
    assert await payer.rows(OPEN_EVENTS) == [("dispute_opened",)]
    await payer.rows(f"UPDATE charges SET processor_charge_id = '{charge_id}' RETURNING id")
    await settle()
    assert await payer.balance_cents() == DEBT_CENTS and await payer.rows(OPEN_EVENTS) == []


async def test_another_amount_or_charge_moves_no_money(
    world: SandboxWorld, payer: Payer, settle: Settle, clock: SetClock
) -> None:
    """The night's reconciliation lists them for a person (`test_reconciliation.py`)."""
    await world.dispute(await paid(payer))
    await payer.rows("UPDATE charges SET processor_charge_id = 'another' RETURNING id")
    await settle()
    clock.moment += timedelta(days=7)
    await settle()
    assert await payer.balance_cents() == 0
    assert await payer.rows(RETURNS) == await payer.rows(OPEN_EVENTS) == []
