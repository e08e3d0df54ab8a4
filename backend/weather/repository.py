"""What taking weather in reads and writes."""

from collections.abc import Sequence

from sqlalchemy import ARRAY, Date, Numeric, Text, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

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


async def keep(session: AsyncSession, days: Sequence[WeatherDay]) -> int:
    """Keep the days; how many were new or differ from what was known."""
    values = {
        "zones": [one.zone for one in days],
        "days": [one.day for one in days],
        "inches": [one.inches for one in days],
    }
    return len((await session.execute(_KEEP, values)).all())
