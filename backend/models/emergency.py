"""Emergencies that somebody has switched on: what customers are told, where, and what stands down meanwhile."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from backend.models.base import Base, new_id

EMERGENCY_KINDS = ("water", "billing_down")


class Emergency(Base):
    """`water`: something about the water of `zones` (none named: of the whole district). `billing_down`: account
    questions cannot be answered. It ends at `ends_at` by itself, or at `ended_at` by hand."""

    __tablename__ = "emergencies"
    __table_args__ = (
        CheckConstraint(f"kind IN ({', '.join(repr(name) for name in EMERGENCY_KINDS)})", name="kind"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended"),
        CheckConstraint("ends_at > started_at", name="ends_later"),
        UniqueConstraint("idempotency_key"),
        Index("ix_emergencies_open", "started_at", postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    idempotency_key: Mapped[str]
    kind: Mapped[str]
    zones: Mapped[list[str]] = mapped_column(ARRAY(Text))
    text_en: Mapped[str]
    text_es: Mapped[str]
    reason: Mapped[str]
    no_water: Mapped[bool]
    stands_down: Mapped[bool]
    started_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    started_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None]
    campaign_id: Mapped[UUID | None] = mapped_column(ForeignKey("campaigns.id"))
