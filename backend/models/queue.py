"""Who is at work, what is offered to whom, calls that wait for a person, and the phones that are rung for them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from backend.models.base import Base, new_id


class StaffPresence(Base):
    """Whether somebody takes cases now, and how many at once. `departments` empty: all of them.

    `phone` is where calls reach them (E.164). `seen_at`: their console was open then. `idle_since`: for fair offers.
    """

    __tablename__ = "staff_presence"
    __table_args__ = (
        CheckConstraint("state IN ('available', 'away', 'after_call')", name="state"),
        CheckConstraint("least(voice_max, sms_max, chat_max) >= 0", name="capacity"),
    )

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[str]
    since: Mapped[datetime]
    idle_since: Mapped[datetime]
    seen_at: Mapped[datetime]
    phone: Mapped[str | None]
    departments: Mapped[list[str]] = mapped_column(ARRAY(Text))
    voice_max: Mapped[int] = mapped_column(SmallInteger)
    sms_max: Mapped[int] = mapped_column(SmallInteger)
    chat_max: Mapped[int] = mapped_column(SmallInteger)


class QueueOffer(Base):
    """A case held out to one person. `state`: offered, accepted, declined, timed_out or withdrawn."""

    __tablename__ = "queue_offers"
    __table_args__ = (
        CheckConstraint("state IN ('offered', 'accepted', 'declined', 'timed_out', 'withdrawn')", name="state"),
        Index("uq_queue_offers_case", "hand_off_id", unique=True, postgresql_where=text("state = 'offered'")),
        Index("uq_queue_offers_staff", "staff_id", unique=True, postgresql_where=text("state = 'offered'")),
        Index("ix_queue_offers_hand_off_id_ended_at", "hand_off_id", "ended_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    hand_off_id: Mapped[UUID] = mapped_column(ForeignKey("hand_offs.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    state: Mapped[str]
    offered_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class QueuedCall(Base):
    """A caller who waits for a person, on the line (`holding`) or at home (`callback`), and then talks to one.

    `state`: waiting, connecting (phones are being rung), talking or ended. `entered_at` is the place in line, which
    a callback and a transfer that failed keep. `next_step` says where the call goes when the person leaves it.
    """

    __tablename__ = "queued_calls"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'connecting', 'talking', 'ended')", name="state"),
        CheckConstraint("contact IN ('holding', 'callback')", name="contact"),
        CheckConstraint("(state = 'ended') = (ended_as IS NOT NULL)", name="ended_as"),
        CheckConstraint("contact = 'holding' OR phone IS NOT NULL", name="callback_has_number"),
        Index("uq_queued_calls_open_case", "hand_off_id", unique=True, postgresql_where=text("state <> 'ended'")),
        Index("uq_queued_calls_open_call", "call_sid", unique=True, postgresql_where=text("state <> 'ended'")),
        Index("ix_queued_calls_phone", "phone", postgresql_where=text("state <> 'ended'")),
        Index("ix_queued_calls_ended_at", "ended_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    hand_off_id: Mapped[UUID] = mapped_column(ForeignKey("hand_offs.id"))
    call_sid: Mapped[str | None]
    phone: Mapped[str | None]
    language: Mapped[str]
    contact: Mapped[str]
    state: Mapped[str]
    entered_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    talking_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(SmallInteger)
    not_before: Mapped[datetime | None]
    window_ends_at: Mapped[datetime | None]
    next_step: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    ended_as: Mapped[str | None]


class CallLeg(Base):
    """One phone that is rung for a queued call: of a lead, a second person, a supervisor, or a customer called back.

    `state`: pending, ringing, asked (hears the whisper), joined, ended or failed. `manner`: talk, listen or coach.
    """

    __tablename__ = "call_legs"
    __table_args__ = (
        CheckConstraint("role IN ('lead', 'consult', 'supervisor', 'customer')", name="role"),
        CheckConstraint("manner IN ('talk', 'listen', 'coach')", name="manner"),
        CheckConstraint("state IN ('pending', 'ringing', 'asked', 'joined', 'ended', 'failed')", name="state"),
        Index("ix_call_legs_queued_call_id", "queued_call_id"),
        Index("ix_call_legs_open", "staff_id", postgresql_where=text("state NOT IN ('ended', 'failed')")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    queued_call_id: Mapped[UUID] = mapped_column(ForeignKey("queued_calls.id"))
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    role: Mapped[str]
    manner: Mapped[str]
    number: Mapped[str]
    state: Mapped[str]
    provider_sid: Mapped[str | None]
    failure: Mapped[str | None]
    created_at: Mapped[datetime]
    joined_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class CallOrder(Base):
    """Something telephony is to do to a call, delivered like a message. `state`: pending, done or failed."""

    __tablename__ = "call_orders"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'done', 'failed')", name="state"),
        Index("ix_call_orders_pending", "created_at", postgresql_where=text("state = 'pending'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    leg_id: Mapped[UUID | None] = mapped_column(ForeignKey("call_legs.id"))
    body: Mapped[dict[str, Any]] = mapped_column(JSONB())
    state: Mapped[str]
    error: Mapped[str | None]
    created_at: Mapped[datetime]
