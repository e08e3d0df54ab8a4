"""The shapes of leak adjustments."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, PlainSerializer, StringConstraints

Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000, pattern=r"^[^\x00]*$")]
Units = Annotated[Decimal, PlainSerializer(float, return_type=float)]


class LeakClaimIn(BaseModel):
    """When the leak was repaired, and what shows it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"repaired_on": "2026-11-20", "note": "Plumber's receipt 4711, main line."}]},
    )

    repaired_on: date
    note: Note


class LeakAdjustmentOut(BaseModel):
    """A credit after a leak: proposed, or posted. `units` are CCF."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "bill_id": "01936f3e-5a00-7c00-8000-000000000031",
                    "account_id": "01936f3e-5a00-7c00-8000-000000000001",
                    "method": "base_price",
                    "units": 24.0,
                    "credit_cents": 4344,
                    "is_posted": True,
                }
            ]
        },
    )

    bill_id: UUID
    account_id: UUID
    method: Literal["base_price", "share_of_excess"]
    units: Units
    credit_cents: int
    is_posted: bool
