"""The processor's day against the ledger: what differs is left to a person, each once."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from backend.charges.reconciliation import Difference, ask, list_of, reconcile, to_ask
from backend.charges.tools import Tools
from backend.gateway.values import ChargeRequest, ChargeState, DayList, GatewayCharge, MethodKind, RefundRequest
from backend.payments import returns
from backend.payments.return_items import Given
from tests.backend.charges.payer import DEBT_CENTS, Payer
from tests.backend.gateway.world import SandboxWorld


async def differences(payer: Payer, since: timedelta = timedelta(hours=2)) -> list[Difference]:
    """As the night finds them, of today so far. The processor lives in real time, and so does this day."""
    tools = payer.tools
    span = (tools.real_now - since, tools.real_now + timedelta(minutes=1))
    listed = await list_of(tools.gateway, span)
    if not since:
        listed = DayList((), (), ())  # nothing was made today
    async with tools.database.transaction() as session:
        unlisted = await to_ask(session, listed, tools.gateway.name, span)
    asked = await ask(tools.gateway, unlisted)
    async with tools.database.transaction() as session:
        return list(await reconcile(session, listed, asked, tools.gateway.name, span))


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
    await payer.rows(
        "UPDATE charges SET id = gen_random_uuid(), processor_charge_id = 'ch_gone', resolved_at = now() RETURNING id"
    )
    kinds = sorted(one.kind for one in await differences(payer))
    assert kinds == ["charge_missing", "charge_unknown"]


SOON = "now() + interval '20 seconds'"
"""A moment of a day that begins when it is looked at (`since` nothing)."""


async def reverse(payer: Payer, ahead: timedelta = timedelta(0)) -> None:
    """Somebody takes the payment back by hand, so much later than now."""
    ((payment_id,),) = await payer.rows("SELECT payment_id FROM charges")
    tools = payer.tools
    async with tools.database.transaction() as session:
        given = Given(tools.district.today(tools.clock.now()), "R10")
        await returns.return_payment(
            session, payment_id=payment_id, given=given, district=tools.district, now=tools.real_now + ahead
        )


async def test_a_payment_taken_back_here_whose_money_the_processor_keeps(payer: Payer) -> None:
    charge_id = await paid(payer)
    await reverse(payer)
    assert await differences(payer) == [Difference("charge_reversed", charge_id, payer.account_id, DEBT_CENTS)]


async def test_on_another_day_than_it_was_made_too(payer: Payer) -> None:
    charge_id = await paid(payer)
    assert await differences(payer, timedelta(0)) == []
    await reverse(payer, ahead=timedelta(seconds=20))
    assert await differences(payer, timedelta(0)) == [
        Difference("charge_reversed", charge_id, payer.account_id, DEBT_CENTS)
    ]


class Scripted:
    """A processor that says of every charge what it is told to."""

    def __init__(self, tools: Tools, said: ChargeState) -> None:
        self.name, self._gateway, self._said = tools.gateway.name, tools.gateway, said

    async def made_between(self, start: Any, before: Any) -> DayList:
        listed = await self._gateway.made_between(start, before)
        return replace(listed, charges=tuple(replace(one, state=self._said) for one in listed.charges))

    async def charge_by_id(self, charge_id: str) -> GatewayCharge:
        return replace(await self._gateway.charge_by_id(charge_id), state=self._said)


@pytest.mark.parametrize("since", [timedelta(hours=2), timedelta(0)])
async def test_a_payment_that_the_processor_says_came_to_nothing(payer: Payer, since: timedelta) -> None:
    charge_id = await paid(payer)
    await payer.rows(f"UPDATE charges SET resolved_at = {SOON} RETURNING id")
    scripted = replace(payer, tools=replace(payer.tools, gateway=Scripted(payer.tools, ChargeState.FAILED)))
    assert await differences(scripted, since) == [Difference("charge_failed", charge_id, payer.account_id, DEBT_CENTS)]


async def test_a_bank_debit_is_compared_on_the_day_of_its_outcome(payer: Payer, world: SandboxWorld) -> None:
    charge = await payer.agree(method=await payer.save("checking"))
    await payer.walk(charge.id)
    assert await differences(payer) == []  # the day on which it was made: pending
    (row,) = await payer.rows("SELECT processor_charge_id FROM charges")
    await world.settle(row.processor_charge_id)
    await payer.rows(
        f"UPDATE charges SET status = 'failed', decline_reason = 'other', resolved_at = {SOON} RETURNING id"
    )
    assert await differences(payer, timedelta(0)) == [
        Difference("charge_not_posted", row.processor_charge_id, payer.account_id, DEBT_CENTS)
    ]


async def test_a_charge_that_was_made_after_an_outage_past_midnight_is_not_missing(payer: Payer) -> None:
    """First asked for today; its outcome, and the processor's charge, are of tomorrow."""
    await paid(payer)
    await payer.rows("UPDATE charges SET resolved_at = now() + interval '1 day' RETURNING id")
    assert await differences(payer, timedelta(0)) == []
    await payer.rows(f"UPDATE charges SET resolved_at = {SOON} RETURNING id")
    assert await differences(payer, timedelta(0)) == []


async def test_money_that_went_back_without_us(payer: Payer, world: SandboxWorld) -> None:
    charge_id = await paid(payer)
    dispute = await world.dispute(charge_id)
    await payer.tools.gateway.refund(RefundRequest("ours", "refund-1", charge_id, 100))
    assert await differences(payer) == [Difference("charge_disputed", dispute, payer.account_id, DEBT_CENTS)]


async def test_a_convenience_fee_is_part_of_what_the_processor_moved(payer: Payer, world: SandboxWorld) -> None:
    charge_id = await paid(payer, amount_cents=7_000, fee_cents=250)
    assert await differences(payer) == []
    await reverse(payer)
    dispute = await world.dispute(charge_id)
    assert await differences(payer) == [
        Difference("charge_reversed", charge_id, payer.account_id, 7_250, 250),
        Difference("charge_disputed", dispute, payer.account_id, 7_250, 250),
    ]
