"""Fees, and who may take one back."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id

FEE_CODES = ("late", "delinquent_processing", "tag", "reconnection", "returned_payment")


class FeeCharge(Base):
    """A fee on an account, with the entry that charged it. `caused_by_entry_id`: the bill or payment it is for."""

    __tablename__ = "fee_charges"
    __table_args__ = (
        CheckConstraint(f"code IN ({', '.join(repr(name) for name in FEE_CODES)})", name="code"),
        CheckConstraint("amount_cents > 0", name="amount_cents"),
        Index(None, "account_id", "charged_on"),
        Index("uq_fee_charges_cause", "code", "caused_by_entry_id", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    code: Mapped[str]
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    charged_on: Mapped[date]
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_entries.id"), unique=True)
    caused_by_entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_entries.id"))


class FeeReversal(Base):
    """A fee taken back: within the asker's authority at once, above it after a person with the authority agreed."""

    __tablename__ = "fee_reversals"
    __table_args__ = (
        CheckConstraint("status IN ('posted', 'pending', 'declined')", name="status"),
        CheckConstraint("(status = 'posted') = (entry_id IS NOT NULL)", name="posted"),
        Index("uq_fee_reversals_live", "fee_id", unique=True, postgresql_where=text("status <> 'declined'")),
        Index("ix_fee_reversals_pending", "requested_at", postgresql_where=text("status = 'pending'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    fee_id: Mapped[UUID] = mapped_column(ForeignKey("fee_charges.id"))
    status: Mapped[str]
    reason_code: Mapped[str]
    note: Mapped[str]
    requested_role: Mapped[str]
    requested_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    requested_at: Mapped[datetime]
    conversation_id: Mapped[UUID | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str | None]
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_entries.id"), unique=True)
