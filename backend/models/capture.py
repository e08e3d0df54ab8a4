"""A card or bank account that a caller keys in while a person of ours is on the call with them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id
from backend.models.saved_method import METHOD_KINDS

CAPTURE_STATUSES = ("open", "completing", "charged", "failed", "canceled")
CAPTURE_PURPOSES = ("bill", "past_due", "installment", "other_amount")


def _one_of(column: str, names: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(name) for name in names)})"


class AssistedCapture(Base):
    """One agent-assisted payment of a live call (Twilio's Payments API).

    `step` is the field that the caller is asked for, for the `asked`-th time in all; `keyed` what may be shown of the
    fields that are in (dots and last digits); `problem` why the last keys were wrong, or why it came to nothing.
    """

    __tablename__ = "assisted_captures"
    __table_args__ = (
        CheckConstraint(_one_of("kind", METHOD_KINDS), name="kind"),
        CheckConstraint(_one_of("purpose", CAPTURE_PURPOSES), name="purpose"),
        CheckConstraint("amount_cents > 0 AND fee_cents >= 0", name="amount_cents"),
        CheckConstraint(_one_of("status", CAPTURE_STATUSES), name="status"),
        CheckConstraint("(status = 'charged') = (charge_id IS NOT NULL)", name="charged"),
        CheckConstraint("(status IN ('open', 'completing')) = (ended_at IS NULL)", name="ended"),
        Index("ix_assisted_captures_hand_off_id", "hand_off_id", "created_at"),
        Index(
            "uq_assisted_captures_open",
            "call_sid",
            unique=True,
            postgresql_where=text("status IN ('open', 'completing')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    hand_off_id: Mapped[UUID] = mapped_column(ForeignKey("hand_offs.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    call_sid: Mapped[str]
    conference: Mapped[str]
    party: Mapped[str | None]
    language: Mapped[str]
    kind: Mapped[str]
    purpose: Mapped[str]
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    fee_cents: Mapped[int] = mapped_column(BigInteger)
    shows_balance: Mapped[bool]
    status: Mapped[str]
    step: Mapped[str | None]
    asked: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    keyed: Mapped[dict[str, Any]] = mapped_column(JSONB(), server_default=text("'{}'"))
    problem: Mapped[str | None]
    payment_sid: Mapped[str | None]
    charge_id: Mapped[UUID | None] = mapped_column(ForeignKey("charges.id"), unique=True)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
