"""PostgreSQL itself refuses what a ledger must never hold, whoever writes."""

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors

from backend.ledger import chart

DAY = date(2026, 11, 2)
Connection = psycopg.Connection[Any]


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with psycopg.connect(database_url) as made:
        yield made
        made.rollback()


def add_entry(connection: Connection, count: int, kind: str = "adjustment", reverses: UUID | None = None) -> UUID:
    entry_id = uuid4()
    connection.execute(
        "INSERT INTO ledger_entries (id, idempotency_key, kind, description, effective_on, posted_at,"
        " content_digest, reverses_id, posting_count) VALUES (%s, %s, %s, 'by hand', %s, now(), %s, %s, %s)",
        (entry_id, str(entry_id), kind, DAY, hashlib.sha256().digest(), reverses, count),
    )
    return entry_id


def add_posting(
    connection: Connection, entry_id: UUID, line: int, cents: int, *, account: UUID = chart.CASH, day: date = DAY
) -> None:
    connection.execute(
        "INSERT INTO ledger_postings (entry_id, line, ledger_account_id, amount_cents, effective_on)"
        " VALUES (%s, %s, %s, %s, %s)",
        (entry_id, line, account, cents, day),
    )


def add_sound_entry(connection: Connection) -> UUID:
    entry_id = add_entry(connection, 2)
    add_posting(connection, entry_id, 1, 500)
    add_posting(connection, entry_id, 2, -500, account=chart.WATER_REVENUE)
    return entry_id


class TestEntry:
    def test_that_is_sound_is_kept(self, connection: Connection) -> None:
        add_sound_entry(connection)
        connection.commit()
        assert connection.execute("SELECT sum(amount_cents) FROM ledger_postings").fetchone() == (0,)

    def test_out_of_balance_is_refused_at_commit(self, connection: Connection) -> None:
        entry_id = add_entry(connection, 2)
        add_posting(connection, entry_id, 1, 500)
        add_posting(connection, entry_id, 2, -499, account=chart.WATER_REVENUE)
        with pytest.raises(errors.CheckViolation, match="out of balance by 1 cents"):
            connection.commit()
        assert connection.execute("SELECT count(*) FROM ledger_entries").fetchone() == (0,)

    def test_without_postings_is_refused_at_commit(self, connection: Connection) -> None:
        add_entry(connection, 2)
        with pytest.raises(errors.CheckViolation, match="has 0 postings"):
            connection.commit()

    def test_with_one_posting_is_refused(self, connection: Connection) -> None:
        with pytest.raises(errors.CheckViolation, match="ck_ledger_entries_posting_count"):
            add_entry(connection, 1)

    def test_that_announced_more_than_it_has_is_refused(self, connection: Connection) -> None:
        entry_id = add_entry(connection, 3)
        add_posting(connection, entry_id, 1, 500)
        add_posting(connection, entry_id, 2, -500)
        with pytest.raises(errors.CheckViolation, match="has 2 postings but announced 3"):
            connection.commit()

    def test_with_a_posting_of_another_day_is_refused(self, connection: Connection) -> None:
        entry_id = add_entry(connection, 2)
        add_posting(connection, entry_id, 1, 500)
        add_posting(connection, entry_id, 2, -500, day=date(2026, 11, 3))
        with pytest.raises(errors.CheckViolation, match="not all of its day"):
            connection.commit()

    def test_key_is_unique(self, connection: Connection) -> None:
        add_sound_entry(connection)
        with pytest.raises(errors.UniqueViolation, match="idempotency_key"):
            connection.execute(
                "INSERT INTO ledger_entries SELECT gen_random_uuid(), idempotency_key, kind, description,"
                " effective_on, posted_at, content_digest, reverses_id, posting_count FROM ledger_entries"
            )


