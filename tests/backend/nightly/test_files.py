"""The inbox: each file whole or refused whole, once, and never in the way of the rest."""

import asyncio
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from backend.nightly import inbox, running
from backend.settings import Settings
from tests.backend.nightly.conftest import TODAY
from tests.backend.payments.bank_files import Deposit, Line, bai2, payment_csv

TOMORROW = date(2026, 11, 24)


@pytest.fixture
def box(settings: Settings) -> Path:
    """The inbox."""
    folder = settings.home / running.INBOX
    folder.mkdir()
    return folder


@pytest.fixture
def connection(seeded_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(seeded_url, autocommit=True) as made:
        yield made


def take(settings: Settings, night: date = TODAY) -> None:
    asyncio.run(running.run_step(settings, night, "files"))


def posted(connection: psycopg.Connection[Any]) -> list[tuple[int, date]]:
    query = "SELECT amount_cents, received_on FROM payments WHERE import_id IS NOT NULL ORDER BY amount_cents"
    return connection.execute(query).fetchall()


def counts(connection: psycopg.Connection[Any], night: date = TODAY) -> list[dict[str, Any]]:
    query = "SELECT counts FROM nightly_steps WHERE step = 'files' AND part > 0 AND business_date = %s ORDER BY part"
    return [row[0] for row in connection.execute(query, [night])]


def number(connection: psycopg.Connection[Any]) -> str:
    found = connection.execute("SELECT number FROM accounts WHERE status = 'active' ORDER BY number LIMIT 1").fetchone()
    assert found is not None
    return str(found[0])


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("deposit.bai", "lockbox"),
        ("DEPOSIT.BAI2", "lockbox"),
        ("counter.csv", "payments"),
        ("returns.ach", "returns"),
        ("r.2026.nacha", "returns"),
        ("notes.txt", None),
        ("csv", None),
    ],
)
def test_a_name_says_what_is_in_the_file(name: str, kind: str | None) -> None:
    assert inbox.kind_of(name) == kind


def test_there_is_an_inbox_after_the_first_night(settings: Settings) -> None:
    take(settings)
    assert (settings.home / "inbox").is_dir()


def test_a_good_file_is_posted_and_put_away(settings: Settings, box: Path, connection: psycopg.Connection[Any]) -> None:
    (box / "lockbox.bai").write_bytes(bai2([Deposit(number(connection), 2_500), Deposit("99999999", 900)]))
    take(settings)
    assert posted(connection) == [(2_500, TODAY)]
    assert (box / "done/2026-11-23/lockbox.bai").is_file() and not (box / "lockbox.bai").exists()
    (only,) = counts(connection)
    assert {name: only[name] for name in ("lockbox", "lockbox_cents", "set_aside", "files_taken")} == {
        "lockbox": 2,
        "lockbox_cents": 3_400,
        "set_aside": 1,
        "files_taken": 1,
    }


def test_a_bad_line_refuses_the_whole_file_and_nothing_else(
    settings: Settings, box: Path, connection: psycopg.Connection[Any]
) -> None:
    good = payment_csv([Line(number(connection), 4_100)])
    (box / "1 bad.csv").write_bytes(payment_csv([Line(number(connection), 800), Line("", 900)]))
    (box / "2 good.csv").write_bytes(good)
    take(settings)
    assert posted(connection) == [(4_100, date(2026, 11, 20))]
    report = (box / "refused/2026-11-23/1 bad.csv.report.txt").read_text()
    assert "nothing of this file was taken" in report and "line 3, account_number: is missing" in report
    item = connection.execute("SELECT kind, detail, status FROM nightly_items").fetchall()
    problem = {"line": 3, "field": "account_number", "reason": "is missing"}
    assert item == [("file_refused", {"file": "1 bad.csv", "problems": [problem]}, "open")]


def test_the_same_content_is_one_import_under_any_name_on_any_night(
    settings: Settings, box: Path, connection: psycopg.Connection[Any]
) -> None:
    content = payment_csv([Line(number(connection), 4_100)])
    (box / "a.csv").write_bytes(content)
    (box / "b.csv").write_bytes(content)
    take(settings)
    (box / "c.csv").write_bytes(content)
    take(settings, TOMORROW)
    assert posted(connection) == [(4_100, date(2026, 11, 20))]
    assert sorted(path.name for path in (box / "done").rglob("*.csv")) == ["a.csv", "b.csv", "c.csv"]
    (known,) = counts(connection, TOMORROW)
    assert known["files_known"] == 1 and "payments" not in known


