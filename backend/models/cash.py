"""What becomes of money received: allocations, unapplied money, cash batches, voids, refunds, returns to look at."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    SmallInteger,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id


class PaymentAllocation(Base):
    """So many cents of a credit (a payment's posting) paid this charge (another posting), in the district's order.

    Never deleted: the reversal of either side undoes the row (trigger `ledger_reversal_frees`). Live rows never
    exceed either posting: they are made by `allocate_credits`, which holds the account's receivable.
    """

    __tablename__ = "payment_allocations"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount_cents"),
        ForeignKeyConstraint(
            ["credit_entry_id", "credit_line"],
            ["ledger_postings.entry_id", "ledger_postings.line"],
            name="fk_payment_allocations_credit",
        ),
        ForeignKeyConstraint(
            ["charge_entry_id", "charge_line"],
            ["ledger_postings.entry_id", "ledger_postings.line"],
            name="fk_payment_allocations_charge",
        ),
        Index("ix_payment_allocations_credit", "credit_entry_id", postgresql_where=text("undone_by_id IS NULL")),
        Index("ix_payment_allocations_live", "account_id", postgresql_where=text("undone_by_id IS NULL")),
        Index(None, "charge_entry_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    account_id: Mapped[UUID]
    credit_entry_id: Mapped[UUID]
    credit_line: Mapped[int] = mapped_column(SmallInteger)
    charge_entry_id: Mapped[UUID]
    charge_line: Mapped[int] = mapped_column(SmallInteger)
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    undone_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_entries.id"))


class OpenCharge(Base):
    """What is unpaid of a charge (a posting that raises a receivable); no row once it is paid or reversed.

    Kept by the database: the posting opens it, each allocation lowers it (never below nothing), a reversal frees it.
    """

    __tablename__ = "open_charges"
    __table_args__ = (
        CheckConstraint("left_cents > 0", name="left_cents"),
        ForeignKeyConstraint(
            ["entry_id", "line"], ["ledger_postings.entry_id", "ledger_postings.line"], name="fk_open_charges_charge"
        ),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    is_fee: Mapped[bool]
    charged_on: Mapped[date]
    due_on: Mapped[date]
    left_cents: Mapped[int] = mapped_column(BigInteger)


class UnappliedReceipt(Base):
    """Money that came for an account we do not know, or that is closed: kept, until a person says whose it is."""

    __tablename__ = "unapplied_receipts"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'applied', 'refunded', 'returned')", name="status"),
        CheckConstraint("amount_cents > 0", name="amount_cents"),
        CheckConstraint("(status = 'applied') <= (payment_id IS NOT NULL)", name="applied"),
        Index("ix_unapplied_receipts_open", "received_on", postgresql_where=text("status = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_entries.id"), unique=True)
    import_id: Mapped[UUID | None] = mapped_column(ForeignKey("file_imports.id"))
    batch_id: Mapped[UUID | None] = mapped_column(ForeignKey("cash_batches.id"))
    given_reference: Mapped[str]
    bank_reference: Mapped[str | None]
    method: Mapped[str]
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    received_on: Mapped[date]
    status: Mapped[str]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    note: Mapped[str | None]
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("payments.id"), unique=True)


class CashBatch(Base):
    """A drawer's day: its float, what was counted (cash with the float, and checks), and the difference posted."""

    __tablename__ = "cash_batches"
    __table_args__ = (
        CheckConstraint(
            "(closed_at IS NULL) = (counted_cents IS NULL) AND (closed_at IS NULL) = (counted_checks_cents IS NULL)",
            name="closed",
        ),
        CheckConstraint("float_cents >= 0 AND counted_cents >= 0 AND counted_checks_cents >= 0", name="amounts"),
        Index("uq_cash_batches_open", "opened_by", unique=True, postgresql_where=text("closed_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    business_date: Mapped[date]
    opened_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    opened_at: Mapped[datetime]
    float_cents: Mapped[int] = mapped_column(BigInteger)
    counted_cents: Mapped[int | None] = mapped_column(BigInteger)
    counted_checks_cents: Mapped[int | None] = mapped_column(BigInteger)
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    difference_entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_entries.id"))
    closed_at: Mapped[datetime | None]


class PaymentVoid(Base):
    """A payment taken back the same day by two people: who asked and who agreed."""

    __tablename__ = "payment_voids"
    __table_args__ = (
        CheckConstraint("status IN ('pending', 'posted', 'declined')", name="status"),
        CheckConstraint("(status = 'posted') = (reversal_entry_id IS NOT NULL)", name="posted"),
        CheckConstraint("(status = 'pending') = (decided_by IS NULL)", name="decided"),
        CheckConstraint("requested_by <> decided_by", name="two_people"),
        Index("uq_payment_voids_live", "payment_id", unique=True, postgresql_where=text("status <> 'declined'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments.id"))
    reason: Mapped[str]
    status: Mapped[str]
    requested_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    requested_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str | None]
    reversal_entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_entries.id"), unique=True)


LEFT_OF_CHARGE = """(c.amount_cents - coalesce((SELECT sum(f.amount_cents) FROM refunds f
                                    WHERE f.charge_id = c.id AND f.status <> 'declined'
                                      AND f.sending IS DISTINCT FROM 'failed'), 0))::bigint"""
"""What of a charge (`c`) is not refunded nor asked for."""


class Refund(Base):
    """A credit balance, unapplied money, or a payment by card (`charge_id`), paid back: asked for, then agreed to by
    another with the authority.

    What goes to a card or bank account through the processor `waits` until it is `sent`; `failed`: it came back, and
    the entry is reversed. `fee_cents` is the convenience fee that goes back with a whole payment. `look_at` (real
    time): when it is to be sent, or sent again under the same key.
    """

    __tablename__ = "refunds"
    __table_args__ = (
        CheckConstraint("status IN ('pending', 'posted', 'declined')", name="status"),
        CheckConstraint("(status = 'posted') = (entry_id IS NOT NULL)", name="posted"),
        CheckConstraint("(status = 'pending') = (decided_by IS NULL)", name="decided"),
        CheckConstraint("requested_by <> decided_by", name="two_people"),
        CheckConstraint("amount_cents > 0", name="amount_cents"),
        CheckConstraint("(account_id IS NULL) <> (receipt_id IS NULL)", name="one_source"),
        CheckConstraint("sending IN ('waits', 'sent', 'failed')", name="sending_known"),
        CheckConstraint("(sending IS NOT NULL) = (charge_id IS NOT NULL AND status = 'posted')", name="sending"),
        CheckConstraint("fee_cents >= 0 AND (charge_id IS NOT NULL OR fee_cents = 0)", name="fee_cents"),
        Index(None, "charge_id"),
        Index("ix_refunds_to_send", "look_at", postgresql_where=text("sending = 'waits'")),
        Index("ix_refunds_pending", "account_id", postgresql_where=text("status = 'pending'")),
        Index("uq_refunds_receipt", "receipt_id", unique=True, postgresql_where=text("status <> 'declined'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    idempotency_key: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    receipt_id: Mapped[UUID | None] = mapped_column(ForeignKey("unapplied_receipts.id"))
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str]
    status: Mapped[str]
    requested_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    requested_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str | None]
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_entries.id"), unique=True)
    charge_id: Mapped[UUID | None] = mapped_column(ForeignKey("charges.id"))
    fee_cents: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    sending: Mapped[str | None]
    processor_refund_id: Mapped[str | None]
    first_sent_at: Mapped[datetime | None]
    looks: Mapped[int] = mapped_column(server_default=text("0"))
    look_at: Mapped[datetime | None]


class ReturnItem(Base):
    """Something in a return file that a person must look at: no payment matches it, or what it means needs care."""

    __tablename__ = "return_items"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'done')", name="status"),
        CheckConstraint("(status = 'open') = (decided_at IS NULL)", name="decided"),
        Index("uq_return_items_line", "import_id", "line", "cause", unique=True),
        Index("ix_return_items_open", "returned_on", postgresql_where=text("status = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    import_id: Mapped[UUID | None] = mapped_column(ForeignKey("file_imports.id"))
    line: Mapped[int | None]
    cause: Mapped[str]
    reason_code: Mapped[str]
    trace_number: Mapped[str]
    given_reference: Mapped[str]
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    returned_on: Mapped[date]
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("payments.id"))
    status: Mapped[str]
    note: Mapped[str | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]


class RefusedFile(Base):
    """A file of which nothing was taken, with what is wrong: `problems` have line, field and reason."""

    __tablename__ = "refused_files"
    __table_args__ = (
        CheckConstraint("octet_length(sha256) = 32", name="sha256"),
        Index("uq_refused_files_content", "sha256", "business_date", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    sha256: Mapped[bytes]
    file_name: Mapped[str]
    business_date: Mapped[date]
    refused_at: Mapped[datetime]
    problems: Mapped[list[Any]]
