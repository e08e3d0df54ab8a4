"""The services of an account as they stand: agreements, their meters and what those showed last."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from backend.accounts.service import address
from backend.service_changes import repository


@dataclass(frozen=True, slots=True)
class MeterThere:
    """A meter of a service; `last_value` is in register counts."""

    meter_id: UUID
    serial_number: str
    size_inches: str
    digits: int
    units_per_count: Decimal
    installed_on: date
    removed_on: date | None
    last_value: int | None
    last_read_on: date | None


@dataclass(frozen=True, slots=True)
class ServiceThere:
    """Water of one class at one place, from a day until it ends."""

    agreement_id: UUID
    premise_id: UUID
    service_class: str
    service_address: str
    started_on: date
    ended_on: date | None
    persons: int
    landscape_sqft: int
    meters: tuple[MeterThere, ...]


async def services_of(session: AsyncSession, account_id: UUID) -> list[ServiceThere]:
    """The account's services, those that go on first."""
    rows = await repository.services_of(session, account_id)
    return [_service(list(meters)) for _, meters in groupby(rows, key=lambda row: row["agreement_id"])]


def _service(rows: list[RowMapping]) -> ServiceThere:
    first = rows[0]
    meters = tuple(
        MeterThere(
            row["meter_id"],
            row["serial_number"],
            row["size_inches"],
            row["digits"],
            row["units_per_count"],
            row["installed_on"],
            row["removed_on"],
            row["last_value"],
            row["last_read_on"],
        )
        for row in rows
        if row["meter_id"] is not None
    )
    return ServiceThere(
        first["agreement_id"],
        first["premise_id"],
        first["service_class"],
        address(first["street"], first["unit"], first["city"]),
        first["started_on"],
        first["ended_on"],
        first["persons"],
        first["landscape_sqft"],
        meters,
    )
