"""The statements of campaigns."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import RowMapping, insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.campaigns.rules import Audience, Candidate
from backend.models.campaign import Campaign, CampaignRecipient
from backend.models.charge import IS_ON_THE_WAY

_COLUMNS = """
SELECT c.*, m.name AS made_by_name, s.name AS started_by_name, e.name AS ended_by_name
  FROM campaigns c JOIN staff m ON m.id = c.made_by LEFT JOIN staff s ON s.id = c.started_by
  LEFT JOIN staff e ON e.id = c.ended_by
"""
_LIST = text(f"{_COLUMNS} ORDER BY c.made_at DESC, c.id DESC LIMIT :limit")
_ONE = text(f"{_COLUMNS} WHERE c.id = :id")
_LOCK = text("SELECT * FROM campaigns WHERE id = :id FOR UPDATE")
_BY_KEY = text("SELECT id FROM campaigns WHERE idempotency_key = :key")
_RUNNING = text("SELECT id FROM campaigns WHERE status = 'running' ORDER BY started_at")
_LAST_OF_PART = text("""
SELECT max(id::text)::uuid AS last, count(*)::int AS accounts
  FROM (SELECT id FROM accounts WHERE id > :after ORDER BY id LIMIT :count) part
""")
# The account's numbers in the order in which they can be reached: by text at all, then as the customer ranked them.
_CANDIDATES = f"""
SELECT a.id AS account_id, a.customer_id, a.number, a.autopay, a.medical_protection, c.language, c.name, c.first_name,
       reach.phone, reach.texts_allowed, reach.stopped_by, reach.unreachable, reach.calls_stopped_by, place.zones,
       owed.balance_cents,
       owed.balance_cents - owed.later_cents AS past_due_cents, owed.next_due_on,
       EXISTS (SELECT FROM account_holds h WHERE h.account_id = a.id AND h.started_on <= :today
                  AND (h.ended_on IS NULL OR h.ended_on >= :today)) AS is_held,
       EXISTS (SELECT FROM arrangements g WHERE g.account_id = a.id AND g.status = 'active') AS is_arranged,
       coming.cents AS on_its_way_cents
  FROM accounts a
  JOIN customers c ON c.id = a.customer_id
 CROSS JOIN LATERAL (
       SELECT coalesce(array_agg(DISTINCT p.zone), '{{}}') AS zones
         FROM service_agreements s JOIN premises p ON p.id = s.premise_id
        WHERE s.account_id = a.id AND s.ended_on IS NULL) place
  LEFT JOIN LATERAL (
       SELECT f.phone, f.texts_allowed, n.stopped_by, n.unreachable, n.calls_stopped_by
         FROM customer_phones f LEFT JOIN text_numbers n ON n.phone = f.phone
        WHERE f.customer_id = c.id
        ORDER BY f.texts_allowed AND n.stopped_by IS NULL AND n.unreachable IS NULL DESC, f.rank LIMIT 1) reach ON true
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(amount_cents), 0)::bigint AS balance_cents,
              coalesce(sum(amount_cents) FILTER (WHERE due_on >= :today), 0)::bigint AS later_cents,
              min(due_on) FILTER (WHERE due_on >= :today AND amount_cents > 0) AS next_due_on
         FROM ledger_postings WHERE ledger_account_id = a.id AND effective_on <= :today AND :asks_money) owed
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(g.amount_cents), 0)::bigint AS cents FROM charges g
        WHERE g.account_id = a.id AND g.{IS_ON_THE_WAY} AND :asks_money) coming
 WHERE a.id > :after AND a.id <= :last AND a.status = 'active'
   AND (:any_zone OR place.zones && CAST(:zones AS text[]))
   AND (:any_cycle OR a.billing_cycle = ANY(CAST(:cycles AS smallint[])))
   AND (:any_class OR a.service_class = ANY(CAST(:classes AS text[])))
"""
_MONEY = {
    "payment_reminder": " AND owed.balance_cents > 0 AND owed.later_cents > 0"
    " AND owed.next_due_on <= CAST(:today AS date) + :days",
    "shut_off_warning": " AND owed.balance_cents - owed.later_cents > 0 AND EXISTS (SELECT FROM open_charges o"
    " WHERE o.account_id = a.id AND o.due_on <= CAST(:today AS date) - :days)",
}
_SEEN = text("""
SELECT phone, customer_id FROM campaign_recipients
 WHERE campaign_id = :id AND (phone = ANY(:phones) OR customer_id = ANY(:customers))
""")
_START = text("""
UPDATE campaigns SET status = 'running', started_by = :staff_id, started_at = :now WHERE id = :id
""")
_STATUS = text("UPDATE campaigns SET status = :status WHERE id = :id")
_END = text("""
UPDATE campaigns SET status = :status, ended_at = :now, ended_by = :staff_id, end_note = :note,
       started_at = coalesce(started_at, :now) WHERE id = :id
""")
_FILLED = text("""
UPDATE campaigns SET filled_to = coalesce(:filled_to, filled_to), left_out = CAST(:left_out AS jsonb),
       filled_at = CASE WHEN :is_all THEN :now ELSE filled_at END
 WHERE id = :id
