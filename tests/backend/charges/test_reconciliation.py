"""The processor's day against the ledger: what differs is left to a person, each once."""

from datetime import timedelta

from backend.charges.reconciliation import Difference, list_of, reconcile
from backend.gateway.values import ChargeRequest, MethodKind, RefundRequest
from tests.backend.charges.payer import DEBT_CENTS, Payer
from tests.backend.gateway.world import SandboxWorld


async def differences(payer: Payer) -> list[Difference]:
    """As the night finds them, of today so far."""
    tools = payer.tools
    span = (tools.real_now - timedelta(hours=2), tools.real_now + timedelta(minutes=1))
    listed = await list_of(tools.gateway, span)
    async with tools.database.transaction() as session:
        return list(await reconcile(session, listed, tools.gateway.name, span))


async def paid(payer: Payer, **changes: int) -> str:
    """A payment that went through; the processor's id of it."""
    charge = await payer.agree(**changes)
    await payer.walk_until_done(charge.id)
    (row,) = await payer.rows(f"SELECT processor_charge_id FROM charges WHERE id = '{charge.id}'")
    found: str = row.processor_charge_id
    return found


async def test_a_day_of_payments_differs_in_nothing(payer: Payer) -> None:
    for cents in (1_000, 2_000):
        await paid(payer, amount_cents=cents)
    await payer.agree(amount_cents=500)
    assert await differences(payer) == []


async def test_money_that_we_know_nothing_of(payer: Payer, world: SandboxWorld) -> None:
    token = await world.save_method("visa", payer.customer)
    request = ChargeRequest(
        "somebody-else", "key-of-their-own", 777, token, MethodKind.CARD, "Elsewhere", payer.customer
    )
    made = await payer.tools.gateway.charge(request)
    assert await differences(payer) == [Difference("charge_unknown", made.id, None, 777)]


async def test_money_that_the_ledger_does_not_have(payer: Payer) -> None:
    charge_id = await paid(payer)
    await payer.rows(
        "UPDATE charges SET status = 'failed', decline_reason = 'not_taken', payment_id = NULL, posted_on = NULL"
        " RETURNING id"
    )
    assert await differences(payer) == [Difference("charge_not_posted", charge_id, payer.account_id, DEBT_CENTS)]


async def test_another_amount(payer: Payer) -> None:
    charge_id = await paid(payer)
    await payer.rows("UPDATE charges SET amount_cents = amount_cents - 1 RETURNING id")
    assert await differences(payer) == [Difference("charge_amount", charge_id, payer.account_id, DEBT_CENTS)]


async def test_a_payment_that_the_processor_does_not_have(payer: Payer) -> None:
    await paid(payer)
    await payer.rows("UPDATE charges SET id = gen_random_uuid() RETURNING id")
    kinds = sorted(one.kind for one in await differences(payer))
    assert kinds == ["charge_missing", "charge_unknown"]


async def test_money_that_went_back_without_us(payer: Payer, world: SandboxWorld) -> None:
    charge_id = await paid(payer)
    dispute = await world.dispute(charge_id)
    await payer.tools.gateway.refund(RefundRequest("ours", "refund-1", charge_id, 100))
    assert await differences(payer) == [Difference("charge_disputed", dispute, payer.account_id, DEBT_CENTS)]
