"""What stays the district's hand on an account, and what lowers a charge for a household."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id

HOLD_KINDS = ("dispute", "appeal", "extension", "review")
INCOME_PROGRAMS = ("calworks", "calfresh", "general_assistance", "medi_cal", "ssi_ssp", "wic")
"""The programs that show a low income, whoever of the household is in one (HSC 116910(a)(2), 116914)."""


class AccountHold(Base):
    """A reason to charge no late fee and to shut nothing off (HSC 116908, Gov. Code 60372), until a day or lifted.

    `ended_on` is the last day it covers; a hold that was lifted says by whom and why.
    """

    __tablename__ = "account_holds"
    __table_args__ = (
        CheckConstraint(f"kind IN ({', '.join(repr(name) for name in HOLD_KINDS)})", name="kind"),
        CheckConstraint("ended_on >= started_on", name="ends_after_start"),
        CheckConstraint("(lifted_at IS NULL) = (lift_note IS NULL)", name="lifted"),
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
    lifted_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    lifted_at: Mapped[datetime | None]
    lift_note: Mapped[str | None]


class LowIncomeDeclaration(Base):
    """A household under 200 percent of the poverty level, by a program it is in or its own word (HSC 116914).

    It holds from `declared_on` up to, not including, `expires_on`; one that was withdrawn expired on that day.
    """

    __tablename__ = "low_income_declarations"
    __table_args__ = (
        CheckConstraint("basis IN ('program', 'declaration')", name="basis"),
        CheckConstraint("(basis = 'program') = (program IS NOT NULL)", name="program"),
        CheckConstraint(f"program IN ({', '.join(repr(name) for name in INCOME_PROGRAMS)})", name="program_known"),
        CheckConstraint("expires_on >= declared_on", name="expires_later"),
        Index(None, "account_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    basis: Mapped[str]
    program: Mapped[str | None]
    declared_on: Mapped[date]
    expires_on: Mapped[date]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    recorded_at: Mapped[datetime]


class InterestWaiver(Base):
    """Interest on a late bill that a low-income household was let off, once every twelve months (HSC 116914)."""

    __tablename__ = "interest_waivers"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount_cents"),
        Index(None, "account_id", "waived_on"),
    )

    bill_entry_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_entries.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    waived_on: Mapped[date]
