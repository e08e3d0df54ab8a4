"""Texts, notice calls and chat lines on their way out, and the pace of the number that they leave from."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id

MESSAGE_STATUSES = ("pending", "held", "sent", "delivered", "failed", "canceled")
MESSAGE_KINDS = ("reply", "safety", "notice", "dunning")


class OutboundMessage(Base):
    """One message for one phone or chat, written in the transaction that decided it.

    `status`: pending (ours to deliver), held (its campaign is paused), sent, delivered, failed, canceled. A `secret`
    text (a one-time code) is blanked as soon as telephony has it. `kind` and `urgency` are of `outbox/rules.py`.
    `look_at` (in real time, whatever the demonstration's clock says): when the pump is to look at it next, or, once it
    is sent, when the carrier is asked what became of it if it has not said so by then; `attempts` counts for either.
    `waits_for` says why it was put off: quiet_hours, emergency, carrier, no_answer.
    A call (`channel` call) says `text` to whoever answers, people and machines. When nobody does it is made once more:
    `calls_missed` counts, and `missed_sid` is the carrier's id of the last one, whose late news count for nothing.
    """

    __tablename__ = "outbound_messages"
    __table_args__ = (
        CheckConstraint(f"status IN ({', '.join(repr(name) for name in MESSAGE_STATUSES)})", name="status"),
        CheckConstraint(f"kind IN ({', '.join(repr(name) for name in MESSAGE_KINDS)})", name="kind"),
        *(
            Index(
                name,
                "urgency",
                "look_at",
                "created_at",
                postgresql_where=sql(f"status = 'pending' AND channel {which} 'call'"),
            )
            for name, which in (("ix_outbound_messages_due", "<>"), ("ix_outbound_messages_due_calls", "="))
        ),
        Index(
            "ix_outbound_messages_unconfirmed",
            "look_at",
            postgresql_where=sql("status = 'sent' AND channel IN ('sms', 'call') AND provider_message_id IS NOT NULL"),
        ),
        Index(
            "ix_outbound_messages_campaign_id",
            "campaign_id",
            "status",
            postgresql_where=sql("campaign_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    conversation_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversations.id"))
    seq: Mapped[int | None] = mapped_column(BigInteger)
    channel: Mapped[str]
    thread_key: Mapped[str | None]
    recipient: Mapped[str | None]
    text: Mapped[str]
    secret: Mapped[bool]
    language: Mapped[str]
    purpose: Mapped[str]
    status: Mapped[str]
    provider_message_id: Mapped[str | None]
    error_code: Mapped[str | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(server_default=sql("'reply'"))
    urgency: Mapped[int] = mapped_column(SmallInteger, server_default=sql("0"))
    segments: Mapped[int] = mapped_column(SmallInteger, server_default=sql("1"))
    look_at: Mapped[datetime] = mapped_column(server_default=sql("now()"))
    attempts: Mapped[int] = mapped_column(server_default=sql("0"))
    waits_for: Mapped[str | None]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    campaign_id: Mapped[UUID | None] = mapped_column(ForeignKey("campaigns.id"))
    calls_missed: Mapped[int] = mapped_column(SmallInteger, server_default=sql("0"))
    missed_sid: Mapped[str | None]


class SenderPace(Base):
    """Up to when the district's number is busy with what it has been given: 1 its texts, 2 its calls."""

    __tablename__ = "sender_pace"
    __table_args__ = (CheckConstraint("id IN (1, 2)", name="two_rows"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    busy_until: Mapped[datetime]
