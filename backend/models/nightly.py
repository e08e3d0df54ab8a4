"""The nightly update: one run for each business date, what each of its steps did, and what it left to people."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id

ITEM_KINDS = (
    "arrangement_broken", "file_refused", "run_held", "charge_unknown", "charge_not_posted", "charge_missing",
    "charge_amount", "charge_failed", "charge_reversed", "refund_elsewhere", "charge_disputed",
)  # fmt: skip


class NightlySchedule(Base):
    """Which business dates are looked after: from `first` on, and of those from `since` on where nights were missed.

    One row, made when Headgate first runs. Days that the demonstration's clock jumped over were not missed.
    """

    __tablename__ = "nightly_schedule"
    __table_args__ = (
        CheckConstraint("only_row", name="only_row"),
        CheckConstraint("since >= first", name="since"),
    )

    only_row: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    first: Mapped[date]
    since: Mapped[date]


class NightlyRun(Base):
    """A business date's update; `summary` when it is finished, `problem` while something is in its way.

    `part_accounts` is how many accounts a part has (see `nightly.rules.billed_at_once`), the whole night through.
    """

    __tablename__ = "nightly_runs"
    __table_args__ = (
        CheckConstraint("(finished_at IS NULL) = (summary IS NULL)", name="finished"),
        CheckConstraint("part_accounts > 0", name="part_accounts"),
        Index("ix_nightly_runs_unfinished", "business_date", postgresql_where=text("finished_at IS NULL")),
    )

    business_date: Mapped[date] = mapped_column(primary_key=True)
    part_accounts: Mapped[int]
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


class NightlyItem(Base):
    """Something a night found that a person must see to; `cause` names it, so that it is listed once."""

    __tablename__ = "nightly_items"
    __table_args__ = (
        CheckConstraint(f"kind IN ({', '.join(repr(name) for name in ITEM_KINDS)})", name="kind"),
        CheckConstraint("status IN ('open', 'done')", name="status"),
        CheckConstraint(
            "(status = 'open') = (decided_at IS NULL) AND (status = 'open') = (note IS NULL)", name="decided"
        ),
        Index("ix_nightly_items_open", "business_date", postgresql_where=text("status = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    business_date: Mapped[date] = mapped_column(ForeignKey("nightly_runs.business_date"))
    kind: Mapped[str]
    cause: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    detail: Mapped[dict[str, Any]]
    status: Mapped[str]
    note: Mapped[str | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
