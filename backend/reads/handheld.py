"""The file of a route that goes out to the handheld: every meter with its last read and what to expect."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from backend.reads import repository
from backend.reads.bounds import bounds
from backend.reads.errors import LayoutNotFoundError, ReadRefusedError
from backend.reads.layouts import ReadLayouts
from backend.reads.registers import Read, Register
from backend.reads.rendering import TooNarrowError, render
from backend.reads.rules import Limits

HISTORY = timedelta(days=430)


@dataclass(frozen=True, slots=True)
class Route:
    """A route of a cycle, and how many meters are read on it."""

    cycle: int
    route: str
    meters: int


@dataclass(frozen=True, slots=True)
class RouteFile:
    """A file for the handheld."""

    name: str
    content: str
    meters: int


async def routes(session: AsyncSession) -> list[Route]:
    """Every route of every cycle."""
    return [Route(**row) for row in await repository.routes(session)]


async def route_file(
    session: AsyncSession,
    layouts: ReadLayouts,
    limits: Mapping[str, Limits],
    *,
    cycle: int,
    route: str | None,
    layout: str,
    read_on: date,
) -> RouteFile:
    """The meters of a route (None: of every route of the cycle) in the order in which they are read.

    Meters whose place has no customer just now are in it too: whether they count says whether somebody uses water.

    :raises LayoutNotFoundError: no such layout.
    :raises ReadRefusedError: a number does not fit into the layout.
    """
    found = layouts.download(layout)
    if found is None:
        raise LayoutNotFoundError
    meters = await repository.meters_on_route(session, cycle, route)
    ids = [row["meter_id"] for row in meters]
    reads = await repository.reads_between(session, ids, read_on - HISTORY, read_on)
    rows = [_fields(row, reads, read_on, limits) for row in meters]
    try:
        content = render(found, rows)
    except TooNarrowError as narrow:
        raise ReadRefusedError("layout_too_narrow", f"{narrow}. Change the layout in reads.toml.") from narrow
    name = f"route-{cycle}-{route or 'all'}-{read_on.isoformat()}.{found.extension}"
    return RouteFile(name, content, len(rows))


def _fields(
    row: RowMapping, reads: Mapping[UUID, list[Read]], read_on: date, limits: Mapping[str, Limits]
) -> dict[str, object]:
    register = Register(
        row["meter_id"], row["digits"], row["units_per_count"], row["installed_on"], None, row["meter_size"]
    )
    expected = bounds(register, reads.get(row["meter_id"], []), read_on, limits[row["service_class"]])
    previous = expected.previous
    return {
        "serial_number": row["serial_number"],
        "account_number": row["account_number"],
        "service_address": row["service_address"],
        "route": row["route"],
        "sequence": row["sequence"],
        "meter_size": row["meter_size"],
        "digits": row["digits"],
        "previous_read": previous.value if previous else 0,
        "previous_read_on": previous.read_on.isoformat() if previous else None,
        "low_limit": expected.low,
        "high_limit": expected.high,
    }
