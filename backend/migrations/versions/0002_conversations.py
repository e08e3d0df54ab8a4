"""Conversations, hand-offs, identity checks and the outbox.

`record_turn` and `record_replies` are functions so that the hottest calls cost one round trip each.
"""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    """Make the tables, then the functions and triggers."""
    for name in ("0002_tables", "0002_record_turn", "0002_record_replies", "0002_guards"):
        _run(name)


def downgrade() -> None:
    """Take all of it away again."""
    _run("0002_drop")


def _run(name: str) -> None:
    """Run a file of several statements as it is: no parameters, no percent signs to double."""
    statements = (SQL / f"{name}.sql").read_text()
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
