"""Pure rules of identity: factors, failures and locks.

Levels: 0 public facts, 2 read the account (two factors), 3 change it (a one-time code as well).
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

READ, CHANGE = 2, 3
CODE_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Limits:
    """How many wrong answers, and for how long after them nobody may try."""

    attempts: int
    lock: timedelta


@dataclass(frozen=True, slots=True)
class Guard:
    """Wrong answers counted for one subject."""

    subject: str
    failures: int
    last_failure_at: datetime | None
    locked_until: datetime | None


def is_locked(guard: Guard, now: datetime) -> bool:
    """Whether nobody may try just now."""
    return guard.locked_until is not None and now < guard.locked_until


def failures_now(guard: Guard, limits: Limits, now: datetime) -> int:
    """The failures that still count: they are forgotten when a lock has ended, or after as long without one."""
    ended = guard.locked_until is not None and guard.locked_until <= now
    old = guard.last_failure_at is None or guard.last_failure_at + limits.lock <= now
    return 0 if ended or old else guard.failures


def after_failure(guard: Guard, limits: Limits, now: datetime) -> Guard:
    """The guard after one more wrong answer; the last one allowed locks."""
    failures = failures_now(guard, limits, now) + 1
    until = now + limits.lock if failures >= limits.attempts else None
    return Guard(guard.subject, failures, now, until)


def attempts_left(guards: list[Guard], limits: Limits, now: datetime) -> int:
    """How many more wrong answers the strictest of the guards allows."""
    if any(is_locked(guard, now) for guard in guards):
        return 0
    return max(0, limits.attempts - max((failures_now(guard, limits, now) for guard in guards), default=0))


def subject(secret_key: str, kind: str, value: str) -> str:
    """The name a guard is kept under: a keyed digest, so that no number stands in the table."""
    return hmac.new(secret_key.encode(), f"guard:{kind}:{value}".encode(), hashlib.sha256).hexdigest()


def code_digest(secret_key: str, conversation_id: UUID, code: str) -> str:
    """What is kept of a one-time code."""
    message = b"code:" + conversation_id.bytes + code.encode()
    return hmac.new(secret_key.encode(), message, hashlib.sha256).hexdigest()


def digits(value: str | None) -> str:
    """The digits of what was said or typed; `12-34 56` is `123456`."""
    return "".join(character for character in value or "" if "0" <= character <= "9")


def zip_matches(given: str, on_file: str | None) -> bool:
    """Whether a five- or nine-digit ZIP is the one of the service address."""
    expected = digits(on_file)[:5]
    return hmac.compare_digest(given[:5], expected) and len(given) in (5, 9) and len(expected) == 5
