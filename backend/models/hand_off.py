"""Cases for people: what the assistant handed on, and everything that happened to it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id


class HandOff(Base):
    """One case. `state` is waiting, taken, given_back or closed; at most one a conversation is open."""

    __tablename__ = "hand_offs"
    __table_args__ = (
        Index(
            "uq_hand_offs_open_conversation",
            "conversation_id",
            unique=True,
            postgresql_where=text("state IN ('waiting', 'taken')"),
        ),
        Index("ix_hand_offs_conversation_id_provider_message_id", "conversation_id", "provider_message_id"),
        Index("ix_hand_offs_state_priority_created_at", "state", "priority", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[int] = mapped_column(BigInteger, unique=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"))
    department: Mapped[str]
    reason: Mapped[str]
    topic: Mapped[str | None]
    summary: Mapped[str]
    provider_message_id: Mapped[str | None]
    priority: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str]
    assistant_continues: Mapped[bool]
    staff_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    first_answer_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    disposition: Mapped[str | None]
    details: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    """What was gathered: `{"name", "label": {"en", "es"}, "value"}` each, in the order it was asked."""
    shut_off_on: Mapped[date | None]
    """The day on which the water is to be shut off, as far as the case says."""
    asked_for: Mapped[str | None]
    """Whom the customer asked for by name: a key of the district's `people.toml`."""

    @property
    def reference(self) -> str:
        """What people call this case: `H-1042`."""
        return f"H-{self.number}"


class HandOffEvent(Base):
    """One step in the life of a case. Append-only."""

    __tablename__ = "hand_off_events"
    __table_args__ = (Index("ix_hand_off_events_hand_off_id", "hand_off_id"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    hand_off_id: Mapped[UUID] = mapped_column(ForeignKey("hand_offs.id"))
    at: Mapped[datetime]
    kind: Mapped[str]
    staff_id: Mapped[UUID | None]
    note: Mapped[str | None]