class TestCompleteEntry:
    @pytest.mark.parametrize("line", [1, 2])
    def test_has_no_line_free(self, connection: Connection, line: int) -> None:
        entry_id = add_sound_entry(connection)
        connection.commit()
        with pytest.raises(errors.UniqueViolation):
            add_posting(connection, entry_id, line, 100)

    @pytest.mark.parametrize("line", [3, 100])
    def test_takes_no_line_more(self, connection: Connection, line: int) -> None:
        entry_id = add_sound_entry(connection)
        connection.commit()
        with pytest.raises(errors.CheckViolation, match="beyond what its ledger entry announced"):
            add_posting(connection, entry_id, line, 100)

    def test_takes_no_line_more_after_its_check_was_made_early(self, connection: Connection) -> None:
        """SET CONSTRAINTS IMMEDIATE runs the deferred check now; what follows must still be refused."""
        entry_id = add_sound_entry(connection)
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(errors.CheckViolation, match="beyond what"):
            add_posting(connection, entry_id, 3, 100)

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE ledger_entries SET description = 'other'",
            "UPDATE ledger_postings SET amount_cents = amount_cents * 2",
            "UPDATE ledger_postings SET amount_cents = 1 WHERE false",
            "DELETE FROM ledger_entries",
            "DELETE FROM ledger_postings",
            "TRUNCATE ledger_postings CASCADE",
            "TRUNCATE ledger_entries, ledger_postings CASCADE",
            "TRUNCATE accounts CASCADE",
            "INSERT INTO ledger_entries SELECT * FROM ledger_entries"
            " ON CONFLICT (id) DO UPDATE SET description = 'other'",
            "MERGE INTO ledger_postings p USING ledger_entries e ON e.id = p.entry_id WHEN MATCHED THEN DELETE",
        ],
    )
    def test_is_never_changed(self, connection: Connection, statement: LiteralString) -> None:
        add_sound_entry(connection)
        connection.commit()
        with pytest.raises(errors.RestrictViolation, match="append-only"):
            connection.execute(statement)


class TestReversal:
    def test_points_to_what_it_undoes(self, connection: Connection) -> None:
        with pytest.raises(errors.CheckViolation, match="ck_ledger_entries_reversal"):
            add_entry(connection, 2, "reversal")

    def test_undoes_to_the_cent(self, connection: Connection) -> None:
        original = add_sound_entry(connection)
        reversal = add_entry(connection, 2, "reversal", original)
        add_posting(connection, reversal, 1, -400)
        add_posting(connection, reversal, 2, 400, account=chart.WATER_REVENUE)
        with pytest.raises(errors.CheckViolation, match="does not undo"):
            connection.commit()

    def test_undoes_on_the_same_accounts(self, connection: Connection) -> None:
        original = add_sound_entry(connection)
        reversal = add_entry(connection, 2, "reversal", original)
        add_posting(connection, reversal, 1, -500)
        add_posting(connection, reversal, 2, 500, account=chart.FEE_REVENUE)
        with pytest.raises(errors.CheckViolation, match="does not undo"):
            connection.commit()

    def test_happens_once(self, connection: Connection) -> None:
        original = add_sound_entry(connection)
        reversal = add_entry(connection, 2, "reversal", original)
        add_posting(connection, reversal, 1, -500)
        add_posting(connection, reversal, 2, 500, account=chart.WATER_REVENUE)
        connection.commit()
        with pytest.raises(errors.UniqueViolation, match="reverses_id"):
            add_entry(connection, 2, "reversal", original)

    def test_is_not_reversed_itself(self, connection: Connection) -> None:
        original = add_sound_entry(connection)
        reversal = add_entry(connection, 2, "reversal", original)
        add_posting(connection, reversal, 1, -500)
        add_posting(connection, reversal, 2, 500, account=chart.WATER_REVENUE)
        connection.commit()
        again = add_entry(connection, 2, "reversal", reversal)
        add_posting(connection, again, 1, 500)
        add_posting(connection, again, 2, -500, account=chart.WATER_REVENUE)
        with pytest.raises(errors.CheckViolation, match="does not undo"):
            connection.commit()


class TestReceivable:
    def test_has_the_id_of_its_account(self, connection: Connection) -> None:
        with pytest.raises(errors.CheckViolation, match="ck_ledger_accounts_receivable"):
            connection.execute(
                "INSERT INTO ledger_accounts (id, code, kind) VALUES (gen_random_uuid(), 'receivable', 'asset')"
            )
