"""The statements of the outbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.database import row_of, rows_of
from backend.models.outbox import OutboundMessage

# What a carrier says can overtake itself, and us: a later word never takes back a final one.
_STATUS = text(
    """
    UPDATE outbound_messages m SET
        status = CASE WHEN m.status IN ('delivered', 'failed') OR (m.status = 'sent' AND told.status = 'sent')
                      THEN m.status ELSE told.status END,
        provider_message_id = coalesce(m.provider_message_id, told.provider_message_id),
        error_code = coalesce(told.error_code, m.error_code), waits_for = NULL, updated_at = :now,
        text = CASE WHEN m.secret THEN '' ELSE m.text END
      FROM unnest(CAST(:ids AS uuid[]), CAST(:statuses AS text[]), CAST(:provider_ids AS text[]),
                  CAST(:error_codes AS text[])) AS told (id, status, provider_message_id, error_code)
     WHERE m.id = told.id AND (m.missed_sid IS NULL OR m.missed_sid IS DISTINCT FROM told.provider_message_id)
    RETURNING m.id, m.conversation_id, m.campaign_id, m.recipient, told.status, told.error_code
    """
)
# Nobody picked up: the call is made once more, later. What is still told of the first one then counts for nothing.
_CALL_AGAIN = text(
    """
    UPDATE outbound_messages m SET status = 'pending', missed_sid = told.provider_message_id,
           provider_message_id = NULL, error_code = NULL, waits_for = 'no_answer', attempts = 0,
           calls_missed = m.calls_missed + 1, look_at = clock_timestamp() + make_interval(secs => :pause_seconds)
      FROM unnest(CAST(:ids AS uuid[]), CAST(:provider_ids AS text[])) AS told (id, provider_message_id)
     WHERE m.id = told.id AND m.channel = 'call' AND m.status = 'failed' AND m.error_code = ANY(:codes)
       AND m.provider_message_id = told.provider_message_id AND m.calls_missed < :again_max
    """
)
_OURS = text("SELECT id FROM outbound_messages WHERE id = ANY(:ids)")
# The channel is written out, so that the index of its own serves.
_DUE, _DUE_CALLS = (
    f"""
    SELECT id, segments FROM outbound_messages
     WHERE status = 'pending' AND urgency BETWEEN %(first)s AND %(last)s AND look_at <= clock_timestamp()
       AND channel {which} 'call'
     ORDER BY urgency, look_at, created_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    """
    for which in ("<>", "=")
)
# Whoever dies with a message in hand leaves it to be looked at again; telephony sends one id once.
_CLAIM = """
    UPDATE outbound_messages m SET look_at = clock_timestamp() + make_interval(secs => %(lease_seconds)s)
     WHERE m.id = ANY(%(ids)s)
    RETURNING m.id, m.conversation_id, m.channel, m.thread_key, m.recipient, m.text, m.language, m.seq, m.kind,
              m.urgency, m.attempts, m.account_id, m.segments, m.calls_missed,
              m.kind <> 'dunning' OR (SELECT sum(amount_cents) FROM ledger_postings
                WHERE ledger_account_id = m.account_id) > 0 AS is_owed,
              (SELECT array_agg(p.zone) FROM service_agreements s JOIN premises p ON p.id = s.premise_id
                WHERE m.kind = 'dunning' AND s.account_id = m.account_id AND s.ended_on IS NULL) AS zones
    """
_PUT_OFF = text(
    """
    UPDATE outbound_messages m SET waits_for = put.waits_for, attempts = m.attempts + put.tried,
           look_at = clock_timestamp() + make_interval(secs => put.seconds)
      FROM unnest(CAST(:ids AS uuid[]), CAST(:seconds AS float8[]), CAST(:waits_for AS text[]), CAST(:tried AS int[]))
           AS put (id, seconds, waits_for, tried)
     WHERE m.id = put.id AND m.status IN ('pending', 'held')
    """
)
# A campaign may have been paused or canceled while the text was on its way: it has gone all the same.
_DONE = """
    UPDATE outbound_messages m SET
        status = CASE WHEN m.status IN ('pending', 'held', 'canceled') THEN done.status ELSE m.status END,
        provider_message_id = coalesce(m.provider_message_id, done.provider_message_id),
        error_code = coalesce(m.error_code, done.error_code), waits_for = NULL, updated_at = %(now)s, attempts = 0,
        look_at = clock_timestamp() + make_interval(secs => %(confirm_seconds)s),
        text = CASE WHEN m.secret THEN '' ELSE m.text END
      FROM unnest(CAST(%(ids)s AS uuid[]), CAST(%(statuses)s AS text[]), CAST(%(provider_ids)s AS text[]),
                  CAST(%(error_codes)s AS text[])) AS done (id, status, provider_message_id, error_code)
     WHERE m.id = done.id AND m.status <> 'delivered'
       AND (m.missed_sid IS NULL OR m.missed_sid IS DISTINCT FROM done.provider_message_id)
    RETURNING m.id, m.conversation_id, m.campaign_id, m.recipient, m.status, done.error_code
    """
# A minute, two, four … after it was sent: callbacks get lost when whoever takes them is away.
_UNCONFIRMED = text(
    """
    UPDATE outbound_messages m SET attempts = m.attempts + 1,
           look_at = clock_timestamp() + make_interval(secs => :confirm_seconds * (2 ^ (m.attempts + 1)))
      FROM (SELECT id FROM outbound_messages
             WHERE status = 'sent' AND channel IN ('sms', 'call') AND provider_message_id IS NOT NULL
               AND look_at <= clock_timestamp() AND attempts < :asks_max
             ORDER BY look_at LIMIT :limit FOR UPDATE SKIP LOCKED) late
     WHERE m.id = late.id RETURNING m.id, m.provider_message_id
    """
)
_BUSY = text("SELECT busy_until, clock_timestamp() AS now FROM sender_pace WHERE id = :id FOR UPDATE")
_KEEP_BUSY = text("UPDATE sender_pace SET busy_until = :busy_until WHERE id = :id")
_WAITING = """
    SELECT EXISTS (SELECT FROM outbound_messages WHERE status = 'pending' AND urgency >= %(first)s
                      AND look_at <= clock_timestamp() AND channel <> 'call') AS texts,
           EXISTS (SELECT FROM outbound_messages WHERE status = 'pending' AND urgency >= %(first)s
                      AND look_at <= clock_timestamp() AND channel = 'call') AS calls
    """
_LOOK_AGAIN = text("UPDATE outbound_messages SET look_at = now() WHERE status = 'pending' AND waits_for IS NOT NULL")
_HOLD = text("UPDATE outbound_messages SET status = 'held' WHERE campaign_id = :campaign_id AND status = 'pending'")
_RELEASE = text(
    "UPDATE outbound_messages SET status = 'pending', look_at = now()"
    " WHERE campaign_id = :campaign_id AND status = 'held'"
)
_CANCEL = text(
    "UPDATE outbound_messages SET status = 'canceled', updated_at = :now"
    " WHERE campaign_id = :campaign_id AND status IN ('pending', 'held')"
)
_OF_CAMPAIGN = text(
    """
    SELECT channel, status, CASE WHEN status = 'failed' THEN error_code END AS error_code,
           CASE WHEN status = 'pending' THEN waits_for END AS waits_for, count(*)::int AS messages,
           sum(segments)::int AS segments
      FROM outbound_messages WHERE campaign_id = :campaign_id GROUP BY 1, 2, 3, 4
    """
)

_ADD = """
INSERT INTO outbound_messages (id, conversation_id, seq, channel, thread_key, recipient, text, secret, language,
                               purpose, status, created_at, updated_at, kind, urgency, segments, account_id)
