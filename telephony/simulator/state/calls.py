"""Calls that were made."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_COLUMNS = (
    "sid, direction, caller, called, status, parent_sid, answered_by, created_at, started_at, ended_at, "
    "duration_seconds, updated_at"
)


@dataclass
class CallRecord:
    """One leg of a call as the REST interface shows it."""

    sid: str
    direction: str
    caller: str
    called: str
    status: str
    created_at: datetime
    updated_at: datetime
    parent_sid: str | None = None
    answered_by: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    duration_seconds: int | None = None


@dataclass(frozen=True)
class CallQuery:
    """Filters of a list; None means any."""

    caller: str | None = None
    called: str | None = None
    status: str | None = None
    parent_sid: str | None = None
    started_from: datetime | None = None
    started_before: datetime | None = None
    ended_from: datetime | None = None
    ended_before: datetime | None = None


class CallTable:
    """The stored calls."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def save(self, record: CallRecord) -> None:
        """Store a new call, or the present state of a stored one."""
        updates = ", ".join(f"{name.strip()} = excluded.{name.strip()}" for name in _COLUMNS.split(",")[1:])
        self._connection.execute(
            f"INSERT INTO calls ({_COLUMNS}, number) VALUES ({', '.join('?' * 12)}, "
            "(SELECT coalesce(max(number), 0) + 1 FROM calls)) "
            f"ON CONFLICT (sid) DO UPDATE SET {updates}",
            _row(record),
        )

    def get(self, sid: str) -> CallRecord | None:
        """The call of that SID."""
        row = self._connection.execute(f"SELECT {_COLUMNS} FROM calls WHERE sid = ?", (sid,)).fetchone()
        return _record(row) if row else None

    def delete(self, sid: str) -> bool:
        """Remove a call; False when there was none."""
        return self._connection.execute("DELETE FROM calls WHERE sid = ?", (sid,)).rowcount == 1

    def find(self, query: CallQuery, offset: int, limit: int) -> list[CallRecord]:
        """One page of the calls that match, newest first."""
        clauses: list[tuple[str, str | None]] = [
            ("caller = ?", query.caller),
            ("called = ?", query.called),
            ("status = ?", query.status),
            ("parent_sid = ?", query.parent_sid),
            ("coalesce(started_at, created_at) >= ?", _iso(query.started_from)),
            ("coalesce(started_at, created_at) < ?", _iso(query.started_before)),
            ("ended_at >= ?", _iso(query.ended_from)),
            ("ended_at < ?", _iso(query.ended_before)),
        ]
        used = [(clause, value) for clause, value in clauses if value is not None]
        where = "WHERE " + " AND ".join(clause for clause, _ in used) if used else ""
        rows = self._connection.execute(
            f"SELECT {_COLUMNS} FROM calls {where} ORDER BY number DESC LIMIT ? OFFSET ?",
            (*(value for _, value in used), limit, offset),
        ).fetchall()
        return [_record(row) for row in rows]


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _row(record: CallRecord) -> Sequence[Any]:
    return (
        record.sid,
        record.direction,
        record.caller,
        record.called,
        record.status,
        record.parent_sid,
        record.answered_by,
        record.created_at.isoformat(),
        _iso(record.started_at),
        _iso(record.ended_at),
        record.duration_seconds,
        record.updated_at.isoformat(),
    )


def _record(row: sqlite3.Row) -> CallRecord:
    values = dict(row)
    for name in ("created_at", "updated_at", "started_at", "ended_at"):
        values[name] = datetime.fromisoformat(values[name]) if values[name] else None
    return CallRecord(**values)
