"""The schema goes up and down, and is what the models say."""

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from backend.migrations import config, downgrade, upgrade
from backend.models.base import Base
from backend.settings import driver_url

REVISIONS = sorted(script.revision for script in ScriptDirectory.from_config(config()).walk_revisions())
LEFT_OVER = """
SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
 WHERE nspname = 'public' AND relname NOT LIKE 'alembic_version%'
UNION ALL
SELECT proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = 'public'
UNION ALL
SELECT typname FROM pg_type JOIN pg_namespace n ON n.oid = typnamespace
 WHERE nspname = 'public' AND typtype IN ('e', 'd')
"""


def _left_over(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute(LEFT_OVER)]


def test_down_to_base_leaves_nothing_and_up_again_works(empty_url: str) -> None:
    upgrade(empty_url)
    downgrade(empty_url)
    assert _left_over(empty_url) == []
    upgrade(empty_url)
    assert "ledger_postings" in _left_over(empty_url)


@pytest.mark.parametrize("revision", REVISIONS)
def test_each_step_can_be_taken_back(empty_url: str, revision: str) -> None:
    upgrade(empty_url, revision)
    before = _left_over(empty_url)
    upgrade(empty_url)
    downgrade(empty_url, revision)
    assert sorted(_left_over(empty_url)) == sorted(before)


def test_a_second_upgrade_changes_nothing(database_url: str) -> None:
    before = _left_over(database_url)
    upgrade(database_url)
    assert _left_over(database_url) == before


def test_the_models_are_what_the_migrations_made(database_url: str) -> None:
    engine = create_engine(driver_url(database_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()
