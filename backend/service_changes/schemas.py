"""The shapes of services, and of what changes them."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, model_validator

from backend.district.schemas import ServiceClass

_ID = "01936f3e-5a00-7c00-8000-0000000000d1"
_KEY, _REASON = "stop:case HG-1042", "Moves out; asked for it by phone."
Key = Annotated[str, StringConstraints(min_length=8, max_length=200, pattern=r"^[^\x00]*$")]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000, pattern=r"^[^\x00]*$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
Phone = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")]
Value = Annotated[int, Field(ge=0, lt=10**12)]
Persons = Annotated[int, Field(ge=0, le=200)]
Area = Annotated[int, Field(ge=0, le=20_000_000)]


def _in(body: dict[str, JsonValue]) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [body]})


class _Asked(BaseModel):
    reason: Reason
    idempotency_key: Key


class MeterReadIn(BaseModel):
    """What a meter's register shows."""

    model_config = _in({"meter_id": _ID, "value": 1_420})

    meter_id: UUID
    value: Value


_READ: dict[str, JsonValue] = {"meter_id": _ID, "value": 1_420}


class StopIn(_Asked):
    """Stop a service with the end of `stop_on`; `agreement_id` null: the only one. Reads may be keyed in later."""

    model_config = _in(
        {
            "agreement_id": None,
            "stop_on": "2026-11-30",
            "reads": [_READ],
            "forwarding_address": "12 Harbor St\nOceanside, CA 92054",
            "reason": _REASON,
            "idempotency_key": _KEY,
        }
    )

    agreement_id: UUID | None = None
    stop_on: date
    reads: Annotated[list[MeterReadIn], Field(max_length=20)] = []
    forwarding_address: Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00]*$")] | None = None


class CustomerIn(BaseModel):
    """Somebody who was no customer before; phone E.164."""

    model_config = _in(
        {
            "kind": "person",
            "name": "Elena Ruiz",
            "first_name": "Elena",
            "language": "es",
            "phone": "+19515550144",
            "email": None,
        }
    )

    kind: Literal["person", "organization"] = "person"
    name: Line
    first_name: Line | None = None
    language: Literal["en", "es"] = "en"
    phone: Phone | None = None
    email: (
        Annotated[str, StringConstraints(pattern=r"^[^@\s\x00]+@[^@\s\x00]+\.[^@\s\x00]+$", max_length=200)] | None
    ) = None


_START: dict[str, JsonValue] = {
    "premise_id": _ID,
    "service_class": "residential",
    "start_on": "2026-12-01",
    "persons": 3,
    "landscape_sqft": 0,
    "reads": [_READ],
    "billing_cycle": None,
}


class StartsIn(BaseModel):
    """Where and when a service begins; `billing_cycle` null: the one on which the place was read before."""

    model_config = _in(_START)

    premise_id: UUID
    service_class: ServiceClass
    start_on: date
    persons: Persons = 3
    landscape_sqft: Area = 0
    reads: Annotated[list[MeterReadIn], Field(max_length=20)] = []
    billing_cycle: Annotated[int, Field(ge=1, le=99)] | None = None


class StartIn(StartsIn, _Asked):
    """Start service, for a new customer or for the customer of an account (`of_account`)."""

    model_config = _in(
        _START | {"new_customer": None, "of_account": _ID, "reason": "Moves in.", "idempotency_key": "start:HG-1043"}
    )

    new_customer: CustomerIn | None = None
    of_account: UUID | None = None

    @model_validator(mode="after")
    def _one_customer(self) -> Self:
        if (self.new_customer is None) == (self.of_account is None):
            raise ValueError("name a new customer, or an account of a known one, and not both")
        return self


class TransferIn(_Asked):
    """Stop here and start there, as one."""

    model_config = _in(
        {
            "agreement_id": None,
            "stop_on": "2026-11-30",
            "reads": [],
            "forwarding_address": None,
            "start": _START,
            "reason": "Moves across town.",
            "idempotency_key": "transfer:HG-1044",
        }
    )

    agreement_id: UUID | None = None
    stop_on: date
    reads: Annotated[list[MeterReadIn], Field(max_length=20)] = []
    forwarding_address: Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00]*$")] | None = None
    start: StartsIn


_NEW_METER: dict[str, JsonValue] = {
    "serial_number": "RS98765",
    "size_inches": "5/8",
    "digits": 6,
    "units_per_count": "0.01",
    "first_value": 0,
}


class NewMeterIn(BaseModel):
    """A meter as it is put in; a register count is `units_per_count` billing units (CCF)."""

    model_config = _in(_NEW_METER)

    serial_number: Annotated[
        str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9 .-]{0,39}$")
    ]
    size_inches: Line
    digits: Annotated[int, Field(ge=3, le=12)] = 6
    units_per_count: Annotated[Decimal, Field(gt=0, le=1_000, max_digits=12, decimal_places=6)] = Decimal(1)
    first_value: Value = 0


class ExchangeIn(_Asked):
    """A meter goes with its last read, another comes with its first."""

    model_config = _in(
        {
            "exchanged_on": "2026-11-23",
            "last_value": 1_420,
            "new": _NEW_METER,
            "reason": "Register is hard to read.",
            "idempotency_key": "exchange:order 4711",
        }
    )

    exchanged_on: date
    last_value: Value
    new: NewMeterIn


class InstallIn(_Asked):
    """A meter for a class that has none at a place; `service_class` null: for whatever is served there."""

    model_config = _in(
        {
            "premise_id": _ID,
            "service_class": "irrigation",
            "installed_on": "2026-11-23",
            "new": _NEW_METER,
            "route": "1",
            "route_sequence": 120,
            "reason": "New landscape service.",
            "idempotency_key": "install:order 4712",
        }
    )

    premise_id: UUID
    service_class: ServiceClass | None = None
    installed_on: date
    new: NewMeterIn
    route: Annotated[str, StringConstraints(min_length=1, max_length=20, pattern=r"^[^\x00]*$")] = "1"
    route_sequence: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class HouseholdIn(_Asked):
    """Persons and irrigated area from a day on: the bill in whose days it falls is the first that has them."""

    model_config = _in(
        {
            "agreement_id": None,
            "effective_on": "2026-11-23",
            "persons": 5,
            "landscape_sqft": 1_300,
            "reason": "Two grandparents moved in.",
            "idempotency_key": "household:HG-1045",
        }
    )

    agreement_id: UUID | None = None
    effective_on: date
    persons: Persons
    landscape_sqft: Area


class BillingHoldIn(_Asked):
    """Hold or release an account's bills, and why."""

    model_config = _in({"reason": "The final read is disputed.", "idempotency_key": "hold:HG-1046"})
