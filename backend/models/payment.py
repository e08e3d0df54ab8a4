"""Payments and their returns: a payment is never changed; a return is a row of its own."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id

PAYMENT_METHODS = ("cash", "check", "card", "bank_transfer", "lockbox")


class Payment(Base):
    """Money received for an account. The customer is told `confirmation_number`.

    `bank_reference` is what the bank calls it (a trace or bank reference number); a return names it again.
    """

    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint(f"method IN ({', '.join(repr(name) for name in PAYMENT_METHODS)})", name="method"),
        CheckConstraint("amount_cents > 0", name="amount_cents"),
        Index(None, "account_id", "received_on"),
        Index("ix_payments_bank_reference", "bank_reference", postgresql_where=text("bank_reference IS NOT NULL")),
        Index("ix_payments_import_id", "import_id", postgresql_where=text("import_id IS NOT NULL")),
        Index("ix_payments_batch_id", "batch_id", postgresql_where=text("batch_id IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_entries.id"), unique=True)
    method: Mapped[str]
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    received_on: Mapped[date]
    confirmation_number: Mapped[int] = mapped_column(BigInteger, Identity(start=10_000_001), unique=True)
    batch_id: Mapped[UUID | None] = mapped_column(ForeignKey("cash_batches.id"))
    import_id: Mapped[UUID | None] = mapped_column(ForeignKey("file_imports.id"))
    bank_reference: Mapped[str | None]


class PaymentReturn(Base):
    """A payment that the bank gave back, with the bank's reason ("R01") and the entries it caused.

    `next_step` is what the reason means for the next attempt (`payments.return_rules.NextStep`); `trace_number` is what
    the bank's file called it, by which the same return is known when it comes again.
    """

    __tablename__ = "payment_returns"
    __table_args__ = (
        Index(None, "account_id", "returned_on"),
        Index("ix_payment_returns_trace_number", "trace_number", postgresql_where=text("trace_number IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments.id"), unique=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    reversal_entry_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_entries.id"), unique=True)
    fee_entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_entries.id"), unique=True)
    reason_code: Mapped[str]
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    returned_on: Mapped[date]
    next_step: Mapped[str | None]
    import_id: Mapped[UUID | None] = mapped_column(ForeignKey("file_imports.id"))
    trace_number: Mapped[str | None]
