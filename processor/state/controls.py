"""What the operator has set: faults, how webhooks go out, and the clock."""

import json
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

FAULTS = ("silence", "error", "charge_then_silence", "charge_then_error")
"""What may become of one charge: nothing done or done, and then no answer or a 500."""


class Faults(BaseModel):
    """How the processor misbehaves. `down_until` is in seconds since 1970; `next_charges` are used up one by one.

    An entry is one of `FAULTS`, `slow:SECONDS`, `decline:REASON` or `none`.
    """

    model_config = ConfigDict(extra="forbid")

    down_until: float = 0.0
    latency_ms: int = Field(default=0, ge=0, le=60_000)
    next_charges: list[str] = Field(default_factory=list, max_length=10_000)
    settle_seconds: float | None = Field(default=20.0, ge=0)
    """After how long a bank debit settles; None: when the operator says so."""

    @property
    def is_down(self) -> bool:
        """Whether it plays dead just now."""
        return time.time() < self.down_until


class Webhooks(BaseModel):
    """How notifications go out: `hold` keeps them until the operator delivers them, `drop` loses them."""

    model_config = ConfigDict(extra="forbid")

    mode: str = Field(default="send", pattern="^(send|hold|drop)$")
    copies: int = Field(default=1, ge=1, le=10)
    delay_seconds: float = Field(default=0.0, ge=0, le=86_400)
    newest_first: bool = False


class Controls:
    """The stored settings, read once and kept in memory."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.faults = Faults.model_validate(self._load("faults"))
        self.webhooks = Webhooks.model_validate(self._load("webhooks"))
        self._offset = timedelta(seconds=float(self._load("clock").get("offset_seconds", 0.0)))

    def _load(self, name: str) -> dict[str, Any]:
        row = self._connection.execute("SELECT value FROM controls WHERE name = ?", (name,)).fetchone()
        found: dict[str, Any] = json.loads(row["value"]) if row else {}
        return found

    def _store(self, name: str, value: dict[str, Any]) -> None:
        self._connection.execute(
            "INSERT INTO controls VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, json.dumps(value)),
        )

    def set_faults(self, faults: Faults) -> None:
        """From now on, also after a restart."""
        self.faults = faults
        self._store("faults", faults.model_dump())

    def set_webhooks(self, webhooks: Webhooks) -> None:
        """From now on, also after a restart."""
        self.webhooks = webhooks
        self._store("webhooks", webhooks.model_dump())

    def next_fault(self) -> str:
        """What is to become of the charge that comes in now; `none` when nothing was set."""
        if not self.faults.next_charges:
            return "none"
        first, *rest = self.faults.next_charges
        self.set_faults(self.faults.model_copy(update={"next_charges": rest}))
        return first

    def now(self) -> datetime:
        """The processor's time, which the demonstration may move."""
        return datetime.now(UTC) + self._offset

    def move_clock(self, moment: datetime | None) -> None:
        """Make it `moment` now; None: the real time again."""
        self._offset = moment - datetime.now(UTC) if moment else timedelta()
        self._store("clock", {"offset_seconds": self._offset.total_seconds()})
