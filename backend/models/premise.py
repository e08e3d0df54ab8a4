"""Premises: the places that get water, their owners and their meters."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id


class Premise(Base):
    """A place with a service connection. The owner matters for a tenant's rights (Gov. Code 60371)."""

    __tablename__ = "premises"
    __table_args__ = (
        CheckConstraint("zip ~ '^[0-9]{5}$'", name="zip"),
        Index("uq_premises_address", "street", "unit", "zip", unique=True, postgresql_nulls_not_distinct=True),
        Index(None, "owner_customer_id", postgresql_where=text("owner_customer_id IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    street: Mapped[str]
    unit: Mapped[str | None]
    city: Mapped[str]
    state: Mapped[str]
    zip: Mapped[str]
    zone: Mapped[str]
    owner_customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customers.id"))


class Meter(Base):
    """A meter at a premise; `size_inches` as printed on it ("5/8", "1", "2").

    Its register has `digits` places and rolls over; a register unit is `units_per_count` billing units (CCF).
    `service_class` says which agreement of the premise it serves; None where the premise has one.
    It is read on its `route`, at the place `route_sequence`.
    """

    __tablename__ = "meters"
    __table_args__ = (Index(None, "premise_id"), Index(None, "route", "route_sequence"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    premise_id: Mapped[UUID] = mapped_column(ForeignKey("premises.id"))
    serial_number: Mapped[str] = mapped_column(unique=True)
    size_inches: Mapped[str]
    installed_on: Mapped[date]
    removed_on: Mapped[date | None]
    service_class: Mapped[str | None]
    digits: Mapped[int] = mapped_column(SmallInteger, server_default=text("6"))
    units_per_count: Mapped[Decimal] = mapped_column(Numeric(12, 6), server_default=text("1"))
    route: Mapped[str] = mapped_column(server_default=text("'1'"))
    route_sequence: Mapped[int] = mapped_column(server_default=text("0"))
