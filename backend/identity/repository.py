"""The statements of identity checks."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.identity.rules import Guard
from backend.models.base import new_id

_CONVERSATION = text(
    "SELECT id, party, account_id, verification_level, language, ended_at FROM conversations WHERE id = :id FOR UPDATE"
)
# The rows are made and locked in one order everywhere, so that guesses made at once are counted one by one.
_HOLD = text(
    """
    INSERT INTO verification_guards (subject, failures)
    SELECT subject, 0 FROM unnest(CAST(:subjects AS text[])) AS asked (subject) ORDER BY subject
    ON CONFLICT (subject) DO UPDATE SET failures = verification_guards.failures
    RETURNING subject, failures, last_failure_at, locked_until
    """
)
_KEEP = text(
    """
    UPDATE verification_guards SET failures = :failures, last_failure_at = :last_failure_at,
        locked_until = :locked_until WHERE subject = :subject
    """
)
_RAISE_LEVEL = text(
    "UPDATE conversations SET verification_level = :level, account_id = :account_id WHERE id = :id AND ended_at IS NULL"
)
_CLEAR_CANDIDATES = text("DELETE FROM account_candidates WHERE conversation_id = :id")
_ADD_CANDIDATES = text(
    "INSERT INTO account_candidates (conversation_id, account_id) SELECT :id, unnest(CAST(:accounts AS uuid[]))"
)
_CANDIDATE = text("SELECT 1 FROM account_candidates WHERE conversation_id = :id AND account_id = :account_id")
_CODES_SINCE = text("SELECT count(*) FROM one_time_codes WHERE account_id = :account_id AND created_at > :since")
_SPEND_CODES = text("UPDATE one_time_codes SET used_at = :now WHERE conversation_id = :id AND used_at IS NULL")
_ADD_CODE = text(
    "INSERT INTO one_time_codes (id, conversation_id, account_id, digest, created_at, expires_at)"
    " VALUES (:code_id, :id, :account_id, :digest, :now, :expires_at)"
)
_UNUSED_CODES = text(
    "SELECT account_id, digest, expires_at FROM one_time_codes WHERE conversation_id = :id AND used_at IS NULL"
    " ORDER BY created_at FOR UPDATE"
)


async def conversation(session: AsyncSession, conversation_id: UUID) -> Row[Any] | None:
    """The conversation, held until the end of the transaction."""
    return (await session.execute(_CONVERSATION, {"id": conversation_id})).one_or_none()


async def hold_guards(session: AsyncSession, subjects: Iterable[str]) -> list[Guard]:
    """The guards of these subjects, made when new, held until the end of the transaction."""
    rows = await session.execute(_HOLD, {"subjects": sorted(set(subjects))})
    return [Guard(row.subject, row.failures, row.last_failure_at, row.locked_until) for row in rows]


async def keep_guards(session: AsyncSession, guards: Sequence[Guard]) -> None:
    """Write the guards back."""
    values = [
        {
            "subject": guard.subject,
            "failures": guard.failures,
            "last_failure_at": guard.last_failure_at,
            "locked_until": guard.locked_until,
        }
        for guard in guards
    ]
    await session.execute(_KEEP, values)


async def raise_level(session: AsyncSession, conversation_id: UUID, level: int, account_id: UUID) -> None:
    """What this conversation has proved, about which account."""
    await session.execute(_RAISE_LEVEL, {"id": conversation_id, "level": level, "account_id": account_id})


async def set_candidates(session: AsyncSession, conversation_id: UUID, accounts: list[UUID]) -> None:
    """The accounts that the customer may choose among."""
    await session.execute(_CLEAR_CANDIDATES, {"id": conversation_id})
    if accounts:
        await session.execute(_ADD_CANDIDATES, {"id": conversation_id, "accounts": accounts})


async def is_candidate(session: AsyncSession, conversation_id: UUID, account_id: UUID) -> bool:
    """Whether the customer has proved this account."""
    found = await session.execute(_CANDIDATE, {"id": conversation_id, "account_id": account_id})
    return found.one_or_none() is not None


async def codes_since(session: AsyncSession, account_id: UUID, since: datetime) -> int:
    """How many codes were sent for an account."""
    count: int = (await session.execute(_CODES_SINCE, {"account_id": account_id, "since": since})).scalar_one()
    return count


async def spend_codes(session: AsyncSession, conversation_id: UUID, now: datetime) -> None:
    """No code of this conversation works any more."""
    await session.execute(_SPEND_CODES, {"id": conversation_id, "now": now})


async def add_code(session: AsyncSession, values: dict[str, Any]) -> None:
    """A new code, by its digest."""
    await session.execute(_ADD_CODE, {"code_id": new_id(), **values})


async def unused_codes(session: AsyncSession, conversation_id: UUID) -> Sequence[Row[Any]]:
    """The codes of this conversation that nobody has used, expired ones among them."""
    return (await session.execute(_UNUSED_CODES, {"id": conversation_id})).all()
