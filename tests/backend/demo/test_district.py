"""The demonstration is the same on every machine and on every day, and is made once."""

import asyncio
import hashlib
import threading
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from backend.accounts.rules import is_account_number
from backend.demo.book import Book
from backend.demo.seeding import COLUMNS, business_date, demonstration, seed_district
from backend.rates.service import RateBook
from tests.backend.conftest import SECRET_KEY, SEEDED_ACCOUNTS, SEEDED_AT, create_database

pytestmark = pytest.mark.long

DAY = date(2026, 11, 23)
RATES = RateBook.load(Path(__file__).parents[3] / "district")
ACCOUNTS = 2_013
SAME_EVERYWHERE = "710aae1de1d900a3c4b4051222770a082e8843a8f4949bb87660032cf570c8a8"


def balances(book: Book) -> dict[str, int]:
    """Account number → what is owed."""
    number_of = {row[0]: row[1] for row in book.rows["accounts"]}
    owed: Counter[str] = Counter(dict.fromkeys(number_of.values(), 0))
    for posting in book.rows["ledger_postings"]:
        if posting[2] in number_of:
            owed[number_of[posting[2]]] += posting[3]
    return dict(owed)


def who_owes_what(book: Book) -> str:
    """A digest of every account number with the customer's name and balance."""
    name_of = {row[0]: row[2] for row in book.rows["customers"]}
    owed = balances(book)
    lines = [f"{row[1]} {name_of[row[2]]} {owed[row[1]]}" for row in book.rows["accounts"]]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@pytest.fixture(scope="module")
def book() -> Book:
    return demonstration(SECRET_KEY, DAY, RATES)


class TestBook:
    def test_twice_is_equal_row_by_row(self, book: Book) -> None:
        assert demonstration(SECRET_KEY, DAY, RATES).rows == book.rows

    @pytest.mark.parametrize("day", [date(2026, 3, 1), date(2028, 2, 29)])
    def test_has_the_same_people_and_use_whatever_the_day(self, book: Book, day: date) -> None:
        """Only what a unit costs is of its day."""
        other = demonstration(SECRET_KEY, day, RATES)
        assert [row[1:5] for row in other.rows["customers"]] == [row[1:5] for row in book.rows["customers"]]
        assert [row[7] for row in other.rows["bills"]] == [row[7] for row in book.rows["bills"]]

    def test_is_the_same_on_every_machine(self, book: Book) -> None:
        """Whoever changes the demonstration on purpose changes this digest with it."""
        assert who_owes_what(book) == SAME_EVERYWHERE

    def test_has_two_thousand_accounts_and_the_named_ones(self, book: Book) -> None:
        assert len(book.rows["accounts"]) == ACCOUNTS
        assert len(book.rows["demo_customers"]) == 13

    def test_has_numbers_that_pass_their_check_digit(self, book: Book) -> None:
        numbers = [row[1] for row in book.rows["accounts"]]
        assert all(is_account_number(number) for number in numbers)
        assert len(set(numbers)) == ACCOUNTS

    def test_gives_every_phone_to_one_customer(self, book: Book) -> None:
        phones = [row[2] for row in book.rows["customer_phones"]]
        assert len(set(phones)) == len(phones)
        assert all(phone.startswith("+1951555") and len(phone) == 12 for phone in phones)

    def test_writes_to_nobody_real(self, book: Book) -> None:
        assert all(row[2].endswith("@example.com") for row in book.rows["customer_emails"])

    def test_has_a_year_of_bills_and_payments(self, book: Book) -> None:
        bills = Counter(row[1] for row in book.rows["bills"])
        generated = [bills[row[0]] for row in book.rows["accounts"][13:]]
        assert min(generated) >= 13
        assert len(book.rows["payments"]) > 20_000
        assert min(row[5] for row in book.rows["bills"]) < DAY - timedelta(days=360)

    def test_says_nothing_of_the_future(self, book: Book) -> None:
        assert max(row[4] for row in book.rows["ledger_entries"]) <= DAY

    def test_speaks_both_languages(self, book: Book) -> None:
        languages = Counter(row[4] for row in book.rows["customers"])
        assert languages["es"] > 300
        assert languages["en"] > 1_000

    def test_has_no_pin_in_the_clear(self, book: Book) -> None:
        assert all(isinstance(row[7], bytes) and len(row[7]) == 32 for row in book.rows["accounts"])


