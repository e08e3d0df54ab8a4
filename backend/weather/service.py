"""Taking in files of evapotranspiration: whole or not at all, the same content once."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from backend.access import Principal
from backend.database import announce
from backend.district.service import District
from backend.models.meter_read import FileImport
from backend.payments.files import FileRefusedError, Problem
from backend.payments.imports import File, Imported, ImportRefusedError
from backend.staff.permissions import Permission, require
from backend.weather import repository, rules

WEATHER = "weather"


async def take_weather(session: AsyncSession, file: File, *, district: District, now: datetime) -> Imported:
    """Keep the days of a file; `posted` are those that were new, or other than what was known.

    :raises ImportRefusedError: anything in it is wrong; nothing is taken.
    """
    known = await repository.imported(session, file.sha256)
    if known is not None:
        return _again(known)
    try:
        days = rules.parse(file.content, district.today(now), await repository.zones(session))
    except FileRefusedError as refused:
        raise ImportRefusedError(refused.problems) from refused
    lines = len(days) + 1
    started = await repository.start(
        session, file_name=file.name, sha256=file.sha256, line_count=lines, business_date=file.business_date, now=now
    )
    if started is None:
        other = await repository.imported(session, file.sha256)
        assert other is not None  # it has committed, or it would still be waited for
        return _again(other)
    kept = await repository.keep(session, started, days)
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


def _again(row: FileImport) -> Imported:
    if row.kind != WEATHER:
        raise ImportRefusedError([Problem(1, "file", f"this was taken in before, as a file of {row.kind}")])
    return Imported(row.id, row.kind, False, row.line_count, row.total_cents, row.posted, row.set_aside)
