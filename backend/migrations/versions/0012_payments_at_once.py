"""What a payment does to the database, in as few statements as it can be.

Revision ID: 0012
Revises: 0011
"""

from pathlib import Path

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    """Make them."""
    _run("0012_payments_at_once")


def downgrade() -> None:
    """Take them away again."""
    _run("0012_drop")


def _run(name: str) -> None:
    statements = (SQL / f"{name}.sql").read_text()
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
