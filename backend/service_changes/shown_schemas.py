"""The shapes in which services and changes of them are shown."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, JsonValue

_ID = "01936f3e-5a00-7c00-8000-0000000000d1"


def _out(body: dict[str, JsonValue]) -> ConfigDict:
    return ConfigDict(from_attributes=True, json_schema_extra={"examples": [body]})


_CHANGE: dict[str, JsonValue] = {
    "id": _ID,
    "kind": "stop",
    "account_id": _ID,
    "agreement_id": _ID,
    "meter_id": None,
    "effective_on": "2026-11-30",
    "detail": {"service_class": "residential", "account_closed": False},
    "is_new": True,
}
Kind = Literal[
    "start", "stop", "transfer", "meter_exchange", "meter_install", "household", "billing_hold", "billing_release"
]


class ChangeOut(BaseModel):
    """What was changed. `is_new` false: the key was used before, and nothing was done now."""

    model_config = _out(_CHANGE)

    id: UUID
    kind: Kind
    account_id: UUID
    agreement_id: UUID | None
    meter_id: UUID | None
    effective_on: date
    detail: dict[str, Any]
    is_new: bool


class ListedChangeOut(BaseModel):
    """A change in the account's history."""

    model_config = _out(
        {
            "id": _ID,
            "kind": "stop",
            "effective_on": "2026-11-30",
            "detail": {"service_class": "residential"},
            "reason": "Moves out; asked for it by phone.",
            "changed_by": "Rosa Delgado",
            "changed_at": "2026-11-23T18:00:00Z",
        }
    )

    id: UUID
    kind: Kind
    effective_on: date
    detail: dict[str, Any]
    reason: str
    changed_by: str
    changed_at: datetime


class MeterThereOut(BaseModel):
    """A meter of a service, and its last read in register counts."""

    model_config = _out(
        {
            "meter_id": _ID,
            "serial_number": "RS40001",
            "size_inches": "5/8",
            "digits": 6,
            "units_per_count": "1",
            "installed_on": "2020-01-01",
            "removed_on": None,
            "last_value": 1_410,
            "last_read_on": "2026-11-20",
        }
    )

    meter_id: UUID
    serial_number: str
    size_inches: str
    digits: int
    units_per_count: Decimal
    installed_on: date
    removed_on: date | None
    last_value: int | None
    last_read_on: date | None


_METERS: Any = MeterThereOut.model_config["json_schema_extra"]
_SERVICE: dict[str, JsonValue] = {
    "agreement_id": _ID,
    "premise_id": _ID,
    "service_class": "residential",
    "service_address": "41 Acequia Lane, Rio Seco",
    "started_on": "2020-01-01",
    "ended_on": None,
    "persons": 3,
    "landscape_sqft": 0,
    "meters": _METERS["examples"],
}


class ServiceThereOut(BaseModel):
    """Water of one class at one place, from a day until it ends."""

    model_config = _out(_SERVICE)

    agreement_id: UUID
    premise_id: UUID
    service_class: str
    service_address: str
    started_on: date
    ended_on: date | None
    persons: int
    landscape_sqft: int
    meters: list[MeterThereOut]


_HISTORY: Any = ListedChangeOut.model_config["json_schema_extra"]


class ServicesOut(BaseModel):
    """The services of an account, those that go on first, and what was changed about them, newest first."""

    model_config = _out({"services": [_SERVICE], "history": _HISTORY["examples"], "as_of": "2026-11-23T18:00:00Z"})

    services: list[ServiceThereOut]
    history: list[ListedChangeOut]
    as_of: datetime


class PlaceOut(BaseModel):
    """A premise; `served`: the classes of service that somebody has there from today on."""

    model_config = _out(
        {
            "premise_id": _ID,
            "service_address": "41 Acequia Lane, Rio Seco",
            "zip": "92000",
            "served": ["residential"],
            "is_exact": True,
        }
    )

    premise_id: UUID
    service_address: str
    zip: str
    served: tuple[str, ...]
    is_exact: bool
