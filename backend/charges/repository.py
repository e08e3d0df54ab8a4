"""The statements of charges. Each change names the states it starts from, so that doing it twice changes nothing.

Times for the workflow (`look_at`, `submitted_at`, `attempted_at`) are the database's own: real time, whatever the
demonstration's clock says.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Interval, Row, bindparam, func, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from backend.charges.rules import LEASE, SOON
from backend.database import row_of, rows_of
from backend.models.charge import IS_ON_THE_WAY, UNRESOLVED, Charge


def _in(statuses: Sequence[str]) -> str:
    return f"status IN ({', '.join(repr(status) for status in statuses)})"


_HOLD_ACCOUNT = text(
    "SELECT id FROM ledger_accounts WHERE id = :account_id AND account_id IS NOT NULL FOR NO KEY UPDATE"
)
_BY_ID = "SELECT * FROM charges WHERE id = %(charge_id)s"
_BY_PROCESSOR = text("SELECT * FROM charges WHERE processor = :processor AND processor_charge_id = :charge_id")
_ENTRY = text("SELECT EXISTS (SELECT FROM ledger_entries WHERE idempotency_key = :key)")
_BEGIN = """
SELECT begun.outcome, (begun.charge).id, (begun.charge).account_id, (begun.charge).amount_cents,
       (begun.charge).fee_cents, (begun.charge).status, (begun.charge).method_label, (begun.charge).decline_reason,
       (begun.charge).payment_id, (begun.charge).confirmation_number, (begun.charge).received_on
  FROM begin_charge(CAST(%(agreed)s AS jsonb), %(while_another)s, %(balance_cents)s, %(today)s, %(soon)s) begun
"""
_SETTLE = """
SELECT * FROM settle_charge(%s, %s, %s, %s, %s, %s, %s, %s::bigint, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s,
                            %s, %s)
"""
_BEGIN_SUBMITTING = """
WITH submitted AS (
    UPDATE charges SET status = 'submitted', submitted_at = now(), attempted_at = now(), look_at = now() + %(lease)s
     WHERE id = ANY(%(ids)s) AND status = 'created' AND processor = %(processor)s RETURNING *)
SELECT true AS is_submitted, * FROM submitted
 UNION ALL
SELECT false, * FROM charges WHERE id = ANY(%(ids)s) AND NOT EXISTS (SELECT FROM submitted s WHERE s.id = charges.id)
"""
_SUBMIT = text(f"""
UPDATE charges SET status = 'submitted', submitted_at = coalesce(submitted_at, now()), attempted_at = now(),
       look_at = now() + :lease
 WHERE id = :charge_id AND {_in(("created", "submitted", "unknown"))} RETURNING id
""").bindparams(bindparam("lease", type_=Interval()))
_LEARN = text(f"""
UPDATE charges SET status = :status, processor_charge_id = coalesce(:processor_charge_id, processor_charge_id),
       decline_reason = :decline_reason, posted_on = :posted_on, look_at = now() + :pause,
       resolved_at = CASE WHEN :status IN ('succeeded', 'failed') THEN CAST(:now AS timestamptz) END
 WHERE id = :charge_id AND {_in(UNRESOLVED)} AND status <> :status RETURNING id, account_id, method_id
""").bindparams(bindparam("pause", type_=Interval()))
_LATER = text(f"""
UPDATE charges SET looks = looks + 1, look_at = now() + :pause,
       status = CASE WHEN status IN ('created', 'submitted') AND :unknown THEN 'unknown' ELSE status END
 WHERE id = :charge_id AND {_in(UNRESOLVED)} RETURNING id
""").bindparams(bindparam("pause", type_=Interval()))
_TAKE = text("SELECT * FROM charges WHERE id = :charge_id AND status = 'succeeded' FOR UPDATE")
_POSTED = text("""
UPDATE charges SET status = 'posted', payment_id = :payment_id, confirmation_number = :confirmation_number,
       look_at = now() + :lease
 WHERE id = :charge_id
""").bindparams(bindparam("lease", type_=Interval()))
_TOLD = text("""
UPDATE charges SET told_at = :now, look_at = NULL, status = CASE WHEN status = 'posted' THEN 'told' ELSE status END
 WHERE id = :charge_id AND told_at IS NULL AND status IN ('posted', 'failed') RETURNING *
""")
_PENDING_TOLD = text(f"""
UPDATE charges SET pending_told_at = :now
 WHERE id = :charge_id AND pending_told_at IS NULL AND {_in(UNRESOLVED)} RETURNING *
""")
_CLAIM = text("""
UPDATE charges SET look_at = now() + :lease
 WHERE id IN (SELECT id FROM charges WHERE look_at <= now() ORDER BY look_at LIMIT :limit FOR UPDATE SKIP LOCKED)
RETURNING id
""").bindparams(bindparam("lease", type_=Interval()))
_ON_THE_WAY = text(f"""
SELECT id, status, amount_cents, method_kind, method_label, created_at, received_on FROM charges
 WHERE account_id = :account_id AND {IS_ON_THE_WAY} ORDER BY created_at, id
