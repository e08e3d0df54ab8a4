"""Moving a database to a revision of the schema: numbered, linear, forwards and backwards."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from backend.settings import driver_url

LOCK_TIMEOUT = "5s"
ONE_AT_A_TIME = 4_871_202_611
"""Key of the advisory lock that lets one process migrate while others wait."""


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration; with `connection`, migrations run over it."""
    made = Config(Path(__file__).parent.parent / "alembic.ini")
    if connection is not None:
        made.attributes["connection"] = connection
    return made


def upgrade(database_url: str, revision: str = "head") -> None:
    """Bring the database to `revision`; nothing happens when it is there already.

    :raises sqlalchemy.exc.SQLAlchemyError: the database refused; nothing was changed.
    """
    _move(database_url, lambda connection: command.upgrade(config(connection), revision))


def downgrade(database_url: str, revision: str = "base") -> None:
    """Take the database back to `revision`; the data of dropped tables is lost.

    :raises sqlalchemy.exc.SQLAlchemyError: the database refused; nothing was changed.
    """
    _move(database_url, lambda connection: command.downgrade(config(connection), revision))


def _move(database_url: str, change: Callable[[Connection], None]) -> None:
    engine = create_engine(driver_url(database_url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        change(connection)
