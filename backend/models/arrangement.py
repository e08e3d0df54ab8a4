"""Payment arrangements: an agreed schedule for what is owed (HSC 116910)."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id


class Arrangement(Base):
    """What an account owes, to be paid in installments; one at a time is active."""

    __tablename__ = "arrangements"
    __table_args__ = (
        CheckConstraint("status IN ('active', 'completed', 'broken', 'cancelled')", name="status"),
        CheckConstraint("total_cents > 0", name="total_cents"),
        Index("uq_arrangements_active", "account_id", unique=True, postgresql_where=text("status = 'active'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    agreed_on: Mapped[date]
    total_cents: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str]


class Installment(Base):
    """One payment of an arrangement; `kept_on` is the day it was paid."""

    __tablename__ = "arrangement_installments"
    __table_args__ = (CheckConstraint("amount_cents > 0 AND number > 0", name="amounts"),)

    arrangement_id: Mapped[UUID] = mapped_column(ForeignKey("arrangements.id"), primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    due_on: Mapped[date]
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    kept_on: Mapped[date | None]
