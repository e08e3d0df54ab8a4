"""The register reads of an account's meters, of the time in which the account had them."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

# Whoever had the place before is nobody's business: reads count from the one the service began with.
_READS = text("""
SELECT g.id AS agreement_id, g.service_class, m.id AS meter_id, m.serial_number, m.size_inches, m.digits,
       m.units_per_count, m.installed_on, m.removed_on, r.read_on, r.kind, r.register_value
  FROM service_agreements g
  JOIN meters m ON m.premise_id = g.premise_id AND (m.service_class IS NULL OR m.service_class = g.service_class)
  JOIN meter_reads r ON r.meter_id = m.id
   AND r.read_on >= greatest(CAST(:since AS date), g.started_on - 1)
   AND r.read_on <= least(CAST(:today AS date), g.ended_on)
 WHERE g.account_id = :account_id
 ORDER BY g.started_on, g.id, m.installed_on, m.id, r.read_on, r.kind = 'estimated', r.kind
""")


async def reads(session: AsyncSession, account_id: UUID, since: date, today: date) -> Sequence[RowMapping]:
    """Each read with its meter and service, meter by meter in order of days."""
    values = {"account_id": account_id, "since": since, "today": today}
    return (await session.execute(_READS, values)).mappings().all()
