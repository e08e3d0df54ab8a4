"""Idempotency: a key stands for one request, and its first answer is the answer."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from processor.errors import ProcessorError


def digest_of(value: dict[str, Any]) -> str:
    """What makes two requests the same."""
    return sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()


class Keys:
    """Keys that were used, and those that are at work now."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._at_work: set[str] = set()

    def answer(self, key: str, digest: str) -> tuple[int, dict[str, Any]] | None:
        """Status and body that this key got before; None when it is new.

        :raises ProcessorError: 409 `key_reused`, it was another request; 409 `in_progress`, it is at work.
        """
        row = self._connection.execute("SELECT digest, status, body FROM keys WHERE key = ?", (key,)).fetchone()
        if row is None:
            if key in self._at_work:
                raise ProcessorError(409, "in_progress", "A request with this key is at work. Ask again in a moment.")
            return None
        if row["digest"] != digest:
            raise ProcessorError(409, "key_reused", "This key was used for another request. Use a new one.")
        return row["status"], json.loads(row["body"])

    @contextmanager
    def at_work(self, key: str) -> Iterator[None]:
        """Nobody else may use the key meanwhile."""
        self._at_work.add(key)
        try:
            yield
        finally:
            self._at_work.discard(key)

    def keep(self, key: str, digest: str, status: int, body: dict[str, Any]) -> None:
        """From now on this is the answer; in the transaction of what was done."""
        self._connection.execute("INSERT INTO keys VALUES (?, ?, ?, ?)", (key, digest, status, json.dumps(body)))
