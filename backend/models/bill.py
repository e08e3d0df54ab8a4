"""Bills: what an account was charged for a period. What is still owed is the ledger's to say."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id


class Bill(Base):
    """New charges of a period (both days included), with the ledger entry that charged them."""

    __tablename__ = "bills"
    __table_args__ = (
        CheckConstraint("period_end >= period_start AND due_date >= issued_on", name="dates"),
        CheckConstraint("amount_cents > 0 AND usage_ccf >= 0", name="amounts"),
        CheckConstraint("kind IN ('regular', 'final', 'rebill')", name="kind"),
        Index(None, "account_id", "issued_on"),
        Index(None, "run_id", postgresql_where=text("run_id IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_entries.id"), unique=True)
    period_start: Mapped[date]
    period_end: Mapped[date]
    issued_on: Mapped[date]
    due_date: Mapped[date]
    usage_ccf: Mapped[int] = mapped_column(Integer)
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("billing_runs.id"))
    kind: Mapped[str] = mapped_column(server_default=text("'regular'"))
    is_estimated: Mapped[bool] = mapped_column(server_default=text("false"))
