"""Stripe's objects in our vocabulary."""

from datetime import UTC, datetime

import stripe

from backend.gateway.stripe.declines import reason_of
from backend.gateway.values import (
    ChargeState,
    DisputeState,
    GatewayCharge,
    GatewayDispute,
    GatewayRefund,
    MethodFacts,
    MethodKind,
    PageOutcome,
    PageState,
    RefundState,
)

_PAGE_STATES = {"open": PageState.OPEN, "complete": PageState.COMPLETED, "expired": PageState.EXPIRED}
_REFUND_STATES = {"succeeded": RefundState.SUCCEEDED, "failed": RefundState.FAILED, "canceled": RefundState.FAILED}
_LOST = frozenset({"lost"})
_WON = frozenset({"won", "warning_closed", "prevented"})


def moment(seconds: int) -> datetime:
    """Stripe's times are whole seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def reference_of(metadata: stripe.StripeObject | None) -> str:
    """Our reference, as we put it into an object's metadata; empty for an object that is not ours."""
    return str(metadata.to_dict().get("reference") or "") if metadata is not None else ""


def method_facts(method: stripe.PaymentMethod) -> MethodFacts:
    """What may be kept of a payment method."""
    # Stripe sends the part of the method's own type, and no other.
    customer = _id(method.customer)
    if method.type == "us_bank_account" and method.us_bank_account is not None:
        bank = method.us_bank_account
        brand = bank.bank_name or "bank account"
        return MethodFacts(method.id, MethodKind.BANK_ACCOUNT, brand, bank.last4 or "", None, customer)
    if method.type == "card" and method.card is not None:
        card = method.card
        expires = (card.exp_year, card.exp_month)
        return MethodFacts(method.id, MethodKind.CARD, card.brand, card.last4, expires, customer)
    return MethodFacts(method.id, MethodKind.CARD, method.type, "", None, customer)


def charge(intent: stripe.PaymentIntent) -> GatewayCharge | None:
    """A payment intent as a charge; None while nobody has tried to pay with it."""
    state = _state(intent)
    if state is None:
        return None
    decline = None
    if state is ChargeState.FAILED:
        error = intent.last_payment_error
        decline = reason_of(getattr(error, "decline_code", None), getattr(error, "code", None))
    method = intent.payment_method
    return GatewayCharge(
        id=intent.id,
        reference=reference_of(intent.metadata),
        amount_cents=intent.amount,
        state=state,
        created_at=moment(intent.created),
        decline=decline,
        method=method_facts(method) if isinstance(method, stripe.PaymentMethod) else None,
    )


def _state(intent: stripe.PaymentIntent) -> ChargeState | None:
    if intent.status == "succeeded":
        return ChargeState.SUCCEEDED
    if intent.status == "processing":
        return ChargeState.PENDING
    if intent.status == "canceled":
        return ChargeState.FAILED
    if intent.status == "requires_action":
        # A bank account that waits for its owner to confirm two small deposits.
        awaits = intent.next_action.type if intent.next_action else None
        return ChargeState.PENDING if awaits == "verify_with_microdeposits" else None
    if intent.status == "requires_payment_method" and intent.last_payment_error is not None:
        return ChargeState.FAILED
    return None


def refund(made: stripe.Refund) -> GatewayRefund:
    """A refund."""
    return GatewayRefund(
        id=made.id,
        charge_id=_id(made.payment_intent) or _id(made.charge) or "",
        reference=reference_of(made.metadata),
        amount_cents=made.amount,
        state=_REFUND_STATES.get(made.status or "", RefundState.PENDING),
        created_at=moment(made.created),
    )


def dispute(made: stripe.Dispute, *, withdrawn: bool = False) -> GatewayDispute:
    """A dispute: a card's chargeback, or a bank debit that its owner's bank gave back after it had succeeded.

    Money has gone when an event says so (`withdrawn`), or the dispute has balance transactions: an inquiry has none
    (docs.stripe.com/disputes/how-disputes-work).
    """
    state = DisputeState.OPEN if withdrawn or getattr(made, "balance_transactions", None) else DisputeState.INQUIRY
    if made.status in _LOST:
        state = DisputeState.LOST
    elif made.status in _WON:
        state = DisputeState.WON
    return GatewayDispute(
        id=made.id,
        charge_id=_id(made.payment_intent) or _id(made.charge) or "",
        amount_cents=made.amount,
        reason=made.reason,
        state=state,
        created_at=moment(made.created),
    )


def page_outcome(session: stripe.checkout.Session) -> PageOutcome:
    """A Checkout session, retrieved with its intents and their methods."""
    intent, setup = session.payment_intent, session.setup_intent
    method = setup.payment_method if isinstance(setup, stripe.SetupIntent) else None
    return PageOutcome(
        id=session.id,
        reference=session.client_reference_id or "",
        state=_PAGE_STATES.get(session.status or "", PageState.OPEN),
        method=method_facts(method) if isinstance(method, stripe.PaymentMethod) else None,
        charge=charge(intent) if isinstance(intent, stripe.PaymentIntent) else None,
    )


def _id(found: str | stripe.StripeObject | None) -> str | None:
    """The id of something that Stripe gives as an id or, when asked to, in full."""
    if found is None or isinstance(found, str):
        return found
    return str(found["id"])
