"""Pages that customers are sent to: to save a method, or to pay once."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from processor.state.database import new_id, stored

_COLUMNS = (
    "id, mode, reference, digest, customer, merchant, description, language, return_url, kinds, "
    "least_cents, most_cents, suggested_cents, status, created_at, expires_at, method, charge"
)


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `least_cents` to `most_cents` is what may be paid; both the same for a fixed amount."""

    id: str
    mode: str
    reference: str
    digest: str
    customer: str | None
    merchant: str
    description: str
    language: str
    return_url: str
    kinds: tuple[str, ...]
    least_cents: int | None
    most_cents: int | None
    suggested_cents: int | None
    status: str
    created_at: datetime
    expires_at: datetime
    method: str | None = None
    charge: str | None = None

    @property
    def amount_is_fixed(self) -> bool:
        """Whether there is nothing to choose."""
        return self.least_cents == self.most_cents


class Pages:
    """The stored pages."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, values: dict[str, Any], now: datetime) -> Page:
        """A new open page of these values; what decides about `id`, `status` and `created_at` is here."""
        page = Page(id=new_id("pg"), status="open", created_at=now, **values)
        row = (
            page.id, page.mode, page.reference, page.digest, page.customer, page.merchant, page.description,
            page.language, page.return_url, json.dumps(page.kinds), page.least_cents, page.most_cents,
            page.suggested_cents, page.status, stored(page.created_at), stored(page.expires_at), None, None,
        )  # fmt: skip
        self._connection.execute(f"INSERT INTO pages ({_COLUMNS}) VALUES ({', '.join('?' * len(row))})", row)
        return page

    def get(self, page_id: str) -> Page | None:
        """The page of that id."""
        return self._one("id", page_id)

    def of_reference(self, reference: str) -> Page | None:
        """The page that the merchant made for that reference."""
        return self._one("reference", reference)

    def _one(self, column: str, value: str) -> Page | None:
        row = self._connection.execute(f"SELECT {_COLUMNS} FROM pages WHERE {column} = ?", (value,)).fetchone()
        return _page(row) if row else None

    def complete(self, page_id: str, *, method: str, charge: str | None) -> bool:
        """Done; False when it was not open any more."""
        done = self._connection.execute(
            "UPDATE pages SET status = 'completed', method = ?, charge = ? WHERE id = ? AND status = 'open'",
            (method, charge, page_id),
        )
        return done.rowcount == 1

    def expire(self, page_id: str) -> bool:
        """Over; False when it was not open any more."""
        statement = "UPDATE pages SET status = 'expired' WHERE id = ? AND status = 'open'"
        return self._connection.execute(statement, (page_id,)).rowcount == 1

    def overdue(self, now: datetime) -> list[Page]:
        """Open pages whose time is over."""
        statement = f"SELECT {_COLUMNS} FROM pages WHERE status = 'open' AND expires_at <= ?"
        return [_page(row) for row in self._connection.execute(statement, (stored(now),))]


def _page(row: sqlite3.Row) -> Page:
    values = dict(row)
    values["kinds"] = tuple(json.loads(values["kinds"]))
    for name in ("created_at", "expires_at"):
        values[name] = datetime.fromisoformat(values[name])
    return Page(**values)
