"""Charges: made once for each key, declined for a reason, unknown and then found. Both processors alike."""

import asyncio
from dataclasses import replace

import pytest

from backend.gateway.errors import DeclinedError, GatewayUnavailableError, OutcomeUnknownError, RequestRefusedError
from backend.gateway.protocol import PaymentGateway
from backend.gateway.values import ChargeState, DeclineReason, GatewayCharge, MethodKind
from tests.backend.gateway.requests import Charging, now, request_of
from tests.backend.gateway.world import World

SILENCE_SECONDS = 1.0
"""How long a test of silence waits for an answer that does not come."""


class TestCharge:
    async def test_succeeds_and_is_found_by_our_reference(
        self, gateway: PaymentGateway, charge: Charging, customer: str
    ) -> None:
        made = await charge()
        assert (made.reference, made.amount_cents, made.state) == ("charge 1", 4_250, ChargeState.SUCCEEDED)
        assert made.method is not None and (made.method.brand, made.method.last4) == ("visa", "4242")
        assert await gateway.charge_by_id(made.id) == made
        for whose in (customer, None):
            found = await gateway.find_charge("charge 1", since=now(), customer=whose)
            assert found is not None and (found.id, found.state) == (made.id, made.state)
        assert await gateway.find_charge("charge 2", since=now(), customer=customer) is None

    async def test_the_same_key_again_is_the_same_charge(
        self, world: World, gateway: PaymentGateway, customer: str
    ) -> None:
        request = request_of(await world.save_method("visa", customer), customer)
        first, again = await gateway.charge(request), await gateway.charge(request)
        assert first == again
        assert await world.attempts() == 1

    async def test_the_same_key_for_another_amount_is_refused(
        self, world: World, gateway: PaymentGateway, customer: str
    ) -> None:
        request = request_of(await world.save_method("visa", customer), customer)
        await gateway.charge(request)
        with pytest.raises(RequestRefusedError):
            await gateway.charge(replace(request, amount_cents=9_900))
        assert await world.attempts() == 1

    async def test_ten_at_once_with_one_key_are_one_charge(
        self, world: World, gateway: PaymentGateway, customer: str
    ) -> None:
        await world.misbehave("slow:0.2")
        request = request_of(await world.save_method("visa", customer), customer)
        answers = await asyncio.gather(*(gateway.charge(request) for _ in range(10)), return_exceptions=True)
        made = {answer.id for answer in answers if isinstance(answer, GatewayCharge)}
        others = [answer for answer in answers if not isinstance(answer, GatewayCharge)]
        assert len(made) == 1
        assert all(isinstance(answer, OutcomeUnknownError) for answer in others)
        assert await world.attempts() == 1

    @pytest.mark.parametrize(
        ("name", "reason"),
        [
            ("insufficient_funds", DeclineReason.INSUFFICIENT_FUNDS),
            ("expired", DeclineReason.EXPIRED_CARD),
            ("incorrect_details", DeclineReason.INCORRECT_DETAILS),
            ("stolen", DeclineReason.LOST_OR_STOLEN),
            ("do_not_honor", DeclineReason.DO_NOT_HONOR),
            ("over_limit", DeclineReason.LIMIT_EXCEEDED),
            ("processing_error", DeclineReason.PROCESSING_ERROR),
            ("needs_verification", DeclineReason.NEEDS_VERIFICATION),
        ],
    )
    async def test_a_no_is_final_and_says_why(
        self, world: World, gateway: PaymentGateway, customer: str, name: str, reason: DeclineReason
    ) -> None:
        request = request_of(await world.save_method(name, customer), customer)
        for _ in range(2):
            with pytest.raises(DeclinedError) as no:
                await gateway.charge(request)
            assert no.value.reason is reason
        assert no.value.charge_id is not None
        found = await gateway.find_charge("charge 1", since=now(), customer=customer)
        assert found is not None
        assert (found.id, found.state, found.decline) == (no.value.charge_id, ChargeState.FAILED, reason)
        assert await world.attempts() == 1

    async def test_a_bank_debit_is_pending_until_its_bank_answers(
        self, world: World, gateway: PaymentGateway, charge: Charging
    ) -> None:
        made = await charge("checking")
        assert (made.state, made.decline) == (ChargeState.PENDING, None)
        assert made.method is not None and made.method.kind is MethodKind.BANK_ACCOUNT
        await world.settle(made.id)
        settled = await gateway.charge_by_id(made.id)
        assert (settled.state, settled.decline) == (ChargeState.SUCCEEDED, None)

    @pytest.mark.parametrize(
        ("name", "answer", "reason"),
        [
            ("checking_insufficient_funds", "insufficient_funds", DeclineReason.INSUFFICIENT_FUNDS),
            ("checking_closed", "account_closed", DeclineReason.ACCOUNT_CLOSED),
            ("checking_not_authorized", "not_authorized", DeclineReason.NOT_AUTHORIZED),
        ],
    )
    async def test_a_bank_debit_can_fail_days_later(
        self, world: World, charge: Charging, name: str, answer: str, reason: DeclineReason
    ) -> None:
        made = await charge(name)
        await world.settle(made.id, answer)
        settled = await world.gateway.charge_by_id(made.id)
        assert (settled.state, settled.decline) == (ChargeState.FAILED, reason)

    async def test_a_forgotten_method_is_charged_no_more(
        self, world: World, gateway: PaymentGateway, customer: str
    ) -> None:
        token = await world.save_method("visa", customer)
        await gateway.forget_method(token)
        await gateway.forget_method(token)
        assert (await gateway.method(token)).customer is None
        for gone in (token, "pm_of_nobody"):
            with pytest.raises(DeclinedError) as no:
                await gateway.charge(request_of(gone, customer, idempotency_key=gone))
            assert no.value.reason is DeclineReason.METHOD_GONE

    async def test_less_than_a_processor_takes_is_refused(self, world: World, charge: Charging) -> None:
        with pytest.raises(RequestRefusedError):
            await charge(amount_cents=49)
        assert await world.attempts() == 0


