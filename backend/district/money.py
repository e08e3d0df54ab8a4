"""The `[payments]` table of `policy.toml`: what is taken, what it pays first, who pays money back."""

from itertools import product
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Cents = Annotated[int, Field(ge=0, le=100_000_000_000)]
Kind = Literal["service_first", "fees_first"]
StaffRole = Literal["csr", "lead", "supervisor"]
FeeMethod = Literal["card", "bank_account"]
FeeChannel = Literal["sms", "chat", "voice", "link", "console"]


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


class ConvenienceFee(_Strict):
    """`[[payments.convenience_fees]]`: what paying with one of `methods` by one of `channels` costs on top, each time.

    It is said before anybody agrees. Autopay and payments on a day never cost one.
    """

    methods: Annotated[tuple[FeeMethod, ...], Field(min_length=1)]
    channels: Annotated[tuple[FeeChannel, ...], Field(min_length=1)]
    cents: Annotated[int, Field(gt=0, le=2_500)]

    @model_validator(mode="after")
    def _is_one_on_links(self) -> "ConvenienceFee":
        if "link" in self.channels and set(self.methods) != set(FeeMethod.__args__):  # type: ignore[attr-defined]
            raise ValueError(
                "on the page of a link the customer chooses between card and bank account after they were told the"
                ' fee: give "link" a fee of its own with methods = ["card", "bank_account"], or none'
            )
        return self


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
    convenience_fees: tuple[ConvenienceFee, ...] = ()

    @model_validator(mode="after")
    def _charges_one_fee(self) -> "Payments":
        seen: set[tuple[str, str]] = set()
        for fee in self.convenience_fees:
            for method, channel in product(fee.methods, fee.channels):
                if (method, channel) in seen:
                    raise ValueError(f"two convenience fees are for {method} by {channel}: leave one of them out")
                seen.add((method, channel))
        return self

    def convenience_fee_cents(self, method: str, channel: str) -> int:
        """What paying with a card or bank account by a channel costs on top; 0: nothing."""
        fees = (fee.cents for fee in self.convenience_fees if method in fee.methods and channel in fee.channels)
        return next(fees, 0)
