"""The errors that were recorded on the way: Twilio's debugger."""

import sqlite3
from datetime import datetime
from typing import Any


class Alerts:
    """What went wrong, with Twilio's error numbers."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, now: datetime, code: int, resource_sid: str, url: str, detail: str) -> None:
        """Record one error or warning about a call or message."""
        self._connection.execute(
            "INSERT INTO alerts (at, code, resource_sid, url, detail) VALUES (?, ?, ?, ?, ?)",
            (now.isoformat(), code, resource_sid, url, detail),
        )

    def latest(self, limit: int = 100) -> list[dict[str, Any]]:
        """The newest errors, newest first: `at`, `code`, `resource_sid`, `url`, `detail`."""
        rows = self._connection.execute(
            "SELECT at, code, resource_sid, url, detail FROM alerts ORDER BY number DESC LIMIT ?", (limit,)
        ).fetchall()
        return [dict(row) for row in rows]
