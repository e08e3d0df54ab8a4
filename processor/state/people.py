"""Customers, and the cards and bank accounts that they saved."""

import sqlite3
from datetime import date, datetime
from typing import Any

from processor.cards import METHODS, TestMethod
from processor.errors import not_found
from processor.state.database import new_id, stored


class People:
    """The stored customers and methods. A customer is a reference of the merchant's and nothing else."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def customer_for(self, reference: str, now: datetime) -> str:
        """The id of the merchant's customer, made when it is new."""
        self._connection.execute(
            "INSERT INTO customers VALUES (?, ?, ?) ON CONFLICT (reference) DO NOTHING",
            (new_id("cus"), reference, stored(now)),
        )
        row = self._connection.execute("SELECT id FROM customers WHERE reference = ?", (reference,)).fetchone()
        return str(row["id"])

    def require_customer(self, customer: str) -> None:
        """:raises ProcessorError: 404."""
        if self._connection.execute("SELECT 1 FROM customers WHERE id = ?", (customer,)).fetchone() is None:
            raise not_found("customer")

    def add_method(self, method: TestMethod, customer: str | None, now: datetime) -> str:
        """Keep a card or account; its id is all that the merchant gets of it."""
        made = new_id("pm")
        values = (made, method.name, customer, stored(now))
        self._connection.execute("INSERT INTO methods VALUES (?, ?, ?, ?)", values)
        return made

    def method(self, method_id: str) -> tuple[TestMethod, str | None]:
        """A method and whose it is.

        :raises ProcessorError: 404.
        """
        row = self._connection.execute("SELECT name, customer FROM methods WHERE id = ?", (method_id,)).fetchone()
        if row is None:
            raise not_found("method")
        return METHODS[row["name"]], row["customer"]

    def shown(self, method_id: str, today: date) -> dict[str, Any]:
        """A method as the interface shows it."""
        method, customer = self.method(method_id)
        expires = method.expires(today)
        return {
            "id": method_id,
            "kind": method.kind,
            "brand": method.brand,
            "last4": method.last4,
            "expires": {"year": expires[0], "month": expires[1]} if expires else None,
            "customer": customer,
        }

    def forget(self, method_id: str) -> None:
        """The customer's no more, and no longer to be charged. Again: nothing."""
        self._connection.execute("UPDATE methods SET customer = NULL WHERE id = ?", (method_id,))
