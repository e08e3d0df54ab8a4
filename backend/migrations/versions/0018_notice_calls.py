"""Notices go by telephone where no text arrives.

Revision ID: 0018
Revises: 0017
"""

from pathlib import Path

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    """Make it so."""
    _run("0018_notice_calls")


def downgrade() -> None:
    """As it was before."""
    _run("0018_drop")


def _run(name: str) -> None:
    statements = (SQL / f"{name}.sql").read_text()
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
