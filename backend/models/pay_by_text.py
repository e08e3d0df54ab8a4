"""Who agreed to pay by text, and what they were offered."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id

ENROLMENT_STATUSES = ("asked", "confirmed", "ended")
OFFER_STATUSES = ("open", "accepted", "declined", "replaced")
"""`replaced` by a newer offer. An open one may have expired."""
OFFER_PURPOSES = ("bill", "past_due", "installment", "other_amount")
PAYS_WITH = ("saved", "keyed_card", "keyed_bank_account")
"""What is on file, or a card or bank account that the caller keys in on the telephone."""


def _one_of(column: str, names: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(name) for name in names)})"


class TextEnrolment(Base):
    """A telephone from which bills of an account are paid by text, once its owner has confirmed it there.

    `terms` are the words that were agreed to. Several numbers may be for one account, and one number for several.
    """

    __tablename__ = "text_enrolments"
    __table_args__ = (
        CheckConstraint(_one_of("status", ENROLMENT_STATUSES), name="status"),
        CheckConstraint("(status = 'ended') = (ended_at IS NOT NULL AND end_reason IS NOT NULL)", name="ended"),
        CheckConstraint("(status = 'confirmed') <= (confirmed_at IS NOT NULL)", name="confirmed"),
        Index(
            "uq_text_enrolments_live",
            "account_id",
            "phone",
            unique=True,
            postgresql_where=text("status <> 'ended'"),
        ),
        Index("ix_text_enrolments_phone", "phone", postgresql_where=text("status <> 'ended'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    phone: Mapped[str]
    language: Mapped[str]
    status: Mapped[str]
    terms: Mapped[str]
    asked_at: Mapped[datetime]
    conversation_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversations.id"))
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]


class PaymentOffer(Base):
    """An amount that a customer may agree to pay: `payer` is a telephone, or a conversation without one.

    It is bound to `balance_cents`, what was owed when it was made: when that changes it counts no more. NULL for
    whoever may not see what is owed. `fee_cents` comes on top of the amount. `agreed_at`: the caller has said yes, and
    keys in what they pay with.
    """

    __tablename__ = "payment_offers"
    __table_args__ = (
        CheckConstraint(_one_of("status", OFFER_STATUSES), name="status"),
        CheckConstraint(_one_of("purpose", OFFER_PURPOSES), name="purpose"),
        CheckConstraint(_one_of("pays_with", PAYS_WITH), name="pays_with"),
        CheckConstraint("(pays_with = 'saved') = (method_id IS NOT NULL)", name="method"),
        CheckConstraint("amount_cents > 0", name="amount_cents"),
        CheckConstraint("fee_cents >= 0", name="fee_cents"),
        CheckConstraint("(status = 'accepted') = (charge_id IS NOT NULL)", name="accepted"),
        Index(
            "uq_payment_offers_open",
            "account_id",
            "payer",
            unique=True,
            postgresql_where=text("status = 'open'"),
        ),
        Index(None, "conversation_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    payer: Mapped[str]
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"))
    purpose: Mapped[str]
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    fee_cents: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    balance_cents: Mapped[int | None] = mapped_column(BigInteger)
    due_on: Mapped[date | None]
    pays_with: Mapped[str] = mapped_column(server_default=text("'saved'"))
    method_id: Mapped[UUID | None] = mapped_column(ForeignKey("saved_methods.id"))
    status: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    agreed_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    charge_id: Mapped[UUID | None] = mapped_column(ForeignKey("charges.id"), unique=True)
