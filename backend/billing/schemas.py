"""The shapes of billing runs, their exceptions and corrected bills."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints

from backend.billing import examples
from backend.billing.review import REASON_LENGTH_MAX

Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=REASON_LENGTH_MAX, pattern=r"^[^\x00]*$"),
]
Units = Annotated[Decimal, PlainSerializer(float, return_type=float)]
RunStatus = Literal["preparing", "prepared", "approved", "billed"]
ExceptionStatus = Literal["open", "resolved", "released", "held"]


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class RunIn(BaseModel):
    """Which cycle to prepare, up to the day on which its meters were read."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"cycle": 4, "period_end": "2026-11-20"}]})

    cycle: Annotated[int, Field(ge=1, le=99)]
    period_end: date


class RunOut(_Out):
    """A billing run in a list; `prepared_by` is null when the nightly update prepared it; `bills` are those out."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [examples.RUN]})

    id: UUID
    cycle: int
    period_start: date
    period_end: date
    status: RunStatus
    prepared_at: datetime
    prepared_by: str | None
    approved_at: datetime | None
    approved_by: str | None
    billed_at: datetime | None
    drafts: int
    bills: int
    open_exceptions: int


class CountsOut(_Out):
    """Accounts of the cycle: bills = active − not due − held − without charges."""

    accounts_active: int
    not_due: int
    held: int
    without_charges: int
    bills: int
    estimated: int


class ExceptionCountOut(_Out):
    """How many exceptions of a code there are, by what was decided."""

    code: str
    open: int
    resolved: int
    released: int
    held: int


class ClassOut(_Out):
    """What a class of service is billed; units are CCF."""

    service_class: str
    bills: int
    units: Units
    fixed_cents: int
    volume_cents: int
    pass_through_cents: int
    drought_cents: int
    amount_cents: int


class ReceivableOut(_Out):
    """beginning + billed + other bills + fees − payments + adjustments + refunds = ending."""

    since: date
    until: date
    beginning_cents: int
    billed_cents: int
    other_bills_cents: int
    fees_cents: int
    payments_cents: int
    adjustments_cents: int
    refunds_cents: int
    ending_cents: int


class VarianceOut(_Out):
    """A class beside the cycle before."""

    service_class: str
    bills: int
    bills_before: int
    units: Units
    units_before: Units
    amount_cents: int
    amount_before_cents: int
    percent: float | None


class CheckOut(_Out):
    """Two ways to the same number."""

    name: Literal["register", "bills", "receivable", "ledger"]
    expected: int
    found: int
    ties: bool


class ReportOut(_Out):
    """The report of a run. `ties`: every check agrees."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [examples.REPORT]})

    run: RunOut
    amount_cents: int
    ties: bool
    counts: CountsOut
    exceptions: list[ExceptionCountOut]
    by_class: list[ClassOut]
    receivable: ReceivableOut
    before: date | None
    variance: list[VarianceOut]
    checks: list[CheckOut]


class ExceptionOut(_Out):
    """One exception with what a person needs to decide it."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [examples.EXCEPTION]})

    id: UUID
    code: str
    status: ExceptionStatus
    account_id: UUID
    account_number: str
    service_class: str
    service_address: str
    meter_id: UUID | None
    serial_number: str | None
    detail: dict[str, Any]
    reason: str | None
    decided_by: str | None
    decided_at: datetime | None
    earlier: list[dict[str, Any]]
    units: Units | None
    amount_cents: int | None


class ExceptionsOut(_Out):
    """A page of exceptions; `total` of all pages."""

    model_config = ConfigDict(
        from_attributes=True, json_schema_extra={"examples": [{"rows": [examples.EXCEPTION], "total": 1}]}
    )

    rows: list[ExceptionOut]
    total: int


class RegisterRowOut(_Out):
    """One account's draft; `is_held`: it is left out of the run."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [examples.REGISTER_ROW]})

    account_id: UUID
    account_number: str
    service_class: str
    period_start: date
    period_end: date
    units: Units
    amount_cents: int
    is_estimated: bool
    is_held: bool
    exceptions: list[str]


class DraftOut(_Out):
    """What one account's bill will be, and the reads it was reckoned from."""

    period_start: date
    period_end: date
    units: Units
    amount_cents: int
    is_estimated: bool
    is_held: bool
    lines: list[dict[str, Any]]
    meters: list[dict[str, Any]]


class PastBillOut(_Out):
    """A bill that stands, as history of use."""

    id: UUID
    period_start: date
    period_end: date
    units: Units
    units_per_day: Units
    amount_cents: int
    is_estimated: bool


class AccountInRunOut(_Out):
    """One account of a run with all that made its bill."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [examples.ACCOUNT_IN_RUN]})

    draft: DraftOut | None
    exceptions: list[ExceptionOut]
    past_bills: list[PastBillOut]


class DecisionIn(BaseModel):
    """`resolved`: the cause was mended; `released`: right as it is; `held`: leave the account out of this run."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"decision": "released", "reason": "Pool was filled; customer confirms."}]}
    )

    decision: Literal["resolved", "released", "held"]
    reason: Reason


class DecidedOut(_Out):
    """An exception after a decision."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [examples.DECIDED]})

    id: UUID
    code: str
    status: ExceptionStatus
    reason: str | None
    decided_at: datetime | None
