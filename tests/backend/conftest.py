"""A real PostgreSQL for the backend's tests: one server a session, one database a test.

`empty_url` and `database_url` (migrated) and `seeded_url` (with the demonstration district) are fresh
copies of template databases; `engine` and `session` are over `database_url`,
`seeded_engine` and `seeded_session` over `seeded_url`.
"""

import itertools
import os
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from backend.demo.seeding import seed_district
from backend.migrations import upgrade
from backend.settings import driver_url
from ops.embedded import running_postgres

SECRET_KEY = "a key for tests only, never used outside them"
SEEDED_AT = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
"""The moment the seeded database is of: Monday, 10 in the morning in California."""
SEEDED_ACCOUNTS = 150
"""Generated accounts beside the named ones: few, so that a test does not wait for 2,000."""

_ROOM_BYTES = 4 << 30
"""For the servers of all workers that run beside one another."""

_PREFIX = "headgate-tests-"
_LEFT_SECONDS = 3600

_numbers = itertools.count(1)
_BESIDE = ThreadPoolExecutor(1)
_coming: dict[tuple[str, str], Future[tuple[str, str]]] = {}
"""(Server, template) → the copy that the next test takes."""


def create_database(server_url: str, name: str, template: str | None = None) -> str:
    """Make database `name`, as a copy of `template` when given; its URL."""
    statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    if template is not None:
        statement += sql.SQL(" TEMPLATE {} STRATEGY FILE_COPY").format(sql.Identifier(template))
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(statement)
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


def drop_database(server_url: str, name: str) -> None:
    """Drop it, whoever is still connected."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _make_copy(server_url: str, template: str) -> tuple[str, str]:
    name = f"test_{next(_numbers)}"
    return name, create_database(server_url, name, template)


def _copy(server_url: str, template: str) -> Iterator[str]:
    """A copy for one test. The next is made, and the one before dropped, while this one's test runs."""
    coming = _coming.pop((server_url, template), None) or _BESIDE.submit(_make_copy, server_url, template)
    name, url = coming.result()
    _coming[server_url, template] = _BESIDE.submit(_make_copy, server_url, template)
    yield url
    _BESIDE.submit(drop_database, server_url, name)


def _in_memory() -> Path | None:
    """A folder that is kept in memory, if there is one with room; None is where temporary files go anyway.

    A thousand files come and go with each test's database: ext4 spends more time on that than the tests take.
    """
    folder = Path("/dev/shm")
    if not os.access(folder, os.W_OK):
        return None
    for left in folder.glob(f"{_PREFIX}*"):
        _forget_if_killed(left)
    return folder if shutil.disk_usage(folder).free >= _ROOM_BYTES else None


def _forget_if_killed(left: Path) -> None:
    """Memory is not given back by itself: what a run that was killed left behind goes. One that just begins stays."""
    running = left / "data" / "postmaster.pid"
    with suppress(OSError, ValueError, IndexError):
        if time.time() - left.stat().st_mtime < _LEFT_SECONDS:
            return  # may be one that another worker is just setting up
        if not running.exists() or not Path("/proc", running.read_text().split()[0].lstrip("-")).exists():
            shutil.rmtree(left, ignore_errors=True)


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """The URL of a throwaway PostgreSQL server (database `postgres`).

    Not under pytest's folder: another run of pytest closes that to all users, and PostgreSQL is another user.
    """
    with (
        TemporaryDirectory(prefix=_PREFIX, dir=_in_memory()) as folder,
        running_postgres(Path(folder) / "data") as url,
    ):
        yield url
        _BESIDE.submit(_coming.clear).result()


@pytest.fixture(scope="session")
def migrated_template(server_url: str) -> str:
    """The name of a database at the newest revision, to copy."""
    upgrade(create_database(server_url, "template_migrated"))
    return "template_migrated"


@pytest.fixture(scope="session")
def seeded_template(server_url: str, migrated_template: str) -> str:
    """The name of a database with a small demonstration district as of `SEEDED_AT`, to copy."""
    url = create_database(server_url, "template_seeded", migrated_template)
    seed_district(url, SECRET_KEY, SEEDED_AT, SEEDED_ACCOUNTS)
    return "template_seeded"


@pytest.fixture
def empty_url(server_url: str) -> Iterator[str]:
    """A database with nothing in it."""
    yield from _copy(server_url, "template1")


@pytest.fixture
def database_url(server_url: str, migrated_template: str) -> Iterator[str]:
    """A migrated database without data, of this test alone."""
    yield from _copy(server_url, migrated_template)


@pytest.fixture
def seeded_url(server_url: str, seeded_template: str) -> Iterator[str]:
    """A database with the demonstration district, of this test alone."""
    yield from _copy(server_url, seeded_template)


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """An engine over `database_url`."""
    made = create_async_engine(driver_url(database_url))
    yield made
    await made.dispose()


@pytest.fixture
async def session(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    """A session over `database_url`; the test commits when others should see its work."""
    async with AsyncSession(engine, expire_on_commit=False) as made:
        yield made


@pytest.fixture
async def seeded_engine(seeded_url: str) -> AsyncIterator[AsyncEngine]:
    """An engine over `seeded_url`."""
    made = create_async_engine(driver_url(seeded_url))
    yield made
    await made.dispose()


@pytest.fixture
async def seeded_session(seeded_engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    """A session over `seeded_url`."""
    async with AsyncSession(seeded_engine, expire_on_commit=False) as made:
        yield made
