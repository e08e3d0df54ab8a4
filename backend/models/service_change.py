"""What the staff changed about a service: started, stopped, another meter, another household, billing held."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id

CHANGE_KINDS = (
    "start", "stop", "transfer", "meter_exchange", "meter_install", "household", "billing_hold", "billing_release",
)  # fmt: skip


class ServiceChange(Base):
    """One change, as it was asked for and what came of it (`detail`). Append-only."""

    __tablename__ = "service_changes"
    __table_args__ = (
        CheckConstraint(f"kind IN ({', '.join(repr(name) for name in CHANGE_KINDS)})", name="kind"),
        CheckConstraint("reason <> ''", name="reason"),
        Index(None, "account_id", "changed_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    kind: Mapped[str]
    idempotency_key: Mapped[str] = mapped_column(unique=True)
    effective_on: Mapped[date]
    agreement_id: Mapped[UUID | None] = mapped_column(ForeignKey("service_agreements.id"))
    meter_id: Mapped[UUID | None] = mapped_column(ForeignKey("meters.id"))
    asked: Mapped[dict[str, Any]]
    detail: Mapped[dict[str, Any]]
    reason: Mapped[str]
    changed_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    changed_at: Mapped[datetime]


class AgreementHousehold(Base):
    """Persons and irrigated area of an agreement from a day on. Append-only; of one day the newest counts."""

    __tablename__ = "agreement_households"
    __table_args__ = (
        CheckConstraint("persons >= 0 AND landscape_sqft >= 0", name="numbers"),
        Index(None, "agreement_id", "effective_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("service_agreements.id"))
    effective_on: Mapped[date]
    persons: Mapped[int] = mapped_column(SmallInteger)
    landscape_sqft: Mapped[int] = mapped_column(Integer)
