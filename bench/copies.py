"""Tables as large as those of a district with many accounts: the demonstration copied, and its year repeated.

Set by set in the database: each table is one statement. Every copy of an account has ids and a number of its own, its
last twelve months as they are and again one, two, … years earlier. Only what a bill and its explanation read is copied.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import psycopg
from sqlalchemy import Column, Date, DateTime, Table

from backend.models import arrangement, billing, billing_option, fee  # noqa: F401 - so that `Base` knows their tables
from backend.models.base import Base

OF_ACCOUNTS = (
    "customers",
    "premises",
    "accounts",
    "service_agreements",
    "ledger_accounts",
    "budget_bills",
    "arrangements",
    "arrangement_installments",
)
OF_HISTORY = {
    "ledger_entries": "t.effective_on",
    "ledger_postings": "t.effective_on",
    "bills": "t.issued_on",
    "bill_lines": "(SELECT b.issued_on FROM bills b WHERE b.id = t.bill_id)",
    "bill_services": "(SELECT b.issued_on FROM bills b WHERE b.id = t.bill_id)",
    "budget_entries": "(SELECT e.effective_on FROM ledger_entries e WHERE e.id = t.entry_id)",
    "fee_charges": "t.charged_on",
}
"""Table → the day of a row, which says whether it is of the last twelve months."""
OF_THEIR_OWN = {
    ("accounts", "number"): "(90000000 + row_number() OVER ())::text",
    ("premises", "street"): "t.street || ' ' || copy",
    ("ledger_entries", "idempotency_key"): "t.idempotency_key || ' ' || copy || ' ' || year",
    # The chart's accounts are nobody's, and stay.
    ("ledger_postings", "ledger_account_id"): "CASE WHEN t.ledger_account_id IN (SELECT id FROM accounts)"
    " THEN copied_id(t.ledger_account_id, copy, 0) ELSE t.ledger_account_id END",
}
# The last digits of an id are a number of the demonstration's own; a copy has its number there instead.
_COPIED_ID = """
CREATE FUNCTION copied_id(id uuid, copy integer, years integer) RETURNS uuid IMMUTABLE LANGUAGE sql AS
$$ SELECT overlay(id::text PLACING to_hex(8388608 + copy * 16 + years) FROM 31)::uuid $$
"""
_BILLED_COPIES = """
SELECT a.id FROM accounts a WHERE a.number >= '9'
   AND EXISTS (SELECT FROM bills b WHERE b.account_id = a.id AND b.issued_on > %(today)s::date - 60) ORDER BY a.id
"""
YEARS_MAX = 16


def copy_accounts(database_url: str, copies: int, years: int, today: date) -> list[UUID]:
    """Copy every account of the district so often, with so many years of history; the ids of copies that are billed.

    :raises psycopg.Error: the database refused, or the user may not turn its triggers off.
    """
    assert 1 <= years <= YEARS_MAX
    with psycopg.connect(database_url) as connection:
        connection.execute("SET session_replication_role = replica")  # what is copied was checked when it was made
        connection.execute(_COPIED_ID)
        for name in OF_ACCOUNTS:
            connection.execute(_of_accounts(Base.metadata.tables[name]), {"copies": copies})
        for name, day in OF_HISTORY.items():
            values = {"copies": copies, "years": years, "today": today}
            connection.execute(_of_history(Base.metadata.tables[name], day), values)
        copied = connection.execute(_BILLED_COPIES, {"today": today}).fetchall()
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
    return [row[0] for row in copied]


def rows_of(database_url: str, tables: Sequence[str]) -> dict[str, int]:
    """How many rows each of the tables has, as its last VACUUM counted them."""
    with psycopg.connect(database_url) as connection:
        query = "SELECT relname, reltuples::bigint FROM pg_class WHERE relname = ANY(%s)"
        return dict(connection.execute(query, (list(tables),)).fetchall())


def _of_accounts(table: Table) -> str:
    columns = ", ".join(_id(column) or f"t.{column.name}" for column in table.columns)
    wanted = "WHERE t.account_id IS NOT NULL" if table.name == "ledger_accounts" else ""
    return f"INSERT INTO {table.name} ({_names(table)}) SELECT {columns} FROM {table.name} t {_COPIES} {wanted}"


_COPIES = "CROSS JOIN generate_series(1, %(copies)s::integer) AS copy"


def _of_history(table: Table, day: str) -> str:
    columns = ", ".join(_id(column) or _years_ago(column) for column in table.columns)
    return f"""INSERT INTO {table.name} ({_names(table)}) SELECT {columns} FROM {table.name} t {_COPIES}
      CROSS JOIN generate_series(0, %(years)s::integer - 1) AS year
      WHERE {day} > %(today)s::date - interval '1 year'"""


def _names(table: Table) -> str:
    return ", ".join(column.name for column in table.columns)


def _id(column: Column[object]) -> str | None:
    """The column of a copy when it tells one row from another, or points to a copied one."""
    name = column.name
    if (column.table.name, name) in OF_THEIR_OWN:
        return OF_THEIR_OWN[column.table.name, name]
    pointed = {key.column.table.name for key in column.foreign_keys}
    if column.primary_key and name == "id":
        pointed.add(column.table.name)
    if pointed & set(OF_ACCOUNTS):
        return f"copied_id(t.{name}, copy, 0)"
    if pointed & set(OF_HISTORY):
        return f"copied_id(t.{name}, copy, year)"
    return None


def _years_ago(column: Column[object]) -> str:
    if isinstance(column.type, Date | DateTime):
        kind = "date" if isinstance(column.type, Date) else "timestamptz"
        return f"(t.{column.name} - make_interval(years => year))::{kind}"
    return f"t.{column.name}"