""")
_UNFINISHED = text("""
SELECT EXISTS (SELECT FROM outbound_messages WHERE campaign_id = :id AND status IN ('pending', 'held'))
""")
_RECIPIENTS = text("""
SELECT count(*)::int AS people, coalesce(sum(segments), 0)::int AS segments,
       count(*) FILTER (WHERE language = 'es')::int AS spanish
  FROM campaign_recipients WHERE campaign_id = :id
""")
BEFORE_ALL = UUID(int=0)


async def add(session: AsyncSession, values: dict[str, Any]) -> None:
    await session.execute(insert(Campaign).values(values))


async def by_key(session: AsyncSession, key: str) -> UUID | None:
    found: UUID | None = await session.scalar(_BY_KEY, {"key": key})
    return found


async def listed(session: AsyncSession, limit: int) -> Sequence[RowMapping]:
    """The newest campaigns, newest first."""
    return (await session.execute(_LIST, {"limit": limit})).mappings().all()


async def one(session: AsyncSession, campaign_id: UUID) -> RowMapping | None:
    return (await session.execute(_ONE, {"id": campaign_id})).mappings().one_or_none()


async def lock(session: AsyncSession, campaign_id: UUID) -> RowMapping | None:
    """One, locked until the transaction ends."""
    return (await session.execute(_LOCK, {"id": campaign_id})).mappings().one_or_none()


async def running(session: AsyncSession) -> list[UUID]:
    return list(await session.scalars(_RUNNING))


async def last_of_part(session: AsyncSession, after: UUID, count: int) -> UUID | None:
    """The id of the last of the next `count` accounts; None when there are none after `after`."""
    row = (await session.execute(_LAST_OF_PART, {"after": after, "count": count})).one()
    last: UUID | None = row.last
    return last


async def candidates(
    session: AsyncSession, kind: str, audience: Audience, part: tuple[UUID, UUID], today: date
) -> list[Candidate]:
    """The audience among the accounts after the first id of `part` up to its second, by account."""
    statement = text(f"{_CANDIDATES}{_MONEY.get(kind, '')} ORDER BY a.id")
    values: dict[str, Any] = {
        "after": part[0],
        "last": part[1],
        "today": today,
        "asks_money": kind in _MONEY,
        "any_zone": not audience.zones,
        "zones": list(audience.zones),
        "any_cycle": not audience.cycles,
        "cycles": list(audience.cycles),
        "any_class": not audience.service_classes,
        "classes": list(audience.service_classes),
    }
    if kind in _MONEY:
        values["days"] = audience.days
    rows = (await session.execute(statement, values)).mappings()
    return [Candidate(**{**row, "zones": tuple(row["zones"])}) for row in rows]


async def seen(
    session: AsyncSession, campaign_id: UUID, phones: Sequence[str], customers: Sequence[UUID]
) -> tuple[set[str], set[UUID]]:
    """Which of these numbers and customers are in the campaign."""
    rows = (await session.execute(_SEEN, {"id": campaign_id, "phones": phones, "customers": customers})).all()
    return {row.phone for row in rows}, {row.customer_id for row in rows}


async def add_recipients(session: AsyncSession, rows: list[dict[str, Any]]) -> None:
    if rows:
        await session.execute(insert(CampaignRecipient), rows)


async def start(session: AsyncSession, campaign_id: UUID, staff_id: UUID, now: datetime) -> None:
    await session.execute(_START, {"id": campaign_id, "staff_id": staff_id, "now": now})


async def set_status(session: AsyncSession, campaign_id: UUID, status: str) -> None:
    await session.execute(_STATUS, {"id": campaign_id, "status": status})


async def end(
    session: AsyncSession, campaign_id: UUID, status: str, now: datetime, *, staff_id: UUID | None, note: str | None
) -> None:
    values = {"id": campaign_id, "status": status, "now": now, "staff_id": staff_id, "note": note}
    await session.execute(_END, values)


async def note_filled(
    session: AsyncSession,
    campaign_id: UUID,
    filled_to: UUID | None,
    left_out: Mapping[str, int],
    *,
    is_all: bool,
    now: datetime,
) -> None:
    """How far the accounts have been looked at, and whom that left out."""
    values = {
        "id": campaign_id,
        "filled_to": filled_to,
        "left_out": orjson.dumps(dict(left_out)).decode(),
        "is_all": is_all,
        "now": now,
    }
    await session.execute(_FILLED, values)


async def has_unfinished(session: AsyncSession, campaign_id: UUID) -> bool:
    """Whether any of its texts has still to go."""
    return bool(await session.scalar(_UNFINISHED, {"id": campaign_id}))


async def recipients(session: AsyncSession, campaign_id: UUID) -> tuple[int, int, int]:
    """How many people are in it, their segments, and how many of them read Spanish."""
    row = (await session.execute(_RECIPIENTS, {"id": campaign_id})).one()
    return row.people, row.segments, row.spanish
