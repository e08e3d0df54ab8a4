"""Refunds, disputes, and everything of a day for reconciliation. Both processors alike."""

from datetime import timedelta

import pytest

from backend.gateway.errors import DeclinedError, RequestRefusedError
from backend.gateway.protocol import PaymentGateway
from backend.gateway.values import ChargeState, DisputeState, RefundRequest, RefundState
from tests.backend.gateway.requests import Charging, checkout_of, now, request_of
from tests.backend.gateway.world import World


class TestMoneyBack:
    async def test_goes_back_in_parts_and_no_more_than_there_was(
        self, gateway: PaymentGateway, charge: Charging
    ) -> None:
        made = await charge()
        first = RefundRequest("refund 1", "refund 1", made.id, 1_000)
        given = await gateway.refund(first)
        assert (given.charge_id, given.amount_cents, given.state) == (made.id, 1_000, RefundState.SUCCEEDED)
        assert await gateway.refund(first) == given
        await gateway.refund(RefundRequest("refund 2", "refund 2", made.id, 3_250))
        with pytest.raises(RequestRefusedError):
            await gateway.refund(RefundRequest("refund 3", "refund 3", made.id, 1))
        listed = await gateway.made_between(now() - timedelta(hours=1), now() + timedelta(hours=1))
        assert sorted((each.reference, each.amount_cents) for each in listed.refunds) == [
            ("refund 1", 1_000),
            ("refund 2", 3_250),
        ]

    @pytest.mark.parametrize(("word", "state"), [("won", DisputeState.WON), ("lost", DisputeState.LOST)])
    async def test_a_dispute_is_open_until_the_bank_decides(
        self, world: World, gateway: PaymentGateway, charge: Charging, word: str, state: DisputeState
    ) -> None:
        made = await charge()
        dispute_id = await world.dispute(made.id)
        span = (now() - timedelta(hours=1), now() + timedelta(hours=1))
        (opened,) = (await gateway.made_between(*span)).disputes
        assert (opened.charge_id, opened.amount_cents, opened.state) == (made.id, 4_250, DisputeState.OPEN)
        await world.close_dispute(dispute_id, word)
        (closed,) = (await gateway.made_between(*span)).disputes
        assert (closed.id, closed.state) == (opened.id, state)


class TestListOfADay:
    async def test_has_every_charge_once_over_many_pages(
        self, world: World, gateway: PaymentGateway, customer: str
    ) -> None:
        token = await world.save_method("visa", customer)
        for number in range(105):
            key = f"charge {number}"
            await gateway.charge(request_of(token, customer, reference=key, idempotency_key=key))
        listed = await gateway.made_between(now() - timedelta(hours=1), now() + timedelta(hours=1))
        assert sorted(each.reference for each in listed.charges) == sorted(f"charge {n}" for n in range(105))

    async def test_begins_with_its_first_moment_and_ends_before_the_next_days(
        self, gateway: PaymentGateway, charge: Charging
    ) -> None:
        made = await charge()
        start, second = made.created_at, timedelta(seconds=1)
        assert len((await gateway.made_between(start, start + second)).charges) == 1
        assert (await gateway.made_between(start - second, start)).charges == ()

    async def test_has_failed_and_pending_ones_and_no_page_that_nobody_paid_on(
        self, world: World, gateway: PaymentGateway, charge: Charging
    ) -> None:
        await charge("checking", reference="pending")
        with pytest.raises(DeclinedError):
            await charge("expired", reference="failed", idempotency_key="failed")
        await gateway.open_checkout(checkout_of(4_250))
        listed = await gateway.made_between(now() - timedelta(hours=1), now() + timedelta(hours=1))
        assert {each.reference: each.state for each in listed.charges} == {
            "pending": ChargeState.PENDING,
            "failed": ChargeState.FAILED,
        }
