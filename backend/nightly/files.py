"""The files step: each file that waits is taken whole, or refused whole, in a part of its own."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from backend.nightly import inbox, repository
from backend.nightly.steps import Counts, Night, once
from backend.payments.imports import TAKERS, File, Imported, ImportRefusedError, note_refused

STEP = "files"
_UNKNOWN_KIND = {"line": 0, "field": "name", "reason": f"the name ends with none of {', '.join(inbox.KINDS)}"}


async def files(night: Night) -> None:
    """Lockbox files, payments and returns from the inbox; what is refused stays as it is, with a report beside it."""
    while paths := inbox.waiting(night.inbox):
        for path in paths:
            file = inbox.read(path)
            if file is not None:
                await _take(night, file)


async def _take(night: Night, file: inbox.Waiting) -> None:
    """Import a file unless that was done before the process died, then move it out of the way."""
    while True:
        async with night.database.transaction() as session:
            rows = await repository.rows_of(session, night.business_date, STEP)
        known = next((row.counts for row in rows if row.counts.get("sha256") == file.sha256), None)
        if known is not None:
            inbox.put_away(file.path, night.business_date, known.get("problems"))
            return
        part = max((row.part for row in rows), default=0) + 1
        await once(night, STEP, part, lambda session: _import(session, night, file))


async def _import(session: AsyncSession, night: Night, file: inbox.Waiting) -> Counts:
    head: dict[str, Any] = {"file": file.path.name, "sha256": file.sha256}
    if file.kind is None:
        return {**head, "refused": 1, "problems": [_UNKNOWN_KIND]}
    given = File(file.path.name, file.content, night.business_date)
    try:
        # What a refused file has begun is undone; the row that says so is kept.
        async with session.begin_nested():
            done = await TAKERS[file.kind](session, given, district=night.district, now=night.now)
    except ImportRefusedError as refused:
        await note_refused(session, file.kind, given, refused.problems, night.now)
        return {**head, "refused": 1, "problems": refused.extra["problems"]}
    return {**head, **_counts(done)}


def _counts(done: Imported) -> Counts:
    if not done.is_new:
        return {"kind": done.kind, "known": 1}
    return {
        "kind": done.kind,
        "taken": 1,
        "posted": done.posted,
        "set_aside": done.set_aside,
        f"{done.kind}_cents": done.total_cents,
    }
