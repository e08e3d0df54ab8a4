"""How the network behaves today: what an operator switches on to see how the application bears it.

`GET` and `PUT /api/conditions`. Everything is off by default: a network on which nothing goes wrong.
"""

import asyncio
import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

Fault = Literal["none", "too_many_requests", "server_error", "silence", "cut", "done_then_cut"]

SECONDS_MAX = 600.0


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RestConditions(_Part):
    """What the REST interface does instead of answering. `done_then_cut` does the work and never says so.

    `paths` is a regular expression that the request's path must contain; `times` ends the fault after so many requests.
    """

    fault: Fault = "none"
    paths: str = ""
    methods: list[str] = Field(default_factory=list)
    times: int | None = Field(default=None, ge=0)
    silence_seconds: float = Field(default=30.0, ge=0, le=SECONDS_MAX)

    @field_validator("paths")
    @classmethod
    def _is_pattern(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from None
        return value

    def strike(self, method: str, path: str) -> Fault:
        """The fault that this request meets; counts it."""
        hit = self.fault != "none" and self.times != 0 and re.search(self.paths, path) is not None
        if not hit or (self.methods and method.upper() not in self.methods):
            return "none"
        if self.times is not None:
            self.times -= 1
        return self.fault


class CallbackConditions(_Part):
    """How status callbacks travel. Out of order: those of one call or message are kept until its last, and come
    newest first. Late ones come by themselves, that many seconds of real time after their event."""

    late_seconds: float = Field(default=0.0, ge=0, le=SECONDS_MAX)
    doubled: bool = False
    out_of_order: bool = False


class Conditions(_Part):
    """The whole of it. `limits` paces texts and calls to what a long code may send; `signature_with_port` signs
    webhooks over the address with its port, as some of Twilio's machines do."""

    rest: RestConditions = RestConditions()
    callbacks: CallbackConditions = CallbackConditions()
    limits: bool = False
    signature_with_port: bool = False
    relay: Literal["normal", "unreachable"] = "normal"
    pay_after_max_attempts: Literal["action", "next_verb"] = "action"
    pay_connector: Literal["normal", "unavailable", "slow"] = "normal"

    def become(self, other: "Conditions") -> None:
        """Take over everything of `other`: whoever holds these conditions sees the change."""
        for name in type(self).model_fields:
            setattr(self, name, getattr(other, name))


class Pacer:
    """Lets one pass each `seconds` for each sender, while the limits are on."""

    def __init__(self, conditions: Conditions) -> None:
        self._conditions = conditions
        self._free_at: dict[str, float] = {}

    def queued_seconds(self, sender: str) -> float:
        """How long somebody who came now would wait."""
        if not self._conditions.limits:
            return 0.0
        return max(0.0, self._free_at.get(sender, 0.0) - asyncio.get_running_loop().time())

    async def turn(self, sender: str, seconds: float) -> None:
        """Wait until `sender` may send, and use up `seconds` of its time."""
        if not self._conditions.limits:
            return
        now = asyncio.get_running_loop().time()
        free_at = max(now, self._free_at.get(sender, 0.0))
        self._free_at[sender] = free_at + seconds
        await asyncio.sleep(free_at - now)
