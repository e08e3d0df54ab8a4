"""What the demonstration's routes take and give."""

from datetime import datetime
from typing import Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, model_validator


class DemoCustomerOut(BaseModel):
    """A named customer with everything needed to try the assistant as them."""

    model_config = ConfigDict(from_attributes=True)

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

    now: datetime | None = None
    real: bool = False

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.real == (self.now is not None):
            raise ValueError("send a time in now, or real true")
        return self


class ClockOut(BaseModel):
    """The present moment, and whether it is the real one."""

    now: AwareDatetime
    real: bool
