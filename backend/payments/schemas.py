"""The shapes of payments, receipts and returns."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from backend.conversations.redaction import redact

Method = Literal["cash", "check", "card", "bank_transfer", "lockbox"]
PaymentStatus = Literal["posted", "returned", "voided"]
Cents = Annotated[int, Field(strict=True)]
Key = Annotated[
    str,
    StringConstraints(min_length=8, max_length=120, pattern=r"^[\w.:@-]+$"),
    Field(description="Made by the caller, one for each thing to be done; sent again unchanged when in doubt."),
]
Words = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000, pattern=r"^[^\x00]*$"),
    AfterValidator(lambda words: redact(words).text),
]
"""A reason or a note; card and bank numbers in it are masked before it is kept."""

PAYMENT_ID = "01936f3e-5a00-7c00-8000-000000000011"
ACCOUNT_ID = "01936f3e-5a00-7c00-8000-000000000012"


def shape(example: dict[str, JsonValue] | None = None) -> ConfigDict:
    """A model made from the service's values, with its example for the API's page."""
    return ConfigDict(from_attributes=True, json_schema_extra={"examples": [example]} if example else None)


_PAID: dict[str, JsonValue] = {
    "description": "Water service 2026-10-01 to 2026-10-31, 12 CCF",
    "kind": "bill",
    "due_on": "2026-11-25",
    "amount_cents": 8250,
}
_RECEIPT: dict[str, JsonValue] = {
    "payment_id": PAYMENT_ID,
    "confirmation_number": 10000042,
    "account_id": ACCOUNT_ID,
    "method": "check",
    "amount_cents": 10000,
    "received_on": "2026-11-23",
    "paid": [_PAID],
    "left_as_credit_cents": 1750,
    "balance_cents": -1750,
    "status": "posted",
    "as_of": "2026-11-23T18:00:00Z",
    "fee_cents": 0,
}
_ROW: dict[str, JsonValue] = {
    "payment_id": PAYMENT_ID,
    "confirmation_number": 10000042,
    "method": "bank_transfer",
    "amount_cents": 8250,
    "received_on": "2026-11-02",
    "status": "returned",
    "returned_on": "2026-11-05",
}


class PaidOut(BaseModel):
    """What a payment pays of one charge. `due_on` is null for a charge that never fell due (a refund)."""

    model_config = shape(_PAID)

    description: str
    kind: str
    due_on: date | None
    amount_cents: int


class ReceiptOut(BaseModel):
    """A receipt as things are now: what the payment pays, and what is owed (negative: a credit)."""

    model_config = shape(_RECEIPT)

    payment_id: UUID
    confirmation_number: int
    account_id: UUID
    method: Method
    amount_cents: int
    received_on: date
    paid: list[PaidOut]
    left_as_credit_cents: int
    balance_cents: int
    status: PaymentStatus
    as_of: datetime
    fee_cents: int = 0


class PreviewOut(BaseModel):
    """What a payment of that amount would pay, in the district's order."""

    model_config = shape({"paid": [_PAID], "left_as_credit_cents": 1750})

    paid: list[PaidOut]
    left_as_credit_cents: int


class PaymentOut(BaseModel):
    """A payment as its customer hears it."""

    model_config = shape(_ROW)

    payment_id: UUID
    confirmation_number: int
    method: Method
    amount_cents: int
    received_on: date
    status: PaymentStatus
    returned_on: date | None


class PaymentsOut(BaseModel):
    """The account's payments, newest first."""

    model_config = shape({"payments": [_ROW], "as_of": "2026-11-23T18:00:00Z"})

    payments: list[PaymentOut]
    as_of: datetime


class ReturnedOut(BaseModel):
    """Why the bank gave a payment back, and what may be tried next."""

    model_config = shape()

    reason_code: str
    meaning: str
    returned_on: date
    next_step: str
    present_again_until: date | None


class StaffPaymentOut(BaseModel):
    """A payment as the staff see it."""

    model_config = shape(
        {
            **{name: value for name, value in _ROW.items() if name != "returned_on"},
            "reference": None,
            "void_asked": False,
            "returned": {
                "reason_code": "R01",
                "meaning": "insufficient funds",
                "returned_on": "2026-11-05",
                "next_step": "re_present",
                "present_again_until": "2027-05-01",
            },
        }
    )

    payment_id: UUID
    confirmation_number: int
    method: Method
    amount_cents: int
    received_on: date
    status: PaymentStatus
    reference: str | None
    void_asked: bool
    returned: ReturnedOut | None


class TakeIn(BaseModel):
    """Money handed over at the counter; `reference` is the check's number or what the card terminal printed."""

    model_config = shape(
        {
            "account_number": "10000018",
            "amount_cents": 10000,
            "method": "check",
            "reference": "1042",
            "idempotency_key": "counter-7f3a9b21",
        }
    )

    account_number: Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f]*$")]
    amount_cents: Cents
    method: Literal["cash", "check", "card"]
    reference: Annotated[str, StringConstraints(max_length=80, pattern=r"^[^\x00-\x1f]*$")] | None = None
    idempotency_key: Key


class TakenOut(BaseModel):
    """A receipt of a payment; or, when no open account has that number, the unapplied receipt that keeps the money."""

    model_config = shape({"receipt": _RECEIPT, "unapplied_receipt_id": None})

    receipt: ReceiptOut | None
    unapplied_receipt_id: UUID | None


class ReturnIn(BaseModel):
    """The bank gave a payment back, and said so by letter or telephone."""

    model_config = shape({"reason_code": "R01", "returned_on": "2026-11-23"})

    reason_code: Annotated[str, StringConstraints(pattern=r"^R\d\d$")]
    returned_on: date


class ReturnOut(BaseModel):
    """What was done about it. `fee_charged`: the customer was charged the returned payment fee."""

    model_config = shape(
        {
            "payment_id": PAYMENT_ID,
            "reason_code": "R01",
            "meaning": "insufficient funds",
            "returned_on": "2026-11-23",
            "next_step": "re_present",
            "fee_charged": True,
        }
    )

    payment_id: UUID
    reason_code: str
    meaning: str
    returned_on: date
    next_step: str
    fee_charged: bool
