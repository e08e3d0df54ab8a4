"""Taking in files of evapotranspiration: whole or not at all, the same content once."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal
from backend.database import announce
from backend.district.service import District
from backend.payments.files import FileRefusedError
from backend.payments.imports import (
    File,
    Imported,
    ImportRefusedError,
    finish_import,
    known_import,
    start_import,
)
from backend.staff.permissions import Permission, require
from backend.weather import repository, rules

WEATHER = "weather"


async def take_weather(session: AsyncSession, file: File, *, district: District, now: datetime) -> Imported:
    """Keep the days of a file; `posted` are those that were new, or other than what was known.

    :raises ImportRefusedError: anything in it is wrong; nothing is taken.
    """
    known = await known_import(session, WEATHER, file)
    if known is not None:
        return known
    try:
        days = rules.parse(file.content, district.today(now), await repository.zones(session))
    except FileRefusedError as refused:
        raise ImportRefusedError(refused.problems) from refused
    lines = len(days) + 1
    started = await start_import(session, WEATHER, file, line_count=lines, total_cents=0, now=now)
    if isinstance(started, Imported):
        return started
    kept = await repository.keep(session, days)
    await finish_import(session, started, kept)
    return Imported(started, WEATHER, True, lines, 0, kept, 0)


async def import_weather(
    session: AsyncSession, principal: Principal, file: File, *, district: District, now: datetime
) -> Imported:
    """Take in a file that a person has sent.

    :raises ForbiddenError: not a role that may. :raises ImportRefusedError: it is wrong; nothing is taken.
    """
    require(principal, Permission.IMPORT_READS)
    done = await take_weather(session, file, district=district, now=now)
    announce(session, "money", import_id=done.import_id)
    return done
