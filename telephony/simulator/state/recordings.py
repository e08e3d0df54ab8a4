"""Recordings and their transcriptions. What was said is kept in memory only, as with texts."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_COLUMNS = (
    "sid, call_sid, conference_sid, source, channels, track, status, created_at, started_at, updated_at, "
    "duration_seconds, transcription_sid"
)


@dataclass
class Recording:
    """One recording as the REST interface shows it."""

    sid: str
    call_sid: str
    source: str
    created_at: datetime
    started_at: datetime
    updated_at: datetime
    conference_sid: str | None = None
    channels: int = 1
    track: str = "both"
    status: str = "in-progress"
    duration_seconds: int | None = None
    transcription_sid: str | None = None


@dataclass(frozen=True)
class RecordingQuery:
    """Filters of a list; None means any."""

    call_sid: str | None = None
    conference_sid: str | None = None
    created_from: datetime | None = None
    created_before: datetime | None = None
    transcribed: bool = False
    sid: str | None = None
    transcription_sid: str | None = None


class RecordingTable:
    """The stored recordings."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._words: dict[str, str] = {}

    def save(self, recording: Recording) -> None:
        """Store a new recording, or the present state of a stored one."""
        updates = ", ".join(f"{name.strip()} = excluded.{name.strip()}" for name in _COLUMNS.split(",")[1:])
        values = [getattr(recording, name.strip()) for name in _COLUMNS.split(",")]
        self._connection.execute(
            f"INSERT INTO recordings ({_COLUMNS}, number) VALUES ({', '.join('?' * len(values))}, "
            "(SELECT coalesce(max(number), 0) + 1 FROM recordings)) "
            f"ON CONFLICT (sid) DO UPDATE SET {updates}",
            [value.isoformat() if isinstance(value, datetime) else value for value in values],
        )

    def get(self, sid: str) -> Recording | None:
        """The recording of that SID."""
        found = self.find(RecordingQuery(sid=sid), 0, 1)
        return found[0] if found else None

    def delete(self, sid: str) -> bool:
        """Remove a recording; False when there was none."""
        self._words.pop(sid, None)
        return self._connection.execute("DELETE FROM recordings WHERE sid = ?", (sid,)).rowcount == 1

    def find(self, query: RecordingQuery, offset: int, limit: int) -> list[Recording]:
        """One page of the recordings that match, newest first."""
        clauses: list[tuple[str, str | None]] = [
            ("call_sid = ?", query.call_sid),
            ("conference_sid = ?", query.conference_sid),
            ("created_at >= ?", query.created_from.isoformat() if query.created_from else None),
            ("created_at < ?", query.created_before.isoformat() if query.created_before else None),
            ("sid = ?", query.sid),
            ("transcription_sid = ?", query.transcription_sid),
        ]
        used = [(clause, value) for clause, value in clauses if value is not None]
        texts = [clause for clause, _ in used]
        texts += ["transcription_sid IS NOT NULL"] if query.transcribed else []
        where = "WHERE " + " AND ".join(texts) if texts else ""
        rows = self._connection.execute(
            f"SELECT {_COLUMNS} FROM recordings {where} ORDER BY number DESC LIMIT ? OFFSET ?",
            (*(value for _, value in used), limit, offset),
        ).fetchall()
        return [_recording(row) for row in rows]

    def keep_words(self, sid: str, words: str) -> None:
        """What was said, for as long as the simulator runs."""
        self._words[sid] = words

    def words_of(self, sid: str) -> str:
        """What was said; nothing after a restart."""
        return self._words.get(sid, "")


def _recording(row: sqlite3.Row) -> Recording:
    values: dict[str, Any] = dict(row)
    for name in ("created_at", "started_at", "updated_at"):
        values[name] = datetime.fromisoformat(values[name])
    return Recording(**values)
