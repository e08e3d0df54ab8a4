"""The `[queue]` of `policy.toml`: what puts a case ahead, how long things take, when customers may be called."""

from datetime import time
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Seconds = Annotated[int, Field(ge=5, le=3_600)]
Minutes = Annotated[int, Field(ge=0, le=24 * 60)]


Phone = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MinutesAhead(_Strict):
    """How many minutes of waiting a matter is worth. Bounded, so whoever waits long enough comes first."""

    emergency: Minutes
    no_water: Minutes
    shut_off_today: Minutes
    protected: Minutes
    urgent: Minutes
    on_the_phone: Minutes


class Capacity(_Strict):
    """Cases that one person has at once, by channel."""

    voice: Annotated[int, Field(ge=0, le=2)]
    sms: Annotated[int, Field(ge=0, le=20)]
    chat: Annotated[int, Field(ge=0, le=20)]


class Callbacks(_Strict):
    """When and how often a customer is called back; times by the district's clock."""

    first: Annotated[time, Field(alias="from")]
    until: time
    tries: Annotated[int, Field(ge=1, le=5)]
    retry_minutes: Annotated[int, Field(ge=1, le=24 * 60)]
    window_hours: Annotated[int, Field(ge=1, le=24 * 7)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first >= self.until:
            raise ValueError("callbacks must begin before they end")
        return self


class QueuePolicy(_Strict):
    """How the queue works; see the comments in `policy.toml`. `on_call`: telephones (E.164), in their order."""

    offer_seconds: Seconds
    ring_seconds: Annotated[int, Field(ge=5, le=60)]
    after_call_seconds: Annotated[int, Field(ge=0, le=3_600)]
    unseen_seconds: Seconds
    again_seconds: Seconds
    long_wait_minutes: Minutes
    callback_wait_minutes: Minutes
    overflow_minutes: Annotated[int, Field(ge=1, le=24 * 60)]
    after_closing_minutes: Minutes
    typical_call_seconds: Seconds
    short_abandon_seconds: Annotated[int, Field(ge=0, le=60)]
    minutes_ahead: MinutesAhead
    capacity: Capacity
    callbacks: Callbacks
    on_call: Annotated[tuple[Phone, ...], Field(max_length=5)] = ()
