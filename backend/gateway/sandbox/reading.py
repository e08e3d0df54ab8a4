"""The sandbox processor's JSON in our vocabulary."""

from datetime import datetime
from typing import Any

from backend.gateway.sandbox.calls import decline_reason
from backend.gateway.values import (
    ChargeState,
    DisputeState,
    GatewayCharge,
    GatewayDispute,
    GatewayRefund,
    HostedPage,
    MethodFacts,
    MethodKind,
    Notification,
    NotificationKind,
    PageOutcome,
    PageState,
    RefundState,
)


def method_facts(told: dict[str, Any]) -> MethodFacts:
    """A saved or captured method."""
    expires = told["expires"]
    return MethodFacts(
        token=told["id"],
        kind=MethodKind(told["kind"]),
        brand=told["brand"],
        last4=told["last4"],
        expires=(expires["year"], expires["month"]) if expires else None,
        customer=told["customer"],
    )


def charge(told: dict[str, Any]) -> GatewayCharge:
    """A charge."""
    state = ChargeState(told["state"])
    return GatewayCharge(
        id=told["id"],
        reference=told["reference"],
        amount_cents=told["amount_cents"],
        state=state,
        created_at=datetime.fromisoformat(told["created_at"]),
        decline=decline_reason(told["decline"]) if state is ChargeState.FAILED else None,
        method=method_facts(told["method"]),
    )


def refund(told: dict[str, Any]) -> GatewayRefund:
    """A refund."""
    return GatewayRefund(
        id=told["id"],
        charge_id=told["charge"],
        reference=told["reference"],
        amount_cents=told["amount_cents"],
        state=RefundState(told["state"]),
        created_at=datetime.fromisoformat(told["created_at"]),
    )


def dispute(told: dict[str, Any]) -> GatewayDispute:
    """A dispute."""
    return GatewayDispute(
        id=told["id"],
        charge_id=told["charge"],
        amount_cents=told["amount_cents"],
        reason=told["reason"],
        state=DisputeState(told["state"]),
        created_at=datetime.fromisoformat(told["created_at"]),
    )


def hosted_page(told: dict[str, Any]) -> HostedPage:
    """A page that was just made."""
    return HostedPage(told["id"], told["url"], datetime.fromisoformat(told["expires_at"]))


def page_outcome(told: dict[str, Any]) -> PageOutcome:
    """A page as it stands."""
    return PageOutcome(
        id=told["id"],
        reference=told["reference"],
        state=PageState(told["status"]),
        method=method_facts(told["method"]) if told["mode"] == "setup" and told["method"] else None,
        charge=charge(told["charge"]) if told["charge"] else None,
    )


_KINDS = {
    "charge.succeeded": NotificationKind.CHARGE_SUCCEEDED,
    "charge.pending": NotificationKind.CHARGE_PENDING,
    "charge.failed": NotificationKind.CHARGE_FAILED,
    "refund.changed": NotificationKind.REFUND_CHANGED,
    "dispute.opened": NotificationKind.DISPUTE_OPENED,
    "dispute.closed": NotificationKind.DISPUTE_CLOSED,
    "page.completed": NotificationKind.CHECKOUT_COMPLETED,
    "page.expired": NotificationKind.PAGE_EXPIRED,
}


def notification(told: dict[str, Any]) -> Notification | None:
    """An event; None for a type that we do not know."""
    kind = _KINDS.get(told["type"])
    if kind is None:
        return None
    event_id, created_at, data = str(told["id"]), datetime.fromisoformat(told["created_at"]), told["data"]
    if "page" in data:
        page = data["page"]
        if kind is NotificationKind.CHECKOUT_COMPLETED and page["mode"] == "setup":
            kind = NotificationKind.SETUP_DONE
        return Notification(event_id, kind, created_at, page["reference"], page_id=page["id"])
    if "charge" in data:
        made = charge(data["charge"])
        return Notification(event_id, kind, created_at, made.reference, charge=made)
    if "refund" in data:
        given_back = refund(data["refund"])
        return Notification(event_id, kind, created_at, given_back.reference, refund=given_back)
    return Notification(event_id, kind, created_at, dispute=dispute(data["dispute"]))
