"""What taking weather in reads and writes."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, Date, Numeric, Text, bindparam, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.base import new_id
from backend.models.meter_read import FileImport
from backend.models.premise import Premise
from backend.weather.rules import WeatherDay

# What was billed keeps the inches it was reckoned from (`bill_services.et_inches`): a later file mends the others.
_KEEP = text("""
INSERT INTO evapotranspiration AS e (zone, day, inches)
SELECT * FROM unnest(:zones, :days, :inches)
ON CONFLICT (zone, day) DO UPDATE SET inches = excluded.inches WHERE e.inches <> excluded.inches
RETURNING 1
""").bindparams(
    bindparam("zones", type_=ARRAY(Text())),
    bindparam("days", type_=ARRAY(Date())),
    bindparam("inches", type_=ARRAY(Numeric(6, 3))),
)


async def zones(session: AsyncSession) -> set[str]:
    """The zones that a premise is in."""
    return set(await session.scalars(select(Premise.zone).distinct()))


async def imported(session: AsyncSession, sha256: bytes) -> FileImport | None:
    """What this content became when it was taken in before."""
    return await session.scalar(select(FileImport).where(FileImport.sha256 == sha256))


async def start(
    session: AsyncSession, *, file_name: str, sha256: bytes, line_count: int, business_date: date, now: datetime
) -> UUID | None:
    """Write the import down; None when another has taken the same content, for which this waits."""
    values = {
        "id": new_id(),
        "kind": "weather",
        "sha256": sha256,
        "file_name": file_name[:200],
        "line_count": line_count,
        "total_cents": 0,
        "business_date": business_date,
        "imported_at": now,
    }
    statement = insert(FileImport).values(values).on_conflict_do_nothing(index_elements=["sha256"])
    return await session.scalar(statement.returning(FileImport.id))


async def keep(session: AsyncSession, import_id: UUID, days: Sequence[WeatherDay]) -> int:
    """Keep the days; how many were new or differ from what was known."""
    values = {
        "zones": [one.zone for one in days],
        "days": [one.day for one in days],
        "inches": [one.inches for one in days],
    }
    kept = len((await session.execute(_KEEP, values)).all())
    await session.execute(update(FileImport).where(FileImport.id == import_id).values(posted=kept))
    return kept
