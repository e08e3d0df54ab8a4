"""What every processor's adapter does, held against Stripe (its client, a loopback server) and the sandbox alike."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.gateway.errors import (
    DeclinedError,
    ForgedNotificationError,
    GatewayUnavailableError,
    OutcomeUnknownError,
    RequestRefusedError,
)
from backend.gateway.protocol import PaymentGateway
from backend.gateway.values import (
    AmountLimits,
    ChargeRequest,
    ChargeState,
    CheckoutRequest,
    DeclineReason,
    DisputeState,
    GatewayCharge,
    HostedPage,
    MethodKind,
    Notification,
    NotificationKind,
    PageState,
    RefundRequest,
    RefundState,
    SetupRequest,
)
from tests.backend.gateway.world import World, signed

Charging = Callable[..., Awaitable[GatewayCharge]]
BANK = MethodKind.BANK_ACCOUNT


def now() -> datetime:
    return datetime.now(UTC)


def request_of(method: str, customer: str | None, **changes: Any) -> ChargeRequest:
    made = ChargeRequest(
        reference="charge 1",
        idempotency_key="charge 1",
        amount_cents=4_250,
        method=method,
        kind=MethodKind.CARD,
        description="Water bill",
        customer=customer,
    )
    return replace(made, **changes)


@pytest.fixture
def charge(world: World, gateway: PaymentGateway, customer: str) -> Charging:
    """Charge a new method of that name."""

    async def charged(name: str = "visa", **changes: Any) -> GatewayCharge:
        token = await world.save_method(name, customer)
        kind = BANK if name.startswith("checking") else MethodKind.CARD
        return await gateway.charge(request_of(token, customer, kind=kind, **changes))

    return charged


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
        assert made.method is not None and made.method.kind is BANK
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

    @pytest.mark.parametrize("fault", ["silence", "error"])
    async def test_of_a_request_that_came_to_nothing(
        self, world: World, gateway: PaymentGateway, customer: str, fault: str
    ) -> None:
        request = request_of(await world.save_method("visa", customer), customer)
        await world.misbehave(fault)
        with pytest.raises(OutcomeUnknownError):
            await gateway.charge(request)
        assert await gateway.find_charge("charge 1", since=now(), customer=customer) is None

    @pytest.mark.parametrize("fault", ["charge_then_silence", "charge_then_error"])
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


def setup_of(customer: str) -> SetupRequest:
    return SetupRequest("setup 1", customer, "en", "https://district.example/back", now() + timedelta(hours=1))


def checkout_of(amount: int | AmountLimits) -> CheckoutRequest:
    soon = now() + timedelta(hours=1)
    return CheckoutRequest("checkout 1", amount, "Water bill", "es", "https://district.example/back", soon)


LIMITS = AmountLimits(least_cents=500, most_cents=50_000, suggested_cents=4_250)


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


class TestNotifications:
    async def told(self, world: World) -> list[Notification]:
        """Every event so far, read as a webhook."""
        read = [
            world.gateway.read_notification(body, signed(body, world.signature_header)) for body in await world.bodies()
        ]
        return [notification for notification in read if notification is not None]

    async def test_tell_of_charges(self, world: World, charge: Charging) -> None:
        made = await charge()
        with pytest.raises(DeclinedError):
            await charge("expired", reference="charge 2", idempotency_key="charge 2")
        succeeded, failed = await self.told(world)
        assert (succeeded.kind, succeeded.reference) == (NotificationKind.CHARGE_SUCCEEDED, "charge 1")
        assert succeeded.charge is not None and succeeded.charge.id == made.id
        assert (failed.kind, failed.reference) == (NotificationKind.CHARGE_FAILED, "charge 2")
        assert failed.charge is not None and failed.charge.decline is DeclineReason.EXPIRED_CARD
        assert succeeded.event_id != failed.event_id

    async def test_tell_of_a_bank_debit_twice(self, world: World, charge: Charging) -> None:
        made = await charge("checking")
        await world.settle(made.id)
        kinds = [each.kind for each in await self.told(world)]
        assert kinds == [NotificationKind.CHARGE_PENDING, NotificationKind.CHARGE_SUCCEEDED]

    async def test_tell_of_pages(self, world: World, gateway: PaymentGateway, customer: str) -> None:
        saved = await gateway.open_setup(setup_of(customer))
        await world.fill_in(saved, "visa")
        paid = await gateway.open_checkout(checkout_of(4_250))
        await world.fill_in(paid, "visa")
        left = await gateway.open_checkout(replace(checkout_of(4_250), reference="checkout 2"))
        await gateway.close_page(left.id)
        pages = {each.page_id: (each.kind, each.reference) for each in await self.told(world) if each.page_id}
        assert pages == {
            saved.id: (NotificationKind.SETUP_DONE, "setup 1"),
            paid.id: (NotificationKind.CHECKOUT_COMPLETED, "checkout 1"),
            left.id: (NotificationKind.PAGE_EXPIRED, "checkout 2"),
        }

    async def test_tell_of_refunds_and_disputes(self, world: World, gateway: PaymentGateway, charge: Charging) -> None:
        made = await charge()
        await gateway.refund(RefundRequest("refund 1", "refund 1", made.id, 1_000))
        await world.close_dispute(await world.dispute(made.id), "lost")
        _, refunded, opened, closed = await self.told(world)
        assert refunded.kind is NotificationKind.REFUND_CHANGED
        assert refunded.refund is not None and refunded.refund.amount_cents == 1_000
        assert opened.kind is NotificationKind.DISPUTE_OPENED
        assert closed.kind is NotificationKind.DISPUTE_CLOSED
        assert closed.dispute is not None
        assert (closed.dispute.charge_id, closed.dispute.state) == (made.id, DisputeState.LOST)

    async def test_that_are_forged_old_or_broken_are_refused(self, world: World, charge: Charging) -> None:
        await charge()
        (body,) = await world.bodies()
        header, read = world.signature_header, world.gateway.read_notification
        assert read(body, signed(body, header, seconds_ago=290)) is not None
        broken = b'{"not": "an event"}'
        cases = {
            "another secret": (body, signed(body, header, secret="whsec_of_somebody_else")),
            "another body": (body.replace(b"4250", b"9250"), signed(body, header)),
            "six minutes old": (body, signed(body, header, seconds_ago=360)),
            "a week old": (body, signed(body, header, seconds_ago=7 * 86_400)),
            "no signature": (body, {}),
            "an empty one": (body, {header: ""}),
            "a time alone": (body, {header: "t=1"}),
            "no time": (body, {header: "t=,v1=00"}),
            "not an event": (broken, signed(broken, header)),
            "no JSON": (b"\xff", {header: "t=1,v1=00"}),
        }
        for name, (sent, headers) in cases.items():
            with pytest.raises(ForgedNotificationError):
                read(sent, headers)
                pytest.fail(name)

    async def test_of_a_kind_that_is_no_concern_of_ours_are_passed_over(self, world: World, charge: Charging) -> None:
        await charge()
        (body,) = await world.bodies()
        other = json.dumps(json.loads(body) | {"type": "payout.paid"}).encode()
        assert world.gateway.read_notification(other, signed(other, world.signature_header)) is None
