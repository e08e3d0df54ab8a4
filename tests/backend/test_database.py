"""Statements straight to the driver are part of the session's transaction, and fail as every other."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from backend.database import Database, Event, announce, row_of, rows_of
from backend.settings import Settings
from tests.backend.conftest import SECRET_KEY

ADD = "INSERT INTO demo_clock (id, offset_seconds) VALUES (1, %(seconds)s)"
ALL = "SELECT offset_seconds FROM demo_clock"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    settings = Settings(database_url=database_url, redis_url="redis://unused", secret_key=SECRET_KEY)  # type: ignore[arg-type]
    made = Database.from_settings(settings)
    async with made.transaction() as session:
        await session.execute(text("DELETE FROM demo_clock"))
    yield made
    await made.close()


async def stored(database: Database) -> list[float]:
    async with database.transaction() as session:
        return [float(row.offset_seconds) for row in await rows_of(session, ALL, ())]


async def test_it_is_committed_with_the_rest(database: Database) -> None:
    async with database.transaction() as session:
        assert await rows_of(session, ADD, {"seconds": 5}) == []
        assert (await session.execute(text(ALL))).scalar_one() == 5
    assert await stored(database) == [5.0]


async def test_it_is_taken_back_with_the_rest(database: Database) -> None:
    heard: list[Event] = []

    async def hear(events: list[Event]) -> None:
        heard.extend(events)

    database.listeners.append(hear)
    with pytest.raises(ZeroDivisionError):
        async with database.transaction() as session:
            await rows_of(session, ADD, {"seconds": 5})
            announce(session, "clock")
            raise ZeroDivisionError
    assert (await stored(database), heard) == ([], [])


async def test_a_single_statement_commits_by_itself(database: Database) -> None:
    async with database.single_statement() as session:
        await rows_of(session, ADD, {"seconds": 7})
        assert await stored(database) == [7.0]


async def test_nothing_there_is_none(database: Database) -> None:
    async with database.transaction() as session:
        assert await row_of(session, ALL, ()) is None


async def test_it_fails_as_other_statements_do(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.transaction() as session:
            await rows_of(session, ADD, {"seconds": 1})
            await rows_of(session, ADD, {"seconds": 2})
    with pytest.raises(DataError) as failed:
        async with database.transaction() as session:
            await rows_of(session, "SELECT %(told)s::int", {"told": "a customer's words"})
    assert "customer's words" not in str(failed.value.params)
    assert await stored(database) == []


async def test_a_connection_that_breaks_is_not_used_again(database: Database) -> None:
    with pytest.raises(OperationalError) as failed:
        async with database.transaction() as session:
            await rows_of(session, "SELECT pg_terminate_backend(pg_backend_pid())", ())
    assert failed.value.connection_invalidated
    for _ in range(3):
        assert await stored(database) == []


async def test_who_is_told_twice_to_stop_stops(database: Database) -> None:
    """Whoever works again and again must not take it for a database that is away, and go on."""

    async def work() -> None:
        async with database.transaction() as session:
            began.set()
            await rows_of(session, "SELECT pg_sleep(30)", ())

    began = asyncio.Event()
    task = asyncio.create_task(work())
    await began.wait()
    await asyncio.sleep(0.3)  # the statement is on its way
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await stored(database) == []