class TestUnknownOutcome:
    """Not to know is not to have failed: the processor is asked, and the same key never charges twice."""

    @pytest.mark.parametrize(("fault", "patience_seconds"), [("silence", SILENCE_SECONDS), ("error", 20.0)])
    async def test_of_a_request_that_came_to_nothing(
        self, world: World, gateway: PaymentGateway, customer: str, fault: str
    ) -> None:
        request = request_of(await world.save_method("visa", customer), customer)
        await world.misbehave(fault)
        with pytest.raises(OutcomeUnknownError):
            await gateway.charge(request)
        assert await gateway.find_charge("charge 1", since=now(), customer=customer) is None

    @pytest.mark.parametrize(
        ("fault", "patience_seconds"), [("charge_then_silence", SILENCE_SECONDS), ("charge_then_error", 20.0)]
    )
    async def test_of_a_request_that_was_carried_out(
        self, world: World, gateway: PaymentGateway, customer: str, fault: str
    ) -> None:
        request = request_of(await world.save_method("visa", customer), customer)
        await world.misbehave(fault)
        with pytest.raises(OutcomeUnknownError):
            await gateway.charge(request)
        found = await gateway.find_charge("charge 1", since=now(), customer=customer)
        assert found is not None and found.state is ChargeState.SUCCEEDED
        assert (await gateway.charge(request)).id == found.id
        assert await world.attempts() == 1

    async def test_while_the_processor_is_down(self, world: World, gateway: PaymentGateway, customer: str) -> None:
        request = request_of(await world.save_method("visa", customer), customer)
        await world.go_down(True)
        with pytest.raises(OutcomeUnknownError):
            await gateway.charge(request)
        with pytest.raises(GatewayUnavailableError) as away:
            await gateway.find_charge("charge 1", since=now(), customer=customer)
        assert not isinstance(away.value, OutcomeUnknownError)
        await world.go_down(False)
        assert await gateway.find_charge("charge 1", since=now(), customer=customer) is None
        assert (await gateway.charge(request)).state is ChargeState.SUCCEEDED
