"""What taking reads in reads and writes, some thousand lines in one statement."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Date, Integer, RowMapping, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.base import new_id
from backend.reads.parsing import FileRead
from backend.reads.placing import KnownMeter, Placed
from backend.reads.registers import Read

_LOOK_UP = text("""
SELECT f.place, m.id, m.digits, m.installed_on, m.removed_on,
       ARRAY(SELECT a.number FROM service_agreements g JOIN accounts a ON a.id = g.account_id
              WHERE g.premise_id = m.premise_id) AS account_numbers,
       (SELECT jsonb_object_agg(r.kind, r.register_value) FROM meter_reads r
         WHERE r.meter_id = m.id AND r.read_on = f.day) AS reads
  FROM unnest(:places, :serials, :days) AS f (place, serial, day) JOIN meters m ON m.serial_number = f.serial
""").bindparams(
    bindparam("places", type_=ARRAY(Integer())),
    bindparam("serials", type_=ARRAY(Text())),
    bindparam("days", type_=ARRAY(Date())),
)

_ADD_READS = text("""
INSERT INTO meter_reads (id, meter_id, read_on, kind, register_value, import_id)
SELECT r.id, r.meter_id, r.read_on, r.kind, r.value, :import_id
  FROM unnest(:ids, :meter_ids, :days, :kinds, :values) AS r (id, meter_id, read_on, kind, value)
""").bindparams(
    bindparam("import_id", type_=Uuid()),
    *(bindparam(name, type_=ARRAY(Uuid())) for name in ("ids", "meter_ids")),
    bindparam("days", type_=ARRAY(Date())),
    bindparam("kinds", type_=ARRAY(Text())),
    bindparam("values", type_=ARRAY(BigInteger())),
)

_ADD_ITEMS = text("""
INSERT INTO read_items (id, import_id, line, cause, serial_number, account_number, meter_id, read_on, kind,
                        register_value, note, status)
SELECT i.id, :import_id, i.line, i.cause, i.serial, i.account, i.meter_id, i.read_on, i.kind, i.value, i.note,
       CASE WHEN i.cause = 'not_read' THEN 'noted' ELSE 'open' END
  FROM unnest(:ids, :lines, :causes, :serials, :accounts, :meter_ids, :days, :kinds, :values, :notes)
       AS i (id, line, cause, serial, account, meter_id, read_on, kind, value, note)
""").bindparams(
    bindparam("import_id", type_=Uuid()),
    *(bindparam(name, type_=ARRAY(Uuid())) for name in ("ids", "meter_ids")),
    *(bindparam(name, type_=ARRAY(Text())) for name in ("causes", "serials", "accounts", "kinds", "notes")),
    bindparam("lines", type_=ARRAY(Integer())),
    bindparam("days", type_=ARRAY(Date())),
    bindparam("values", type_=ARRAY(BigInteger())),
)

_IMPORTED = text("""
SELECT f.id AS import_id, f.line_count,
       (SELECT count(*) FROM meter_reads r WHERE r.import_id = f.id)
         + (SELECT count(*) FROM struck_reads s WHERE s.import_id = f.id) AS taken,
       (SELECT count(*) FROM read_items i WHERE i.import_id = f.id AND i.cause <> 'not_read') AS set_aside,
       (SELECT count(*) FROM read_items i WHERE i.import_id = f.id AND i.cause = 'not_read') AS not_read
  FROM file_imports f WHERE f.sha256 = :sha256
""")

_ITEMS = text("""
SELECT i.id, i.import_id, f.file_name, i.line, i.cause, i.serial_number, i.account_number, i.meter_id, i.read_on,
       i.kind, i.register_value, i.note, i.status,
       (SELECT jsonb_object_agg(r.kind, r.register_value) FROM meter_reads r
         WHERE r.meter_id = i.meter_id AND r.read_on = i.read_on) AS reads_there
  FROM read_items i JOIN file_imports f ON f.id = i.import_id
 WHERE i.status = 'open' ORDER BY i.read_on, f.file_name, i.line LIMIT :count
