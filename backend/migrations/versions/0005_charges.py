"""Cards and bank accounts on file, charges of them, pages to pay on, and what the processor tells."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    """Make the tables."""
    _run("0005_charges")


def downgrade() -> None:
    """Take them away again."""
    _run("0005_drop")


def _run(name: str) -> None:
    statements = (SQL / f"{name}.sql").read_text()
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
