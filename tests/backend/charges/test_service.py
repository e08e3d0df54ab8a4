"""What may be charged, once; what is on its way, and what that holds off."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from backend.charges import service
from backend.charges.service import PaymentInProgressError
from backend.ledger.service import IdempotencyConflictError, ReceivableNotFoundError
from backend.payments.service import AmountRefusedError
from backend.saved_methods.service import MethodNotFoundError
from backend.shutoff.service import shut_off
from tests.backend.charges.payer import DEBT_CENTS, Payer, enrolled
from tests.backend.gateway.world import SandboxWorld


class TestAgreement:
    @pytest.mark.parametrize("cents", [0, -500, 49, 100_000_000_000])
    async def test_an_amount_that_cannot_be_is_refused(self, payer: Payer, cents: int) -> None:
        with pytest.raises(AmountRefusedError):
            await payer.agree(amount_cents=cents)
        assert await payer.rows("SELECT id FROM charges") == []

    async def test_the_same_agreement_again_is_the_same_charge(self, payer: Payer) -> None:
        new = payer.new()
        first, again = await payer.agree(new), await payer.agree(new)
        assert first == again
        await payer.walk(first.id)
        assert (await payer.agree(new)).status == "told"

    async def test_ten_at_once_are_one_charge(self, world: SandboxWorld, payer: Payer) -> None:
        new = payer.new()
        charges = await asyncio.gather(*(payer.agree(new) for _ in range(10)))
        assert len({charge.id for charge in charges}) == 1
        await payer.walk(charges[0].id)
        assert await world.attempts() == 1

    async def test_its_key_cannot_mean_another_amount(self, payer: Payer) -> None:
        new = payer.new()
        await payer.agree(new)
        with pytest.raises(IdempotencyConflictError):
            await payer.agree(payer.new(idempotency_key=new.idempotency_key, amount_cents=100))

    async def test_by_chat_and_by_phone_in_the_same_second_one_wins(self, payer: Payer) -> None:
        both = await asyncio.gather(payer.agree(channel="chat"), payer.agree(channel="voice"), return_exceptions=True)
        (won,) = [charge for charge in both if isinstance(charge, service.ChargeState)]
        (lost,) = [error for error in both if isinstance(error, PaymentInProgressError)]
        assert lost.extra == {"charge_id": str(won.id), "amount_cents": DEBT_CENTS}

    async def test_another_payment_may_be_begun_once_the_first_is_done(self, payer: Payer) -> None:
        await payer.walk((await payer.agree(amount_cents=5_000)).id)
        await payer.walk((await payer.agree(amount_cents=3_250)).id)
        assert await payer.balance_cents() == 0

    async def test_a_bank_debit_on_its_way_does_not_stand_in_the_way_for_days(self, payer: Payer) -> None:
        debit = await payer.agree(amount_cents=5_000, method=await payer.save("checking"))
        await payer.walk(debit.id)
        assert (await payer.agree(amount_cents=1_000)).status == "created"

    async def test_who_means_it_may_pay_beside_another(self, payer: Payer) -> None:
        await payer.agree(amount_cents=5_000)
        assert (await payer.agree(amount_cents=1_000, while_another=True)).status == "created"

    async def test_a_method_of_another_account_cannot_be_charged(self, world: SandboxWorld, payer: Payer) -> None:
        other = await enrolled(payer.tools, world)
        for method in (other.method_id, uuid4()):
            with pytest.raises(MethodNotFoundError):
                await payer.agree(method=method)

    async def test_an_account_that_does_not_exist(self, payer: Payer) -> None:
        with pytest.raises(ReceivableNotFoundError):
            await payer.agree(account_id=uuid4())


class TestOnTheWay:
    async def asked(self, payer: Payer) -> tuple[list[Any], bool]:
        """The pending charges, and whether the account's water is protected by them."""
        tools = payer.tools
        async with tools.database.transaction() as session:
            pending = await service.pending_charges(session, payer.account_id)
            assert sum(each.amount_cents for each in pending) == await service.on_its_way_cents(
                session, payer.account_id
            )
            stands = await shut_off(session, payer.account_id, now=tools.clock.now(), district=tools.district)
        return [(each.amount_cents, each.status) for each in pending], "payment_pending" in stands.protections

    async def test_a_charge_holds_off_a_disconnection_until_it_is_in_the_ledger(self, payer: Payer) -> None:
        assert await self.asked(payer) == ([], False)
        charge = await payer.agree()
        assert await self.asked(payer) == ([(DEBT_CENTS, "created")], True)
        await payer.walk(charge.id)
        assert await self.asked(payer) == ([], False)

    async def test_so_does_one_whose_outcome_nobody_knows(self, world: SandboxWorld, payer: Payer) -> None:
        await world.misbehave("charge_then_silence")
        await payer.walk((await payer.agree()).id)
        assert await self.asked(payer) == ([(DEBT_CENTS, "unknown")], True)

    async def test_and_a_bank_debit_for_as_long_as_its_bank_takes(self, payer: Payer) -> None:
        await payer.walk((await payer.agree(method=await payer.save("checking"))).id)
        assert await self.asked(payer) == ([(DEBT_CENTS, "pending")], True)

    async def test_a_declined_one_does_not(self, payer: Payer) -> None:
        await payer.walk((await payer.agree(method=await payer.save("expired"))).id)
        assert await self.asked(payer) == ([], False)
