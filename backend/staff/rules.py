"""When a sign-in, a session and a password count. Values in, values out: no clock, no database."""

from datetime import datetime, timedelta
from enum import StrEnum

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
TOUCH_EVERY = timedelta(minutes=1)


def session_is_alive(now: datetime, created_at: datetime, seen_at: datetime) -> bool:
    """Half an hour without a person's doing ends a session, and a working day ends it in any case."""
    return now < seen_at + IDLE and now < created_at + ABSOLUTE


FREE_FAILURES_USER = 4
FREE_FAILURES_ADDRESS = 20  # an office shares one address
PAUSE_MAX = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=24)


def pause_after(failures: int, free_failures: int) -> timedelta:
    """The wait before the next attempt: none at first, then 2 s, doubling up to a quarter of an hour."""
    over = failures - free_failures
    if over <= 0:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(over, 20)), PAUSE_MAX)


def wait_left(now: datetime, failures: int, last_failed_at: datetime, free_failures: int) -> timedelta:
    """What is left of the pause, never negative."""
    return max(last_failed_at + pause_after(failures, free_failures) - now, timedelta(0))


PASSWORD_LENGTH_MIN = 12
PASSWORD_LENGTH_MAX = 200


class PasswordFlaw(StrEnum):
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    CONTAINS_NAME = "contains_name"
    TOO_SIMPLE = "too_simple"
    UNCHANGED = "unchanged"


def password_flaw(new: str, old: str, user_name: str) -> PasswordFlaw | None:
    """Length over composition rules (NIST SP 800-63B 3.1.1.2); None when the password will do."""
    if len(new) < PASSWORD_LENGTH_MIN:
        return PasswordFlaw.TOO_SHORT
    if len(new) > PASSWORD_LENGTH_MAX:
        return PasswordFlaw.TOO_LONG
    if user_name.casefold() in new.casefold():
        return PasswordFlaw.CONTAINS_NAME
    if len(set(new)) < 5:
        return PasswordFlaw.TOO_SIMPLE
    if new == old:
        return PasswordFlaw.UNCHANGED
    return None


def normal_user_name(typed: str) -> str:
    """User names are compared without case and surrounding blanks."""
    return typed.strip().casefold()
