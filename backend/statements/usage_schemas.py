"""The shape of use by month."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, PlainSerializer

Units = Annotated[Decimal, PlainSerializer(float, return_type=float, when_used="json")]


class PeriodOut(BaseModel):
    """Use from one read to the next; `month` is that of the read. Units are CCF (about 748 gallons)."""

    model_config = ConfigDict(from_attributes=True)

    month: str
    first_day: date
    last_day: date
    days: int
    units: Units
    by_class: dict[str, Units]
    gallons_a_day: int
    is_estimated: bool


class MeterOut(BaseModel):
    """A meter as it was read last."""

    model_config = ConfigDict(from_attributes=True)

    serial_number: str
    service_class: str
    size_inches: str
    read_on: date
    read_kind: str
    register_value: int


class UsageOut(BaseModel):
    """The periods, newest first. Nothing is known of the days after `read_through`."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "periods": [
                        {
                            "month": "2026-11",
                            "first_day": "2026-10-17",
                            "last_day": "2026-11-15",
                            "days": 30,
                            "units": 32.88,
                            "by_class": {"residential": 32.88},
                            "gallons_a_day": 820,
                            "is_estimated": False,
                        }
                    ],
                    "meters": [
                        {
                            "serial_number": "RS40007",
                            "service_class": "residential",
                            "size_inches": "5/8",
                            "read_on": "2026-11-15",
                            "read_kind": "actual",
                            "register_value": 121252,
                        }
                    ],
                    "read_through": "2026-11-15",
                    "as_of": "2026-11-23T18:00:00Z",
                }
            ]
        },
    )

    periods: tuple[PeriodOut, ...]
    meters: tuple[MeterOut, ...]
    read_through: date | None
    as_of: datetime
