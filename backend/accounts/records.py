"""The account as the staff see it: customer, contacts, services with their meters. Callers have checked who asks."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from backend.accounts import repository
from backend.accounts.service import AccountNotFoundError, address


@dataclass(frozen=True, slots=True)
class Meter:
    """A meter; `size_inches` as printed on it."""

    serial_number: str
    size_inches: str
    installed_on: date
    removed_on: date | None


@dataclass(frozen=True, slots=True)
class Service:
    """Water of one class for one premise, with the meters that measured it."""

    agreement_id: UUID
    service_class: str
    service_address: str
    zone: str
    started_on: date
    ended_on: date | None
    persons: int
    landscape_sqft: int
    meters: tuple[Meter, ...]


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """Everything about one account but its money. `low_income`: a declaration holds today."""

    account_id: UUID
    number: str
    status: str
    service_class: str
    opened_on: date
    closed_on: date | None
    billing_cycle: int
    billing_hold: str | None
    customer_kind: str
    name: str
    language: str
    phone: str | None
    text_phone: str | None
    email: str | None
    autopay: bool
    paperless: bool
    medical_protection: bool
    identity_locked: bool
    low_income: bool
    services: tuple[Service, ...]
    as_of: datetime


async def account_record(session: AsyncSession, account_id: UUID, now: datetime, today: date) -> AccountRecord:
    """The account with its customer and services as of `now`, which is `today` in the district.

    :raises AccountNotFoundError: no such account.
    """
    row = await repository.record_row(session, account_id, today)
    if row is None:
        raise AccountNotFoundError
    rows = await repository.services(session, account_id)
    together = groupby(rows, key=lambda one: one["agreement_id"])
    services = tuple(_service(list(meters)) for _, meters in together)
    return AccountRecord(**row, services=services, as_of=now)


def _service(rows: list[RowMapping]) -> Service:
    first = rows[0]
    meters = tuple(
        Meter(row["serial_number"], row["size_inches"], row["installed_on"], row["removed_on"])
        for row in rows
        if row["serial_number"] is not None
    )
    return Service(
        first["agreement_id"],
        first["service_class"],
        address(first["street"], first["unit"], first["city"]),
        first["zone"],
        first["started_on"],
        first["ended_on"],
        first["persons"],
        first["landscape_sqft"],
        meters,
    )
