"""Conversations, hand-offs, identity checks, the outbox and the clock.

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
        op.execute((SQL / f"{name}.sql").read_text())


def downgrade() -> None:
    """Take all of it away again."""
    op.execute((SQL / "0002_drop.sql").read_text())
