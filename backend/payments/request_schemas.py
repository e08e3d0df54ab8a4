"""The shapes of voids and refunds, and of the yes or no to them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from backend.payments.schemas import ACCOUNT_ID, PAYMENT_ID, Cents, Key, Method, Words, shape

RequestStatus = Literal["pending", "posted", "declined"]
_REQUEST_ID = "01936f3e-5a00-7c00-8000-000000000013"


class ReasonIn(BaseModel):
    """Why; the words are kept."""

    model_config = shape({"reason": "Keyed on the wrong account."})

    reason: Words


class DecisionIn(BaseModel):
    """Yes or no to a pending request, and why."""

    model_config = shape({"approve": True, "note": "Seen with the clerk."})

    approve: bool
    note: Words


class VoidOut(BaseModel):
    """A void, and what became of it."""

    model_config = shape({"id": _REQUEST_ID, "payment_id": PAYMENT_ID, "status": "pending"})

    id: UUID
    payment_id: UUID
    status: RequestStatus


class VoidRowOut(BaseModel):
    """A void that waits, as the one who decides sees it."""

    model_config = shape(
        {
            "id": "01936f3e-5a00-7c00-8000-000000000041",
            "payment_id": "01936f3e-5a00-7c00-8000-000000000042",
            "confirmation_number": 10000042,
            "account_id": "01936f3e-5a00-7c00-8000-0000000000a1",
            "account_number": "10000378",
            "method": "cash",
            "amount_cents": 6344,
            "reason": "Keyed in twice.",
            "requested_by_name": "Rosa Delgado",
            "requested_at": "2026-11-23T18:00:00Z",
            "may_decide": True,
        }
    )

    id: UUID
    payment_id: UUID
    confirmation_number: int
    account_id: UUID
    account_number: str
    method: Method
    amount_cents: int
    reason: str
    requested_by_name: str
    requested_at: datetime
    may_decide: bool


class RefundIn(BaseModel):
    """Credit of an account to be paid back."""

    model_config = shape(
        {"amount_cents": 4300, "reason": "Moved out, asked for it.", "idempotency_key": "refund-55d01c9e"}
    )

    amount_cents: Cents
    reason: Words
    idempotency_key: Key


class RefundOut(BaseModel):
    """A refund of an account's credit or of an unapplied receipt, and what became of it."""

    model_config = shape(
        {"id": _REQUEST_ID, "account_id": ACCOUNT_ID, "receipt_id": None, "amount_cents": 4300, "status": "pending"}
    )

    id: UUID
    account_id: UUID | None
    receipt_id: UUID | None
    amount_cents: int
    status: RequestStatus


class RefundRowOut(BaseModel):
    """A refund that waits, as the one who decides sees it."""

    model_config = shape(
        {
            "id": "01936f3e-5a00-7c00-8000-000000000043",
            "account_id": "01936f3e-5a00-7c00-8000-0000000000a1",
            "account_number": "10003704",
            "customer_name": "Eleanor Vance",
            "receipt_id": None,
            "given_reference": None,
            "amount_cents": 5489,
            "reason": "Moved out, asked for it.",
            "requested_by_name": "Rosa Delgado",
            "requested_at": "2026-11-23T18:00:00Z",
            "may_decide": True,
        }
    )

    id: UUID
    account_id: UUID | None
    account_number: str | None
    customer_name: str | None
    receipt_id: UUID | None
    given_reference: str | None
    amount_cents: int
    reason: str
    requested_by_name: str
    requested_at: datetime
    may_decide: bool
