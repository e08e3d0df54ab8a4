"""The `[payments]` table of `policy.toml`: what is taken, what it pays first, who pays money back."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Cents = Annotated[int, Field(ge=0, le=100_000_000_000)]
Kind = Literal["service_first", "fees_first"]
StaffRole = Literal["csr", "lead", "supervisor"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RefundAuthority(_Strict):
    """The largest refund that each role may agree to, in cents; 0: none."""

    csr: Cents
    lead: Cents
    supervisor: Cents


class PaymentRoles(_Strict):
    """The least role that may do each of these."""

    decide_void: StaffRole
    apply_unapplied: StaffRole
    import_file: StaffRole
    return_payment: StaffRole
    close_any_drawer: StaffRole


class Payments(_Strict):
    """`[payments]`."""

    largest_cents: Annotated[int, Field(gt=0, le=100_000_000_000)]
    allocation: Literal["oldest_first", "service_first", "fees_first"]
    within_date: Kind
    on_plan: Literal["current_bill_first", "as_usual"]
    file_days_back_max: Annotated[int, Field(ge=1, le=3_660)]
    return_match_days: Annotated[int, Field(ge=60, le=730)]
    return_fee_due_days: Annotated[int, Field(ge=1, le=90)]
    roles: PaymentRoles
    refund_cents_max: RefundAuthority
