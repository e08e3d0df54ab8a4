"""Queries on staff, their sessions and failed sign-ins."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.staff import SignInFailure, Staff, StaffSession


async def staff_by_user_name(session: AsyncSession, user_name: str) -> Staff | None:
    return await session.scalar(select(Staff).where(Staff.user_name == user_name))


async def staff_by_id(session: AsyncSession, staff_id: UUID) -> Staff | None:
    return await session.get(Staff, staff_id)


async def all_staff(session: AsyncSession) -> Sequence[Staff]:
    return (await session.scalars(select(Staff).order_by(Staff.user_name))).all()


async def names_of(session: AsyncSession, staff_ids: Sequence[UUID]) -> dict[UUID, str]:
    rows = await session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(staff_ids)))
    return {row.id: row.name for row in rows}


async def session_with_staff(session: AsyncSession, digest: bytes) -> tuple[StaffSession, Staff] | None:
    """The session behind a token's digest and whose it is, only while that person is active."""
    query = select(StaffSession, Staff).join(Staff, Staff.id == StaffSession.staff_id)
    row = (await session.execute(query.where(StaffSession.token_digest == digest, Staff.active))).first()
    return None if row is None else (row[0], row[1])


async def touch_session(session: AsyncSession, session_id: UUID, now: datetime) -> None:
    await session.execute(update(StaffSession).where(StaffSession.id == session_id).values(seen_at=now))


async def delete_session(session: AsyncSession, digest: bytes) -> None:
    await session.execute(delete(StaffSession).where(StaffSession.token_digest == digest))


async def delete_sessions_of(session: AsyncSession, staff_id: UUID, keep: bytes | None = None) -> int:
    """End every session of a person but the one with digest `keep`; how many ended."""
    query = delete(StaffSession).where(StaffSession.staff_id == staff_id)
    if keep is not None:
        query = query.where(StaffSession.token_digest != keep)
    result = await session.execute(query)
    return result.rowcount if isinstance(result, CursorResult) else 0


async def forget_old(session: AsyncSession, sessions_before: datetime, failures_before: datetime) -> None:
    await session.execute(delete(StaffSession).where(StaffSession.created_at < sessions_before))
    await session.execute(delete(SignInFailure).where(SignInFailure.last_failed_at < failures_before))


async def try_lock_attempt(session: AsyncSession, key: str) -> bool:
    """Take this key's sign-in attempt for the transaction: one at a time, no queue that holds connections."""
    return bool(await session.scalar(select(func.pg_try_advisory_xact_lock(func.hashtextextended(key, 0)))))


async def failures_of(session: AsyncSession, keys: Sequence[str]) -> dict[str, SignInFailure]:
    rows = await session.scalars(select(SignInFailure).where(SignInFailure.key.in_(keys)))
    return {row.key: row for row in rows}


async def add_failure(session: AsyncSession, key: str, now: datetime) -> None:
    query = insert(SignInFailure).values(key=key, failures=1, last_failed_at=now)
    changed = {"failures": SignInFailure.failures + 1, "last_failed_at": now}
    await session.execute(query.on_conflict_do_update(index_elements=["key"], set_=changed))


async def clear_failures(session: AsyncSession, key: str) -> None:
    await session.execute(delete(SignInFailure).where(SignInFailure.key == key))
