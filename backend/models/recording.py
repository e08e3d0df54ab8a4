"""What was recorded: messages that callers left, and calls with people."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, new_id


class Voicemail(Base):
    """A message that a caller left. `transcript` is masked; None until it is there, empty when there will be none."""

    __tablename__ = "voicemails"
    __table_args__ = (
        Index("ix_voicemails_hand_off_id", "hand_off_id"),
        Index(
            "ix_voicemails_unwritten",
            "call_sid",
            postgresql_where=text("transcript IS NULL AND call_sid IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    hand_off_id: Mapped[UUID] = mapped_column(ForeignKey("hand_offs.id"))
    recording_sid: Mapped[str] = mapped_column(unique=True)
    seconds: Mapped[int]
    transcript: Mapped[str | None]
    received_at: Mapped[datetime]
    call_sid: Mapped[str | None]


class VoicemailPiece(Base):
    """One sentence of a message, masked, as it was heard. Numbers count from 1 without gaps; `is_last` is the end."""

    __tablename__ = "voicemail_pieces"
    __table_args__ = (Index("ix_voicemail_pieces_call_sid", "call_sid"),)

    transcription_sid: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    call_sid: Mapped[str]
    words: Mapped[str]
    is_last: Mapped[bool]
    received_at: Mapped[datetime]


class CallRecording(Base):
    """The recording of a call with a person. `order_id` is the order to pause it, while it is paused."""

    __tablename__ = "call_recordings"
    __table_args__ = (
        CheckConstraint("state IN ('running', 'done')", name="state"),
        Index("ix_call_recordings_queued_call_id", "queued_call_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    queued_call_id: Mapped[UUID] = mapped_column(ForeignKey("queued_calls.id"))
    recording_sid: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str]
    seconds: Mapped[int | None]
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("call_orders.id"))
    started_at: Mapped[datetime]
