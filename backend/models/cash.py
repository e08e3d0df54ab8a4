"""What becomes of money received: allocations, unapplied money, cash batches, voids, refunds."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id


class PaymentAllocation(Base):
    """So many cents of a payment paid this charge (a posting), in the district's order. Undone with its payment."""

    __tablename__ = "payment_allocations"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount_cents"),
        Index(None, "charge_entry_id", "charge_line"),
    )

    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments.id"), primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    charge_entry_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_entries.id"))
    charge_line: Mapped[int] = mapped_column(SmallInteger)
    amount_cents: Mapped[int] = mapped_column(BigInteger)


class UnappliedReceipt(Base):
    """Money that came for an account we do not know, or that is closed: kept, until a person says whose it is."""

    __tablename__ = "unapplied_receipts"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'applied', 'refunded')", name="status"),
        CheckConstraint("amount_cents > 0", name="amount_cents"),
        Index("ix_unapplied_receipts_open", "received_on", postgresql_where=text("status = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_entries.id"), unique=True)
    import_id: Mapped[UUID | None] = mapped_column(ForeignKey("file_imports.id"))
    given_reference: Mapped[str]
    method: Mapped[str]
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    received_on: Mapped[date]
    status: Mapped[str]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    note: Mapped[str | None]


class CashBatch(Base):
    """A drawer's day: its float, what was counted, and the difference posted to over and short."""

    __tablename__ = "cash_batches"
    __table_args__ = (
        CheckConstraint("(closed_at IS NULL) = (counted_cents IS NULL)", name="closed"),
        Index("uq_cash_batches_open", "opened_by", unique=True, postgresql_where=text("closed_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    business_date: Mapped[date]
    opened_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    opened_at: Mapped[datetime]
    float_cents: Mapped[int] = mapped_column(BigInteger)
    counted_cents: Mapped[int | None] = mapped_column(BigInteger)
    difference_entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_entries.id"))
    closed_at: Mapped[datetime | None]


class PaymentVoid(Base):
    """A payment taken back the same day by two people: who asked and who agreed."""

    __tablename__ = "payment_voids"
    __table_args__ = (CheckConstraint("requested_by <> agreed_by", name="two_people"),)

    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments.id"), primary_key=True)
    reversal_entry_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_entries.id"), unique=True)
    reason: Mapped[str]
    requested_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    agreed_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    voided_at: Mapped[datetime]


class Refund(Base):
    """A credit balance paid back: asked for, then agreed to by a person with the authority."""

    __tablename__ = "refunds"
    __table_args__ = (
        CheckConstraint("status IN ('pending', 'posted', 'declined')", name="status"),
        CheckConstraint("(status = 'posted') = (entry_id IS NOT NULL)", name="posted"),
        CheckConstraint("amount_cents > 0", name="amount_cents"),
        Index(None, "account_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str]
    status: Mapped[str]
    requested_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    requested_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_entries.id"), unique=True)
