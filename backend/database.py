"""The pool, and the only place that commits: one request, one transaction.

A connection that the server has closed while it lay in the pool is noticed without a round trip:
PostgreSQL says goodbye on the socket, so a socket with something to read belongs to a dead connection.
"""

import asyncio
import select
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Annotated, Any

import orjson
import psycopg
from fastapi import Depends, Request
from psycopg.rows import namedtuple_row
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, DisconnectionError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session

from backend.settings import Settings


@dataclass(frozen=True, slots=True)
class Event:
    """Something that others may want to know once it is committed. `data` holds ids only."""

    kind: str
    data: dict[str, str] = field(default_factory=dict)


Listener = Callable[[list[Event]], Awaitable[None]]


def announce(session: AsyncSession, kind: str, **ids: object) -> None:
    """Tell the listeners of the database about `kind`, if and when this transaction commits."""
    session.info.setdefault("events", []).append(Event(kind, {name: str(value) for name, value in ids.items()}))


async def rows_of(session: AsyncSession, query: str, values: Mapping[str, Any] | Sequence[Any]) -> list[Any]:
    """The rows (named tuples) of a statement in the session's transaction, straight from the driver.

    For the hottest statements: SQLAlchemy's own part of a statement and its result costs as much as all the rest of it.
    In `query` a value is `%(name)s` or `%s`. What waits in the session is flushed first, as `session.execute` does.

    :raises sqlalchemy.exc.DBAPIError: as `session.execute` does.
    """
    if session.new or session.dirty or session.deleted:
        await session.flush()
    driver: Any = session.info.get("driver")
    if driver is None:
        driver = session.info["driver"] = await session.run_sync(_driver_of)
    try:
        async with driver.cursor(row_factory=namedtuple_row) as cursor:
            await cursor.execute(query, values)
            return await cursor.fetchall() if cursor.pgresult.nfields else []
    except psycopg.Error as problem:
        raise DBAPIError.instance(
            query,
            None,
            problem,
            psycopg.Error,
            hide_parameters=True,
            connection_invalidated=driver.closed,
            dialect=session.get_bind().dialect,
        ) from problem


def _driver_of(session: Session) -> Any:
    """The driver's connection of a session; its transaction begins, if it has not."""
    return session.connection().connection.driver_connection


async def row_of(session: AsyncSession, query: str, values: Mapping[str, Any] | Sequence[Any]) -> Any:
    """The one row that there is, or None; see `rows_of`."""
    rows = await rows_of(session, query, values)
    return rows[0] if rows else None


class Database:
    """The application's connections to PostgreSQL."""

    def __init__(self, engine: AsyncEngine, single: AsyncEngine | None = None) -> None:
        self.engine = engine
        self.listeners: list[Listener] = []
        self._single_engine = single or engine
        self._sessions = async_sessionmaker(engine, expire_on_commit=False)
        self._single = async_sessionmaker(self._single_engine, expire_on_commit=False)

    @classmethod
    def from_settings(cls, settings: Settings) -> "Database":
        """Two pools that open connections when they are first needed: for transactions, for single statements."""
        single = _engine(settings, isolation_level="AUTOCOMMIT", pool_reset_on_return=None)
        return cls(_engine(settings), single)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session whose work is committed at the end, or rolled back when anything is raised."""
        async with self._work(self._sessions) as session:
            yield session

    @asynccontextmanager
    async def single_statement(self) -> AsyncIterator[AsyncSession]:
        """A session for work that is one statement, which is a transaction of its own: one round trip, not three.

        Only for a single change: whatever else is done in it is committed statement by statement.
        """
        async with self._work(self._single) as session:
            yield session

    @asynccontextmanager
    async def _work(self, sessions: async_sessionmaker[AsyncSession]) -> AsyncIterator[AsyncSession]:
        session = sessions()
        try:
            yield session
            await session.run_sync(_commit_and_close)
        except BaseException:
            # Whoever is cancelled here must not leave the transaction open. On a connection that broke over it nothing
            # can be taken back; that must not hide why: who works again and again would go on after being stopped.
            with suppress(SQLAlchemyError):
                await asyncio.shield(session.close())
            raise
        events = session.info.pop("events", None)
        if events:
            for listener in self.listeners:
                await listener(events)

    async def ping(self) -> None:
        """Ask the server for an answer.

        :raises sqlalchemy.exc.SQLAlchemyError: it gives none.
        """
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Give every connection back."""
        await self.engine.dispose()
        await self._single_engine.dispose()


def _commit_and_close(session: Session) -> None:
    """In one go, for each change to SQLAlchemy's side and back costs as much as a round trip."""
    session.commit()
    session.close()


def _engine(settings: Settings, **pool: Any) -> AsyncEngine:
    options = (
        f"-c statement_timeout={settings.statement_timeout_ms} -c lock_timeout={settings.lock_timeout_ms}"
        " -c idle_in_transaction_session_timeout=15000 -c timezone=UTC -c jit=off"
    )
    engine = create_async_engine(
        settings.sqlalchemy_url,
        # No connections beyond those that are kept: one that is thrown away after its use costs more than what it did.
        pool_size=settings.database_pool_size,
        max_overflow=0,
        pool_timeout=4,
        pool_recycle=1800,
        # The connection that was used last knows the statements: plans and prepared statements are of a connection.
        pool_use_lifo=True,
        hide_parameters=True,
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
        connect_args={"options": options, "connect_timeout": 3, "application_name": "headgate-backend"},
        **pool,
    )
    event.listen(engine.sync_engine, "checkout", _refuse_dead_connection)
    return engine


def _refuse_dead_connection(dbapi_connection: Any, record: Any, proxy: Any) -> None:
    poller = select.poll()
    poller.register(dbapi_connection.driver_connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    if poller.poll(0):
        # SQLAlchemy throws this connection away and takes another, without the caller noticing.
        raise DisconnectionError("the server closed this connection")


async def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


DatabaseDep = Annotated[Database, Depends(_database)]


async def _session_of(database: DatabaseDep) -> AsyncIterator[AsyncSession]:
    async with database.transaction() as session:
        yield session


async def _single_statement_of(database: DatabaseDep) -> AsyncIterator[AsyncSession]:
    async with database.single_statement() as session:
        yield session


# "function" scope: the commit happens before the answer leaves, so what we say we did is done.
SessionDep = Annotated[AsyncSession, Depends(_session_of, scope="function")]
SingleStatementDep = Annotated[AsyncSession, Depends(_single_statement_of, scope="function")]
