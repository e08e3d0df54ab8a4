"""The SQLite file of the processor: one connection, used from the event loop's thread alone."""

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS customers (
    id TEXT PRIMARY KEY, reference TEXT NOT NULL UNIQUE, created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS methods (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, customer TEXT REFERENCES customers, created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS pages (
    id TEXT PRIMARY KEY, mode TEXT NOT NULL, reference TEXT NOT NULL UNIQUE, digest TEXT NOT NULL, customer TEXT,
    merchant TEXT NOT NULL, description TEXT NOT NULL, language TEXT NOT NULL, return_url TEXT NOT NULL,
    kinds TEXT NOT NULL, least_cents INTEGER, most_cents INTEGER, suggested_cents INTEGER, status TEXT NOT NULL,
    created_at TEXT NOT NULL, expires_at TEXT NOT NULL, method TEXT, charge TEXT);
CREATE INDEX IF NOT EXISTS pages_open ON pages (expires_at) WHERE status = 'open';
CREATE TABLE IF NOT EXISTS charges (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, reference TEXT NOT NULL, customer TEXT, method TEXT NOT NULL,
    amount_cents INTEGER NOT NULL, description TEXT NOT NULL, state TEXT NOT NULL, decline TEXT,
    created_at TEXT NOT NULL, settles_at TEXT);
CREATE INDEX IF NOT EXISTS charges_by_reference ON charges (reference);
CREATE INDEX IF NOT EXISTS charges_by_time ON charges (created_at);
CREATE INDEX IF NOT EXISTS charges_pending ON charges (settles_at) WHERE state = 'pending';
CREATE TABLE IF NOT EXISTS refunds (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, reference TEXT NOT NULL, charge TEXT NOT NULL,
    amount_cents INTEGER NOT NULL, state TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS disputes (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, charge TEXT NOT NULL, amount_cents INTEGER NOT NULL,
    reason TEXT NOT NULL, state TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS events (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL, due REAL NOT NULL,
    copies INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, delivered INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS events_waiting ON events (due) WHERE delivered = 0;
CREATE TABLE IF NOT EXISTS keys (
    key TEXT PRIMARY KEY, digest TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS controls (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


def open_state(path: Path) -> sqlite3.Connection:
    """Open (and make, readable by its owner only) the state file. A statement outside `together` commits by itself."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    # What was answered survives the death of this process; a power cut may cost a demonstration its last charges.
    connection.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {_SCHEMA}")
    return connection


@contextmanager
def together(connection: sqlite3.Connection) -> Iterator[None]:
    """All statements of the block, or none. No await inside: the connection is everybody's."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def new_id(prefix: str) -> str:
    """An id that nobody can guess: `ch_…`."""
    return f"{prefix}_{secrets.token_hex(12)}"


def stored(moment: datetime) -> str:
    """A time as it is kept: ISO 8601 in UTC with microseconds always, so that text sorts as time does."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
