"""Meter reads, bill cycles, cash, fees, billing options and the nightly update."""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    """Make the tables, and the ledger accounts that they post to."""
    _run("0004_tables")
    _run("0004_payments")
    _run("0004_holds_and_budgets")
    _run("0004_statements")


def downgrade() -> None:
    """Take all of it away again."""
    _run("0004_statements_drop")
    _run("0004_holds_and_budgets_drop")
    _run("0004_drop")


def _run(name: str) -> None:
    statements = (SQL / f"{name}.sql").read_text()
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