""")


async def hold_account(session: AsyncSession, account_id: UUID) -> bool:
    """Let nobody else begin a charge of this account until the transaction ends; False when there is none."""
    return (await session.execute(_HOLD_ACCOUNT, {"account_id": account_id})).one_or_none() is not None


async def add(session: AsyncSession, values: dict[str, Any]) -> Row[Any] | None:
    """A new charge, to be looked at soon; None when its key or id was used before."""
    statement = (
        upsert(Charge)
        .values(**values, look_at=func.now() + SOON)
        .on_conflict_do_nothing()
        .returning(*Charge.__table__.c)
    )
    return (await session.execute(statement)).one_or_none()


async def begin(
    session: AsyncSession, values: dict[str, Any], *, while_another: bool, owed: tuple[int | None, date]
) -> Row[Any]:
    """A new charge, once for its key, in one round trip; see `begin_charge` in the migration for `outcome`.

    `owed` are the cents that must be owed on that day (None: whatever is owed).
    """
    agreed = {
        "agreed": orjson.dumps(values).decode(),
        "while_another": while_another,
        "balance_cents": owed[0],
        "today": owed[1],
        "soon": SOON,
    }
    begun: Row[Any] = await row_of(session, _BEGIN, agreed)
    return begun


async def begin_submitting(session: AsyncSession, charge_ids: Sequence[UUID], processor: str) -> Sequence[Row[Any]]:
    """These charges as they stand, after those of them that are new were marked as submitted (`is_submitted`)."""
    values = {"ids": list(charge_ids), "processor": processor, "lease": LEASE}
    return await rows_of(session, _BEGIN_SUBMITTING, values)


async def settle(
    session: AsyncSession, charge_id: UUID, processor_charge_id: str, posted_on: date, posting: Sequence[Any]
) -> Row[Any]:
    """Learn that it succeeded, post it, mark it as told, in one round trip; see `settle_charge` in the migration."""
    values = (charge_id, processor_charge_id, posted_on, *posting)
    settled: Row[Any] = await row_of(session, _SETTLE, values)
    return settled


async def by_id(session: AsyncSession, charge_id: UUID) -> Row[Any] | None:
    """One charge."""
    found: Row[Any] | None = await row_of(session, _BY_ID, {"charge_id": charge_id})
    return found


async def by_processor_charge(session: AsyncSession, processor: str, charge_id: str | None) -> Row[Any] | None:
    """The charge that a processor knows by this id."""
    values = {"processor": processor, "charge_id": charge_id}
    return (await session.execute(_BY_PROCESSOR, values)).one_or_none()


async def has_entry(session: AsyncSession, key: str) -> bool:
    """Whether something was posted under this key."""
    return bool(await session.scalar(_ENTRY, {"key": key}))


async def mark_submitted(session: AsyncSession, charge_id: UUID) -> bool:
    """Before the processor is asked: from now on the outcome may be unknown. False when it is known already."""
    values = {"charge_id": charge_id, "lease": LEASE}
    return (await session.execute(_SUBMIT, values)).one_or_none() is not None


async def learn(
    session: AsyncSession,
    charge_id: UUID,
    status: str,
    *,
    now: datetime,
    pause: timedelta = LEASE,
    posted_on: date | None = None,
    processor_charge_id: str | None = None,
    decline_reason: str | None = None,
) -> Row[Any] | None:
    """The processor has said what became of it; None when that was known, or is final already."""
    values = {
        "charge_id": charge_id,
        "status": status,
        "pause": pause,
        "now": now,
        "posted_on": posted_on,
        "processor_charge_id": processor_charge_id,
        "decline_reason": decline_reason,
    }
    return (await session.execute(_LEARN, values)).one_or_none()


async def look_later(session: AsyncSession, charge_id: UUID, pause: timedelta, *, unknown: bool) -> bool:
    """Nothing was learned: look again after a pause. `unknown`: a request is out that may have been carried out."""
    values = {"charge_id": charge_id, "pause": pause, "unknown": unknown}
    return (await session.execute(_LATER, values)).one_or_none() is not None


async def take_succeeded(session: AsyncSession, charge_id: UUID) -> Row[Any] | None:
    """A charge that is to be posted, held until the transaction ends; None when it was posted."""
    return (await session.execute(_TAKE, {"charge_id": charge_id})).one_or_none()


async def mark_posted(session: AsyncSession, charge_id: UUID, payment_id: UUID, confirmation_number: int) -> None:
    """It is in the ledger, by this payment."""
    values = {"charge_id": charge_id, "payment_id": payment_id, "confirmation_number": confirmation_number}
    await session.execute(_POSTED, {**values, "lease": LEASE})


async def mark_told(session: AsyncSession, charge_id: UUID, now: datetime) -> Row[Any] | None:
    """The customer is told in this transaction; None when they were, or when there is nothing to tell yet."""
    return (await session.execute(_TOLD, {"charge_id": charge_id, "now": now})).one_or_none()


async def mark_pending_told(session: AsyncSession, charge_id: UUID, now: datetime) -> Row[Any] | None:
    """The same for the news that it is pending."""
    return (await session.execute(_PENDING_TOLD, {"charge_id": charge_id, "now": now})).one_or_none()


async def claim_due(session: AsyncSession, limit: int) -> list[UUID]:
    """The charges that it is time to look at, the longest waiting first; nobody else gets them for a while."""
    return list(await session.scalars(_CLAIM, {"limit": limit, "lease": LEASE}))


async def on_the_way(session: AsyncSession, account_id: UUID) -> Sequence[Row[Any]]:
    """The charges of an account that are neither in the ledger nor refused, oldest first."""
    return (await session.execute(_ON_THE_WAY, {"account_id": account_id})).all()
