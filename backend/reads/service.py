"""Register reads: taken from files, and what of them waits for a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.meter_read import ReadItem
from backend.payments.files import FileRefusedError, Problem
from backend.payments.imports import File, Imported, ImportRefusedError, start_import
from backend.reads import parsing, repository
from backend.reads.errors import ReadItemNotFoundError, ReadRefusedError
from backend.reads.keyed import enter_read
from backend.reads.layout_schemas import InLayout
from backend.reads.layouts import ReadLayouts
from backend.reads.parsing import NOT_READ, ReadFile
from backend.reads.placing import KnownMeter, Placed, place, too_long_for
from backend.reads.registers import Read

READS = "reads"
PART_LINES = 5_000
ITEMS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class TakenReads:
    """What a file became. `is_new` False: the same content was taken before, and nothing was done now.

    `taken` became reads; `known` were reads already; `set_aside` wait for a person; `not_read` are noted.
    """

    import_id: UUID
    is_new: bool
    line_count: int
    taken: int
    set_aside: int
    not_read: int
    known: int = 0


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A line that waits for a person; `reads_there`: what was read of that meter on that day, by kind."""

    id: UUID
    import_id: UUID
    file_name: str
    line: int
    cause: str
    serial_number: str
    account_number: str | None
    meter_id: UUID | None
    read_on: date
    kind: str
    register_value: int | None
    note: str | None
    status: str
    reads_there: Mapping[str, int] | None


async def take_reads(session: AsyncSession, file: File, *, layouts: ReadLayouts, now: datetime) -> TakenReads:
    """Take a file of reads in: whole or not at all, the same content once.

    :raises ImportRefusedError: anything in it is wrong; nothing is taken.
    """
    before = await repository.imported(session, file.sha256)
    if before is not None:
        return TakenReads(**before, is_new=False)
    layout = layouts.of_file(file.name)
    try:
        if layout is None:
            names = ", ".join(pattern for one in layouts.incoming for pattern in one.files)
            raise FileRefusedError([Problem(1, "file", f"no layout is for a file of this name; they are {names}")])
        parsed = parsing.parse(layout, file.content, file.business_date)
        started = await start_import(session, READS, file, line_count=parsed.line_count, total_cents=0, now=now)
        if isinstance(started, Imported):
            again = await repository.imported(session, file.sha256)
            assert again is not None
            return TakenReads(**again, is_new=False)
        return await _take(session, layout, parsed, started)
    except FileRefusedError as refused:
        raise ImportRefusedError(refused.problems) from refused


async def _take(session: AsyncSession, layout: InLayout, parsed: ReadFile, import_id: UUID) -> TakenReads:
    problems: list[Problem] = []
    placed: list[Placed] = []
    for start in range(0, len(parsed.reads), PART_LINES):
        reads = parsed.reads[start : start + PART_LINES]
        meters = await repository.look_up(session, reads)
        placed += [place(read, meters.get(read.line)) for read in reads]
        problems += _impossible(layout, placed[-len(reads) :], meters)
    if problems:
        raise FileRefusedError(problems)
    new = [one for one in placed if one.cause is None and not one.is_known]
    items = [one for one in placed if one.cause is not None]
    for start in range(0, len(new), PART_LINES):
        await repository.add_reads(session, import_id, new[start : start + PART_LINES])
    for start in range(0, len(items), PART_LINES):
        await repository.add_items(session, import_id, items[start : start + PART_LINES])
    not_read = sum(one.cause == NOT_READ for one in items)
    known = len(placed) - len(new) - len(items)
    return TakenReads(import_id, True, parsed.line_count, len(new), len(items) - not_read, not_read, known)


def _impossible(layout: InLayout, placed: Sequence[Placed], meters: Mapping[int, KnownMeter]) -> list[Problem]:
    found = []
    for one in placed:
        meter = meters.get(one.read.line)
        if too_long_for(one.read, meter) and meter is not None:
            reason = f"has more digits than the register's {meter.digits}"
            found.append(Problem(one.read.line, "register_value", reason))
        elif one.cause == "unknown_meter" and layout.unknown_meter == "refuse":
            found.append(Problem(one.read.line, "serial_number", "we have no meter with this number"))
    return found


async def items(session: AsyncSession) -> list[ItemRow]:
    """The lines of files that wait for a person, oldest first."""
    return [ItemRow(**row) for row in await repository.open_items(session, ITEMS_SHOWN)]


async def decide_item(
    session: AsyncSession,
    item_id: UUID,
    *,
    take: bool,
    meter_id: UUID | None,
    note: str,
    by: UUID | None,
    now: datetime,
) -> ReadItem:
    """Take a line as a read after all (of `meter_id`, where the file's was not known), or dismiss it.

    Taken, it strikes another read of that meter and day. The same decision again changes nothing.

    :raises ReadItemNotFoundError: no such line.
    :raises ReadRefusedError: no note; decided otherwise before; no meter is known; or it cannot be true.
    """
    status = "taken" if take else "dismissed"
    item = await session.scalar(select(ReadItem).where(ReadItem.id == item_id).with_for_update())
    if item is None:
        raise ReadItemNotFoundError
    if item.status == status:
        return item
    if item.status != "open":
        raise ReadRefusedError("decided_before", "This line was decided before, or is only a note.")
    if not note.strip():
        raise ReadRefusedError("note_required", "Say why.")
    if take:
        meter = meter_id or item.meter_id
        if meter is None or item.register_value is None:
            raise ReadRefusedError("meter_required", "Say which meter this read is of.")
        await enter_read(
            session, meter, read_on=item.read_on, value=item.register_value, kind=item.kind, reason=note, by=by, now=now
        )
        item.meter_id = meter
    item.status, item.decided_by, item.decided_at, item.decision_note = status, by, now, note.strip()
    await session.flush()
    return item


async def reads_between(
    session: AsyncSession, meter_ids: Sequence[UUID], since: date, until: date
) -> Mapping[UUID, list[Read]]:
    """Each meter's reads from one day to another, in order; of one day an estimate comes last."""
    return await repository.reads_between(session, meter_ids, since, until)