""")

_READS_OF = text("""
SELECT r.id, r.read_on, r.kind, r.register_value, s.name AS entered_by, f.file_name, NULL AS struck_reason
  FROM meter_reads r LEFT JOIN staff s ON s.id = r.entered_by LEFT JOIN file_imports f ON f.id = r.import_id
 WHERE r.meter_id = :meter_id
 UNION ALL
SELECT x.id, x.read_on, x.kind, x.register_value, s.name, f.file_name, x.reason
  FROM struck_reads x LEFT JOIN staff s ON s.id = x.entered_by LEFT JOIN file_imports f ON f.id = x.import_id
 WHERE x.meter_id = :meter_id
 ORDER BY 2 DESC, 7 NULLS FIRST, 3, 1 LIMIT :count
""").bindparams(bindparam("meter_id", type_=Uuid()))

_STRIKE = text("""
WITH gone AS (DELETE FROM meter_reads WHERE id = :id RETURNING *)
INSERT INTO struck_reads (id, meter_id, read_on, kind, register_value, import_id, entered_by, struck_by, struck_at,
                          reason)
SELECT id, meter_id, read_on, kind, register_value, import_id, entered_by, :struck_by, :struck_at, :reason FROM gone
RETURNING id
""").bindparams(bindparam("id", type_=Uuid()), bindparam("struck_by", type_=Uuid()))

_ACCOUNT_OF = text("""
SELECT g.account_id FROM meters m JOIN service_agreements g ON g.premise_id = m.premise_id
 WHERE m.id = :meter_id AND (m.service_class IS NULL OR m.service_class = g.service_class)
 ORDER BY g.ended_on IS NOT NULL, g.started_on DESC, g.id LIMIT 1
""").bindparams(bindparam("meter_id", type_=Uuid()))


_READS = text("""
SELECT meter_id, read_on, kind, register_value FROM meter_reads
 WHERE meter_id = ANY(:ids) AND read_on BETWEEN :since AND :until
 ORDER BY meter_id, read_on, kind = 'estimated', kind
""").bindparams(bindparam("ids", type_=ARRAY(Uuid())))

# A meter belongs to the cycle of the account that it serves, or served last.
_ON_ROUTE = """
  FROM meters m JOIN premises p ON p.id = m.premise_id
  JOIN LATERAL (SELECT g.service_class, g.ended_on, a.number, a.billing_cycle
                  FROM service_agreements g JOIN accounts a ON a.id = g.account_id
                 WHERE g.premise_id = m.premise_id AND (m.service_class IS NULL OR m.service_class = g.service_class)
                 ORDER BY g.ended_on IS NOT NULL, g.started_on DESC, g.id LIMIT 1) s ON true
 WHERE m.removed_on IS NULL
"""
_ROUTES = text(f"""
SELECT s.billing_cycle AS cycle, m.route, count(*) AS meters {_ON_ROUTE} GROUP BY 1, 2 ORDER BY 1, 2
""")
_ROUTE_METERS = text(f"""
SELECT m.id AS meter_id, m.serial_number, m.size_inches AS meter_size, m.digits, m.units_per_count, m.installed_on,
       m.route, m.route_sequence AS sequence, concat_ws(' ', p.street, p.unit) AS service_address, s.service_class,
       CASE WHEN s.ended_on IS NULL THEN s.number END AS account_number {_ON_ROUTE}
   AND s.billing_cycle = :cycle AND m.route = coalesce(:route, m.route)
 ORDER BY m.route, m.route_sequence, m.serial_number
