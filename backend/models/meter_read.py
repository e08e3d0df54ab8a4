"""Register reads of meters, and the weather that water budgets need."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id

READ_KINDS = ("actual", "estimated", "customer", "exchange_out", "exchange_in")
ITEM_CAUSES = ("unknown_meter", "meter_not_there", "other_account", "other_value", "not_read")


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
    entered_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    """Who keyed it in, where a person did."""


class StruckRead(Base):
    """A read that was wrong and counts no more: as it was (`id` too), and who struck it and why."""

    __tablename__ = "struck_reads"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    meter_id: Mapped[UUID] = mapped_column(ForeignKey("meters.id"))
    read_on: Mapped[date]
    kind: Mapped[str]
    register_value: Mapped[int] = mapped_column(BigInteger)
    import_id: Mapped[UUID | None] = mapped_column(ForeignKey("file_imports.id"))
    entered_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    struck_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    struck_at: Mapped[datetime]
    reason: Mapped[str]


class ReadItem(Base):
    """A line of a read file that a person must look at, because it could not become a read by itself.

    A meter that was not read is noted with its reason; nobody has to decide that.
    """

    __tablename__ = "read_items"
    __table_args__ = (
        CheckConstraint(f"cause IN ({', '.join(repr(name) for name in ITEM_CAUSES)})", name="cause"),
        CheckConstraint("status IN ('open', 'taken', 'dismissed', 'noted')", name="status"),
        Index("uq_read_items_line", "import_id", "line", unique=True),
        Index("ix_read_items_open", "read_on", postgresql_where=text("status = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    import_id: Mapped[UUID] = mapped_column(ForeignKey("file_imports.id"))
    line: Mapped[int]
    cause: Mapped[str]
    serial_number: Mapped[str]
    account_number: Mapped[str | None]
    meter_id: Mapped[UUID | None] = mapped_column(ForeignKey("meters.id"))
    read_on: Mapped[date]
    kind: Mapped[str]
    register_value: Mapped[int | None] = mapped_column(BigInteger)
    note: Mapped[str | None]
    status: Mapped[str]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str | None]


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
