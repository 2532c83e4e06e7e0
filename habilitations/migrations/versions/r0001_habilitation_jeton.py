"""Create the tables of habilitations and tokens."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "habilitation",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("intitule", sa.Text(), nullable=False),
        sa.Column("sirets", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("cadre_juridique", sa.Text(), nullable=False),
        sa.Column("debut", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fin", sa.DateTime(timezone=True)),
        sa.Column("suspendue_le", sa.DateTime(timezone=True)),
        sa.Column("bac_a_sable", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_habilitation"),
    )
    op.create_table(
        "jeton",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("habilitation_id", sa.String(36), nullable=False),
        sa.Column("empreinte", sa.LargeBinary(), nullable=False),
        sa.Column("emis_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expire_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoque_le", sa.DateTime(timezone=True)),
        sa.Column("succede_a", sa.String(36)),
        sa.PrimaryKeyConstraint("id", name="pk_jeton"),
        sa.ForeignKeyConstraint(["habilitation_id"], ["habilitation.id"], name="fk_jeton_habilitation_id"),
        sa.ForeignKeyConstraint(["succede_a"], ["jeton.id"], name="fk_jeton_succede_a"),
        sa.UniqueConstraint("empreinte", name="uq_jeton_empreinte"),
        sa.UniqueConstraint("succede_a", name="uq_jeton_succede_a"),
    )
    op.create_index("ix_jeton_habilitation_id", "jeton", ["habilitation_id"])


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("jeton")
    op.drop_table("habilitation")
