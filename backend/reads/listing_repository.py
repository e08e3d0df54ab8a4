"""The reads of an account's meters, with what each register counted since the read before."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import RowMapping, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

_READS = text("""
SELECT m.serial_number, m.size_inches, m.digits, m.units_per_count, r.read_on, r.kind, r.register_value,
       lag(r.register_value) OVER per_meter AS value_before, lag(r.read_on) OVER per_meter AS read_before
  FROM meter_reads r JOIN meters m ON m.id = r.meter_id
 WHERE r.read_on BETWEEN :since AND :until AND m.id IN (
       SELECT x.id FROM service_agreements g JOIN meters x ON x.premise_id = g.premise_id
          AND (x.service_class IS NULL OR x.service_class = g.service_class)
        WHERE g.account_id = :account_id AND r.read_on >= g.started_on
          AND (g.ended_on IS NULL OR r.read_on <= g.ended_on))
WINDOW per_meter AS (PARTITION BY m.id ORDER BY r.read_on, r.kind)
 ORDER BY r.read_on DESC, m.serial_number, r.kind LIMIT :limit
""").bindparams(bindparam("account_id", type_=Uuid()))


async def reads_of(
    session: AsyncSession, account_id: UUID, *, since: date, until: date, limit: int
) -> Sequence[RowMapping]:
    values = {"account_id": account_id, "since": since, "until": until, "limit": limit}
    return (await session.execute(_READS, values)).mappings().all()
