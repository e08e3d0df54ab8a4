"""Reads that people key in, and reads that they strike because they were wrong."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.base import new_id
from backend.models.meter_read import MeterRead
from backend.models.premise import Meter
from backend.reads import repository
from backend.reads.errors import MeterNotFoundError, ReadNotFoundError, ReadRefusedError

READS_SHOWN = 36


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A read of a meter, where it came from, and why it was struck, if it was."""

    id: UUID
    read_on: date
    kind: str
    register_value: int
    entered_by: str | None
    file_name: str | None
    struck_reason: str | None


async def reads_of(session: AsyncSession, meter_id: UUID) -> list[ReadRow]:
    """A meter's newest reads, those that were struck too, newest first."""
    return [ReadRow(**row) for row in await repository.reads_of(session, meter_id, READS_SHOWN)]


async def account_of_meter(session: AsyncSession, meter_id: UUID) -> UUID:
    """The account whose service the meter measures, or measured last.

    :raises MeterNotFoundError: no such meter, or nobody was ever served by it.
    """
    found = await repository.account_of(session, meter_id)
    if found is None:
        raise MeterNotFoundError
    return found


async def account_of_read(session: AsyncSession, read_id: UUID) -> UUID:
    """The same of a read's meter.

    :raises ReadNotFoundError: no such read.
    """
    meter_id = await session.scalar(select(MeterRead.meter_id).where(MeterRead.id == read_id))
    if meter_id is None:
        raise ReadNotFoundError
    return await account_of_meter(session, meter_id)


async def enter_read(
    session: AsyncSession,
    meter_id: UUID,
    *,
    read_on: date,
    value: int,
    kind: str,
    reason: str,
    by: UUID | None,
    now: datetime,
) -> MeterRead:
    """Key a read in. Another read of that kind and day is struck, for `reason`; the same value again changes nothing.

    :raises MeterNotFoundError: no such meter.
    :raises ReadRefusedError: the register has fewer digits, the meter was not there on that day, or no reason.
    """
    meter = await session.scalar(select(Meter).where(Meter.id == meter_id).with_for_update(key_share=True))
    if meter is None:
        raise MeterNotFoundError
    if not 0 <= value < 10**meter.digits:
        raise ReadRefusedError("value_impossible", f"This register has {meter.digits} digits.", digits=meter.digits)
    if read_on < meter.installed_on or (meter.removed_on is not None and read_on > meter.removed_on):
        raise ReadRefusedError("meter_not_there", "This meter was not there on that day.")
    there = await session.scalar(
        select(MeterRead).where(MeterRead.meter_id == meter_id, MeterRead.read_on == read_on, MeterRead.kind == kind)
    )
    if there is not None and there.register_value == value:
        return there
    if there is not None:
        await strike_read(session, there.id, reason=reason, by=by, now=now)
        session.expunge(there)
    read = MeterRead(id=new_id(), meter_id=meter_id, read_on=read_on, kind=kind, register_value=value, entered_by=by)
    session.add(read)
    await session.flush()
    return read


async def strike_read(session: AsyncSession, read_id: UUID, *, reason: str, by: UUID | None, now: datetime) -> None:
    """Let a read that was wrong count no more; it is kept with the reason.

    :raises ReadNotFoundError: no such read.
    :raises ReadRefusedError: no reason.
    """
    if not reason.strip():
        raise ReadRefusedError("reason_required", "Say why this read is struck.")
    if not await repository.strike(session, read_id, by, reason.strip(), now):
        raise ReadNotFoundError
