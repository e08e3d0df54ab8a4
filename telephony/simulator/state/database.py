"""The SQLite file of the simulator: one connection, used from the event loop's thread alone."""

import sqlite3
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    sid TEXT PRIMARY KEY, number INTEGER UNIQUE, direction TEXT NOT NULL, sender TEXT NOT NULL,
    recipient TEXT NOT NULL, body TEXT NOT NULL, media TEXT NOT NULL, status TEXT NOT NULL,
    error_code INTEGER, error_message TEXT, messaging_service_sid TEXT, status_callback TEXT,
    created_at TEXT NOT NULL, sent_at TEXT, updated_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS messages_by_recipient ON messages (recipient, number);
CREATE INDEX IF NOT EXISTS messages_by_sender ON messages (sender, number);
CREATE TABLE IF NOT EXISTS calls (
    sid TEXT PRIMARY KEY, number INTEGER UNIQUE, direction TEXT NOT NULL, caller TEXT NOT NULL,
    called TEXT NOT NULL, status TEXT NOT NULL, parent_sid TEXT, answered_by TEXT, created_at TEXT NOT NULL,
    started_at TEXT, ended_at TEXT, duration_seconds INTEGER, updated_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS recordings (
    sid TEXT PRIMARY KEY, number INTEGER UNIQUE, call_sid TEXT NOT NULL, conference_sid TEXT, source TEXT NOT NULL,
    channels INTEGER NOT NULL, track TEXT NOT NULL, status TEXT NOT NULL, created_at TEXT NOT NULL,
    started_at TEXT NOT NULL, updated_at TEXT NOT NULL, duration_seconds INTEGER, transcription_sid TEXT);
CREATE TABLE IF NOT EXISTS numbers (
    sid TEXT PRIMARY KEY, phone_number TEXT UNIQUE NOT NULL, settings TEXT NOT NULL, created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS opt_outs (
    phone TEXT NOT NULL, sender TEXT NOT NULL, PRIMARY KEY (phone, sender));
CREATE TABLE IF NOT EXISTS alerts (
    number INTEGER PRIMARY KEY, at TEXT NOT NULL, code INTEGER NOT NULL, resource_sid TEXT NOT NULL,
    url TEXT NOT NULL, detail TEXT NOT NULL);
"""


def open_state(path: Path) -> sqlite3.Connection:
    """Open (and make, readable by its owner only) the state file. Every statement commits by itself."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    # A demonstration may lose its last texts in a power cut; it must not wait for the disk.
    connection.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; {_SCHEMA}")
    return connection
