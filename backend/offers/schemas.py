"""Shapes of offers, with examples for the API's page."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from backend.gateway.values import MethodKind

_ID = "0192f0c1-8a70-7000-8000-00000000d1f1"


class OfferIn(BaseModel):
    """What to offer: a part of what is owed or an amount (nothing: what is due), for one of several accounts.

    `pays_with` what is on file, or what the caller will key in. By keys anyone may pay for the account of a number.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"purpose": "past_due"},
                {"purpose": "half"},
                {"amount_cents": 4250},
                {},
                {"pays_with": "keyed_card", "account_number": "10004412", "amount_cents": 4250},
            ]
        },
    )

    purpose: Literal["bill", "past_due", "installment", "half"] | None = None
    amount_cents: Annotated[int, Field(ge=-(10**15), le=10**15)] | None = None
    account_id: UUID | None = None
    method_id: UUID | None = None
    pays_with: Literal["saved", "keyed_card", "keyed_bank_account"] = "saved"
    account_number: Annotated[str, Field(pattern=r"^[0-9]{8}$")] | None = None


class OfferOut(BaseModel):
    """The offer; `account` is the account's last four digits, `others` what else could be paid, `fee_cents` on top."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "id": _ID,
                    "purpose": "bill",
                    "amount_cents": 8412,
                    "fee_cents": 0,
                    "balance_cents": 8412,
                    "past_due_cents": 3140,
                    "due_on": "2026-12-03",
                    "account": "4412",
                    "method": "Visa ending in 4242",
                    "kind": "card",
                    "autopay": False,
                    "others": {"past_due": 3140},
                    "expires_at": "2026-11-23T18:10:00Z",
                }
            ]
        },
    )

    id: UUID
    purpose: Literal["bill", "past_due", "installment", "other_amount"]
    amount_cents: int
    fee_cents: int
    balance_cents: int | None
    past_due_cents: int
    due_on: date | None
    account: str
    method: str
    kind: Literal["card", "bank_account"]
    autopay: bool
    others: dict[str, int]
    expires_at: datetime
    on_its_way_cents: int = 0


class OfferChargeOut(BaseModel):
    """How the payment goes: pending while nobody knows; `failure` says why it was not made."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "id": _ID,
                    "amount_cents": 8412,
                    "fee_cents": 0,
                    "status": "told",
                    "is_pending": False,
                    "failure": None,
                    "method_label": "Visa ending in 4242",
                    "confirmation_number": 100482,
                }
            ]
        },
    )

    id: UUID
    amount_cents: int
    fee_cents: int
    status: str
    is_pending: bool
    failure: str | None
    method_label: str
    confirmation_number: int | None
    receipt_is_sent: bool = True


class DeclinedOut(BaseModel):
    """How the offer stands now."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "declined"}]})

    status: Literal["open", "accepted", "declined", "replaced"]


class LinkIn(BaseModel):
    """A page to pay on. Whoever is not verified names the account; without an amount the payer types one there, and
    of a verified account the page suggests the part that `purpose` names."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"account_number": "10004412", "amount_cents": None}]},
    )

    account_number: Annotated[str, Field(pattern=r"^[0-9]{8}$")] | None = None
    amount_cents: Annotated[int, Field(ge=-(10**15), le=10**15)] | None = None
    purpose: Literal["bill", "past_due", "installment", "half"] | None = None


class LinkOut(BaseModel):
    """The page, for one payment, until it expires; `account` is the account's last four digits, `fee_cents` on top.

    `suggested_cents` is what the page proposes for the part that was named.
    """

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "url": "https://pay.example/c/8x2",
                    "account": "4412",
                    "amount_cents": None,
                    "sent_to": None,
                    "expires_at": "2026-11-23T19:00:00Z",
                    "fee_cents": 0,
                    "suggested_cents": None,
                }
            ]
        },
    )

    url: str
    account: str
    amount_cents: int | None
    sent_to: str | None
    expires_at: datetime
    fee_cents: int
    suggested_cents: int | None


class AgreedOut(BaseModel):
    """How the offer stands: `open`, and what is keyed in now is charged."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "open"}]})

    status: Literal["open"]


class KeyedIn(BaseModel):
    """What a caller has keyed in, as `<Pay>` tells it: the processor's token, never a number."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"token": "pm_81f0", "kind": "card", "brand": "visa", "last4": "4242"}]},
    )

    token: Annotated[str, Field(min_length=1, max_length=255)]
    kind: MethodKind
    brand: Annotated[str, Field(max_length=40)] = ""
    last4: Annotated[str, Field(pattern=r"^[0-9]{0,4}$")] = ""


class ReceiptOut(BaseModel):
    """What a caller hears at the end; `balance_cents` is None for whoever may not see it."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [{"amount_cents": 8412, "fee_cents": 0, "confirmation_number": 100482, "balance_cents": 0}]
        },
    )

    amount_cents: int
    fee_cents: int
    confirmation_number: int | None
    balance_cents: int | None


class SetupOut(BaseModel):
    """The page on which the customer saves a card or bank account, until it expires."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {"url": "https://pay.example/s/2f9", "sent_to": "•••-•••-0142", "expires_at": "2026-11-23T19:00:00Z"}
            ]
        },
    )

    url: str
    sent_to: str | None
    expires_at: datetime
