"""Queries on files that were taken in, and on those that were refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.base import new_id
from backend.models.cash import RefusedFile
from backend.models.meter_read import FileImport

FILE_NAME_LENGTH_MAX = 200

# A refused file that was corrected, or whose day has come, is a known one.
_REFUSED = text("""
SELECT r.id, r.kind, r.file_name, r.business_date, r.refused_at, r.problems
  FROM refused_files r
 WHERE NOT EXISTS (SELECT FROM file_imports f WHERE f.sha256 = r.sha256)
 ORDER BY r.refused_at DESC, r.id DESC LIMIT :limit
""")


@dataclass(frozen=True, slots=True)
class NewImport:
    """A file that is sound: how many lines it has and what it comes to."""

    kind: str
    file_name: str
    sha256: bytes
    business_date: date
    line_count: int
    total_cents: int


async def known(session: AsyncSession, sha256: bytes) -> FileImport | None:
    """What this content became when it was taken in before."""
    return await session.scalar(select(FileImport).where(FileImport.sha256 == sha256))


async def start(session: AsyncSession, new: NewImport, now: datetime) -> UUID | None:
    """Write the import down; None when another has taken the same content, for which this waits."""
    values = {
        "id": new_id(),
        "kind": new.kind,
        "sha256": new.sha256,
        "file_name": new.file_name[:FILE_NAME_LENGTH_MAX],
        "line_count": new.line_count,
        "total_cents": new.total_cents,
        "business_date": new.business_date,
        "imported_at": now,
    }
    statement = insert(FileImport).values(values).on_conflict_do_nothing(index_elements=["sha256"])
    return await session.scalar(statement.returning(FileImport.id))


async def finish(session: AsyncSession, import_id: UUID, posted: int, set_aside: int) -> None:
    """Keep what became of its lines."""
    query = update(FileImport).where(FileImport.id == import_id)
    await session.execute(query.values(posted=posted, set_aside=set_aside))


async def newest(session: AsyncSession, kinds: Sequence[str], limit: int) -> Sequence[FileImport]:
    """The files of these kinds that were taken in last."""
    query = select(FileImport).where(FileImport.kind.in_(kinds))
    return (
        await session.scalars(query.order_by(FileImport.imported_at.desc(), FileImport.id.desc()).limit(limit))
    ).all()


async def refused(session: AsyncSession, limit: int) -> Sequence[RowMapping]:
    """The files that were refused last and not taken in since."""
    return (await session.execute(_REFUSED, {"limit": limit})).mappings().all()


async def note_refused(session: AsyncSession, values: dict[str, Any]) -> None:
    """Keep what is wrong with a file, once for its content and the day."""
    row = {"id": new_id(), **values, "file_name": values["file_name"][:FILE_NAME_LENGTH_MAX]}
    await session.execute(insert(RefusedFile).values(row).on_conflict_do_nothing())
