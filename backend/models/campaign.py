"""Campaigns: one text, or call, to many customers, each at most once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id

CAMPAIGN_KINDS = ("payment_reminder", "shut_off_warning", "outage", "notice", "emergency")
CAMPAIGN_STATUSES = ("draft", "running", "paused", "finished", "canceled")


class Campaign(Base):
    """`audience` is of `campaigns/rules.py`. `filled_to`: the accounts up to this id have been looked at;
    `filled_at`: all of them. `left_out` counts, by reason, whom it does not reach. `spoken_en` and `spoken_es`: what
    those hear by telephone whom no text reaches."""

    __tablename__ = "campaigns"
    __table_args__ = (
        CheckConstraint(f"kind IN ({', '.join(repr(name) for name in CAMPAIGN_KINDS)})", name="kind"),
        CheckConstraint(f"status IN ({', '.join(repr(name) for name in CAMPAIGN_STATUSES)})", name="status"),
        CheckConstraint("(status = 'draft') = (started_at IS NULL)", name="started"),
        CheckConstraint("(status IN ('finished', 'canceled')) = (ended_at IS NOT NULL)", name="ended"),
        CheckConstraint("(spoken_en IS NULL) = (spoken_es IS NULL)", name="spoken"),
        UniqueConstraint("idempotency_key"),
        Index("ix_campaigns_running", "started_at", postgresql_where=text("status = 'running'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    idempotency_key: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    status: Mapped[str]
    audience: Mapped[dict[str, Any]]
    text_en: Mapped[str]
    text_es: Mapped[str]
    spoken_en: Mapped[str | None]
    spoken_es: Mapped[str | None]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime]
    started_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    started_at: Mapped[datetime | None]
    filled_to: Mapped[UUID | None]
    filled_at: Mapped[datetime | None]
    left_out: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    end_note: Mapped[str | None]


class CampaignRecipient(Base):
    """One person of a campaign: neither a number nor a customer is in one twice."""

    __tablename__ = "campaign_recipients"
    __table_args__ = (UniqueConstraint("campaign_id", "customer_id"),)

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    phone: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    message_id: Mapped[UUID] = mapped_column(ForeignKey("outbound_messages.id"))
    language: Mapped[str]
    segments: Mapped[int] = mapped_column(SmallInteger)
