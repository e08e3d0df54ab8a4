"""The statements about numbers and consent."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

_NUMBERS = text("SELECT * FROM text_numbers WHERE phone = ANY(:phones)")
_SAY = text("""
INSERT INTO text_consents (phone, at, kind, source, wording, provider_message_id, staff_id, about)
VALUES (:phone, :now, :kind, :source, :wording, :provider_message_id, :staff_id, :about)
ON CONFLICT (provider_message_id) DO NOTHING RETURNING id
""")
# What the carrier does weighs more than words: after STOP only START opens a number there.
_STOP = text("""
INSERT INTO text_numbers AS known (phone, stopped_by, stopped_at) VALUES (:phone, :stopped_by, :now)
ON CONFLICT (phone) DO UPDATE SET
    stopped_by = CASE WHEN known.stopped_by IN ('keyword', 'carrier') THEN known.stopped_by ELSE :stopped_by END,
    stopped_at = coalesce(known.stopped_at, :now)
RETURNING stopped_by
""")
_OPEN = text("""
UPDATE text_numbers SET stopped_by = NULL, stopped_at = NULL, unreachable = NULL, unreachable_code = NULL,
       unreachable_since = NULL
 WHERE phone = :phone
""")
_UNREACHABLE = text("""
INSERT INTO text_numbers AS known (phone, unreachable, unreachable_code, unreachable_since)
VALUES (:phone, :unreachable, :code, :now)
ON CONFLICT (phone) DO UPDATE SET unreachable = :unreachable, unreachable_code = :code,
    unreachable_since = coalesce(known.unreachable_since, :now)
""")
_STOP_CALLS = text("""
INSERT INTO text_numbers AS known (phone, calls_stopped_by, calls_stopped_at) VALUES (:phone, :stopped_by, :now)
ON CONFLICT (phone) DO UPDATE SET calls_stopped_by = :stopped_by,
    calls_stopped_at = coalesce(known.calls_stopped_at, :now)
""")
_OPEN_CALLS = text("UPDATE text_numbers SET calls_stopped_by = NULL, calls_stopped_at = NULL WHERE phone = :phone")
_HISTORY = text("""
SELECT c.at, c.kind, c.source, c.wording, c.about, s.name AS staff_name
  FROM text_consents c LEFT JOIN staff s ON s.id = c.staff_id
 WHERE c.phone = ANY(:phones) ORDER BY c.at DESC, c.id DESC LIMIT :limit
""")
_PHONES = text("""
SELECT f.phone, f.texts_allowed, n.stopped_by, n.stopped_at, n.unreachable, n.unreachable_code, n.unreachable_since,
       n.calls_stopped_by, n.calls_stopped_at
  FROM accounts a JOIN customer_phones f ON f.customer_id = a.customer_id LEFT JOIN text_numbers n ON n.phone = f.phone
 WHERE a.id = :account_id ORDER BY f.rank
""")


async def numbers(session: AsyncSession, phones: Collection[str]) -> dict[str, RowMapping]:
    """What is known of these numbers; those of which nothing is known are not in it."""
    if not phones:
        return {}
    rows = (await session.execute(_NUMBERS, {"phones": list(phones)})).mappings()
    return {row["phone"]: row for row in rows}


async def say(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Keep one statement; False when it was kept before (by the provider's message id)."""
    return (await session.execute(_SAY, values)).one_or_none() is not None


async def stop(session: AsyncSession, phone: str, stopped_by: str, now: datetime) -> None:
    await session.execute(_STOP, {"phone": phone, "stopped_by": stopped_by, "now": now})


async def stop_calls(session: AsyncSession, phone: str, stopped_by: str, now: datetime) -> None:
    await session.execute(_STOP_CALLS, {"phone": phone, "stopped_by": stopped_by, "now": now})


async def open_calls(session: AsyncSession, phone: str) -> None:
    await session.execute(_OPEN_CALLS, {"phone": phone})


async def open(session: AsyncSession, phone: str) -> None:
    """The holder wants texts: what kept them away is over, and will be learned again if it is not."""
    await session.execute(_OPEN, {"phone": phone})


async def note_unreachable(session: AsyncSession, phone: str, unreachable: str, code: str, now: datetime) -> None:
    values = {"phone": phone, "unreachable": unreachable, "code": code, "now": now}
    await session.execute(_UNREACHABLE, values)


async def history(session: AsyncSession, phones: Sequence[str], limit: int) -> Sequence[RowMapping]:
    return (await session.execute(_HISTORY, {"phones": list(phones), "limit": limit})).mappings().all()


async def phones_of(session: AsyncSession, account_id: UUID) -> Sequence[RowMapping]:
    """The numbers of an account's customer, with what is known of each."""
    return (await session.execute(_PHONES, {"account_id": account_id})).mappings().all()
