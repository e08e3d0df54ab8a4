"""Visits to the district's office: expected, in the building, over."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id

VISIT_KINDS = ("visitor", "vendor")


class Visit(Base):
    """One person, or one company's people, at the front desk.

    Expected until `came_at`, in the building until `left_at`; or `turned_away_at`. `host` is as it was said.
    `registered_by` nobody: the assistant wrote it down, from the case `hand_off_id`. `approved_by`: who answers for a
    vendor that is not on the district's list, or whose insurance has run out.
    """

    __tablename__ = "visits"
    __table_args__ = (
        CheckConstraint(f"kind IN ({', '.join(repr(name) for name in VISIT_KINDS)})", name="kind"),
        CheckConstraint("name <> '' OR company <> ''", name="named"),
        CheckConstraint(
            "(came_at IS NULL) = (badge IS NULL) AND (came_at IS NULL) = (admitted_by IS NULL)", name="admitted"
        ),
        CheckConstraint("left_at IS NULL OR left_at >= came_at", name="left"),
        CheckConstraint(
            "(turned_away_at IS NULL) = (turned_away_by IS NULL) AND (turned_away_at IS NULL OR came_at IS NULL)",
            name="turned_away",
        ),
        Index("uq_visits_badge", "badge", unique=True, postgresql_where=sql("came_at IS NOT NULL AND left_at IS NULL")),
        Index("uq_visits_hand_off_id", "hand_off_id", unique=True, postgresql_where=sql("hand_off_id IS NOT NULL")),
        Index(None, "expected_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    idempotency_key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    name: Mapped[str]
    company: Mapped[str]
    host: Mapped[str]
    purpose: Mapped[str]
    expected_on: Mapped[date]
    hand_off_id: Mapped[UUID | None] = mapped_column(ForeignKey("hand_offs.id"))
    registered_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    registered_at: Mapped[datetime]
    badge: Mapped[str | None]
    escort: Mapped[str] = mapped_column(server_default=sql("''"))
    approved_by: Mapped[str] = mapped_column(server_default=sql("''"))
    came_at: Mapped[datetime | None]
    admitted_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    left_at: Mapped[datetime | None]
    turned_away_at: Mapped[datetime | None]
    turned_away_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    note: Mapped[str] = mapped_column(server_default=sql("''"))
