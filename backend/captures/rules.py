"""The fields of a payment that is keyed in on a live call, and which comes next. Pure."""

from collections.abc import Collection

FIELDS = {
    "card": ("payment-card-number", "expiration-date", "security-code", "postal-code"),
    "bank_account": ("bank-routing-number", "bank-account-number"),
}
"""By kind, in the order they are asked for (docs/contracts.md has telephony's names for them)."""
LAPSES_MINUTES = 15
"""A capture that nobody has ended is over by then: Twilio's session is."""


def next_field(kind: str, keyed: Collection[str]) -> str | None:
    """The first field that is not in yet; None when all are."""
    return next((field for field in FIELDS[kind] if field not in keyed), None)
