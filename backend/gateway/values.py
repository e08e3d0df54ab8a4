"""What the district says about payments through a processor, whichever it is. Amounts in integer cents of USD."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class MethodKind(StrEnum):
    """What money is taken from."""

    CARD = "card"
    BANK_ACCOUNT = "bank_account"


class ChargeState(StrEnum):
    """What the processor says of a charge. `pending`: taken on, and the bank has not said yet (days, for a debit)."""

    SUCCEEDED = "succeeded"
    PENDING = "pending"
    FAILED = "failed"


class DeclineReason(StrEnum):
    """Why a bank or the processor would not pay, as far as the customer's next step depends on it."""

    INSUFFICIENT_FUNDS = "insufficient_funds"
    LIMIT_EXCEEDED = "limit_exceeded"
    EXPIRED_CARD = "expired_card"
    INCORRECT_DETAILS = "incorrect_details"
    LOST_OR_STOLEN = "lost_or_stolen"
    DO_NOT_HONOR = "do_not_honor"
    NEEDS_VERIFICATION = "needs_verification"
    NOT_ACCEPTED = "not_accepted"
    ACCOUNT_CLOSED = "account_closed"
    NOT_AUTHORIZED = "not_authorized"
    METHOD_GONE = "method_gone"
    PROCESSING_ERROR = "processing_error"
    OTHER = "other"


class PageState(StrEnum):
    """A page of the processor's that a customer was sent to."""

    OPEN = "open"
    COMPLETED = "completed"
    EXPIRED = "expired"


class RefundState(StrEnum):
    """Whether the money has gone back."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class DisputeState(StrEnum):
    """`inquiry`: a bank asks, and has taken nothing. `open`: the money is gone until it decides. `won`: it is kept."""

    INQUIRY = "inquiry"
    OPEN = "open"
    WON = "won"
    LOST = "lost"


class NotificationKind(StrEnum):
    """What a processor tells us by itself."""

    CHARGE_SUCCEEDED = "charge_succeeded"
    CHARGE_PENDING = "charge_pending"
    CHARGE_FAILED = "charge_failed"
    REFUND_CHANGED = "refund_changed"
    DISPUTE_OPENED = "dispute_opened"
    DISPUTE_CLOSED = "dispute_closed"
    SETUP_DONE = "setup_done"
    CHECKOUT_COMPLETED = "checkout_completed"
    PAGE_EXPIRED = "page_expired"


@dataclass(frozen=True, slots=True)
class MethodFacts:
    """A card or bank account as the processor knows it: its token, and what a customer may be shown of it.

    `brand` is the card's ("visa") or the bank's name; `expires` is (year, month) of a card.
    """

    token: str
    kind: MethodKind
    brand: str
    last4: str
    expires: tuple[int, int] | None = None
    customer: str | None = None


@dataclass(frozen=True, slots=True)
class GatewayCharge:
    """A charge at the processor. `reference` is ours; `decline` only when it failed."""

    id: str
    reference: str
    amount_cents: int
    state: ChargeState
    created_at: datetime
    decline: DeclineReason | None = None
    method: MethodFacts | None = None


@dataclass(frozen=True, slots=True)
class GatewayRefund:
    """Money on its way back to where a charge came from."""

    id: str
    charge_id: str
    reference: str
    amount_cents: int
    state: RefundState
    created_at: datetime


@dataclass(frozen=True, slots=True)
class GatewayDispute:
    """A customer's bank takes a charge back (a chargeback, or a returned debit), or asks about it first.

    `reason` in the processor's word.
    """

    id: str
    charge_id: str
    amount_cents: int
    reason: str
    state: DisputeState
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SetupRequest:
    """A page on which a customer saves a card or a bank account; `customer` is the processor's id of them."""

    reference: str
    customer: str
    language: str
    return_url: str
    expires_at: datetime
    kinds: tuple[MethodKind, ...] = (MethodKind.CARD, MethodKind.BANK_ACCOUNT)


@dataclass(frozen=True, slots=True)
class AmountLimits:
    """The customer chooses, from `least_cents` to `most_cents`; the page begins with `suggested_cents`."""

    least_cents: int
    most_cents: int
    suggested_cents: int


@dataclass(frozen=True, slots=True)
class CheckoutRequest:
    """A page on which anyone may pay, once: a fixed amount in cents, or one that they choose within limits."""

    reference: str
    amount: int | AmountLimits
    description: str
    language: str
    return_url: str
    expires_at: datetime
    customer: str | None = None
    kinds: tuple[MethodKind, ...] = (MethodKind.CARD, MethodKind.BANK_ACCOUNT)


@dataclass(frozen=True, slots=True)
class HostedPage:
    """Where to send the customer."""

    id: str
    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PageOutcome:
    """What became of a page: the saved method of a set-up, the charge of a checkout."""

    id: str
    reference: str
    state: PageState
    method: MethodFacts | None = None
    charge: GatewayCharge | None = None


@dataclass(frozen=True, slots=True)
class ChargeRequest:
    """A charge of a saved or captured method, the customer not being there to answer their bank.

    `idempotency_key` is the same for every attempt at this one charge, `reference` our id of it.
    """

    reference: str
    idempotency_key: str
    amount_cents: int
    method: str
    kind: MethodKind
    description: str
    customer: str | None = None


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """Part or all of a charge, back to where it came from."""

    reference: str
    idempotency_key: str
    charge_id: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class DayList:
    """Everything the processor has of a span of time, by when it was made: for reconciliation."""

    charges: tuple[GatewayCharge, ...]
    refunds: tuple[GatewayRefund, ...]
    disputes: tuple[GatewayDispute, ...]


@dataclass(frozen=True, slots=True)
class Notification:
    """One event, proved to be the processor's. It may come twice, late, and before its predecessors.

    It has the part that its kind is about: `charge`, `refund`, `dispute`, or `page_id` with the page's `reference`.
    """

    event_id: str
    kind: NotificationKind
    created_at: datetime
    reference: str | None = None
    page_id: str | None = None
    charge: GatewayCharge | None = None
    refund: GatewayRefund | None = None
    dispute: GatewayDispute | None = None
