"""Bill cycles: the preliminary billing ledger, its exceptions, and the lines of the bills that come of it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, Numeric, SmallInteger, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id


class BillingRun(Base):
    """One cycle's bills of one period: prepared, looked over, approved by another person, billed.

    Preparing and billing go part by part: `prepared_through` and `billed_through` are the last account of each.
    """

    __tablename__ = "billing_runs"
    __table_args__ = (
        CheckConstraint("status IN ('preparing', 'prepared', 'approved', 'billed')", name="status"),
        CheckConstraint("period_end >= period_start", name="period"),
        Index("uq_billing_runs_cycle", "cycle", "period_end", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    cycle: Mapped[int] = mapped_column(SmallInteger)
    period_start: Mapped[date]
    period_end: Mapped[date]
    status: Mapped[str]
    prepared_at: Mapped[datetime]
    prepared_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    billed_at: Mapped[datetime | None]
    prepared_through: Mapped[UUID | None]
    billed_through: Mapped[UUID | None]
    accounts_not_due: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    """Accounts of the cycle at the period's end that had no day left to bill when the run was prepared."""
    accounts_active: Mapped[int | None] = mapped_column(Integer)
    """Accounts of the cycle at the period's end, counted when the run was approved."""


class BillDraft(Base):
    """One account's row of the preliminary billing ledger; `lines` in the shape of `BillLine`.

    `basis` is what it was reckoned from: `{"meters": [{"meter_id", "opening", "closing", …}], "services": [{…}]}`.
    """

    __tablename__ = "bill_drafts"
    __table_args__ = (CheckConstraint("kind IN ('regular', 'final')", name="kind"),)

    run_id: Mapped[UUID] = mapped_column(ForeignKey("billing_runs.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    period_start: Mapped[date]
    period_end: Mapped[date]
    usage_units: Mapped[Decimal] = mapped_column(Numeric(14, 2))
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    is_estimated: Mapped[bool]
    lines: Mapped[list[Any]]
    service_class: Mapped[str]
    basis: Mapped[dict[str, Any]]
    kind: Mapped[str] = mapped_column(server_default=text("'regular'"))


class BillingException(Base):
    """Something in a run that a person must look at.

    Resolved: the cause was mended, the bill is reckoned anew; released: it is right as it is, the bill goes out;
    held: the account is left out of this run, and its next bill takes these days in.
    """

    __tablename__ = "billing_exceptions"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'resolved', 'released', 'held')", name="status"),
        CheckConstraint("(status = 'open') = (reason IS NULL)", name="reason"),
        Index(
            "uq_billing_exceptions",
            "run_id",
            "account_id",
            "code",
            "meter_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_billing_exceptions_open", "run_id", postgresql_where=text("status = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("billing_runs.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    meter_id: Mapped[UUID | None] = mapped_column(ForeignKey("meters.id"))
    code: Mapped[str]
    detail: Mapped[dict[str, Any]]
    status: Mapped[str]
    reason: Mapped[str | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    earlier: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    """Decisions that no longer stand, oldest first: `{"status", "reason", "decided_by", "decided_at"}`."""


class BillLine(Base):
    """One line of a bill: `quantity` × `dollars_each`, rounded half up, is `amount_cents`.

    It belongs to one service agreement and was charged by the rates of `service_class`.
    """

    __tablename__ = "bill_lines"

    bill_id: Mapped[UUID] = mapped_column(ForeignKey("bills.id"), primary_key=True)
    line: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    code: Mapped[str]
    detail: Mapped[str]
    quantity: Mapped[Decimal] = mapped_column(Numeric(18, 8))
    dollars_each: Mapped[Decimal] = mapped_column(Numeric(14, 6))
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("service_agreements.id"))
    service_class: Mapped[str]


class BillService(Base):
    """What one service of a bill was reckoned from: its days, use and water budget, its meters' reads.

    `et_inches` is the evapotranspiration under each rate of the period, empty where there is no water budget.
    `meters`: `{"meter_id", "opening": [day, kind, value] | null, "closing": [day, kind, value], "units", …}`.
    """

    __tablename__ = "bill_services"

    bill_id: Mapped[UUID] = mapped_column(ForeignKey("bills.id"), primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("service_agreements.id"))
    service_class: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    units: Mapped[Decimal] = mapped_column(Numeric(14, 2))
    is_estimated: Mapped[bool]
    persons: Mapped[int] = mapped_column(SmallInteger)
    landscape_sqft: Mapped[int] = mapped_column(Integer)
    et_inches: Mapped[list[Decimal]] = mapped_column(ARRAY(Numeric(8, 3)))
    meters: Mapped[list[Any]]


class BillCancellation(Base):
    """A bill taken back by a reversal, by whom and why; a corrected bill may replace it."""

    __tablename__ = "bill_cancellations"

    bill_id: Mapped[UUID] = mapped_column(ForeignKey("bills.id"), primary_key=True)
    reversal_entry_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_entries.id"), unique=True)
    replaced_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("bills.id"))
    reason: Mapped[str]
    cancelled_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    cancelled_at: Mapped[datetime]


class BillRelease(Base):
    """Why a bill outside a run went out although something about it was unusual, and who let it pass."""

    __tablename__ = "bill_releases"

    bill_id: Mapped[UUID] = mapped_column(ForeignKey("bills.id"), primary_key=True)
    findings: Mapped[list[Any]]
    reason: Mapped[str]
    released_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    released_at: Mapped[datetime]