""").bindparams(bindparam("route", type_=Text()))


async def imported(session: AsyncSession, sha256: bytes) -> RowMapping | None:
    """What this content became when it was taken in before."""
    return (await session.execute(_IMPORTED, {"sha256": sha256})).mappings().one_or_none()


async def look_up(session: AsyncSession, reads: Sequence[FileRead]) -> dict[int, KnownMeter]:
    """The meters of these reads, by their lines; those that we do not know are left out."""
    values = {
        "places": [read.line for read in reads],
        "serials": [read.serial_number for read in reads],
        "days": [read.read_on for read in reads],
    }
    return {
        row.place: KnownMeter(
            row.id, row.digits, row.installed_on, row.removed_on, row.account_numbers, row.reads or {}
        )
        for row in await session.execute(_LOOK_UP, values)
    }


async def add_reads(session: AsyncSession, import_id: UUID, placed: Sequence[Placed]) -> None:
    values = {
        "import_id": import_id,
        "ids": [new_id() for _ in placed],
        "meter_ids": [one.meter_id for one in placed],
        "days": [one.read.read_on for one in placed],
        "kinds": [one.read.kind for one in placed],
        "values": [one.read.value for one in placed],
    }
    await session.execute(_ADD_READS, values)


async def add_items(session: AsyncSession, import_id: UUID, placed: Sequence[Placed]) -> None:
    """Keep what could not become a read by itself."""
    values = {
        "import_id": import_id,
        "ids": [new_id() for _ in placed],
        "lines": [one.read.line for one in placed],
        "causes": [one.cause for one in placed],
        "serials": [one.read.serial_number for one in placed],
        "accounts": [one.read.account_number for one in placed],
        "meter_ids": [one.meter_id for one in placed],
        "days": [one.read.read_on for one in placed],
        "kinds": [one.read.kind for one in placed],
        "values": [one.read.value for one in placed],
        "notes": [one.read.note for one in placed],
    }
    await session.execute(_ADD_ITEMS, values)


async def open_items(session: AsyncSession, count: int) -> Sequence[RowMapping]:
    """What waits for a person, oldest first."""
    return (await session.execute(_ITEMS, {"count": count})).mappings().all()


async def reads_of(session: AsyncSession, meter_id: UUID, count: int) -> Sequence[RowMapping]:
    """A meter's newest reads and those that were struck, newest first."""
    return (await session.execute(_READS_OF, {"meter_id": meter_id, "count": count})).mappings().all()


async def strike(session: AsyncSession, read_id: UUID, struck_by: UUID | None, reason: str, now: datetime) -> bool:
    """Move a read to those that count no more; False when there is no such read."""
    values: dict[str, Any] = {"id": read_id, "struck_by": struck_by, "reason": reason, "struck_at": now}
    return (await session.execute(_STRIKE, values)).scalar_one_or_none() is not None


async def account_of(session: AsyncSession, meter_id: UUID) -> UUID | None:
    """The account whose service the meter measures, or measured last."""
    return (await session.execute(_ACCOUNT_OF, {"meter_id": meter_id})).scalar_one_or_none()


async def reads_between(
    session: AsyncSession, meter_ids: Sequence[UUID], since: date, until: date
) -> dict[UUID, list[Read]]:
    """Each meter's reads from one day to another, in order; of one day an estimate comes last."""
    found: defaultdict[UUID, list[Read]] = defaultdict(list)
    values = {"ids": list(meter_ids), "since": since, "until": until}
    for meter_id, read_on, kind, value in await session.execute(_READS, values):
        found[meter_id].append(Read(read_on, kind, value))
    return found


async def routes(session: AsyncSession) -> Sequence[RowMapping]:
    """`cycle`, `route`, `meters` of every route."""
    return (await session.execute(_ROUTES)).mappings().all()


async def meters_on_route(session: AsyncSession, cycle: int, route: str | None) -> Sequence[RowMapping]:
    """The meters of a cycle's route (None: of all its routes) in the order in which they are read."""
    return (await session.execute(_ROUTE_METERS, {"cycle": cycle, "route": route})).mappings().all()
