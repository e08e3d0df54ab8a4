"""The reads of an account's meters, newest first. Callers have checked who is asking."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.reads import listing_repository as repository

LISTED_MAX = 120
SHOWN_DAYS = 430
"""A year and two months: thirteen reads of a monthly cycle."""


@dataclass(frozen=True, slots=True)
class ListedRead:
    """What a register showed. `days` and `counts` are since the register's read before (None: there is none here).

    `counts` is negative where the register ran backwards: it rolled over, or was misread.
    """

    serial_number: str
    size_inches: str
    read_on: date
    kind: str
    register_value: int
    days: int | None
    counts: int | None
    units_per_count: Decimal


async def reads_of(session: AsyncSession, account_id: UUID, today: date) -> list[ListedRead]:
    """The reads of the last year and two months, while the account had the service; at most `LISTED_MAX`."""
    since = today - timedelta(days=SHOWN_DAYS)
    rows = await repository.reads_of(session, account_id, since=since, until=today, limit=LISTED_MAX)
    return [
        ListedRead(
            serial_number=row["serial_number"],
            size_inches=row["size_inches"],
            read_on=row["read_on"],
            kind=row["kind"],
            register_value=row["register_value"],
            days=None if row["read_before"] is None else (row["read_on"] - row["read_before"]).days,
            counts=None if row["value_before"] is None else row["register_value"] - row["value_before"],
            units_per_count=row["units_per_count"],
        )
        for row in rows
    ]
