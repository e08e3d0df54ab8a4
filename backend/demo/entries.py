"""What goes into the demonstration's book: people, places, accounts, fees."""

import hashlib
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from backend.demo.metering import Metered


def demonstration_pin(number: str) -> str:
    """The PIN of a demonstration account: made from its number, so that nothing has to store it."""
    return f"{int.from_bytes(hashlib.sha256(f'demonstration {number}'.encode()).digest()[:8]) % 10_000:04d}"


@dataclass(frozen=True, slots=True)
class Person:
    """A customer to be: `first_name` is None for an organisation without a contact's name."""

    name: str
    first_name: str | None
    language: str
    phone: str
    email: str | None
    kind: str = "person"
    more_phones: tuple[str, ...] = ()
    texts: bool = True
    """Whether the first phone takes texts; the others take none."""


@dataclass(frozen=True, slots=True)
class Place:
    """A premise to be."""

    street: str
    zip: str
    unit: str | None = None
    meter_size: str = "5/8"


@dataclass(frozen=True, slots=True)
class Options:
    """What is particular about an account."""

    service_class: str = "residential"
    autopay: bool = False
    paperless: bool = False
    medical_protection: bool = False
    identity_locked: bool = False
    cycle: int = 1
    landscape_sqft: int = 0


ORDINARY = Options()


@dataclass(frozen=True, slots=True)
class OpenService:
    """A service agreement with its meters, and what its water budget is made of."""

    agreement_id: UUID
    service_class: str
    zone: str
    persons: int
    landscape_sqft: int
    meters: list[Metered]


@dataclass(frozen=True, slots=True)
class OpenAccount:
    """An account in the book, with the services that are billed on it."""

    id: UUID
    number: str
    opened_on: date
    closed_on: date | None
    services: list[OpenService] = field(default_factory=list)

    @property
    def metered(self) -> Metered:
        """The first meter; most accounts have one."""
        return self.services[0].meters[0]

    @property
    def meters(self) -> list[Metered]:
        """Every meter, service by service."""
        return [metered for service in self.services for metered in service.meters]


@dataclass(frozen=True, slots=True)
class BookedPayment:
    id: UUID
    entry_id: UUID
    account: OpenAccount
    amount_cents: int


@dataclass(frozen=True, slots=True)
class BookedBill:
    id: UUID
    entry_id: UUID
    account: OpenAccount
    amount_cents: int
    issued_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee, and the entry of the bill or payment that it is for."""

    code: str
    amount_cents: int
    description: str
    caused_by_entry_id: UUID
