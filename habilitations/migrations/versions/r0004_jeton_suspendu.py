"""Hold since when a token is suspended for an abnormal use."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column that leaves every token recorded before as it was."""
    op.add_column("jeton", sa.Column("suspendu_le", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("jeton", "suspendu_le")
