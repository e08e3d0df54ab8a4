"""Who is expected at the front desk, who is in the building, and who was.

Revision ID: 0019
Revises: 0018
"""

from pathlib import Path

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    """Make it so."""
    _run("0019_reception")


def downgrade() -> None:
    """As it was before."""
    _run("0019_drop")


def _run(name: str) -> None:
    statements = (SQL / f"{name}.sql").read_text()
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
