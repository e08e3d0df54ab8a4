"""Shapes of what telephony tells of an agent-assisted payment, and of what it is to do next."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

FieldName = Literal[
    "payment-card-number",
    "expiration-date",
    "security-code",
    "postal-code",
    "bank-routing-number",
    "bank-account-number",
]
Shown = Annotated[str, Field(pattern=r"^•{0,24}[0-9]{0,4}$")]
"""Dots, and at most the last four digits."""


class ProgressIn(BaseModel):
    """What Twilio said of a session. Nothing of a card but dots, last digits and the token."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"payment_sid": "PK0a1b", "keyed": {"payment-card-number": "••••••••••••4242"}}]
        },
    )

    payment_sid: Annotated[str, Field(max_length=64)] = ""
    keyed: dict[FieldName, Shown] = {}
    partial: Shown = ""
    problem: Annotated[str, Field(max_length=64)] | None = None
    result: Annotated[str, Field(max_length=64)] | None = None
    token: Annotated[str, Field(max_length=255)] = ""
    brand: Annotated[str, Field(max_length=40)] = ""
    last4: Annotated[str, Field(pattern=r"^[0-9]{0,4}$")] = ""


class NextOut(BaseModel):
    """What telephony does now; `key` names the order for Twilio."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={"examples": [{"action": "ask", "field": "expiration-date", "key": "0192:expiration-date"}]},
    )

    action: Literal["ask", "complete", "drop", "none"]
    field: FieldName | None
    key: str
