"""What only the demonstration has: its clock, its named customers, and the mark that it was seeded."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Double, ForeignKey, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base


class DemoClock(Base):
    """One row at most: how far the demonstration's clock is from the real one, in seconds."""

    __tablename__ = "demo_clock"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    offset_seconds: Mapped[float] = mapped_column(Double)


class DemoSeeding(Base):
    """One row at most: the business date that the demonstration district was made for."""

    __tablename__ = "demo_seeding"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, server_default=text("1"))
    business_date: Mapped[date]


class DemoCustomer(Base):
    """A demonstration customer: the account that shows a situation."""

    __tablename__ = "demo_customers"

    situation: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), unique=True)
    position: Mapped[int] = mapped_column(SmallInteger)
