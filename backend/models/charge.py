"""Charges of cards and bank accounts, the pages on which anyone may pay, and what the processor told us."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id
from backend.models.saved_method import METHOD_KINDS, PAGE_STATUSES

CHARGE_STATUSES = ("created", "submitted", "unknown", "pending", "succeeded", "posted", "told", "failed")
UNRESOLVED = ("created", "submitted", "unknown", "pending")
"""Nobody knows yet whether the money comes."""
ON_THE_WAY = (*UNRESOLVED, "succeeded")
"""Not in the ledger, and not refused: it holds off a disconnection."""
PURPOSES = ("bill", "past_due", "installment", "other_amount", "autopay", "recurring")
CHANNELS = ("sms", "chat", "voice", "link", "console", "nightly")


def _one_of(column: str, names: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(name) for name in names)})"


IS_ON_THE_WAY = _one_of("status", ON_THE_WAY)
"""The condition of the partial index on such charges, word for word, so that it serves."""


class Charge(Base):
    """Money asked of a card or bank account, once: `idempotency_key` is the caller's, `id` the key at the processor.

    `amount_cents` pays what the account owes; `fee_cents` is the district's convenience fee, charged with it.
    `method_token`, `method_label` and `processor_customer` are copied, so that a repeated request is the same one.
    `look_at` (in real time, whatever the demonstration's clock says): when the workflow is to look again; NULL: never.
    `received_on` is when the customer paid, `posted_on` the day of the ledger entry, once it has succeeded.
    """

    __tablename__ = "charges"
    __table_args__ = (
        CheckConstraint(_one_of("status", CHARGE_STATUSES), name="status"),
        CheckConstraint(_one_of("purpose", PURPOSES), name="purpose"),
        CheckConstraint(_one_of("channel", CHANNELS), name="channel"),
        CheckConstraint(_one_of("method_kind", METHOD_KINDS), name="method_kind"),
        CheckConstraint("amount_cents > 0", name="amount_cents"),
        CheckConstraint("fee_cents >= 0", name="fee_cents"),
        CheckConstraint("(status IN ('posted', 'told')) = (payment_id IS NOT NULL)", name="posted"),
        CheckConstraint("(status = 'failed') = (decline_reason IS NOT NULL)", name="failed"),
        CheckConstraint("(status IN ('succeeded', 'posted', 'told')) = (posted_on IS NOT NULL)", name="posted_on"),
        CheckConstraint("(status = 'told') <= (told_at IS NOT NULL)", name="told"),
        Index("ix_charges_account_id", "account_id", "created_at"),
        Index("ix_charges_look_at", "look_at", postgresql_where=text("look_at IS NOT NULL")),
        Index("ix_charges_on_the_way", "account_id", postgresql_where=text(IS_ON_THE_WAY)),
        Index(
            "uq_charges_processor_charge",
            "processor",
            "processor_charge_id",
            unique=True,
            postgresql_where=text("processor_charge_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    idempotency_key: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    amount_cents: Mapped[int] = mapped_column(BigInteger)
    fee_cents: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    purpose: Mapped[str]
    channel: Mapped[str]
    processor: Mapped[str]
    processor_customer: Mapped[str | None]
    processor_charge_id: Mapped[str | None]
    method_id: Mapped[UUID | None] = mapped_column(ForeignKey("saved_methods.id"))
    method_token: Mapped[str]
    method_kind: Mapped[str]
    method_label: Mapped[str]
    description: Mapped[str]
    language: Mapped[str]
    conversation_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversations.id"))
    recipient: Mapped[str | None]
    shows_balance: Mapped[bool]
    status: Mapped[str]
    decline_reason: Mapped[str | None]
    created_at: Mapped[datetime]
    received_on: Mapped[date]
    submitted_at: Mapped[datetime | None]
    attempted_at: Mapped[datetime | None]
    looks: Mapped[int] = mapped_column(server_default=text("0"))
    look_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    posted_on: Mapped[date | None]
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("payments.id"), unique=True)
    confirmation_number: Mapped[int | None] = mapped_column(BigInteger)
    pending_told_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]


class Checkout(Base):
    """A page of the processor's on which anyone may pay for an account, once, within limits (the same for a fixed
    amount) that pay what is owed; `fee_cents` comes on top. Its charge has its id. `look_at` as of a charge: when to
    ask what became of it. `closing`: nobody is to pay on it any more, and the processor is to be told so."""

    __tablename__ = "checkouts"
    __table_args__ = (
        CheckConstraint(_one_of("status", PAGE_STATUSES), name="status"),
        CheckConstraint(_one_of("purpose", PURPOSES), name="purpose"),
        CheckConstraint(_one_of("channel", CHANNELS), name="channel"),
        CheckConstraint(
            "0 < least_cents AND least_cents <= suggested_cents AND suggested_cents <= most_cents", name="amounts"
        ),
        CheckConstraint("fee_cents >= 0", name="fee_cents"),
        CheckConstraint("(status = 'completed') = (completed_at IS NOT NULL)", name="completed"),
        Index(None, "account_id"),
        Index("ix_checkouts_look_at", "look_at", postgresql_where=text("status = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    idempotency_key: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    least_cents: Mapped[int] = mapped_column(BigInteger)
    most_cents: Mapped[int] = mapped_column(BigInteger)
    suggested_cents: Mapped[int] = mapped_column(BigInteger)
    fee_cents: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    purpose: Mapped[str]
    channel: Mapped[str]
    processor: Mapped[str]
    page_id: Mapped[str | None]
    description: Mapped[str]
    language: Mapped[str]
    return_url: Mapped[str]
    conversation_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversations.id"))
    recipient: Mapped[str | None]
    shows_balance: Mapped[bool]
    status: Mapped[str]
    closing: Mapped[bool] = mapped_column(server_default=text("false"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    look_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]


class GatewayEvent(Base):
    """What a processor told us by itself, once for each event: ids, an amount and a state, never its whole body.

    `handled_at` is NULL while somebody has something to do about it (a refund made elsewhere, a dispute).
    """

    __tablename__ = "gateway_events"
    __table_args__ = (
        Index("ix_gateway_events_open", "received_at", postgresql_where=text("handled_at IS NULL")),
        UniqueConstraint("processor", "event_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    processor: Mapped[str]
    event_id: Mapped[str]
    kind: Mapped[str]
    reference: Mapped[str | None]
    subject_id: Mapped[str | None]
    charge_id: Mapped[str | None]
    amount_cents: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str | None]
    reason: Mapped[str | None]
    happened_at: Mapped[datetime]
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