def test_another_file_of_the_same_name_keeps_the_first(
    settings: Settings, box: Path, connection: psycopg.Connection[Any]
) -> None:
    (box / "done/2026-11-23").mkdir(parents=True)
    (box / "done/2026-11-23/a.csv").write_text("of an earlier turn")
    (box / "a.csv").write_bytes(payment_csv([Line(number(connection), 100)]))
    take(settings)
    assert sorted(path.name for path in (box / "done").rglob("*.csv")) == ["a-2.csv", "a.csv"]
    assert (box / "done/2026-11-23/a.csv").read_text() == "of an earlier turn"


def test_a_file_of_no_known_kind_is_refused(settings: Settings, box: Path) -> None:
    (box / "notes.txt").write_text("hello")
    take(settings)
    assert "ends with none of" in (box / "refused/2026-11-23/notes.txt.report.txt").read_text()


def test_one_that_is_being_written_and_one_that_is_a_folder_wait(settings: Settings, box: Path) -> None:
    (box / ".half.csv").write_text("account_number")
    (box / "folder.csv").mkdir()
    take(settings)
    assert (box / ".half.csv").is_file() and (box / "folder.csv").is_dir()


def test_while_nights_are_made_up_for_files_count_as_of_the_newest(
    settings: Settings, box: Path, connection: psycopg.Connection[Any]
) -> None:
    """The lockbox of the 25th has come; the night of the 22nd must not refuse it for being of the future."""
    for day in ("2026-11-22", "2026-11-25"):
        connection.execute(
            "INSERT INTO nightly_runs (business_date, part_accounts, started_at) VALUES (%s, 60, now())", [day]
        )
    connection.execute("INSERT INTO demo_clock VALUES (1, extract(epoch FROM timestamptz '2026-11-26 10:00Z' - now()))")
    (box / "lockbox.bai").write_bytes(bai2([Deposit(number(connection), 2_500)], day="261125"))
    take(settings, date(2026, 11, 22))
    assert posted(connection) == [(2_500, date(2026, 11, 25))]


def test_one_that_cannot_be_read_waits_for_the_next_night_and_holds_up_nothing(
    settings: Settings, box: Path, connection: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "locked.csv":
            raise PermissionError(13, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    (box / "locked.csv").write_bytes(payment_csv([Line(number(connection), 100)]))
    (box / "open.csv").write_bytes(payment_csv([Line(number(connection), 200)]))
    take(settings)
    assert posted(connection) == [(200, date(2026, 11, 20))]
    assert (box / "locked.csv").exists()
    assert counts(connection)[0]["problems"][0]["reason"] == "the file cannot be read (Permission denied)"
    monkeypatch.undo()
    take(settings, TOMORROW)
    assert [cents for cents, _ in posted(connection)] == [100, 200]


def test_weather_comes_the_same_way(settings: Settings, box: Path, connection: psycopg.Connection[Any]) -> None:
    zone = connection.execute("SELECT zone FROM premises ORDER BY zone LIMIT 1").fetchone()
    assert zone is not None
    (box / "inland.et.csv").write_text(f"date,zone,et_inches\n2026-11-23,{zone[0]},0.987\n")
    (box / "wrong.et.csv").write_text("date,zone,et_inches\n2026-11-23,Nowhere,0.1\n")
    take(settings)
    query = "SELECT inches FROM evapotranspiration WHERE day = '2026-11-23' AND zone = %s"
    assert connection.execute(query, zone).fetchone() == (Decimal("0.987"),)
    assert (box / "done/2026-11-23/inland.et.csv").is_file()
    report = (box / "refused/2026-11-23/wrong.et.csv.report.txt").read_text()
    assert "line 2, zone: no place of ours is in this zone" in report
    taken, refused = counts(connection)
    assert (taken["kind"], taken["weather"], refused["files_refused"]) == ("weather", 1, 1)
