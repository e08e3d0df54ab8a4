"""Identity checks: counted failures, and one-time codes as digests."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id


class VerificationGuard(Base):
    """Failures counted for one subject: a conversation, an account, or a calling number.

    `subject` is a keyed digest, so that a number tried that belongs to nobody is counted alike and not kept.
    """

    __tablename__ = "verification_guards"

    subject: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(SmallInteger)
    last_failure_at: Mapped[datetime | None]
    locked_until: Mapped[datetime | None]


class AccountCandidate(Base):
    """An account that a customer proved, waiting for them to choose among several."""

    __tablename__ = "account_candidates"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), primary_key=True)


class OneTimeCode(Base):
    """A code sent to the phone on file; only its digest is kept, and it works once."""

    __tablename__ = "one_time_codes"
    __table_args__ = (Index("ix_one_time_codes_conversation_id", "conversation_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    digest: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