class TestBusinessDate:
    def test_is_the_day_in_california(self) -> None:
        """Four in the morning in UTC is the evening before in Rio Seco."""
        assert business_date(datetime(2026, 11, 24, 4, tzinfo=UTC)) == DAY
        assert business_date(datetime(2026, 11, 24, 8, tzinfo=UTC)) == DAY + timedelta(days=1)


@pytest.fixture(scope="module")
def full_url(server_url: str, migrated_template: str) -> str:
    """A database with the whole demonstration."""
    url = create_database(server_url, "full_demonstration", migrated_template)
    assert seed_district(url, SECRET_KEY, SEEDED_AT) == ACCOUNTS
    return url


def contents(url: str) -> dict[str, object]:
    """How many rows every seeded table has, and a sum of their digests."""
    digest = sql.SQL("SELECT count(*), sum(hashtextextended(t::text, 0)) FROM {} AS t")
    with psycopg.connect(url) as connection:
        return {table: connection.execute(digest.format(sql.Identifier(table))).fetchone() for table in COLUMNS}


def count(connection: psycopg.Connection[Any], table: str) -> int:
    found = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
    assert found is not None
    return int(found[0])


class TestSeedDistrict:
    def test_made_what_the_book_says(self, full_url: str, book: Book) -> None:
        with psycopg.connect(full_url) as connection:
            for table in COLUMNS.keys() - {"ledger_accounts"}:
                assert count(connection, table) == len(book.rows[table]), table
            receivables = connection.execute("SELECT count(*) FROM ledger_accounts WHERE code = 'receivable'")
            assert receivables.fetchone() == (ACCOUNTS,)

    def test_leaves_a_trial_balance_of_zero(self, full_url: str) -> None:
        with psycopg.connect(full_url) as connection:
            assert connection.execute("SELECT sum(amount_cents) FROM ledger_postings").fetchone() == (0,)

    def test_again_changes_nothing(self, seeded_url: str) -> None:
        before = contents(seeded_url)
        assert seed_district(seeded_url, SECRET_KEY, SEEDED_AT + timedelta(days=40)) == 0
        assert contents(seeded_url) == before

    def test_in_another_database_gives_equal_rows(self, seeded_url: str, database_url: str) -> None:
        assert seed_district(database_url, SECRET_KEY, SEEDED_AT, SEEDED_ACCOUNTS) == SEEDED_ACCOUNTS + 13
        assert contents(database_url) == contents(seeded_url)

    def test_interrupted_leaves_nothing(self, database_url: str) -> None:
        """The last table refuses: nothing of the tables before it stays."""
        with psycopg.connect(database_url) as connection:
            connection.execute("ALTER TABLE demo_customers ADD CONSTRAINT no CHECK (situation <> 'locked')")
        with pytest.raises(psycopg.errors.CheckViolation):
            seed_district(database_url, SECRET_KEY, SEEDED_AT, SEEDED_ACCOUNTS)
        with psycopg.connect(database_url) as connection:
            assert count(connection, "customers") == 0
            assert count(connection, "demo_seeding") == 0

    async def test_by_two_at_once_is_made_once(self, database_url: str) -> None:
        together = threading.Barrier(2)

        def seed() -> int:
            together.wait(10)
            return seed_district(database_url, SECRET_KEY, SEEDED_AT, SEEDED_ACCOUNTS)

        made = await asyncio.gather(asyncio.to_thread(seed), asyncio.to_thread(seed))
        assert sorted(made) == [0, SEEDED_ACCOUNTS + 13]
