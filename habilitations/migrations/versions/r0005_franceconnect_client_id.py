"""Hold which client of FranceConnect a grant is bound to."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column that leaves every grant recorded before bound to none."""
    op.add_column("habilitation", sa.Column("franceconnect_client_id", sa.String(255)))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("habilitation", "franceconnect_client_id")
