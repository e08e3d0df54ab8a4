"""The nightly update: one run for each business date, and what each of its steps did."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base


class NightlyRun(Base):
    """A business date's update; `summary` when it is finished, `problem` while something is in its way."""

    __tablename__ = "nightly_runs"
    __table_args__ = (CheckConstraint("(finished_at IS NULL) = (summary IS NULL)", name="finished"),)

    business_date: Mapped[date] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    problem: Mapped[str | None]
    summary: Mapped[dict[str, Any] | None]


class NightlyStep(Base):
    """A part of a step, in the same transaction as what it did. Part 0 says that the whole step is done."""

    __tablename__ = "nightly_steps"

    business_date: Mapped[date] = mapped_column(ForeignKey("nightly_runs.business_date"), primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    done_at: Mapped[datetime]
    counts: Mapped[dict[str, Any]]
