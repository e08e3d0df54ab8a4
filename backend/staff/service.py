"""Sign-in, sessions and passwords of staff.

`now` here is the real time: the demonstration's clock must not end a session or lift a pause.
"""

import asyncio
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from math import ceil
from uuid import UUID

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Role
from backend.errors import NotFoundError
from backend.models.staff import Staff, StaffSession
from backend.staff import repository
from backend.staff.permissions import Permission, SignedIn
from backend.staff.rules import (
    ABSOLUTE,
    FORGOTTEN_AFTER,
    FREE_FAILURES_ADDRESS,
    FREE_FAILURES_USER,
    PASSWORD_LENGTH_MAX,
    TOUCH_EVERY,
    PasswordFlaw,
    normal_user_name,
    password_flaw,
    session_is_alive,
    wait_left,
)

_HASHER = PasswordHash((Argon2Hasher(),))
_BUSY_SECONDS = 1


@dataclass(frozen=True, slots=True)
class SignInAccepted:
    """`token` is for the browser's cookie and is not kept here."""

    token: str
    staff: SignedIn


@dataclass(frozen=True, slots=True)
class SignInRefused:
    """The same for an unknown name, a wrong password and a person who left; 0 s: try again now."""

    wait_seconds: int


@dataclass(frozen=True, slots=True)
class PasswordRefused:
    """`flaw` None: the current password was wrong or has to wait."""

    flaw: PasswordFlaw | None


def token_digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def hash_password(password: str) -> str:
    """The argon2id digest; takes some 50 ms of one core."""
    return _HASHER.hash(password)


@cache
def _nobodys_digest() -> str:
    """Checked for unknown names, so that their answer takes as long."""
    return hash_password(secrets.token_urlsafe(16))


def _signed_in(staff: Staff) -> SignedIn:
    return SignedIn(staff.id, staff.user_name, staff.name, Role(staff.role), tuple(staff.languages))


def _key(kind: str, value: str) -> str:
    return f"{kind}:{hashlib.sha256(value.encode()).hexdigest()}"


def _limits(user_name: str, address: str) -> dict[str, int]:
    return {_key("user", user_name): FREE_FAILURES_USER, _key("address", address): FREE_FAILURES_ADDRESS}


async def _pause(session: AsyncSession, limits: dict[str, int], now: datetime) -> timedelta:
    failed = await repository.failures_of(session, list(limits))
    waits = [wait_left(now, row.failures, row.last_failed_at, limits[key]) for key, row in failed.items()]
    return max(waits, default=timedelta(0))


async def _matches(password: str, staff: Staff | None) -> bool:
    digest = _nobodys_digest() if staff is None or not staff.active else staff.password_digest
    if len(password) > PASSWORD_LENGTH_MAX:
        return False
    right = await asyncio.to_thread(_HASHER.verify, password, digest)
    return right and staff is not None and staff.active


async def sign_in(
    session: AsyncSession, user_name: str, password: str, address: str, now: datetime
) -> SignInAccepted | SignInRefused:
    """Check a password and open a session; a refusal is counted, so the caller must commit it."""
    name = normal_user_name(user_name)
    limits = _limits(name, address)
    if not await repository.try_lock_attempt(session, _key("user", name)):
        return SignInRefused(_BUSY_SECONDS)
    pause = await _pause(session, limits, now)
    if pause:
        return SignInRefused(ceil(pause.total_seconds()))
    staff = await repository.staff_by_user_name(session, name)
    if not await _matches(password, staff) or staff is None:
        for key in limits:
            await repository.add_failure(session, key, now)
        return SignInRefused(ceil((await _pause(session, limits, now)).total_seconds()))
    await repository.clear_failures(session, _key("user", name))
    await repository.forget_old(session, now - ABSOLUTE, now - FORGOTTEN_AFTER)
    return SignInAccepted(_open_session(session, staff, now), _signed_in(staff))


def _open_session(session: AsyncSession, staff: Staff, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    session.add(StaffSession(staff_id=staff.id, token_digest=token_digest(token), created_at=now, seen_at=now))
    return token


async def authenticate(
    session: AsyncSession, token: str, now: datetime, *, is_activity: bool = True
) -> SignedIn | None:
    """Who holds this token, or None. A page that only refreshes itself passes `is_activity=False`."""
    if not token:
        return None
    found = await repository.session_with_staff(session, token_digest(token))
    if found is None:
        return None
    row, staff = found
    if not session_is_alive(now, row.created_at, row.seen_at):
        return None
    if is_activity and now - row.seen_at >= TOUCH_EVERY:
        await repository.touch_session(session, row.id, now)
    return _signed_in(staff)


async def names_of(session: AsyncSession, staff_ids: Sequence[UUID]) -> dict[UUID, str]:
    """How these members of the staff are called; unknown ids are left out."""
    return await repository.names_of(session, staff_ids)


async def sign_out(session: AsyncSession, token: str) -> None:
    """End this session; nothing to end is fine."""
    await repository.delete_session(session, token_digest(token))


async def sign_out_everywhere(session: AsyncSession, by: SignedIn, staff_id: UUID) -> int:
    """End all sessions of a person: one's own, or with the permission another's. How many ended.

    :raises ForbiddenError: not one's own, and the role may not.
    :raises NotFoundError: no such person.
    """
    if staff_id != by.id:
        by.require(Permission.SIGN_OUT_OTHERS)
        if await repository.staff_by_id(session, staff_id) is None:
            raise NotFoundError("staff_not_found", "There is no such member of the staff.")
    return await repository.delete_sessions_of(session, staff_id)


async def change_password(
    session: AsyncSession, by: SignedIn, token: str, *, current: str, new: str, now: datetime
) -> PasswordRefused | None:
    """Set a new password and end the person's other sessions; None when done. Guesses are counted."""
    key = _key("user", by.user_name)
    if not await repository.try_lock_attempt(session, key):
        return PasswordRefused(None)
    if await _pause(session, {key: FREE_FAILURES_USER}, now):
        return PasswordRefused(None)
    staff = await repository.staff_by_id(session, by.id)
    if not await _matches(current, staff) or staff is None:
        await repository.add_failure(session, key, now)
        return PasswordRefused(None)
    flaw = password_flaw(new, current, by.user_name)
    if flaw is not None:
        return PasswordRefused(flaw)
    staff.password_digest = await asyncio.to_thread(hash_password, new)
    staff.password_changed_at = now
    await repository.delete_sessions_of(session, staff.id, keep=token_digest(token))
    return None
