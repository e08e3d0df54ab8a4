"""Cards and bank accounts on file: the processor's token for each, and what a customer may be shown of it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id

METHOD_KINDS = ("card", "bank_account")
_KIND_IS_KNOWN = f"kind IN ({', '.join(repr(name) for name in METHOD_KINDS)})"
PAGE_STATUSES = ("open", "completed", "expired")
_STATUS_IS_KNOWN = f"status IN ({', '.join(repr(name) for name in PAGE_STATUSES)})"


class ProcessorCustomer(Base):
    """A customer as a processor knows them: an id, no name."""

    __tablename__ = "processor_customers"
    __table_args__ = (UniqueConstraint("processor", "token"),)

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"), primary_key=True)
    processor: Mapped[str] = mapped_column(primary_key=True)
    token: Mapped[str]


class SavedMethod(Base):
    """A card or bank account that its owner saved on a page of the processor's.

    `expires_on` is the last day of a card; `label` what is said of it ("Visa ending 4242"). Never a number.
    """

    __tablename__ = "saved_methods"
    __table_args__ = (
        CheckConstraint(_KIND_IS_KNOWN, name="kind"),
        CheckConstraint("last4 ~ '^([0-9]{4})?$'", name="last4"),
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="ended"),
        UniqueConstraint("processor", "token"),
        Index(None, "customer_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"))
    processor: Mapped[str]
    token: Mapped[str]
    kind: Mapped[str]
    brand: Mapped[str]
    last4: Mapped[str]
    expires_on: Mapped[date | None]
    label: Mapped[str]
    saved_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]


class SavedMethodAccount(Base):
    """An account that a saved method may pay for."""

    __tablename__ = "saved_method_accounts"
    __table_args__ = (Index("ix_saved_method_accounts_live", "account_id", postgresql_where=text("ended_at IS NULL")),)

    method_id: Mapped[UUID] = mapped_column(ForeignKey("saved_methods.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    added_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class MethodSetup(Base):
    """A page on which a customer saves a method for `account_ids`. `look_at`: when to ask what became of it.

    Whoever asked for it in a conversation is told there when the method is on file.
    """

    __tablename__ = "method_setups"
    __table_args__ = (
        CheckConstraint(_STATUS_IS_KNOWN, name="status"),
        CheckConstraint("(status = 'completed') = (method_id IS NOT NULL)", name="completed"),
        CheckConstraint("cardinality(account_ids) > 0", name="account_ids"),
        Index("ix_method_setups_look_at", "look_at", postgresql_where=text("status = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    idempotency_key: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"))
    account_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    processor: Mapped[str]
    page_id: Mapped[str | None]
    language: Mapped[str]
    return_url: Mapped[str]
    conversation_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversations.id"))
    status: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    look_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    method_id: Mapped[UUID | None] = mapped_column(ForeignKey("saved_methods.id"))
