"""A read that must fit those before it: lower than the last only where the register can have rolled over."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.models.meter_read import MeterRead
from backend.models.premise import Meter
from backend.reads import repository
from backend.reads.errors import MeterNotFoundError, ReadRefusedError
from backend.reads.keyed import enter_read
from backend.reads.registers import Read, Register
from backend.reads.rules import Limits, use_of_point

HISTORY = timedelta(days=430)


async def enter_fitting_read(
    session: AsyncSession,
    meter_id: UUID,
    *,
    read_on: date,
    value: int,
    kind: str,
    limits: Limits,
    reason: str,
    by: UUID | None,
    now: datetime,
) -> MeterRead:
    """`enter_read`, refused where the register would have run backwards; `kind` "actual" or "exchange_out".

    :raises MeterNotFoundError: no such meter.
    :raises ReadRefusedError: `read_below_last` (with `last` and `last_on`), or what `enter_read` refuses.
    """
    meter = await session.get(Meter, meter_id)
    if meter is None:
        raise MeterNotFoundError
    await refuse_backwards(session, meter, Read(read_on, kind, value), limits)
    return await enter_read(session, meter_id, read_on=read_on, value=value, kind=kind, reason=reason, by=by, now=now)


async def refuse_backwards(session: AsyncSession, meter: Meter, read: Read, limits: Limits) -> None:
    """:raises ReadRefusedError: `read_below_last`, by the rule of the preliminary ledger."""
    found = await repository.reads_between(session, [meter.id], read.read_on - HISTORY, read.read_on)
    before = [one for one in found.get(meter.id, []) if one.read_on < read.read_on]
    if not before or before[-1].value <= read.value:
        return
    last = before[-1]
    removed_on = read.read_on if read.kind == "exchange_out" else None
    register = Register(meter.id, meter.digits, meter.units_per_count, meter.installed_on, removed_on)
    used = use_of_point((register,), {meter.id: [*before, read]}, (last.read_on, read.read_on), limits)
    if any(finding.code == "NEGATIVE" for finding in used.findings):
        detail = (
            f"The register showed {last.value} on {last.read_on}. "
            "Read it again; if the last read was wrong, strike that one first."
        )
        raise ReadRefusedError("read_below_last", detail, last=last.value, last_on=last.read_on)
