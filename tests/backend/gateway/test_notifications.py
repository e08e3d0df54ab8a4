"""Webhooks: proved to be the processor's, and told in our words. Both processors alike."""

import json
from dataclasses import replace

import pytest

from backend.gateway.errors import DeclinedError, ForgedNotificationError
from backend.gateway.protocol import PaymentGateway
from backend.gateway.values import DeclineReason, DisputeState, Notification, NotificationKind, RefundRequest
from tests.backend.gateway.requests import Charging, checkout_of, setup_of
from tests.backend.gateway.world import World, signed


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
        _, refunded, opened, *_, closed = await self.told(world)
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
