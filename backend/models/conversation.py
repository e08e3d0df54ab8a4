"""Conversations, what was said in them, and who read which account."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id


class Conversation(Base):
    """A call, a text thread within its session window, or a chat. Its id is the engine's sender id."""

    __tablename__ = "conversations"
    __table_args__ = (
        Index(
            "uq_conversations_open_thread",
            "channel",
            "thread_key",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_conversations_account_id", "account_id"),
        Index("ix_conversations_party_started_at", "party", "started_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    channel: Mapped[str]
    thread_key: Mapped[str]
    party: Mapped[str | None]
    language: Mapped[str]
    mode: Mapped[str]
    verification_level: Mapped[int] = mapped_column(SmallInteger)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    calling_number_on_file: Mapped[bool]
    offered: Mapped[list[Any]]
    expects_secret: Mapped[bool]
    wrong_account_numbers: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    last_seq: Mapped[int] = mapped_column(BigInteger)
    started_at: Mapped[datetime]
    last_turn_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]


class Turn(Base):
    """One thing a customer said or did, known by the provider's message id, and the answer it got."""

    __tablename__ = "turns"
    __table_args__ = (
        UniqueConstraint("channel", "provider_message_id"),
        Index("ix_turns_conversation_id", "conversation_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"))
    channel: Mapped[str]
    provider_message_id: Mapped[str]
    kind: Mapped[str]
    text: Mapped[str]
    payload: Mapped[str | None]
    media_count: Mapped[int] = mapped_column(SmallInteger)
    refused: Mapped[str | None]
    is_new: Mapped[bool]
    attempt: Mapped[int] = mapped_column(SmallInteger)
    attempt_started_at: Mapped[datetime]
    received_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    replies: Mapped[list[Any] | None]
    reply_seq: Mapped[int | None] = mapped_column(BigInteger)


class Message(Base):
    """One line of the transcript, in the order of `seq`. Its text is masked before it comes here."""

    __tablename__ = "messages"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    sender: Mapped[str]
    text: Mapped[str]
    choices: Mapped[list[Any]]
    at: Mapped[datetime]
    turn_id: Mapped[UUID | None] = mapped_column(ForeignKey("turns.id"))
    staff_id: Mapped[UUID | None]
    name: Mapped[str | None]


class AccountAccess(Base):
    """The audit trail: who reached which account, for what, in which conversation. Append-only."""

    __tablename__ = "account_access"
    __table_args__ = (Index("ix_account_access_account_id_at", "account_id", "at"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime]
    principal: Mapped[str]
    staff_id: Mapped[UUID | None]
    conversation_id: Mapped[UUID | None]
    account_id: Mapped[UUID]
    purpose: Mapped[str]
