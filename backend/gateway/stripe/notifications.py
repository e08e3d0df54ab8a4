"""Stripe's webhooks: proved, then told in our words. Types that are no concern of ours are None."""

from collections.abc import Callable

import stripe

from backend.gateway.errors import ForgedNotificationError
from backend.gateway.stripe import reading
from backend.gateway.values import Notification, NotificationKind

TOLERANCE_SECONDS = 300

Reader = Callable[[stripe.Event, NotificationKind], Notification | None]


def proved(body: bytes, signature: str | None, secret: str) -> stripe.Event:
    """The event in `body`, if Stripe signed it in the last five minutes.

    :raises ForgedNotificationError: it did not.
    """
    try:
        event: stripe.Event = stripe.Webhook.construct_event(
            body, signature, secret, TOLERANCE_SECONDS, api_key="unused"
        )
    except stripe.SignatureVerificationError:
        raise ForgedNotificationError("signature") from None
    except (ValueError, AttributeError, TypeError):
        raise ForgedNotificationError("not_an_event") from None
    if getattr(event, "type", None) is None or getattr(event, "id", None) is None:
        raise ForgedNotificationError("not_an_event")
    return event


def notification(event: stripe.Event) -> Notification | None:
    """What the event tells us."""
    known = _READERS.get(event.type)
    return known[0](event, known[1]) if known else None


def _charge(event: stripe.Event, kind: NotificationKind) -> Notification | None:
    intent = event.data.object
    assert isinstance(intent, stripe.PaymentIntent)
    charge = reading.charge(intent)
    if charge is None:
        return None
    return Notification(event.id, kind, reading.moment(event.created), charge.reference, charge=charge)


def _page(event: stripe.Event, kind: NotificationKind) -> Notification | None:
    session = event.data.object
    assert isinstance(session, stripe.checkout.Session)
    if kind is NotificationKind.CHECKOUT_COMPLETED and session.mode == "setup":
        kind = NotificationKind.SETUP_DONE
    reference = session.client_reference_id
    return Notification(event.id, kind, reading.moment(event.created), reference, page_id=session.id)


def _refund(event: stripe.Event, kind: NotificationKind) -> Notification | None:
    made = event.data.object
    assert isinstance(made, stripe.Refund)
    refund = reading.refund(made)
    return Notification(event.id, kind, reading.moment(event.created), refund.reference, refund=refund)


def _dispute(event: stripe.Event, kind: NotificationKind) -> Notification | None:
    made = event.data.object
    assert isinstance(made, stripe.Dispute)
    withdrawn = event.type == "charge.dispute.funds_withdrawn"
    return Notification(
        event.id, kind, reading.moment(event.created), dispute=reading.dispute(made, withdrawn=withdrawn)
    )


_READERS: dict[str, tuple[Reader, NotificationKind]] = {
    "payment_intent.succeeded": (_charge, NotificationKind.CHARGE_SUCCEEDED),
    "payment_intent.processing": (_charge, NotificationKind.CHARGE_PENDING),
    "payment_intent.payment_failed": (_charge, NotificationKind.CHARGE_FAILED),
    "payment_intent.canceled": (_charge, NotificationKind.CHARGE_FAILED),
    "checkout.session.completed": (_page, NotificationKind.CHECKOUT_COMPLETED),
    "checkout.session.async_payment_succeeded": (_page, NotificationKind.CHECKOUT_COMPLETED),
    "checkout.session.async_payment_failed": (_page, NotificationKind.CHECKOUT_COMPLETED),
    "checkout.session.expired": (_page, NotificationKind.PAGE_EXPIRED),
    "refund.created": (_refund, NotificationKind.REFUND_CHANGED),
    "refund.updated": (_refund, NotificationKind.REFUND_CHANGED),
    "refund.failed": (_refund, NotificationKind.REFUND_CHANGED),
    "charge.dispute.created": (_dispute, NotificationKind.DISPUTE_OPENED),
    "charge.dispute.funds_withdrawn": (_dispute, NotificationKind.DISPUTE_OPENED),
    "charge.dispute.closed": (_dispute, NotificationKind.DISPUTE_CLOSED),
}
