"""Register reads of meters, and the weather that water budgets need."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id

READ_KINDS = ("actual", "estimated", "customer", "exchange_out", "exchange_in")


class MeterRead(Base):
    """What a register showed at the end of a day, in register units (not consumption)."""

    __tablename__ = "meter_reads"
    __table_args__ = (
        CheckConstraint(f"kind IN ({', '.join(repr(name) for name in READ_KINDS)})", name="kind"),
        CheckConstraint("register_value >= 0", name="register_value"),
        Index("uq_meter_reads_meter_id_read_on", "meter_id", "read_on", "kind", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    meter_id: Mapped[UUID] = mapped_column(ForeignKey("meters.id"))
    read_on: Mapped[date]
    kind: Mapped[str]
    register_value: Mapped[int] = mapped_column(BigInteger)
    import_id: Mapped[UUID | None] = mapped_column(ForeignKey("file_imports.id"))


class Evapotranspiration(Base):
    """Reference evapotranspiration of a day in a zone, inches."""

    __tablename__ = "evapotranspiration"

    zone: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    inches: Mapped[Decimal] = mapped_column(Numeric(6, 3))


class FileImport(Base):
    """A file that was taken in, whole. The same content twice is one import (`sha256`).

    Of its lines, so many were `posted` to accounts and so many `set_aside` for a person.
    """

    __tablename__ = "file_imports"
    __table_args__ = (CheckConstraint("octet_length(sha256) = 32", name="sha256"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    sha256: Mapped[bytes] = mapped_column(unique=True)
    file_name: Mapped[str]
    line_count: Mapped[int]
    total_cents: Mapped[int] = mapped_column(BigInteger)
    business_date: Mapped[date]
    imported_at: Mapped[datetime]
    posted: Mapped[int] = mapped_column(server_default=text("0"))
    set_aside: Mapped[int] = mapped_column(server_default=text("0"))
