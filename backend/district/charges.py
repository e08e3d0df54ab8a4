"""The tables of `policy.toml` about fees, who may take one back, and the ways to pay."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Cents = Annotated[int, Field(ge=0, le=1_000_000)]
Some = Annotated[int, Field(gt=0, le=1_000_000)]
FeeCode = Literal["late", "delinquent_processing", "tag", "reconnection", "returned_payment"]
ReversalRole = Literal["assistant", "csr", "lead", "supervisor"]
ReversalReason = Literal["courtesy", "district_error", "bank_error", "hardship", "medical", "other"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LateFee(_Strict):
    """`flat_cents` and `percent` of what is unpaid, together; at least `minimum_cents`.

    HSC 116914(a)(2): a low-income household is let off the interest (`percent`) once every twelve months.
    """

    flat_cents: Cents
    percent: Annotated[float, Field(ge=0, le=10)]
    minimum_cents: Cents
    least_owed_cents: Some
    grace_days: Annotated[int, Field(ge=0, le=60)]
    catch_up_days: Annotated[int, Field(ge=1, le=31)]
    interest_waiver_months: Annotated[int, Field(ge=1, le=12)]
    spares_medical_protection: bool
    spares_kept_arrangement: bool

    @model_validator(mode="after")
    def _is_something(self) -> "LateFee":
        if not (self.flat_cents or self.percent):
            raise ValueError("a late fee is a flat amount, a percentage, or both")
        return self


class ReconnectionFee(_Strict):
    """Within office hours and outside them; the caps for low-income households, and the year they are of.

    HSC 116914(a)(1): at most $50 and $150, adjusted by the Consumer Price Index from 1 January 2021.
    """

    within_hours_cents: Some
    outside_hours_cents: Some
    low_income_within_cents_max: Some
    low_income_outside_cents_max: Some
    cap_year: Annotated[int, Field(ge=2020, le=2100)]
    cap_source: Annotated[str, Field(min_length=1)]


class ReturnedPaymentFee(_Strict):
    """Civil Code 1719(a)(1): at most $25 for a customer's first, $35 for each later one."""

    first_cents: Annotated[int, Field(gt=0, le=2_500)]
    later_cents: Annotated[int, Field(gt=0, le=3_500)]


class Fees(_Strict):
    """`[fees]`. A delinquent processing charge or a tag fee of 0 is none."""

    late: LateFee
    reconnection: ReconnectionFee
    returned_payment: ReturnedPaymentFee
    due_days: Annotated[int, Field(ge=1, le=60)]
    delinquent_processing_cents: Cents
    tag_cents: Cents


class LeakAuthority(_Strict):
    """The largest leak adjustment that each role may post, in cents; 0: none."""

    csr: Cents
    lead: Cents
    supervisor: Cents


class LeakAdjustmentPolicy(_Strict):
    """`[leak_adjustment]`: what is credited after a leak, by the adopted policy, the same for everybody.

    `base_price`: the water above the first tier at the first tier's price. `share_of_excess`: `share_percent` of what
    was used above the average of the same season in the `years_compared` before, at the dearest price.
    """

    method: Literal["base_price", "share_of_excess"]
    share_percent: Annotated[int, Field(ge=1, le=100)]
    years_compared: Annotated[int, Field(ge=1, le=5)]
    service_classes: Annotated[tuple[str, ...], Field(min_length=1)]
    once_in_months: Annotated[int, Field(ge=1, le=60)]
    claim_days: Annotated[int, Field(ge=1, le=365)]
    credit_cents_max: LeakAuthority


class Grant(_Strict):
    """What a role may reverse at once. `second_person`: even then somebody else must agree."""

    role: ReversalRole
    fees: Annotated[tuple[FeeCode, ...], Field(min_length=1)]
    reasons: Annotated[tuple[ReversalReason, ...], Field(min_length=1)]
    cents_max: Some
    count_max: Annotated[int, Field(ge=1, le=1_000)]
    needs_note: bool = False
    second_person: bool = False


class Authority(_Strict):
    """`[authority]`: a reversal that no grant covers waits for somebody whose grant covers it."""

    rolling_months: Annotated[int, Field(ge=1, le=60)]
    fee_reversals: Annotated[tuple[Grant, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _somebody_decides(self) -> "Authority":
        covered = {fee for grant in self.fee_reversals if grant.role == "supervisor" for fee in grant.fees}
        missing = set(FeeCode.__args__) - covered  # type: ignore[attr-defined]
        if missing:
            raise ValueError(f"give the supervisor a grant for {', '.join(sorted(missing))}: nobody else decides last")
        return self


class BudgetBilling(_Strict):
    """Levelized bills: who may have them, how the amount is made, and when they end."""

    service_classes: Annotated[tuple[str, ...], Field(min_length=1)]
    history_bills: Annotated[int, Field(ge=6, le=24)]
    round_up_to_cents: Some
    default_days: Annotated[int, Field(ge=1, le=120)]
    settle_days: Annotated[int, Field(ge=1, le=60)]


class PaymentOptions(_Strict):
    """`[options]`."""

    autopay_returns_max: Annotated[int, Field(ge=1, le=10)]
    catch_up_days: Annotated[int, Field(ge=0, le=10)]
    recurring_cents_max: Some
    bank_drafts: bool
    """Whether the district's own bank draws what is drawn from no method on file; without, only such methods are."""
    reminder_days: Annotated[int, Field(ge=1, le=14)]
    budget: BudgetBilling


class ShutOff(_Strict):
    """`[shutoff]`: when water may be shut off for non-payment.

    HSC 116908(a): not before a payment is 60 days past due, and not without 7 business days' notice.
    """

    past_due_days: Annotated[int, Field(ge=60, le=365)]
    notice_business_days: Annotated[int, Field(ge=7, le=30)]
