"""Alembic's environment: migrations run over a connection that the caller made, or over `DATABASE_URL`."""

import os

from alembic import context
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from backend.migrations import LOCK_TIMEOUT
from backend.models import know_every_table
from backend.models.base import Base
from backend.settings import driver_url

know_every_table()  # or `alembic check` would want to drop the ones that are not known


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True)
    with context.begin_transaction():
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
        context.run_migrations()


def _main() -> None:
    given = context.config.attributes.get("connection")
    if given is not None:
        _run(given)
        return
    engine = create_engine(driver_url(os.environ["DATABASE_URL"]), poolclass=NullPool)
    with engine.connect() as connection:
        _run(connection)


_main()