VALUES (%(id)s, %(conversation_id)s, %(seq)s, %(channel)s, %(thread_key)s, %(recipient)s, %(text)s, %(secret)s,
        %(language)s, %(purpose)s, %(status)s, %(created_at)s, %(updated_at)s, %(kind)s, %(urgency)s, %(segments)s,
        %(account_id)s)
"""

CONFIRM_SECONDS = 60.0
ASKS_MAX = 8
TEXTS, CALLS = 1, 2
"""Whose pace (`sender_pace.id`)."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one message."""

    id: UUID
    status: str
    provider_message_id: str | None = None
    error_code: str | None = None


@dataclass(frozen=True, slots=True)
class PutOff:
    """A message to look at again in so many seconds; `tried` when it was offered to telephony."""

    id: UUID
    seconds: float
    waits_for: str
    tried: bool


async def add(session: AsyncSession, values: dict[str, Any]) -> None:
    """One new row."""
    await rows_of(session, _ADD, values)


async def add_many(session: AsyncSession, rows: list[dict[str, Any]]) -> None:
    """New rows, all with the same columns."""
    if rows:
        await session.execute(insert(OutboundMessage), rows)


async def note_statuses(session: AsyncSession, messages: Sequence[Done], now: datetime) -> Sequence[Row[Any]]:
    """Keep what the carrier says; the rows of those that are ours, with what was said of each."""
    return (await session.execute(_STATUS, _columns(messages, now))).all()


