"""Credits after leaks."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base


class LeakAdjustment(Base):
    """What a customer was credited of a bill after a leak was repaired: once a bill, by the policy of that day."""

    __tablename__ = "leak_adjustments"
    __table_args__ = (
        CheckConstraint("method IN ('base_price', 'share_of_excess')", name="method"),
        CheckConstraint("units > 0 AND credit_cents > 0", name="amounts"),
        CheckConstraint("repaired_on <= adjusted_on", name="repaired"),
        Index(None, "account_id", "adjusted_on"),
    )

    bill_id: Mapped[UUID] = mapped_column(ForeignKey("bills.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_entries.id"), unique=True)
    method: Mapped[str]
    units: Mapped[Decimal] = mapped_column(Numeric(14, 2))
    credit_cents: Mapped[int] = mapped_column(BigInteger)
    repaired_on: Mapped[date]
    note: Mapped[str]
    adjusted_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    adjusted_on: Mapped[date]
    adjusted_at: Mapped[datetime]
