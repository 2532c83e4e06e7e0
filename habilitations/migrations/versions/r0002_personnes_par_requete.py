"""Bound how many persons one request may name: one, for the grants recorded before."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the bound."""
    op.add_column("habilitation", sa.Column("personnes_par_requete", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("habilitation", "personnes_par_requete")
