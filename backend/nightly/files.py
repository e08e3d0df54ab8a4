"""The files step: each file that waits is taken whole, or refused whole, in a part of its own."""

from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from backend.nightly import inbox, items, repository
from backend.nightly.steps import Counts, Night, once
from backend.payments.imports import TAKERS, File, Imported, ImportRefusedError, note_refused
from backend.reads.service import TakenReads, take_reads
from backend.weather.service import WEATHER, take_weather

STEP = "files"
_ENDS = ", ".join(inbox.KINDS)
_TAKERS = {**TAKERS, WEATHER: take_weather}


async def files(night: Night) -> None:
    """Lockbox files, payments, returns, reads and weather; what is refused stays as it is, with a report beside it."""
    day = await _day(night)
    seen: set[Path] = set()
    while paths := [path for path in inbox.waiting(night.inbox) if path not in seen]:
        for path in paths:
            await _take(night, path, day)
            seen.add(path)


async def _day(night: Night) -> date:
    """The day the files are of: while missed nights are made up for, the newest of them, as files came since."""
    async with night.database.transaction() as session:
        newest = await repository.newest_night(session)
    today = night.now.astimezone(night.district.zone).date()
    return max(night.business_date, min(newest or night.business_date, today))


async def _take(night: Night, path: Path, day: date) -> None:
    """Import a file unless that was done before the process died, then move it out of the way.

    One that cannot be read stays where it is, for the next night, and holds up nothing else.
    """
    try:
        file = inbox.read(path)
    except OSError as unreadable:
        reason = f"the file cannot be read ({unreadable.strerror})"
        await _record(night, {"file": path.name, "sha256": None, **_refused(reason)}, None, day)
        return
    if file is not None:
        known = await _record(night, {"file": path.name, "sha256": file.sha256}, file, day)
        inbox.put_away(file, night.business_date, known.get("problems"))


async def _record(night: Night, head: Counts, file: inbox.Waiting | None, day: date) -> Counts:
    """Deal with a file once a night, in the transaction of its row; what the row says."""
    while True:
        async with night.database.transaction() as session:
            rows = await repository.rows_of(session, night.business_date, STEP)
        known = next((row.counts for row in rows if _is_of(row.counts, head)), None)
        if known is not None:
            return dict(known)

        async def deal(session: AsyncSession) -> Counts:
            counts = head if file is None else {**head, **await _import(session, night, file, day)}
            if "problems" in counts:
                await items.add_refused_file(session, night.business_date, counts)
            return counts

        await once(night, STEP, max((row.part for row in rows), default=0) + 1, deal)


def _is_of(counts: Any, head: Counts) -> bool:
    """Whether a row is of this content, or of this name where the content cannot be read."""
    if head["sha256"] is None:
        return bool(counts.get("sha256", "") is None and counts.get("file") == head["file"])
    return bool(counts.get("sha256") == head["sha256"])


async def _import(session: AsyncSession, night: Night, file: inbox.Waiting, day: date) -> Counts:
    # Reads are known by the whole name, as their layouts have it; what banks send, by its end.
    is_reads = night.layouts.of_file(file.path.name) is not None
    if file.kind is None and not is_reads:
        return _refused(f"the name ends with none of {_ENDS}, and no layout of reads is for it")
    given = File(file.path.name, file.content, day)
    try:
        # What a refused file has begun is undone; the row that says so is kept.
        async with session.begin_nested():
            if is_reads or file.kind is None:
                return _reads(await take_reads(session, given, layouts=night.layouts, now=night.now))
            done = await _TAKERS[file.kind](session, given, district=night.district, now=night.now)
    except ImportRefusedError as refused:
        await note_refused(session, "reads" if is_reads else str(file.kind), given, refused.problems, night.now)
        return {"files_refused": 1, "problems": refused.extra["problems"]}
    return _counts(done)


def _refused(reason: str) -> Counts:
    return {"files_refused": 1, "problems": [{"line": 0, "field": "file", "reason": reason}]}


def _reads(done: TakenReads) -> Counts:
    if not done.is_new:
        return {"kind": "reads", "files_known": 1}
    return {
        "kind": "reads",
        "files_taken": 1,
        "reads": done.taken,
        "reads_set_aside": done.set_aside,
        "not_read": done.not_read,
    }


def _counts(done: Imported) -> Counts:
    if not done.is_new:
        return {"kind": done.kind, "files_known": 1}
    return {
        "kind": done.kind,
        "files_taken": 1,
        done.kind: done.posted + done.set_aside,
        f"{done.kind}_cents": done.total_cents,
        "set_aside": done.set_aside,
    }
