"""What can go wrong between us and a processor. The one that matters: not to know is not to have failed."""

from backend.errors import HeadgateError
from backend.gateway.values import DeclineReason


class GatewayError(HeadgateError):
    """Base of all of them."""


class DeclinedError(GatewayError):
    """402 `payment_declined`: a final no; nothing was taken. `charge_id` when the processor has a record of it."""

    def __init__(self, reason: DeclineReason, charge_id: str | None = None) -> None:
        detail = "The payment was declined. Use another card or bank account."
        super().__init__(402, "payment_declined", detail, reason=reason.value)
        self.reason = reason
        self.charge_id = charge_id


class RequestRefusedError(GatewayError):
    """502 `processor_refused`: the processor would not take the request as it is, and nothing was done. `code`: why."""

    def __init__(self, code: str) -> None:
        super().__init__(502, "processor_refused", "The card processor refused our request.", code=code)
        self.code = code


class GatewayUnavailableError(GatewayError):
    """503 `processor_unavailable`: no answer that can be used; nothing was changed, ask again later."""

    def __init__(self, why: str) -> None:
        super().__init__(503, "processor_unavailable", "The card processor does not answer. Try again later.")
        self.why = why


class OutcomeUnknownError(GatewayUnavailableError):
    """The same, for a call that moves money: it may have been carried out. Ask for it; never make it anew."""


class ForgedNotificationError(GatewayError):
    """403 `notification_refused`: not signed by the processor, signed too long ago, or not readable."""

    def __init__(self, why: str) -> None:
        super().__init__(403, "notification_refused", "This is not a notification of the card processor.")
        self.why = why
