"""The shapes of fees and of requests to take them back."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, JsonValue, StringConstraints, model_validator

from backend.district.charges import FeeCode, ReversalReason

Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000, pattern=r"^[^\x00]*$")]
State = Literal["charged", "reversal_pending", "reversed"]
Status = Literal["posted", "pending", "declined"]
_FEE: dict[str, JsonValue] = {
    "id": "01936f3e-5a00-7c00-8000-000000000001",
    "code": "late",
    "amount_cents": 1000,
    "charged_on": "2026-11-02",
    "state": "charged",
}


_ALLOWANCE: dict[str, JsonValue] = {
    "fees": ["late"],
    "reasons": ["courtesy", "hardship"],
    "cents_max": 1500,
    "count_left": 1,
    "needs_note": False,
    "second_person": False,
}


class FeeOut(BaseModel):
    """A fee on an account, and what became of it."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [_FEE]})

    id: UUID
    code: FeeCode
    amount_cents: int
    charged_on: date
    state: State


class AllowanceOut(BaseModel):
    """What the asker may take back alone: these fees, for these reasons, up to so much, so many times more."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [_ALLOWANCE]})

    fees: tuple[str, ...]
    reasons: tuple[str, ...]
    cents_max: int
    count_left: int
    needs_note: bool
    second_person: bool


class FeesOut(BaseModel):
    """The fees of an account, newest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"fees": [_FEE], "allowance": [_ALLOWANCE], "as_of": "2026-11-23T18:00:00Z"}]}
    )

    fees: list[FeeOut]
    allowance: list[AllowanceOut]
    as_of: datetime


class FeeIn(BaseModel):
    """Charge a fee by the district's policy; the amount is the policy's.

    `bill` names the bill a late fee is for; `worked_at` is when the service was restored, for a reconnection.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "code": "reconnection",
                    "bill": None,
                    "worked_at": "2026-11-23T19:30:00-08:00",
                    "idempotency_key": "reconnection:service order 4711",
                }
            ]
        },
    )

    code: Literal["late", "delinquent_processing", "tag", "reconnection"]
    bill: UUID | None = None
    worked_at: AwareDatetime | None = None
    idempotency_key: Annotated[str, StringConstraints(min_length=8, max_length=200, pattern=r"^[^\x00]*$")]

    @model_validator(mode="after")
    def _of_a_bill(self) -> Self:
        if (self.code == "late") != (self.bill is not None):
            raise ValueError("a late fee is for a bill, and no other fee is")
        return self


class CourtesyIn(BaseModel):
    """A customer asks for a fee to be taken back; `fee_id` null: the newest (of `code`) that was not taken back."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"fee_id": None, "code": "late", "note": "First time late in years."}]},
    )

    fee_id: UUID | None = None
    code: FeeCode | None = None
    note: Note = ""


class ReversalIn(BaseModel):
    """A member of the staff takes a fee back, or asks for it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "district_error", "note": "Bill was late."}]}
    )

    reason: ReversalReason
    note: Note = ""


class DecisionIn(BaseModel):
    """Yes or no to a pending request, and why."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"approve": True, "note": "Long-standing customer."}]}
    )

    approve: bool
    note: Note


class ReversalOut(BaseModel):
    """What became of it. `why_pending` names what was beyond the asker's authority."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "id": "01936f3e-5a00-7c00-8000-000000000002",
                    "fee_id": _FEE["id"],
                    "code": "late",
                    "amount_cents": 1000,
                    "status": "pending",
                    "why_pending": "second_person_needed",
                }
            ]
        },
    )

    id: UUID
    fee_id: UUID
    code: FeeCode
    amount_cents: int
    status: Status
    why_pending: str | None


class ReversalRowOut(BaseModel):
    """A request as those who decide see it; `asked_by` is null for the assistant."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "id": "01936f3e-5a00-7c00-8000-000000000002",
                    "fee_id": _FEE["id"],
                    "account_id": "01936f3e-5a00-7c00-8000-0000000000a1",
                    "account_number": "10000378",
                    "customer_name": "Denise Carver",
                    "code": "late",
                    "amount_cents": 1000,
                    "charged_on": "2026-11-02",
                    "reason": "courtesy",
                    "note": "First time late in years.",
                    "asked_role": "assistant",
                    "asked_by": None,
                    "asked_at": "2026-11-23T18:00:00Z",
                    "status": "pending",
                    "decided_by": None,
                    "decided_at": None,
                    "decision_note": None,
                    "reversed_lately": 0,
                    "may_decide": True,
                }
            ]
        },
    )

    id: UUID
    fee_id: UUID
    account_id: UUID
    account_number: str
    customer_name: str
    code: FeeCode
    amount_cents: int
    charged_on: date
    reason: str
    note: str
    asked_role: str
    asked_by: str | None
    asked_at: datetime
    status: Status
    decided_by: str | None
    decided_at: datetime | None
    decision_note: str | None
    reversed_lately: int
    may_decide: bool
