"""The shape of the district's public facts."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from backend.district.schemas import InTwoLanguages


class HoursOut(BaseModel):
    """Days of the week with equal hours."""

    days: list[str]
    opens: str
    closes: str
    every_other_week: bool = False


class ClosureOut(BaseModel):
    """A coming day on which the office is closed."""

    date: date
    name: InTwoLanguages


class LocationOut(BaseModel):
    """A place customers can go to."""

    name: InTwoLanguages
    address: str
    hours: InTwoLanguages


class DepartmentOut(BaseModel):
    """Who does what, and whether somebody answers now."""

    id: str
    name: InTwoLanguages
    purpose: InTwoLanguages
    phone: str
    hours: str
    open_now: bool


class NoticeOut(BaseModel):
    """What customers are told now: of `zones`, or of the whole district when none is named."""

    id: UUID
    kind: Literal["water", "billing_down"]
    text: InTwoLanguages
    zones: list[str]


class DistrictOut(BaseModel):
    """What anyone may know of the district."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Rio Seco Water District",
                    "phone": "+19515550100",
                    "emergency_phone": "+19515550199",
                    "website": "https://www.rioseco.example",
                    "time_zone": "America/Los_Angeles",
                    "now": "2026-11-23T10:00:00-08:00",
                    "open_now": True,
                    "opens_at": "2026-11-24T07:30:00-08:00",
                    "closes_at": "2026-11-23T17:30:00-08:00",
                    "hours": [
                        {"days": ["monday", "tuesday"], "opens": "07:30", "closes": "17:30", "every_other_week": False}
                    ],
                    "next_closures": [
                        {"date": "2026-11-26", "name": {"en": "Thanksgiving Day", "es": "Día de Acción de Gracias"}}
                    ],
                    "locations": [
                        {
                            "name": {"en": "Main office", "es": "Oficina principal"},
                            "address": "2100 Arroyo Parkway, Rio Seco, CA 92599",
                            "hours": {"en": "When the office is open", "es": "Cuando la oficina está abierta"},
                        }
                    ],
                    "departments": [
                        {
                            "id": "customer_service",
                            "name": {"en": "Customer service", "es": "Servicio al cliente"},
                            "purpose": {"en": "Bills, payments, accounts", "es": "Facturas, pagos, cuentas"},
                            "phone": "+19515550100",
                            "hours": "office",
                            "open_now": True,
                        }
                    ],
                    "notices": [],
                }
            ]
        }
    )

    name: str
    phone: str
    emergency_phone: str
    website: str
    time_zone: str
    now: datetime
    open_now: bool
    opens_at: datetime | None
    closes_at: datetime | None
    hours: list[HoursOut]
    next_closures: list[ClosureOut]
    locations: list[LocationOut]
    departments: list[DepartmentOut]
    notices: list[NoticeOut]
