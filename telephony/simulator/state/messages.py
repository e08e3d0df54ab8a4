"""Texts, in both directions, and who has opted out of which sender."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

INBOUND = "inbound"
FORGOTTEN = "…"
"""Shown for what a phone sent before the simulator was started again."""
_COLUMNS = (
    "sid, direction, sender, recipient, body, media, status, error_code, error_message, "
    "messaging_service_sid, status_callback, created_at, sent_at, updated_at"
)


@dataclass(frozen=True)
class Message:
    """One text as the network knows it. `direction` is Twilio's: `inbound` comes from a phone."""

    sid: str
    direction: str
    sender: str
    recipient: str
    body: str
    media: tuple[str, ...]
    status: str
    created_at: datetime
    updated_at: datetime
    sent_at: datetime | None = None
    error_code: int | None = None
    error_message: str | None = None
    messaging_service_sid: str | None = None
    status_callback: str | None = None


@dataclass(frozen=True)
class MessageQuery:
    """Filters of a list; None means any. `sent_from` is included, `sent_before` is not."""

    sender: str | None = None
    recipient: str | None = None
    sent_from: datetime | None = None
    sent_before: datetime | None = None


class MessageTable:
    """The stored texts, newest last.

    The words that phones send are kept in memory only: people try card numbers here, and none may lie in a file.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._sent_words: dict[str, str] = {}

    def add(self, message: Message) -> None:
        """Store a new message."""
        if message.direction == INBOUND:
            self._sent_words[message.sid] = message.body
        self._connection.execute(
            f"INSERT INTO messages ({_COLUMNS}, number) VALUES ({', '.join('?' * 14)}, "
            "(SELECT coalesce(max(number), 0) + 1 FROM messages))",
            _row(message),
        )

    def _read(self, row: sqlite3.Row) -> Message:
        message = _message(row)
        if message.direction != INBOUND:
            return message
        return replace(message, body=self._sent_words.get(message.sid, FORGOTTEN))

    def get(self, sid: str) -> Message | None:
        """The message of that SID."""
        row = self._connection.execute(f"SELECT {_COLUMNS} FROM messages WHERE sid = ?", (sid,)).fetchone()
        return self._read(row) if row else None

    def change(self, sid: str, now: datetime, **changes: Any) -> Message | None:
        """Change fields of a stored message; None when it has been deleted meanwhile."""
        message = self.get(sid)
        if message is None:
            return None
        message = replace(message, updated_at=now, **changes)
        if message.direction == INBOUND:
            self._sent_words[sid] = message.body
        assignments = ", ".join(f"{column.strip()} = ?" for column in _COLUMNS.split(","))
        self._connection.execute(f"UPDATE messages SET {assignments} WHERE sid = ?", (*_row(message), sid))
        return message

    def delete(self, sid: str) -> bool:
        """Remove a message; False when there was none."""
        self._sent_words.pop(sid, None)
        return self._connection.execute("DELETE FROM messages WHERE sid = ?", (sid,)).rowcount == 1

    def thread(self, phone: str, *, sent_too: bool, limit: int = 500) -> list[Message]:
        """What a phone has received (and, with `sent_too`, sent), oldest first."""
        rows = self._connection.execute(
            f"SELECT * FROM (SELECT {_COLUMNS}, number FROM messages "
            "WHERE (recipient = :phone AND status IN ('delivered', 'sent', 'read')) "
            "OR (:sent_too AND sender = :phone) ORDER BY number DESC LIMIT :limit) ORDER BY number",
            {"phone": phone, "sent_too": sent_too, "limit": limit},
        ).fetchall()
        return [self._read(row) for row in rows]

    def undelivered(self) -> list[Message]:
        """Messages that were on their way when the simulator stopped, oldest first."""
        rows = self._connection.execute(
            f"SELECT {_COLUMNS} FROM messages WHERE status IN ('accepted', 'queued', 'sending') ORDER BY number"
        ).fetchall()
        return [self._read(row) for row in rows]

    def find(self, query: MessageQuery, offset: int, limit: int) -> list[Message]:
        """One page of the messages that match, newest first."""
        clauses: list[tuple[str, str | None]] = [
            ("sender = ?", query.sender),
            ("recipient = ?", query.recipient),
            ("coalesce(sent_at, created_at) >= ?", query.sent_from.isoformat() if query.sent_from else None),
            ("coalesce(sent_at, created_at) < ?", query.sent_before.isoformat() if query.sent_before else None),
        ]
        used = [(clause, value) for clause, value in clauses if value is not None]
        # Verify's own texts are no messages of the account.
        where = "WHERE " + " AND ".join(["direction != 'verify'", *(clause for clause, _ in used)])
        rows = self._connection.execute(
            f"SELECT {_COLUMNS} FROM messages {where} ORDER BY number DESC LIMIT ? OFFSET ?",
            (*(value for _, value in used), limit, offset),
        ).fetchall()
        return [self._read(row) for row in rows]


class OptOuts:
    """Which phones have told which senders to stop."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def blocked(self, phone: str, sender: str) -> bool:
        """Whether `sender` may not text `phone`."""
        query = "SELECT 1 FROM opt_outs WHERE phone = ? AND sender = ?"
        return self._connection.execute(query, (phone, sender)).fetchone() is not None

    def block(self, phone: str, sender: str) -> None:
        """The phone said STOP."""
        self._connection.execute("INSERT OR IGNORE INTO opt_outs VALUES (?, ?)", (phone, sender))

    def unblock(self, phone: str, sender: str) -> bool:
        """The phone said START; False when it was not blocked."""
        statement = "DELETE FROM opt_outs WHERE phone = ? AND sender = ?"
        return self._connection.execute(statement, (phone, sender)).rowcount == 1


def _row(message: Message) -> Sequence[Any]:
    return (
        message.sid,
        message.direction,
        message.sender,
        message.recipient,
        "" if message.direction == INBOUND else message.body,
        json.dumps(message.media),
        message.status,
        message.error_code,
        message.error_message,
        message.messaging_service_sid,
        message.status_callback,
        message.created_at.isoformat(),
        message.sent_at.isoformat() if message.sent_at else None,
        message.updated_at.isoformat(),
    )


def _message(row: sqlite3.Row) -> Message:
    return Message(
        sid=row["sid"],
        direction=row["direction"],
        sender=row["sender"],
        recipient=row["recipient"],
        body=row["body"],
        media=tuple(json.loads(row["media"])),
        status=row["status"],
        error_code=row["error_code"],
        error_message=row["error_message"],
        messaging_service_sid=row["messaging_service_sid"],
        status_callback=row["status_callback"],
        created_at=datetime.fromisoformat(row["created_at"]),
        sent_at=datetime.fromisoformat(row["sent_at"]) if row["sent_at"] else None,
        updated_at=datetime.fromisoformat(row["updated_at"]),
    )
