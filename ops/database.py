"""Migrations and demonstration data: run before the backend, left out when the database shows they were.

What was run is noted in the database itself (`ops.prepared`), so a database that is replaced, restored or
emptied is prepared again, whatever this machine remembers.
"""

import asyncio
from collections.abc import Mapping

import psycopg

from ops.digest import digest, files_under
from ops.home import Home
from ops.settings import ROOT, Settings

INPUTS = ("backend", "district", "requirements/app.txt")
PYTHON = ROOT / ".venv" / "bin" / "python"
NOTED = """
CREATE SCHEMA IF NOT EXISTS ops;
CREATE TABLE IF NOT EXISTS ops.prepared (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row), inputs text NOT NULL, revision text NOT NULL
);
"""


class PreparationError(Exception):
    """Migrations or demonstration data failed; the message has the end of the log."""


def inputs_digest(settings: Settings) -> str:
    """Changes when migrations, the backend, the district or the demonstration switch do."""
    places = [ROOT / place for place in INPUTS]
    return digest(ROOT, files_under(*places), str(settings.demo), str(settings.district_dir.absolute()))


def is_prepared(url: str, inputs: str) -> bool:
    """Was the database at `url` prepared from `inputs`, and not migrated elsewhere since?"""
    query = "SELECT p.inputs, p.revision = a.version_num FROM ops.prepared p CROSS JOIN alembic_version a"
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            rows = connection.execute(query).fetchall()
    except psycopg.Error:
        return False
    return rows == [(inputs, True)]


def note_prepared(url: str, inputs: str) -> None:
    """Notes in the database what it was prepared from; a role that may not make tables just prepares each time."""
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            connection.execute(NOTED)
            connection.execute("DELETE FROM ops.prepared")
            connection.execute(
                "INSERT INTO ops.prepared (inputs, revision) SELECT %s, version_num FROM alembic_version", [inputs]
            )
    except psycopg.Error:
        return


async def prepare(home: Home, settings: Settings, environment: Mapping[str, str]) -> bool:
    """Brings the database up to date, with demonstration data in the demonstration; True when work was done.

    :raises PreparationError: a step failed.
    """
    url, inputs = environment["DATABASE_URL"], inputs_digest(settings)
    signed_in = home.sign_in.exists() or not settings.demo
    if signed_in and await asyncio.to_thread(is_prepared, url, inputs):
        return False
    log = home.logs / "database.log"
    for step in ("migrate", "seed") if settings.demo else ("migrate",):
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                str(PYTHON), "-m", "backend.manage", step, cwd=ROOT, env=dict(environment), stdout=output, stderr=output
            )
            status = await process.wait()
        if status != 0:
            tail = "\n".join(log.read_text(errors="replace").strip().splitlines()[-15:])
            raise PreparationError(f"The database could not be prepared ({step}):\n{tail}\nThe whole log: {log}")
    await asyncio.to_thread(note_prepared, url, inputs)
    return True
