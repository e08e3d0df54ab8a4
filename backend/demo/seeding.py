"""Copying the demonstration into the database: all of it in one transaction, or nothing."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg import sql

from backend.demo.book import Book
from backend.demo.district import ACCOUNTS, generate
from backend.demo.situations import add_named_customers
from backend.district.service import District
from backend.rates.service import RateBook

ZONE = ZoneInfo("America/Los_Angeles")
"""Where the fictional district is."""
ONE_AT_A_TIME = 4_871_202_612
"""Key of the advisory lock that makes a second seeding wait for the first."""
LINES_AT_ONCE = 5_000

# In the order in which foreign keys allow it; the columns are those of the tuples in `Book.rows`.
COLUMNS = {
    "customers": "id kind name first_name language",
    "customer_phones": "id customer_id phone rank texts_allowed",
    "customer_emails": "id customer_id email rank",
    "premises": "id street unit city state zip zone owner_customer_id",
    "meters": "id premise_id serial_number size_inches installed_on removed_on digits units_per_count route"
    " route_sequence service_class",
    "accounts": "id number customer_id status service_class opened_on closed_on pin_digest autopay paperless"
    " medical_protection identity_locked billing_cycle billing_hold",
    "service_agreements": "id premise_id account_id service_class started_on ended_on persons landscape_sqft",
    "payment_instructions": "id account_id kind method_label started_on",
    "meter_reads": "id meter_id read_on kind register_value",
    "evapotranspiration": "zone day inches",
    "billing_runs": "id cycle period_start period_end status prepared_at approved_at billed_at accounts_active",
    "ledger_accounts": "id code kind account_id",
    "ledger_entries": "id idempotency_key kind description effective_on posted_at content_digest reverses_id"
    " posting_count",
    "ledger_postings": "entry_id line ledger_account_id amount_cents effective_on due_on",
    "bills": "id account_id entry_id period_start period_end issued_on due_date usage_ccf amount_cents run_id kind"
    " is_estimated",
    "bill_lines": "bill_id line code detail quantity dollars_each amount_cents agreement_id service_class",
    "bill_services": "bill_id number agreement_id service_class first_day last_day units is_estimated persons"
    " landscape_sqft et_inches meters",
    "low_income_declarations": "id account_id basis program declared_on expires_on recorded_at",
    "budget_bills": "id account_id monthly_cents started_on recalculate_on",
    "budget_entries": "entry_id budget_id kind bill_id deferred_cents",
    "fee_charges": "id account_id code amount_cents charged_on entry_id caused_by_entry_id",
    "payments": "id account_id entry_id method amount_cents received_on",
    "payment_returns": "id payment_id account_id reversal_entry_id fee_entry_id reason_code amount_cents returned_on",
    "arrangements": "id account_id agreed_on total_cents status",
    "arrangement_installments": "arrangement_id number due_on amount_cents kept_on",
    "demo_customers": "situation account_id position",
}


def business_date(now: datetime) -> date:
    """The day it is in the fictional district."""
    return now.astimezone(ZONE).date()


def demonstration(secret_key: str, today: date, rates: RateBook, generated: int = ACCOUNTS) -> Book:
    """Every row of the demonstration as of `today`, with `generated` accounts beside the named ones."""
    book = Book(secret_key, today, rates)
    add_named_customers(book)
    generate(book, generated)
    book.rows["evapotranspiration"] += book.charging.weather_rows
    return book


def seed_district(
    database_url: str, secret_key: str, now: datetime, generated: int = ACCOUNTS, folder: Path = Path("district")
) -> int:
    """Make the demonstration district by the rates in `folder` unless it was made before; how many accounts were made.

    :raises DistrictFileError: the rates cannot be used.
    :raises psycopg.Error: the database refused; nothing was changed.
    """
    today = business_date(now)
    with psycopg.connect(database_url) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (ONE_AT_A_TIME,))
        if connection.execute("SELECT FROM demo_seeding").fetchone() is not None:
            return 0
        rates = RateBook.load(folder)
        with _no_collection():
            book = demonstration(secret_key, today, rates, generated)
            for table in COLUMNS:
                _copy(connection, table, book.rows[table])
        _allocate(connection, District.load(folder))
        connection.execute("INSERT INTO demo_seeding (business_date) VALUES (%s)", (today,))
    _vacuum(database_url)
    return len(book.rows["accounts"])


def _allocate(connection: psycopg.Connection[Any], district: District) -> None:
    """Let the payments that were copied pay the bills, in the district's order."""
    order = district.policy.payments
    connection.execute(
        "SELECT allocate_credits(ARRAY(SELECT id FROM accounts ORDER BY id), %s, %s, %s)",
        (order.allocation, order.within_date, order.on_plan),
    )


@contextmanager
def _no_collection() -> Iterator[None]:
    """Half a million tuples and no cycle among them: looking for garbage takes longer than making them."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _copy(connection: psycopg.Connection[Any], table: str, rows: list[tuple[Any, ...]]) -> None:
    names = sql.SQL(", ").join(sql.Identifier(name) for name in COLUMNS[table].split())
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    with connection.cursor().copy(statement) as copy:
        for start in range(0, len(rows), LINES_AT_ONCE):
            copy.write("".join(_line(row) for row in rows[start : start + LINES_AT_ONCE]))


def _line(values: Iterable[Any]) -> str:
    return "\t".join([_field(value) for value in values]) + "\n"


def _field(value: Any) -> str:
    """A value in PostgreSQL's COPY text; our strings have no tabs, newlines or backslashes."""
    if value is None:
        return r"\N"
    return rf"\\x{value.hex()}" if isinstance(value, bytes) else str(value)


def _vacuum(database_url: str) -> None:
    """Balances are read from an index alone only where pages are known to be visible to all."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
