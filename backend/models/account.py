"""Accounts: what a customer has with the district, and for which premise."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id

SERVICE_CLASSES = ("residential", "multifamily", "commercial", "irrigation", "fire_line")
_CLASS_IS_KNOWN = f"service_class IN ({', '.join(repr(name) for name in SERVICE_CLASSES)})"


class Account(Base):
    """One customer's account. `number` ends in a check digit; the PIN is kept as a keyed digest only."""

    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint("number ~ '^[1-9][0-9]{7}$'", name="number"),
        CheckConstraint("status IN ('active', 'closed')", name="status"),
        CheckConstraint("(status = 'closed') = (closed_on IS NOT NULL)", name="closed_on"),
        CheckConstraint("octet_length(pin_digest) = 32", name="pin_digest"),
        CheckConstraint(_CLASS_IS_KNOWN, name="service_class"),
        Index(None, "customer_id"),
        Index(None, "billing_cycle", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"))
    status: Mapped[str]
    service_class: Mapped[str]
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    pin_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    autopay: Mapped[bool]
    paperless: Mapped[bool]
    medical_protection: Mapped[bool]
    identity_locked: Mapped[bool]
    billing_cycle: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    billing_hold: Mapped[str | None]
    """Why no bill may go out for now ("final read disputed"); None when nothing is in the way."""
    mailing_address: Mapped[str | None]
    """Where paper goes when not to the service address, line by line."""


class ServiceAgreement(Base):
    """Water of one class for one premise on one account, from a day until it ends."""

    __tablename__ = "service_agreements"
    __table_args__ = (
        CheckConstraint(_CLASS_IS_KNOWN, name="service_class"),
        CheckConstraint("ended_on >= started_on", name="ends_after_start"),
        Index(None, "account_id"),
        Index(
            "uq_service_agreements_open",
            "premise_id",
            "service_class",
            unique=True,
            postgresql_where=text("ended_on IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    premise_id: Mapped[UUID] = mapped_column(ForeignKey("premises.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    service_class: Mapped[str]
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    persons: Mapped[int] = mapped_column(SmallInteger, server_default=text("3"))
    landscape_sqft: Mapped[int] = mapped_column(Integer, server_default=text("0"))
