"""Texts and chat lines on their way out."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id


class OutboundMessage(Base):
    """One message for one phone or chat, written in the transaction that decided it.

    `status`: pending (ours to deliver), sent, delivered, failed. A `secret` text (a one-time code) is
    blanked as soon as telephony has it.
    """

    __tablename__ = "outbound_messages"
    __table_args__ = (Index("ix_outbound_messages_pending", "created_at", postgresql_where=text("status = 'pending'")),)

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
