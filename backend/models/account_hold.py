"""What stays the district's hand on an account, and what lowers a charge for a household."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id

HOLD_KINDS = ("dispute", "appeal", "extension", "review")


class AccountHold(Base):
    """A reason to charge no late fee and to shut nothing off (HSC 116908, Gov. Code 60372), until a day or lifted."""

    __tablename__ = "account_holds"
    __table_args__ = (
        CheckConstraint(f"kind IN ({', '.join(repr(name) for name in HOLD_KINDS)})", name="kind"),
        CheckConstraint("ended_on >= started_on", name="ends_after_start"),
        Index(None, "account_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    kind: Mapped[str]
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    note: Mapped[str]
    placed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    placed_at: Mapped[datetime]


class LowIncomeDeclaration(Base):
    """A household under 200 percent of the poverty level, by a program it is in or its own word (HSC 116914)."""

    __tablename__ = "low_income_declarations"
    __table_args__ = (
        CheckConstraint("basis IN ('program', 'declaration')", name="basis"),
        CheckConstraint("expires_on > declared_on", name="expires_later"),
        Index(None, "account_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    basis: Mapped[str]
    declared_on: Mapped[date]
    expires_on: Mapped[date]
