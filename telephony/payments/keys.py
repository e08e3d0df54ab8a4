"""What `<Pay>` tells at its end, read into what we do about it. Pure.

Only a token and what may be shown of a card comes to us; nothing else of the form is read.
"""

import re
from dataclasses import dataclass

from telephony.twilio.signature import TwilioForm

SUCCESS, TOO_MANY, HUNG_UP = "success", "too-many-failed-attempts", "caller-hung-up"
CONNECTOR_ERROR, REJECTED = "payment-connector-error", "card-rejected"
RESULTS = frozenset(
    {SUCCESS, TOO_MANY, HUNG_UP, CONNECTOR_ERROR, "caller-interrupted-with-star", "validation-error", "internal-error"}
)
_OF_THE_CARD = frozenset({"64008", "64010", "64012", "64022", "64023"})
"""Error codes of the card or account itself: another one may do. The others are the connector's or ours."""
_LAST = re.compile(r"[0-9]{1,4}$")


@dataclass(frozen=True, slots=True)
class Keyed:
    """How `<Pay>` ended, with the token and what may be said of the card when it succeeded."""

    result: str
    token: str = ""
    kind: str = "card"
    brand: str = ""
    last4: str = ""

    def as_json(self) -> dict[str, str]:
        """The body of a capture (docs/contracts.md)."""
        return {"token": self.token, "kind": self.kind, "brand": self.brand, "last4": self.last4}


def keyed_of(form: TwilioForm, method: str) -> Keyed:
    """Read the form of the action.

    Without a `Result` the next verb was carried out, which is the other reading of Twilio's page about what follows
    the last attempt.
    """
    result = form.get("Result") or TOO_MANY
    if result not in RESULTS:
        result = "internal-error"
    if result == CONNECTOR_ERROR and form.get("PayErrorCode") in _OF_THE_CARD:
        result = REJECTED
    if result == SUCCESS and not form.get("PaymentToken"):
        result = "internal-error"
    if result != SUCCESS:
        return Keyed(result)
    shown = form.get("BankAccountNumber") if method == "bank_account" else form.get("PaymentCardNumber")
    last = _LAST.search(shown)
    return Keyed(result, form.get("PaymentToken"), method, form.get("PaymentCardType")[:40], last[0] if last else "")


def told_of(result: str) -> str:
    """What the assistant is told of it."""
    return f'/card_keyed{{"pay_result": "{result}"}}'
