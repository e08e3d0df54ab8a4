"""The demonstration's clock, in one row."""

from sqlalchemy import CheckConstraint, Float, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base


class DemoClock(Base):
    """How far the demonstration's clock is from the real one."""

    __tablename__ = "demo_clock"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    offset_seconds: Mapped[float] = mapped_column(Float)