def _columns(messages: Sequence[Done], now: datetime) -> dict[str, Any]:
    return {
        "ids": [one.id for one in messages],
        "statuses": [one.status for one in messages],
        "provider_ids": [one.provider_message_id for one in messages],
        "error_codes": [one.error_code for one in messages],
        "now": now,
    }


async def call_again(
    session: AsyncSession, messages: Sequence[Done], *, codes: Sequence[str], pause_seconds: float, again_max: int
) -> None:
    """Of these calls, those that failed with one of `codes` are made once more."""
    told = [one for one in messages if one.status == "failed" and one.error_code in codes and one.provider_message_id]
    if told:
        ids, sids = [one.id for one in told], [one.provider_message_id for one in told]
        values = {"codes": list(codes), "pause_seconds": pause_seconds, "again_max": again_max}
        await session.execute(_CALL_AGAIN, {**values, "ids": ids, "provider_ids": sids})


async def ours(session: AsyncSession, ids: Sequence[UUID]) -> set[UUID]:
    """Which of these are messages of ours."""
    return set((await session.execute(_OURS, {"ids": list(ids)})).scalars())


async def due(session: AsyncSession, first: int, last: int, limit: int, *, calls: bool = False) -> Sequence[Row[Any]]:
    """The `id` and `segments` of messages to look at now, most urgent first, locked until the transaction ends."""
    return await rows_of(session, _DUE_CALLS if calls else _DUE, {"first": first, "last": last, "limit": limit})


async def claim(session: AsyncSession, ids: Sequence[UUID], lease_seconds: float) -> Sequence[Row[Any]]:
    """Take these messages in hand, in their order; nobody else looks at them for so long."""
    rows = await rows_of(session, _CLAIM, {"ids": list(ids), "lease_seconds": lease_seconds})
    place = {id_: number for number, id_ in enumerate(ids)}
    return sorted(rows, key=lambda row: place[row.id])


async def put_off(session: AsyncSession, messages: Sequence[PutOff]) -> None:
    """Look at these again later."""
    if messages:
        values = {
            "ids": [one.id for one in messages],
            "seconds": [one.seconds for one in messages],
            "waits_for": [one.waits_for for one in messages],
            "tried": [int(one.tried) for one in messages],
        }
        await session.execute(_PUT_OFF, values)


async def finish(session: AsyncSession, messages: Sequence[Done], now: datetime) -> Sequence[Row[Any]]:
    """Keep what became of these; the rows that were told something new, with the error of each."""
    if not messages:
        return ()
    values = _columns(messages, now) | {"confirm_seconds": CONFIRM_SECONDS}
    return await rows_of(session, _DONE, values)


async def unconfirmed(session: AsyncSession, limit: int) -> Sequence[Row[Any]]:
    """What the carrier has said nothing about for too long; whoever gets it asks, the next time later."""
    values = {"limit": limit, "confirm_seconds": CONFIRM_SECONDS, "asks_max": ASKS_MAX}
    return (await session.execute(_UNCONFIRMED, values)).all()


async def pace(session: AsyncSession, whose: int) -> tuple[datetime, datetime]:
    """Up to when the number is busy, and the database's time; locked, so that several processes keep one pace."""
    row = (await session.execute(_BUSY, {"id": whose})).one()
    return row.busy_until, row.now


async def keep_pace(session: AsyncSession, whose: int, busy_until: datetime) -> None:
    await session.execute(_KEEP_BUSY, {"busy_until": busy_until, "id": whose})


async def waiting(session: AsyncSession, first: int) -> tuple[bool, bool]:
    """Whether any text, and any call, of this urgency or less is due."""
    row = await row_of(session, _WAITING, {"first": first})
    return row.texts, row.calls


async def look_again(session: AsyncSession) -> None:
    """Whatever was put off is looked at now."""
    await session.execute(_LOOK_AGAIN)


async def hold_campaign(session: AsyncSession, campaign_id: UUID) -> None:
    await session.execute(_HOLD, {"campaign_id": campaign_id})


async def release_campaign(session: AsyncSession, campaign_id: UUID) -> None:
    await session.execute(_RELEASE, {"campaign_id": campaign_id})


async def cancel_campaign(session: AsyncSession, campaign_id: UUID, now: datetime) -> None:
    await session.execute(_CANCEL, {"campaign_id": campaign_id, "now": now})


async def of_campaign(session: AsyncSession, campaign_id: UUID) -> Sequence[Row[Any]]:
    """How many messages, and segments, of a campaign stand where."""
    return (await session.execute(_OF_CAMPAIGN, {"campaign_id": campaign_id})).all()
