"""Reading and writing who pays by text."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.base import new_id
from backend.models.charge import IS_ON_THE_WAY
from backend.parts import WITHIN, Part

_CONVERSATION = text("SELECT id, channel, party, language FROM conversations WHERE id = :id AND ended_at IS NULL")

# Asked again, the terms are those of the last time; what was confirmed before stays so.
_ASK = text("""
INSERT INTO text_enrolments AS e (id, account_id, phone, language, status, terms, asked_at, conversation_id, staff_id)
VALUES (:id, :account_id, :phone, :language, 'asked', :terms, :now, :conversation_id, :staff_id)
ON CONFLICT (account_id, phone) WHERE status <> 'ended' DO UPDATE SET
       language = excluded.language,
       terms = CASE WHEN e.status = 'asked' THEN excluded.terms ELSE e.terms END,
       asked_at = CASE WHEN e.status = 'asked' THEN excluded.asked_at ELSE e.asked_at END
RETURNING id, status
""")

_CONFIRM = text("""
UPDATE text_enrolments SET status = 'confirmed', confirmed_at = :now
 WHERE phone = :phone AND status = 'asked' AND asked_at > CAST(:now AS timestamptz) - interval '7 days'
RETURNING id, account_id, language
""")

_END = text("""
UPDATE text_enrolments SET status = 'ended', ended_at = :now, end_reason = :reason
 WHERE status <> 'ended' AND (CAST(:account_id AS uuid) IS NULL OR account_id = :account_id)
   AND (CAST(:phone AS text) IS NULL OR phone = :phone)
RETURNING account_id, phone, language, confirmed_at
""")

_OF_ACCOUNT = text("""
SELECT id, account_id, phone, language, status, asked_at, confirmed_at, terms FROM text_enrolments
 WHERE account_id = :account_id AND status <> 'ended' ORDER BY asked_at, id
""")

# The newest bill of each account that pays by text: issued on the day, or due so many days later and still owed
# (what is on its way is not asked for again).
_TO_TELL = text(f"""
SELECT e.phone, e.language, b.account_id, b.due_date, b.issued_on = :today AS is_new, a.autopay,
       right(a.number, 4) AS account, coalesce(o.cents, 0)::bigint AS owed_cents, coming.cents AS on_its_way_cents,
       (b.amount_cents - coalesce(level.deferred_cents, 0))::bigint AS bill_cents
  FROM text_enrolments e
  JOIN accounts a ON a.id = e.account_id
  JOIN LATERAL (SELECT * FROM bills n WHERE n.account_id = e.account_id AND n.issued_on <= :today
                   AND NOT EXISTS (SELECT FROM bill_cancellations c WHERE c.bill_id = n.id)
                 ORDER BY n.issued_on DESC, n.id DESC LIMIT 1) b ON true
  LEFT JOIN LATERAL (SELECT sum(p.amount_cents) AS cents FROM ledger_postings p
                      WHERE p.ledger_account_id = e.account_id) o ON true
  LEFT JOIN budget_entries level ON level.bill_id = b.id AND level.kind = 'level'
 CROSS JOIN LATERAL (SELECT coalesce(sum(c.amount_cents), 0)::bigint AS cents FROM charges c
                      WHERE c.account_id = e.account_id AND c.{IS_ON_THE_WAY}) coming
 WHERE e.status = 'confirmed' AND {WITHIN.format("e.account_id")}
   AND (b.issued_on = :today OR (b.due_date = :remind_of AND b.issued_on < :today AND o.cents > coming.cents))
   AND o.cents > 0
 ORDER BY e.account_id, e.phone
""")


async def conversation(session: AsyncSession, conversation_id: UUID) -> Row[Any] | None:
    """An open conversation: `channel`, `party`, `language`."""
    return (await session.execute(_CONVERSATION, {"id": conversation_id})).one_or_none()


async def ask(session: AsyncSession, values: dict[str, Any]) -> Row[Any]:
    """Keep that somebody was asked; the row's id and status."""
    return (await session.execute(_ASK, {"id": new_id(), "staff_id": None, "conversation_id": None, **values})).one()


async def confirm(session: AsyncSession, phone: str, now: datetime) -> Sequence[Row[Any]]:
    """What this telephone was asked in the last week is agreed to; those rows."""
    return (await session.execute(_CONFIRM, {"phone": phone, "now": now})).all()


async def end(
    session: AsyncSession, *, account_id: UUID | None, phone: str | None, reason: str, now: datetime
) -> Sequence[Row[Any]]:
    """End those of an account, of a telephone, or of both; those rows."""
    values = {"account_id": account_id, "phone": phone, "reason": reason, "now": now}
    return (await session.execute(_END, values)).all()


async def of_account(session: AsyncSession, account_id: UUID) -> Sequence[Row[Any]]:
    """The live ones of an account, oldest first."""
    return (await session.execute(_OF_ACCOUNT, {"account_id": account_id})).all()


async def to_tell(session: AsyncSession, part: Part, today: date, remind_of: date) -> Sequence[Row[Any]]:
    """Who hears of a new bill today, and who is reminded of one that is due on `remind_of`."""
    return (await session.execute(_TO_TELL, {**part.bounds, "today": today, "remind_of": remind_of})).all()
