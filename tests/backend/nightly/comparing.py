"""Two databases row by row, where ids, times and numbers that are drawn must differ and everything else must not."""

import hashlib
import re
from collections import Counter

import psycopg
from psycopg import sql

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
ROUNDS = 6
DRAWN = {("payments", "confirmation_number"), ("payment_allocations", "id"), ("ledger_entries", "content_digest")}
"""Numbers that a rolled back transaction uses up, and a digest that has the ids in it."""

_COLUMNS = """
SELECT table_name, column_name FROM information_schema.columns
 WHERE table_schema = 'public' AND table_name <> 'alembic_version' AND data_type NOT LIKE 'timestamp%'
 ORDER BY table_name, ordinal_position
"""


def rows_of(url: str) -> list[str]:
    """Every row of every table as text, its table first."""
    columns: dict[str, list[str]] = {}
    with psycopg.connect(url) as connection:
        for table, column in connection.execute(_COLUMNS).fetchall():
            if (table, column) not in DRAWN:
                columns.setdefault(table, []).append(column)
        found = []
        for table, names in columns.items():
            listed = sql.SQL(", ").join(map(sql.Identifier, names))
            query = sql.SQL("SELECT row({})::text FROM {}").format(listed, sql.Identifier(table))
            found += [f"{table} {row[0]}" for row in connection.execute(query)]
    return found


def ids_of(rows: list[str]) -> set[str]:
    """Every id that stands in the rows."""
    return {one for row in rows for one in UUID.findall(row)}


def canonical(rows: list[str], known: set[str]) -> Counter[str]:
    """The rows with each id that is not `known` named by where it stands: in which rows, beside which others.

    Names are made in rounds, each from the rows as named before; what cannot be told apart is alike.
    """
    fresh = [row for row in rows if any(one not in known for one in UUID.findall(row))]
    names = {one: "" for row in fresh for one in UUID.findall(row) if one not in known}
    for _ in range(ROUNDS):
        names = _named_anew(fresh, names)
    return Counter(UUID.sub(lambda match: names.get(match.group(), match.group()), row) for row in rows)


def _named_anew(rows: list[str], names: dict[str, str]) -> dict[str, str]:
    places: dict[str, list[str]] = {one: [] for one in names}
    for row in rows:
        for own in set(UUID.findall(row)) & names.keys():
            seen_from = {**names, own: "self"}
            places[own].append(UUID.sub(lambda match, named=seen_from: named.get(match[0], match[0]), row))  # type: ignore[misc]
    return {one: _digest(sorted(where)) for one, where in places.items()}


def _digest(where: list[str]) -> str:
    return hashlib.sha256("\n".join(where).encode()).hexdigest()[:16]
