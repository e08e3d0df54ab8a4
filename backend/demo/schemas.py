"""What the demonstration's routes take and give."""

from datetime import datetime
from typing import Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, model_validator


class DemoCustomerOut(BaseModel):
    """A named customer with everything needed to try the assistant as them."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "situation": "past_due",
                    "name": "Denise Carver",
                    "phone": "+19515550101",
                    "email": "denise.demo@example.com",
                    "service_address": "11801 Mesquite Ln, Rio Seco",
                    "zip": "92594",
                    "account_number": "10000378",
                    "pin": "0000",
                    "language": "en",
                    "balance_cents": 22417,
                }
            ]
        },
    )

    situation: str
    name: str
    phone: str
    email: str | None
    service_address: str
    zip: str
    account_number: str
    pin: str
    language: str
    balance_cents: int


class ClockIn(BaseModel):
    """Set the clock to `now` (without a zone: the district's), or with `real` let it tell the real time."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"now": "2026-12-24T19:00:00-08:00", "real": False}]})

    now: datetime | None = None
    real: bool = False

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.real == (self.now is not None):
            raise ValueError("send a time in now, or real true")
        return self


class ClockOut(BaseModel):
    """The present moment, and whether it is the real one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"now": "2026-12-24T19:00:00-08:00", "real": False}]})

    now: AwareDatetime
    real: bool
