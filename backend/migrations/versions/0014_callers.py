"""How often a number has called lately is asked at every call.

Revision ID: 0014
Revises: 0013
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

NAME = "ix_conversations_party_started_at"


def upgrade() -> None:
    """Find a number's latest conversations at once."""
    op.create_index(NAME, "conversations", ["party", "started_at"])


def downgrade() -> None:
    """Without it."""
    op.drop_index(NAME, "conversations")
