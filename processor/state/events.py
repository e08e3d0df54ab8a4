"""What has happened and must be told, until it has been."""

import json
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from processor.state.controls import Controls
from processor.state.database import new_id, stored

HELD = 4e12
"""A moment that does not come: an event that waits for the operator."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event with the bytes that are signed and sent, `copies` times."""

    number: int
    id: str
    body: str
    copies: int
    attempts: int


class Events:
    """The stored events."""

    def __init__(self, connection: sqlite3.Connection, controls: Controls) -> None:
        self._connection = connection
        self._controls = controls
        self.listener: Callable[[], None] = lambda: None
        """Called when there is something new to tell."""

    def add(self, kind: str, data: dict[str, Any], now: datetime) -> None:
        """Something has happened; in the transaction in which it did."""
        webhooks = self._controls.webhooks
        event_id = new_id("evt")
        body = json.dumps({"id": event_id, "type": kind, "created_at": stored(now), "data": data})
        due = HELD if webhooks.mode == "hold" else time.time() + webhooks.delay_seconds
        self._connection.execute(
            "INSERT INTO events (id, body, due, copies, delivered) VALUES (?, ?, ?, ?, ?)",
            (event_id, body, due, webhooks.copies, webhooks.mode == "drop"),
        )
        self.listener()

    def waiting(self, *, until: float | None = None) -> list[Event]:
        """What is to be told and due by `until` (in seconds since 1970; None: all), oldest first."""
        statement = (
            "SELECT number, id, body, copies, attempts FROM events WHERE delivered = 0 AND due <= ?"
            " ORDER BY number LIMIT 500"
        )
        limit = float("inf") if until is None else until
        return [Event(**dict(row)) for row in self._connection.execute(statement, (limit,))]

    def next_due(self) -> float | None:
        """When something is due next; None when nothing waits."""
        found = self._connection.execute("SELECT min(due) FROM events WHERE delivered = 0").fetchone()[0]
        return None if found is None else float(found)

    def told(self, event: Event) -> None:
        """The merchant has taken it."""
        self._connection.execute("UPDATE events SET delivered = 1 WHERE number = ?", (event.number,))

    def later(self, event: Event, pause_seconds: float) -> None:
        """The merchant has not; again after a pause."""
        self._connection.execute(
            "UPDATE events SET attempts = attempts + 1, due = ? WHERE number = ?",
            (time.time() + pause_seconds, event.number),
        )

    def latest(self, limit: int = 1000) -> list[dict[str, Any]]:
        """The newest events, oldest first: `id`, `body`, `attempts`, `delivered`."""
        statement = "SELECT id, body, attempts, delivered FROM events ORDER BY number DESC LIMIT ?"
        rows = self._connection.execute(statement, (limit,)).fetchall()
        return [dict(row) | {"delivered": bool(row["delivered"])} for row in reversed(rows)]

    def counts(self) -> dict[str, int]:
        """How many were told and how many wait."""
        row = self._connection.execute("SELECT count(*), coalesce(sum(delivered), 0) FROM events").fetchone()
        return {"all": row[0], "delivered": row[1], "waiting": row[0] - row[1]}
