"""What is known of a telephone number as a place for texts and automatic calls, and every word about consent."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base

STOPPED_BY = ("keyword", "carrier", "words", "staff")
"""STOP as the carrier knows it; the carrier's refusal of a text; plain words; the staff, for a customer who asked."""
UNREACHABLE = ("landline", "blocked", "invalid", "no_route")
CALLS_STOPPED_BY = ("keys", "words", "staff")
CONSENT_SOURCES = ("keyword", "carrier", "keys", "words", "staff")


def _one_of(column: str, names: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(name) for name in names)})"


class TextNumber(Base):
    """A number about which something is known; no row: nothing stands in the way of a text or a call to it.

    `stopped_by` while its holder wants no texts, `unreachable` (why) while texts cannot arrive there;
    `calls_stopped_by` while they want no automatic calls.
    """

    __tablename__ = "text_numbers"
    __table_args__ = (
        CheckConstraint(r"phone ~ '^\+[1-9][0-9]{3,14}$'", name="e164"),
        CheckConstraint(_one_of("stopped_by", STOPPED_BY), name="stopped_by"),
        CheckConstraint("(stopped_by IS NULL) = (stopped_at IS NULL)", name="stopped_at"),
        CheckConstraint(_one_of("unreachable", UNREACHABLE), name="unreachable"),
        CheckConstraint(_one_of("calls_stopped_by", CALLS_STOPPED_BY), name="calls_stopped_by"),
        CheckConstraint("(calls_stopped_by IS NULL) = (calls_stopped_at IS NULL)", name="calls_stopped_at"),
        CheckConstraint("(unreachable IS NULL) = (unreachable_since IS NULL)", name="unreachable_since"),
    )

    phone: Mapped[str] = mapped_column(primary_key=True)
    stopped_by: Mapped[str | None]
    stopped_at: Mapped[datetime | None]
    unreachable: Mapped[str | None]
    unreachable_code: Mapped[str | None]
    unreachable_since: Mapped[datetime | None]
    calls_stopped_by: Mapped[str | None]
    calls_stopped_at: Mapped[datetime | None]


class TextConsent(Base):
    """One statement about texts or automatic calls (`about`) to a number: given or withdrawn, when, in which words.

    Append-only.
    """

    __tablename__ = "text_consents"
    __table_args__ = (
        CheckConstraint(_one_of("kind", ("given", "withdrawn")), name="kind"),
        CheckConstraint(_one_of("source", CONSENT_SOURCES), name="source"),
        CheckConstraint(_one_of("about", ("texts", "calls")), name="about"),
        Index("ix_text_consents_phone", "phone", "at"),
        Index("uq_text_consents_provider_message_id", "provider_message_id", unique=True),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    phone: Mapped[str]
    at: Mapped[datetime]
    kind: Mapped[str]
    source: Mapped[str]
    wording: Mapped[str]
    provider_message_id: Mapped[str | None]
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    about: Mapped[str] = mapped_column(server_default=sql("'texts'"))
