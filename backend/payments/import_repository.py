"""Queries on files that were taken in."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.base import new_id
from backend.models.meter_read import FileImport

_KNOWN = text("""
SELECT f.id AS import_id, f.kind, f.line_count, f.total_cents,
       (SELECT count(*) FROM payments p WHERE p.import_id = f.id AND NOT EXISTS (
               SELECT FROM unapplied_receipts r WHERE r.payment_id = p.id))
       + (SELECT count(*) FROM payment_returns x WHERE x.import_id = f.id) AS posted,
       (SELECT count(*) FROM unapplied_receipts r WHERE r.import_id = f.id)
       + (SELECT count(*) FROM return_items i WHERE i.import_id = f.id AND i.payment_id IS NULL) AS set_aside
  FROM file_imports f WHERE f.sha256 = :sha256
""")


@dataclass(frozen=True, slots=True)
class NewImport:
    """A file that is sound: how many lines it has and what it comes to."""

    kind: str
    file_name: str
    line_count: int
    total_cents: int


async def known(session: AsyncSession, sha256: bytes) -> dict[str, Any] | None:
    """What this content became when it was taken in before: the fields of `imports.Imported`."""
    row = (await session.execute(_KNOWN, {"sha256": sha256})).mappings().one_or_none()
    return None if row is None else dict(row)


async def by_digest(session: AsyncSession, sha256: bytes) -> dict[str, Any]:
    """The same, for content that is there."""
    return dict((await session.execute(_KNOWN, {"sha256": sha256})).mappings().one())


async def start(
    session: AsyncSession, new: NewImport, sha256: bytes, business_date: date, now: datetime
) -> UUID | None:
    """Write the import down; None when another has taken the same content, for which this waits."""
    values = {
        "id": new_id(),
        "kind": new.kind,
        "sha256": sha256,
        "file_name": new.file_name[:200],
        "line_count": new.line_count,
        "total_cents": new.total_cents,
        "business_date": business_date,
        "imported_at": now,
    }
    statement = insert(FileImport).values(values).on_conflict_do_nothing(index_elements=["sha256"])
    return await session.scalar(statement.returning(FileImport.id))
