"""Files of reads in the nightly inbox."""

from datetime import date
from pathlib import Path

import psycopg

from backend.nightly import running
from tests.backend.conftest import SECRET_KEY
from tests.backend.living import settings_for
from tests.backend.reads.test_parsing import plain

DAY = date(2026, 11, 23)


async def test_the_night_takes_reads_in_and_puts_their_files_away(seeded_url: str, tmp_path: Path) -> None:
    with psycopg.connect(seeded_url) as connection:
        row = connection.execute("SELECT serial_number FROM meters WHERE removed_on IS NULL LIMIT 1").fetchone()
    assert row is not None
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "reads-good.csv").write_text(plain(f"{row[0]},,2026-11-22,5,,", "UNKNOWN,,2026-11-22,7,,"))
    (inbox / "reads-wrong.csv").write_text(plain(f"{row[0]},,2026-11-21,5,,", count=2))
    settings = settings_for(seeded_url, "redis://unused", home=tmp_path, secret_key=SECRET_KEY)
    await running.run_step(settings, DAY, "files")
    await running.run_step(settings, DAY, "files")
    with psycopg.connect(seeded_url) as connection:
        taken = connection.execute("SELECT counts FROM nightly_steps WHERE step = 'files' AND part > 0 ORDER BY part")
        counts = [row[0] for row in taken]
        reads = connection.execute("SELECT count(*) FROM meter_reads WHERE read_on >= '2026-11-21'").fetchone()
    assert [
        {name: one.get(name) for name in ("kind", "reads", "reads_set_aside", "files_refused")} for one in counts
    ] == [
        {"kind": "reads", "reads": 1, "reads_set_aside": 1, "files_refused": None},
        {"kind": None, "reads": None, "reads_set_aside": None, "files_refused": 1},
    ]
    assert reads == (1,)
    assert (inbox / "done" / "2026-11-23" / "reads-good.csv").exists()
    report = inbox / "refused" / "2026-11-23" / "reads-wrong.csv.report.txt"
    assert "line 3, count: the trailer says 2, the file has 1" in report.read_text()
