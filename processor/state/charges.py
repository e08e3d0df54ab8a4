"""Charges, what was given back of them, and what banks took back."""

import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from processor.errors import not_found
from processor.state.database import new_id, stored

Table = Literal["charges", "refunds", "disputes"]
_CHARGE = "id, reference, customer, method, amount_cents, description, state, decline, created_at, settles_at"


@dataclass(frozen=True, slots=True)
class Charge:
    """One attempt to take money. `decline` of a pending one is what its bank is going to say."""

    id: str
    reference: str
    customer: str | None
    method: str
    amount_cents: int
    description: str
    state: str
    decline: str | None
    created_at: datetime
    settles_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ListQuery:
    """One page of a list: what was made from `start` up to `before`, after the item of id `after`."""

    start: datetime | None
    before: datetime | None
    reference: str | None
    after: str | None
    limit: int


class Charges:
    """The stored charges, refunds and disputes."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, values: dict[str, Any]) -> Charge:
        """Keep a new charge."""
        charge = Charge(id=new_id("ch"), **values)
        row = (
            charge.id, charge.reference, charge.customer, charge.method, charge.amount_cents, charge.description,
            charge.state, charge.decline, stored(charge.created_at),
            stored(charge.settles_at) if charge.settles_at else None,
        )  # fmt: skip
        self._connection.execute(f"INSERT INTO charges ({_CHARGE}) VALUES ({', '.join('?' * len(row))})", row)
        return charge

    def get(self, charge_id: str) -> Charge:
        """:raises ProcessorError: 404."""
        row = self._connection.execute(f"SELECT {_CHARGE} FROM charges WHERE id = ?", (charge_id,)).fetchone()
        if row is None:
            raise not_found("charge")
        return _charge(row)

    def settle(self, charge: Charge, decline: str | None) -> Charge:
        """A pending charge gets its bank's answer."""
        state = "failed" if decline else "succeeded"
        self._connection.execute(
            "UPDATE charges SET state = ?, decline = ?, settles_at = NULL WHERE id = ? AND state = 'pending'",
            (state, decline, charge.id),
        )
        return replace(charge, state=state, decline=decline, settles_at=None)

    def settling(self, now: datetime) -> list[Charge]:
        """Pending charges whose bank answers by now."""
        statement = f"SELECT {_CHARGE} FROM charges WHERE state = 'pending' AND settles_at <= ?"
        return [_charge(row) for row in self._connection.execute(statement, (stored(now),))]

    def refunded_cents(self, charge_id: str) -> int:
        """What was given back so far."""
        statement = "SELECT coalesce(sum(amount_cents), 0) FROM refunds WHERE charge = ?"
        return int(self._connection.execute(statement, (charge_id,)).fetchone()[0])

    def add_refund(self, charge: Charge, reference: str, amount_cents: int, now: datetime) -> dict[str, Any]:
        """Give money back; the refund as it is shown."""
        made = new_id("re")
        self._connection.execute(
            "INSERT INTO refunds (id, reference, charge, amount_cents, state, created_at) VALUES (?, ?, ?, ?, ?, ?)",
            (made, reference, charge.id, amount_cents, "succeeded", stored(now)),
        )
        return self.item("refunds", made)

    def add_dispute(self, charge: Charge, reason: str, now: datetime) -> dict[str, Any]:
        """A bank takes the whole charge back; the dispute as it is shown."""
        made = new_id("dp")
        self._connection.execute(
            "INSERT INTO disputes (id, charge, amount_cents, reason, state, created_at) VALUES (?, ?, ?, ?, ?, ?)",
            (made, charge.id, charge.amount_cents, reason, "open", stored(now)),
        )
        return self.item("disputes", made)

    def close_dispute(self, dispute_id: str, state: str) -> dict[str, Any]:
        """The bank has decided; the dispute as it is shown.

        :raises ProcessorError: 404.
        """
        self._connection.execute("UPDATE disputes SET state = ? WHERE id = ? AND state = 'open'", (state, dispute_id))
        return self.item("disputes", dispute_id)

    def item(self, table: Table, item_id: str) -> dict[str, Any]:
        """One row as it is shown.

        :raises ProcessorError: 404.
        """
        row = self._connection.execute(f"SELECT * FROM {table} WHERE id = ?", (item_id,)).fetchone()
        if row is None:
            raise not_found(table.removesuffix("s"))
        return _without_number(row)

    def listed(self, table: Table, query: ListQuery) -> tuple[list[dict[str, Any]], bool]:
        """One page of a list, oldest first, and whether there is more."""
        place = f"SELECT coalesce((SELECT number FROM {table} WHERE id = ?), 0)"
        after = self._connection.execute(place, (query.after,)).fetchone()[0]
        clauses: list[tuple[str, Any]] = [("number > ?", after)]
        if query.start:
            clauses.append(("created_at >= ?", stored(query.start)))
        if query.before:
            clauses.append(("created_at < ?", stored(query.before)))
        if query.reference:
            clauses.append(("reference = ?", query.reference))
        where = " AND ".join(clause for clause, _ in clauses)
        rows = self._connection.execute(
            f"SELECT * FROM {table} WHERE {where} ORDER BY number LIMIT ?",
            (*(value for _, value in clauses), query.limit + 1),
        ).fetchall()
        return [_without_number(row) for row in rows[: query.limit]], len(rows) > query.limit


def _charge(row: sqlite3.Row) -> Charge:
    values = dict(row)
    for name in ("created_at", "settles_at"):
        values[name] = datetime.fromisoformat(values[name]) if values[name] else None
    return Charge(**values)


def _without_number(row: sqlite3.Row) -> dict[str, Any]:
    values = dict(row)
    del values["number"]
    return values
