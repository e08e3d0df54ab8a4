"""Staff, their server-side sessions, and failed sign-ins."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from backend.models.base import Base, new_id


class Staff(Base):
    """A member of the staff. `user_name` is stored without case; `languages` are `en`, `es`."""

    __tablename__ = "staff"
    __table_args__ = (
        CheckConstraint("role IN ('csr', 'lead', 'supervisor')", name="role_known"),
        CheckConstraint("user_name = lower(user_name) AND user_name <> ''", name="user_name_lower"),
        CheckConstraint("cardinality(languages) > 0", name="has_language"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_name: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    password_digest: Mapped[str]
    languages: Mapped[list[str]] = mapped_column(ARRAY(Text))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    password_changed_at: Mapped[datetime]


class StaffSession(Base):
    """A signed-in browser. Only the digest of its token is kept, so the table opens no session."""

    __tablename__ = "staff_sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    token_digest: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class SignInFailure(Base):
    """Failed sign-ins since the last good one, by user name or address. The key is a digest of either."""

    __tablename__ = "sign_in_failures"

    key: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_failed_at: Mapped[datetime]
