"""The shape of an account's standing towards a shut-off."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict


class ReconnectionFeeOut(BaseModel):
    """What turning the water on again costs this household; HSC 116914 caps it for one of a low income."""

    model_config = ConfigDict(from_attributes=True)

    within_hours_cents: int
    outside_hours_cents: int
    office_is_open: bool
    low_income: bool


class ShutOffOut(BaseModel):
    """Whether water may be shut off for non-payment, from when, and what stops it."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "status": "not_yet",
                    "past_due_cents": 15073,
                    "oldest_due_on": "2026-10-02",
                    "earliest_on": "2026-12-01",
                    "notice_business_days": 7,
                    "protections": [],
                    "reconnection": {
                        "within_hours_cents": 6500,
                        "outside_hours_cents": 17500,
                        "office_is_open": True,
                        "low_income": False,
                    },
                    "as_of": "2026-11-23T18:00:00Z",
                }
            ]
        },
    )

    status: Literal["closed", "nothing_due", "protected", "not_yet", "possible"]
    past_due_cents: int
    oldest_due_on: date | None
    earliest_on: date | None
    notice_business_days: int
    protections: tuple[str, ...]
    reconnection: ReconnectionFeeOut
    as_of: datetime
