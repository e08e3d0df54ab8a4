"""The processor's pages: to save a card or account, to pay once, until they expire. Both processors alike."""

import pytest

from backend.gateway.protocol import PaymentGateway
from backend.gateway.values import AmountLimits, ChargeState, HostedPage, MethodKind, PageState
from tests.backend.gateway.requests import LIMITS, checkout_of, now, request_of, setup_of
from tests.backend.gateway.world import World


class TestPages:
    async def test_a_saved_card_can_be_charged_without_its_owner(
        self, world: World, gateway: PaymentGateway, customer: str
    ) -> None:
        page = await gateway.open_setup(setup_of(customer))
        assert (await gateway.page(page.id)).state is PageState.OPEN
        assert await world.fill_in(page, "mastercard")
        outcome = await gateway.page(page.id)
        assert (outcome.state, outcome.reference, outcome.charge) == (PageState.COMPLETED, "setup 1", None)
        saved = outcome.method
        assert saved is not None and saved == await gateway.method(saved.token)
        assert (saved.brand, saved.last4, saved.kind) == ("mastercard", "4444", MethodKind.CARD)
        assert saved.expires is not None and saved.expires > (now().year, now().month)
        assert saved.customer == customer
        made = await gateway.charge(request_of(saved.token, customer))
        assert made.state is ChargeState.SUCCEEDED

    async def test_a_fixed_amount_is_paid_once(self, world: World, gateway: PaymentGateway) -> None:
        page = await gateway.open_checkout(checkout_of(4_250))
        assert await world.fill_in(page, "visa")
        assert not await world.fill_in(page, "visa")
        outcome = await gateway.page(page.id)
        assert (outcome.state, outcome.reference, outcome.method) == (PageState.COMPLETED, "checkout 1", None)
        made = outcome.charge
        assert made is not None
        assert (made.reference, made.amount_cents, made.state) == ("checkout 1", 4_250, ChargeState.SUCCEEDED)
        assert made.method is not None and made.method.last4 == "4242"
        assert await world.attempts() == 1

    async def test_a_chosen_amount_keeps_within_its_limits(self, world: World, gateway: PaymentGateway) -> None:
        page = await gateway.open_checkout(checkout_of(LIMITS))
        for cents in (499, 50_001, 0):
            assert not await world.fill_in(page, "visa", cents)
        assert (await gateway.page(page.id)).state is PageState.OPEN
        assert await world.fill_in(page, "visa", 1_234)
        made = (await gateway.page(page.id)).charge
        assert made is not None and made.amount_cents == 1_234

    async def test_after_a_declined_card_another_one_may_be_used(self, world: World, gateway: PaymentGateway) -> None:
        page = await gateway.open_checkout(checkout_of(4_250))
        assert not await world.fill_in(page, "insufficient_funds")
        assert (await gateway.page(page.id)).state is PageState.OPEN
        assert await world.fill_in(page, "visa")
        made = (await gateway.page(page.id)).charge
        assert made is not None and made.state is ChargeState.SUCCEEDED

    async def test_a_bank_debit_completes_the_page_and_is_pending(self, world: World, gateway: PaymentGateway) -> None:
        page = await gateway.open_checkout(checkout_of(4_250))
        assert await world.fill_in(page, "checking")
        outcome = await gateway.page(page.id)
        assert outcome.state is PageState.COMPLETED
        assert outcome.charge is not None and outcome.charge.state is ChargeState.PENDING

    async def test_its_owner_can_answer_their_bank_on_the_page(self, world: World, gateway: PaymentGateway) -> None:
        page = await gateway.open_checkout(checkout_of(4_250))
        assert await world.fill_in(page, "needs_verification")
        made = (await gateway.page(page.id)).charge
        assert made is not None and made.state is ChargeState.SUCCEEDED

    async def test_expires_by_itself(self, world: World, gateway: PaymentGateway) -> None:
        page = await gateway.open_checkout(checkout_of(4_250))
        await world.pass_seconds(3_700)
        assert not await world.fill_in(page, "visa")
        assert (await gateway.page(page.id)).state is PageState.EXPIRED
        assert await world.attempts() == 0

    async def test_can_be_closed_unless_it_was_completed(self, world: World, gateway: PaymentGateway) -> None:
        page = await gateway.open_checkout(checkout_of(4_250))
        assert (await gateway.close_page(page.id)).state is PageState.EXPIRED
        assert not await world.fill_in(page, "visa")
        assert (await gateway.close_page(page.id)).state is PageState.EXPIRED

    async def test_stays_completed_when_it_is_closed_too_late(self, world: World, gateway: PaymentGateway) -> None:
        page = await gateway.open_checkout(checkout_of(4_250))
        assert await world.fill_in(page, "visa")
        closed = await gateway.close_page(page.id)
        assert (closed.state, closed.charge is not None) == (PageState.COMPLETED, True)

    @pytest.mark.parametrize("amount", [4_250, LIMITS])
    async def test_the_same_reference_is_the_same_page(
        self, gateway: PaymentGateway, amount: int | AmountLimits
    ) -> None:
        request = checkout_of(amount)
        first, again = await gateway.open_checkout(request), await gateway.open_checkout(request)
        assert first == again
        assert isinstance(first, HostedPage) and first.url.startswith("http")

    async def test_the_same_reference_is_the_same_customer(self, gateway: PaymentGateway) -> None:
        assert await gateway.create_customer("one") == await gateway.create_customer("one")
        assert await gateway.create_customer("one") != await gateway.create_customer("two")
