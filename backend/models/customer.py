"""Customers of record, how to reach them, and whom they have authorised."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id


class Customer(Base):
    """A person or an organisation. `name` is how letters address it, `first_name` how we greet."""

    __tablename__ = "customers"
    __table_args__ = (
        CheckConstraint("kind IN ('person', 'organization')", name="kind"),
        CheckConstraint("language IN ('en', 'es')", name="language"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    name: Mapped[str]
    first_name: Mapped[str | None]
    language: Mapped[str]


class CustomerPhone(Base):
    """A telephone number on file, E.164. `rank` 0 is the one that codes and notices go to."""

    __tablename__ = "customer_phones"
    __table_args__ = (
        CheckConstraint(r"phone ~ '^\+[1-9][0-9]{6,14}$'", name="e164"),
        UniqueConstraint("customer_id", "rank"),
        UniqueConstraint("customer_id", "phone"),
        Index(None, "phone"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"))
    phone: Mapped[str]
    rank: Mapped[int] = mapped_column(SmallInteger)
    texts_allowed: Mapped[bool]


class CustomerEmail(Base):
    """An email address on file. `rank` 0 is the one that statements and receipts go to."""

    __tablename__ = "customer_emails"
    __table_args__ = (UniqueConstraint("customer_id", "rank"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"))
    email: Mapped[str]
    rank: Mapped[int] = mapped_column(SmallInteger)


class AuthorizedUser(Base):
    """Someone whom the customer of record lets speak about an account, from and until a day."""

    __tablename__ = "authorized_users"
    __table_args__ = (
        CheckConstraint("scope IN ('read', 'full')", name="scope"),
        Index(None, "account_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    name: Mapped[str]
    phone: Mapped[str | None]
    scope: Mapped[str]
    authorized_on: Mapped[date]
    ended_on: Mapped[date | None]
