"""Paying by text: who agreed to it, what they were offered, and who is told of a saved method."""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    """Make the tables."""
    _run("0007_pay_by_text")


def downgrade() -> None:
    """Take them away again."""
    _run("0007_drop")


def _run(name: str) -> None:
    statements = (SQL / f"{name}.sql").read_text()
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
