"""What changes of service read and lock."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, RowMapping, Uuid, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.account import ServiceAgreement
from backend.models.premise import Meter
from backend.models.service_change import ServiceChange

_LOCK_PREMISES = text("SELECT id FROM premises WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE").bindparams(
    bindparam("ids", type_=ARRAY(Uuid()))
)

_BILLED = text("""
SELECT max(b.period_end) FROM bills b
 WHERE b.account_id = :account_id AND NOT EXISTS (SELECT FROM bill_cancellations c WHERE c.bill_id = b.id)
""").bindparams(bindparam("account_id", type_=Uuid()))

_AT_PREMISE = text("""
SELECT g.id, g.account_id, g.service_class, g.started_on, g.ended_on, a.billing_cycle
  FROM service_agreements g JOIN accounts a ON a.id = g.account_id
 WHERE g.premise_id = :premise_id ORDER BY g.started_on DESC, g.id DESC
""").bindparams(bindparam("premise_id", type_=Uuid()))

_PLAIN = "trim(lower(regexp_replace({0}, '[^[:alnum:]]+', ' ', 'g')))"
_PLACES = text(f"""
WITH asked AS (SELECT {_PLAIN.format("CAST(:typed AS text)")} AS words),
     known AS (SELECT p.*, {_PLAIN.format("concat_ws(' ', p.street, p.unit)")} AS words FROM premises p)
SELECT k.id AS premise_id, k.street, k.unit, k.city, k.zip, k.zone,
       (a.words = k.words OR a.words LIKE k.words || ' %') AS is_exact,
       ARRAY(SELECT g.service_class FROM service_agreements g
              WHERE g.premise_id = k.id AND (g.ended_on IS NULL OR g.ended_on >= :day) ORDER BY 1) AS served
  FROM known k, asked a
 WHERE a.words <> '' AND (a.words = k.words OR a.words LIKE k.words || ' %' OR k.words LIKE a.words || '%')
 ORDER BY is_exact DESC, length(k.words) DESC, k.words LIMIT 6
""")

_OF_ACCOUNT = text("""
SELECT g.id AS agreement_id, g.premise_id, g.service_class, g.started_on, g.ended_on, g.persons, g.landscape_sqft,
       p.street, p.unit, p.city, p.zip, m.id AS meter_id, m.serial_number, m.size_inches, m.digits, m.units_per_count,
       m.installed_on, m.removed_on, r.register_value AS last_value, r.read_on AS last_read_on
  FROM service_agreements g JOIN premises p ON p.id = g.premise_id
  LEFT JOIN meters m ON m.premise_id = g.premise_id AND (m.service_class IS NULL OR m.service_class = g.service_class)
       AND (m.removed_on IS NULL OR m.removed_on > g.started_on)
       AND (g.ended_on IS NULL OR m.installed_on <= g.ended_on)
  LEFT JOIN LATERAL (SELECT x.register_value, x.read_on FROM meter_reads x WHERE x.meter_id = m.id
                      ORDER BY x.read_on DESC, x.kind = 'estimated' LIMIT 1) r ON true
 WHERE g.account_id = :account_id
 ORDER BY g.ended_on IS NOT NULL, g.started_on DESC, g.id, m.removed_on IS NOT NULL, m.installed_on, m.id
""").bindparams(bindparam("account_id", type_=Uuid()))

_CHANGES = text("""
SELECT c.id, c.kind, c.effective_on, c.detail, c.reason, c.changed_at, s.name AS changed_by
  FROM service_changes c JOIN staff s ON s.id = c.changed_by
 WHERE c.account_id = :account_id ORDER BY c.changed_at DESC, c.id DESC LIMIT :count
""").bindparams(bindparam("account_id", type_=Uuid()))


async def lock_premises(session: AsyncSession, ids: Sequence[UUID]) -> set[UUID]:
    """Hold the places until the transaction ends; those of `ids` that there are."""
    return set(await session.scalars(_LOCK_PREMISES, {"ids": sorted(ids)}))


async def billed_through(session: AsyncSession, account_id: UUID) -> date | None:
    """The last day of the account that a bill that stands has taken in."""
    found: date | None = await session.scalar(_BILLED, {"account_id": account_id})
    return found


async def at_premise(session: AsyncSession, premise_id: UUID) -> Sequence[Any]:
    """Every agreement of a place with its account's cycle, newest first."""
    return (await session.execute(_AT_PREMISE, {"premise_id": premise_id})).all()


async def meters_for(session: AsyncSession, premise_id: UUID, service_class: str, day: date) -> Sequence[Meter]:
    """The meters that measure this class at a place from `day` on."""
    query = select(Meter).where(
        Meter.premise_id == premise_id,
        (Meter.service_class.is_(None)) | (Meter.service_class == service_class),
        (Meter.removed_on.is_(None)) | (Meter.removed_on > day),
    )
    return (await session.scalars(query.order_by(Meter.installed_on, Meter.id))).all()


async def agreements(session: AsyncSession, account_id: UUID) -> Sequence[ServiceAgreement]:
    """The account's agreements, those that go on first."""
    query = select(ServiceAgreement).where(ServiceAgreement.account_id == account_id)
    ordered = query.order_by(ServiceAgreement.ended_on.is_not(None), ServiceAgreement.started_on, ServiceAgreement.id)
    return (await session.scalars(ordered.execution_options(populate_existing=True))).all()


async def meter_with_serial(session: AsyncSession, serial_number: str) -> Meter | None:
    return await session.scalar(select(Meter).where(Meter.serial_number == serial_number))


async def places(session: AsyncSession, typed: str, day: date) -> Sequence[RowMapping]:
    """Premises whose address is, or begins with, what was typed, and which classes are served there from `day` on."""
    return (await session.execute(_PLACES, {"typed": typed, "day": day})).mappings().all()


async def services_of(session: AsyncSession, account_id: UUID) -> Sequence[RowMapping]:
    """A row for each meter of each agreement, with its last read; those that go on first."""
    return (await session.execute(_OF_ACCOUNT, {"account_id": account_id})).mappings().all()


async def changes(session: AsyncSession, account_id: UUID, count: int) -> Sequence[RowMapping]:
    """What was changed about an account's service, newest first."""
    return (await session.execute(_CHANGES, {"account_id": account_id, "count": count})).mappings().all()


async def change_by_key(session: AsyncSession, key: str) -> ServiceChange | None:
    return await session.scalar(select(ServiceChange).where(ServiceChange.idempotency_key == key))


async def add(session: AsyncSession, row: Any) -> None:
    session.add(row)
    await session.flush()
