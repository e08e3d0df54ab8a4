"""The double-entry ledger. Its rules are triggers of the database (migration 0001), not only code."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id

ENTRY_KINDS = ("bill", "fee", "payment", "adjustment", "refund", "write_off", "transfer", "reversal")


class LedgerAccount(Base):
    """An account of the chart. A customer account's receivable has that account's own id."""

    __tablename__ = "ledger_accounts"
    __table_args__ = (
        CheckConstraint("kind IN ('asset', 'liability', 'revenue', 'expense')", name="kind"),
        CheckConstraint("(code = 'receivable') = (account_id IS NOT NULL AND id = account_id)", name="receivable"),
        Index("uq_ledger_accounts_code", "code", "account_id", unique=True, postgresql_nulls_not_distinct=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str]
    kind: Mapped[str]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))


class LedgerEntry(Base):
    """Something that happened to money, once. Never changed or deleted: a reversal points to it.

    `posting_count` is how many postings it has, lines 1 to n: a complete entry has room for no more.
    """

    __tablename__ = "ledger_entries"
    __table_args__ = (
        CheckConstraint(f"kind IN ({', '.join(repr(name) for name in ENTRY_KINDS)})", name="kind"),
        CheckConstraint("(kind = 'reversal') = (reverses_id IS NOT NULL)", name="reversal"),
        CheckConstraint("octet_length(content_digest) = 32", name="content_digest"),
        CheckConstraint("idempotency_key <> ''", name="idempotency_key"),
        CheckConstraint("posting_count >= 2", name="posting_count"),
        Index(
            "uq_ledger_entries_reverses_id",
            "reverses_id",
            unique=True,
            postgresql_where=text("reverses_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    idempotency_key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    description: Mapped[str]
    effective_on: Mapped[date]
    posted_at: Mapped[datetime]
    content_digest: Mapped[bytes] = mapped_column(LargeBinary)
    reverses_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_entries.id"))
    posting_count: Mapped[int] = mapped_column(SmallInteger)


class LedgerPosting(Base):
    """One side of an entry: debit positive, credit negative, integer cents.

    `due_on` is when a charge to a receivable falls due; a reversal has the due date of what it undoes.
    """

    __tablename__ = "ledger_postings"
    __table_args__ = (
        CheckConstraint("amount_cents <> 0 AND line >= 1", name="values"),
        # A balance, its past due part and its ageing are read from this index alone.
        Index(
            "ix_ledger_postings_balance",
            "ledger_account_id",
            "effective_on",
            postgresql_include=["due_on", "amount_cents"],
        ),
    )

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_entries.id"), primary_key=True)
    line: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    ledger_account_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_accounts.id"))
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    effective_on: Mapped[date]
    due_on: Mapped[date | None]
